import { type Fields, fields, text } from './entry.ts';
import type { JournalEntry } from './journal.ts';
import { pause } from './pause.ts';
import { identityHeaders, paceOf, type Settings } from './settings.ts';

/** The server answered, and refused. */
export class Refused extends Error {
  readonly status: number;
  /** The code of the error table of the server; empty where the reply has none. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.code = code;
  }
}

export interface RequestOptions {
  /** Makes a repetition safe: the server performs a key once. */
  readonly key?: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absent: a form of the fields. */
  readonly body?: FormData;
}

/** Statuses after which the same request may succeed. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
/** The server answers a held question of a session within this time. */
const REQUEST_MS = 60_000;

/**
 * HTTP to the server. A request that gets no answer is sent again until one comes, so a lost connection and a
 * restart of the server only delay it.
 */
export class Requests {
  readonly #settings: Settings;
  readonly #reached: (isReached: boolean) => void;
  readonly #closing = new AbortController();

  /** `reached`: told after each attempt whether the server answered. */
  constructor(settings: Settings, reached: (isReached: boolean) => void) {
    this.#settings = settings;
    this.#reached = reached;
  }

  /** The JSON object of the reply. Rejects with Refused, or after `close` with the reason of an abort. */
  async send(
    path: string,
    given: Readonly<Record<string, string>> = {},
    options: RequestOptions = {},
  ): Promise<Fields> {
    const reply = await this.raw(path, given, options);
    return fields(parsed(await reply.text()));
  }

  /** The reply of an attempt that was answered. Rejects as `send`. */
  async raw(
    path: string,
    given: Readonly<Record<string, string>>,
    options: RequestOptions,
  ): Promise<Response> {
    const { firstRetry, lastRetry } = paceOf(this.#settings);
    for (let wait = firstRetry; ; wait = Math.min(wait * 2, lastRetry)) {
      const reply = await this.#attempt(path, given, options);
      if (reply?.ok) return reply;
      const refused = reply && (await refusalOf(reply));
      if (refused !== undefined && !isPassing(refused, path)) throw refused;
      const asked = Number(reply?.headers.get('retry-after')) * 1000;
      await pause(Math.max(wait, asked || 0), this.#closing.signal);
    }
  }

  /** Resolves when a request that the server refused for now may be sent again. */
  pause(): Promise<void> {
    return pause(paceOf(this.#settings).lastRetry, this.#closing.signal);
  }

  /** Cuts what is under way, and sends nothing any more. */
  close(): void {
    this.#closing.abort();
  }

  /** Undefined: no answer came. */
  async #attempt(
    path: string,
    given: Readonly<Record<string, string>>,
    { key, method = 'POST', body }: RequestOptions,
  ): Promise<Response | undefined> {
    this.#closing.signal.throwIfAborted();
    const { base, journal } = this.#settings;
    const query = method === 'GET' || method === 'DELETE' ? String(new URLSearchParams(given)) : '';
    const url = `${base}${path}${query && `?${query}`}`;
    const own = await identityHeaders(this.#settings).catch(() => undefined);
    if (own === undefined) return undefined;
    const headers = { ...own, ...(key !== undefined && { 'Idempotency-Key': key }) };
    const form = method === 'GET' || method === 'DELETE' ? undefined : (body ?? new URLSearchParams(given));
    const since = Date.now();
    const note = (entry: Pick<JournalEntry, 'direction'> & Partial<JournalEntry>): void =>
      journal?.({ at: Date.now(), wire: 'HTTP', what: method, where: url, ...entry });
    note({ direction: 'sent', headers: withoutSecrets(headers), body: shownBody(form) });
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(), REQUEST_MS);
    const cut = (): void => attempt.abort();
    this.#closing.signal.addEventListener('abort', cut);
    try {
      const reply = await fetch(url, {
        method,
        headers,
        body: form ?? null,
        // Headers name the customer. Cookies and logins of this browser are those of somebody else.
        credentials: 'omit',
        signal: attempt.signal,
      });
      const ms = Date.now() - since;
      const body = journal && isReadable(reply) ? await reply.clone().text() : '';
      note({ direction: 'received', headers: shownHeaders(reply.headers), body, status: reply.status, ms });
      this.#reached(true);
      return reply;
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      note({ direction: 'received', body: String(error), status: 0, ms: Date.now() - since });
      this.#reached(false);
      return undefined;
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', cut);
    }
  }
}

function isPassing({ status, code }: Refused, path: string): boolean {
  // An empty 503 for a new chat is no fault: the service has not announced an agent.
  if (status === 503 && code === '' && path.endsWith('/ixn/chat')) return false;
  return PASSING.has(status);
}

async function refusalOf(reply: Response): Promise<Refused> {
  const content = await reply.text();
  const { message, code, errors } = fields(parsed(content));
  // Chat V2 has a list of errors.
  const first = Array.isArray(errors) ? fields(errors[0]) : {};
  const said = text(message) || text(first.advice) || content.slice(0, 200) || `HTTP ${reply.status}`;
  return new Refused(reply.status, text(code) || text(first.code), said);
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function isReadable(reply: Response): boolean {
  return /json|text/.test(reply.headers.get('content-type') ?? '');
}

function shownBody(form: FormData | URLSearchParams | undefined): string {
  if (!(form instanceof FormData)) return String(form ?? '');
  const parts = [...form].map(([name, value]) =>
    typeof value === 'string' ? `${name}=${value}` : `${name}=(file ${value.name})`,
  );
  return parts.join('&');
}

/** A token in a log that is handed on would be a login. */
function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return 'Authorization' in headers ? { ...headers, Authorization: 'Bearer ***' } : headers;
}

/** The headers of a reply that matter to a person who reads along. */
function shownHeaders(headers: Headers): Record<string, string> {
  const names = ['content-type', 'retry-after', 'www-authenticate'];
  return Object.fromEntries(names.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)!]] : [])));
}
