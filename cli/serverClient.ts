import fetch, { type Response } from 'node-fetch';
import { defined, type Json } from '../engine/ports/index.ts';

export const DEFAULT_SERVER = 'http://127.0.0.1:8080';
const TIMEOUT_MS = 30_000;
/** Bytes of a reply: enough for MAX_LISTED_SESSIONS sessions. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** A client of a running server, as its administrator. */
export class ServerClient {
  readonly #base: string;
  readonly #authorization: string | undefined;

  /** Throws an Error with a message for the user when the environment has only half of the credentials. */
  constructor(server: string, env: Readonly<Record<string, string | undefined>>) {
    this.#base = server.replace(/\/+$/, '');
    this.#authorization = readAuthorization(env);
  }

  /**
   * `path` begins with a slash, `fields` are a JSON body. Rejects with an Error whose message is for the
   * user.
   */
  ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    fields?: { readonly [name: string]: string },
  ): Promise<Json> {
    const body = fields && { bytes: JSON.stringify(fields), type: 'application/json' };
    return this.#send(method, path, body);
  }

  /** Puts bytes. Rejects as ask(). */
  upload(path: string, { bytes, type }: { readonly bytes: Buffer; readonly type: string }): Promise<Json> {
    return this.#send('PUT', path, { bytes, type });
  }

  async #send(
    method: string,
    path: string,
    body: { readonly bytes: string | Buffer; readonly type: string } | undefined,
  ): Promise<Json> {
    const base = this.#base;
    const { status, text } = await replyOf(base, () =>
      fetch(`${base}${path}`, {
        method,
        headers: defined({ authorization: this.#authorization, 'content-type': body?.type }),
        ...defined({ body: body?.bytes }),
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        size: MAX_REPLY_BYTES,
      }),
    );
    const reply = parse(text);
    if (status === 200 && reply !== undefined) return reply;
    throw this.#refusal(status, text);
  }

  /** The bytes of a reply of any length. Rejects as ask(). */
  async download(path: string): Promise<AsyncIterable<Uint8Array>> {
    const base = this.#base;
    const response = await reached(base, () =>
      fetch(`${base}${path}`, {
        headers: { ...defined({ authorization: this.#authorization }) },
        redirect: 'manual',
      }),
    );
    if (response.status !== 200) throw this.#refusal(response.status, await response.text());
    return response.body as AsyncIterable<Uint8Array>;
  }

  #refusal(status: number, text: string): Error {
    const base = this.#base;
    if (status === 401) return new Error(unauthorized(base, this.#authorization !== undefined));
    const body = parse(text);
    const { code, message } = (body ?? {}) as { readonly code?: unknown; readonly message?: unknown };
    if (typeof code === 'string' && typeof message === 'string') throw new Error(`${code}: ${message}`);
    throw new Error(`${base} answered ${status} in a way that no Orsay server does.`);
  }
}

/** Returns the text if it is the URL of a server. Throws an Error with a message for the user. */
export function readServerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new Error(`Expected the http or https URL of a server, got '${text}'.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error(
      'Expected a URL without credentials: they are ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD.',
    );
  }
  return text;
}

async function replyOf(
  base: string,
  fetching: () => Promise<Response>,
): Promise<{ readonly status: number; readonly text: string }> {
  return reached(base, async () => {
    const response = await fetching();
    return { status: response.status, text: await response.text() };
  });
}

/** Turns the errors of a request into messages for the user. */
async function reached<T>(base: string, asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'AbortError' || name === 'TimeoutError') {
      throw new Error(`${base} did not answer within ${TIMEOUT_MS / 1_000} s.`, { cause: error });
    }
    // The message of node-fetch begins with the URL.
    throw new Error(`${base} could not be reached: ${message.replace(/^.* reason: /, '')}`, { cause: error });
  }
}

function readAuthorization(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { ORSAY_ADMIN_USER: user = '', ORSAY_ADMIN_PASSWORD: password = '' } = env;
  if (user === '' && password === '') return undefined;
  if (user === '' || password === '') {
    throw new Error('Expected ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD to be set together, or neither.');
  }
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function unauthorized(base: string, given: boolean): string {
  const requires = `${base} requires the credentials of its administrator`;
  return given
    ? `${requires}. It does not accept ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD.`
    : `${requires}. Set ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD.`;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
