/** Clients of a server that is killed and restarted. They work until it is gone, and check it afterwards. */
export interface Load {
  /** Works against the server at `base` until a request gets no answer. */
  work(base: string): Promise<void>;
  /** After a restart: repeats open requests, and asserts that nothing acknowledged is missing. */
  check(base: string): Promise<void>;
  /** At the end: waits until nothing is under way, and asserts the whole outcome. */
  finish(base: string): Promise<void>;
}

/** The server was gone before it answered, so it is unknown whether the request was done. */
export class NoAnswer extends Error {}

export interface CallOptions {
  readonly method?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** One request; rejects with NoAnswer when the connection ended without a whole reply. */
export async function call(url: string, options: CallOptions = {}): Promise<Reply> {
  const { method = 'POST', form, json, key, signal = null } = options;
  const headers: Record<string, string> = {};
  if (key !== undefined) headers['idempotency-key'] = key;
  if (json !== undefined) headers['content-type'] = 'application/json';
  const body =
    json !== undefined ? JSON.stringify(json) : form !== undefined ? new URLSearchParams(form) : null;
  try {
    const response = await fetch(url, { method, headers, body: method === 'GET' ? null : body, signal });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch (cause) {
    throw new NoAnswer(`${method} ${url}`, { cause });
  }
}

/** Repeats `work` until a request gets no answer. */
export async function untilGone(work: () => Promise<void>): Promise<void> {
  try {
    for (;;) await work();
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
  }
}

/** Polls until `read` gives a value, for work that the server does later. */
export async function eventually<T>(what: () => string, read: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 20_000;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Not reached in time: ${what()}`);
    await new Promise((next) => setTimeout(next, 20));
  }
}
