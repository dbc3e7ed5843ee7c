import fetch, { type Response } from 'node-fetch';
import { defined, type Json } from '../engine/ports/index.ts';
import { CommandFault, wrongUse } from './commandFault.ts';
import { EXIT } from './exit.ts';

export const DEFAULT_SERVER = 'http://127.0.0.1:8080';
const TIMEOUT_MS = 30_000;
/** Bytes of a reply: enough for MAX_LISTED_SESSIONS sessions. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** A client of a running server, as its administrator. */
export class ServerClient {
  readonly #base: string;
  readonly #authorization: string | undefined;
  readonly #waiting: Waiting;

  /** Throws a CommandFault when the environment has only half of the credentials. */
  constructor(
    server: string,
    env: Readonly<Record<string, string | undefined>>,
    waiting: Waiting = (work) => work(),
  ) {
    this.#base = server.replace(/\/+$/, '');
    this.#authorization = readAuthorization(env);
    this.#waiting = waiting;
  }

  /** URL of the server, without a slash at its end. */
  get base(): string {
    return this.#base;
  }

  /**
   * `path` begins with a slash, `fields` are a JSON body. Rejects with a CommandFault: SERVER_UNREACHED,
   * UNAUTHORIZED, or the code of the server.
   */
  ask(method: Method, path: string, fields?: Json): Promise<Json> {
    const body =
      fields === undefined ? undefined : { bytes: JSON.stringify(fields), type: 'application/json' };
    return this.#send(method, path, body);
  }

  /**
   * As ask(), for a part that is changed only if nobody else changes it: `ifMatch` has the etag of the part
   * as it was read, `ifNoneMatch` is '*' for a part that must not exist yet.
   */
  async exchange(
    method: Method,
    path: string,
    { fields, ifMatch, ifNoneMatch }: ConditionalRequest = {},
  ): Promise<{ readonly body: Json; readonly etag: string | undefined }> {
    const bytes = fields === undefined ? undefined : JSON.stringify(fields);
    return this.#exchange(method, path, {
      body: bytes === undefined ? undefined : { bytes, type: 'application/json' },
      headers: defined({ 'if-match': ifMatch, 'if-none-match': ifNoneMatch }),
    });
  }

  /** Puts bytes. Rejects as ask(). */
  upload(path: string, { bytes, type }: { readonly bytes: Buffer; readonly type: string }): Promise<Json> {
    return this.#send('PUT', path, { bytes, type });
  }

  async #send(method: string, path: string, body: RequestBody | undefined): Promise<Json> {
    return (await this.#exchange(method, path, { body, headers: {} })).body;
  }

  async #exchange(
    method: string,
    path: string,
    { body, headers }: { readonly body: RequestBody | undefined; readonly headers: Record<string, string> },
  ): Promise<{ readonly body: Json; readonly etag: string | undefined }> {
    const base = this.#base;
    const { status, text, etag } = await this.#waiting(() =>
      replyOf(base, () =>
        fetch(`${base}${path}`, {
          method,
          headers: {
            ...headers,
            ...defined({ authorization: this.#authorization, 'content-type': body?.type }),
          },
          ...defined({ body: body?.bytes }),
          redirect: 'manual',
          signal: AbortSignal.timeout(TIMEOUT_MS),
          size: MAX_REPLY_BYTES,
        }),
      ),
    );
    const reply = parse(text);
    if (status === 200 && reply !== undefined) return { body: reply, etag };
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

  #refusal(status: number, text: string): CommandFault {
    const base = this.#base;
    if (status === 401) {
      const text = unauthorized(base, this.#authorization !== undefined);
      return new CommandFault({ code: 'UNAUTHORIZED', exit: EXIT.REFUSED, text });
    }
    const body = parse(text);
    const { code, message } = (body ?? {}) as { readonly code?: unknown; readonly message?: unknown };
    if (typeof code === 'string' && typeof message === 'string') {
      const details = body as { readonly [name: string]: Json };
      return new CommandFault({ code, exit: EXIT.REFUSED, text: message, details });
    }
    return unreached(`${base} answered ${status} in a way that no Orsay server does.`);
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface ConditionalRequest {
  readonly fields?: Json;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: '*';
}

interface RequestBody {
  readonly bytes: string | Buffer;
  readonly type: string;
}

/** Performs a request, and shows that it takes long. */
type Waiting = <T>(work: () => Promise<T>) => Promise<T>;

function unreached(text: string, cause?: unknown): CommandFault {
  return new CommandFault({ code: 'SERVER_UNREACHED', exit: EXIT.UNREACHED, text }, { cause });
}

/** Returns the text if it is the URL of a server. Throws a CommandFault. */
export function readServerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw wrongUse(`Expected the http or https URL of a server, got '${text}'.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw wrongUse('Expected a URL without credentials: they are ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD.');
  }
  return text;
}

async function replyOf(
  base: string,
  fetching: () => Promise<Response>,
): Promise<{ readonly status: number; readonly text: string; readonly etag: string | undefined }> {
  return reached(base, async () => {
    const response = await fetching();
    const etag = response.headers.get('etag') ?? undefined;
    return { status: response.status, text: await response.text(), etag };
  });
}

/** Turns the errors of a request into messages for the user. */
async function reached<T>(base: string, asking: () => Promise<T>): Promise<T> {
  try {
    return await asking();
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'AbortError' || name === 'TimeoutError') {
      throw unreached(`${base} did not answer within ${TIMEOUT_MS / 1_000} s.`, error);
    }
    // The message of node-fetch begins with the URL.
    throw unreached(`${base} could not be reached: ${message.replace(/^.* reason: /, '')}`, error);
  }
}

function readAuthorization(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { ORSAY_ADMIN_USER: user = '', ORSAY_ADMIN_PASSWORD: password = '' } = env;
  if (user === '' && password === '') return undefined;
  if (user === '' || password === '') {
    throw wrongUse(
      'Expected a user (--user or ORSAY_ADMIN_USER) and ORSAY_ADMIN_PASSWORD together, or neither.',
    );
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
