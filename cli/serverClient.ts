import fetch, { type Response } from 'node-fetch';
import type { Json } from '../engine/ports/index.ts';

export const DEFAULT_SERVER = 'http://127.0.0.1:8080';
const TIMEOUT_MS = 30_000;
/** Bytes of an answer: MAX_LISTED_SESSIONS of them, with room. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A server that runs, asked as its administrator. */
export interface ServerClient {
  /** `path` begins with a slash. Rejects with an Error whose message is one sentence for whoever typed the command. */
  ask(method: 'GET' | 'POST', path: string): Promise<Json>;
}

/** `server`: its URL. Throws a sentence when the environment has half of the credentials. */
export function createServerClient(
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): ServerClient {
  const base = server.replace(/\/+$/, '');
  const authorization = readAuthorization(env);

  return {
    async ask(method, path) {
      const { status, text } = await answerOf(base, () =>
        fetch(`${base}${path}`, {
          method,
          ...(authorization !== undefined && { headers: { authorization } }),
          redirect: 'manual',
          signal: AbortSignal.timeout(TIMEOUT_MS),
          size: MAX_ANSWER_BYTES,
        }),
      );
      if (status === 401) throw new Error(unauthorized(base, authorization !== undefined));
      const body = parse(text);
      if (status === 200 && body !== undefined) return body;
      const { code, message } = (body ?? {}) as { readonly code?: unknown; readonly message?: unknown };
      if (typeof code === 'string' && typeof message === 'string') throw new Error(`${code}: ${message}`);
      throw new Error(`${base} answered ${status} in a way that no Orsay server does.`);
    },
  };
}

/** Throws a sentence. */
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

async function answerOf(
  base: string,
  fetching: () => Promise<Response>,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetching();
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'AbortError' || name === 'TimeoutError') {
      throw new Error(`${base} did not answer within ${TIMEOUT_MS / 1_000} s.`, { cause: error });
    }
    // node-fetch begins with the URL.
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
  const asks = `${base} asks for its administrator`;
  return given
    ? `${asks}, and does not take ORSAY_ADMIN_USER with ORSAY_ADMIN_PASSWORD for one.`
    : `${asks}: set ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD.`;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
