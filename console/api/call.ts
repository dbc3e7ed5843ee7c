import { serverUrl } from '../shell/address.ts';
import { ApiError, ConnectionLost } from './apiError.ts';
import { reconnected } from './connection.ts';
import { HEADERS, loggedIn } from './login.ts';
import type { Inputs, OperationName, ReplyOf } from './operationTypes.ts';

interface AnyInput {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Calls a route of the server: `call('GET /genesys/1/admin/sessions', { query: { status: 'running' } })`.
 * Rejects with an ApiError in the words of the server, with ConnectionLost for a request that may have had an
 * effect, or with the reason of `signal`. A read is tried again when the connection is back. When the login
 * has ended, the page shows the form of the login, and the call goes on after it.
 */
export async function call<Name extends OperationName>(
  name: Name,
  ...[input]: Inputs<Name>
): Promise<ReplyOf<Name>> {
  const reply = await send(name, input as AnyInput | undefined);
  const text = await reply.text();
  // Not application/x-ndjson, whose lines are read one by one.
  const isJson = reply.headers.get('content-type')?.startsWith('application/json') === true;
  return (isJson && text !== '' ? JSON.parse(text) : text) as ReplyOf<Name>;
}

/** As call(), with the whole reply: for streams, files and headers. */
export async function send(name: OperationName, input: AnyInput = {}): Promise<Response> {
  const [method = 'GET'] = name.split(' ');
  for (;;) {
    const reply = await fetch(urlOf(name, input), requestOf(method, input)).catch((cause: unknown) => {
      input.signal?.throwIfAborted();
      return new ConnectionLost(cause);
    });
    if (reply instanceof ConnectionLost) {
      const back = reconnected();
      if (method !== 'GET') throw reply;
      await back;
    } else if (reply.status === 401) {
      await loggedIn();
    } else if (reply.ok) {
      return reply;
    } else {
      throw new ApiError(reply.status, await bodyOf(reply));
    }
    input.signal?.throwIfAborted();
  }
}

/** The URL of a route, for links and downloads. */
export function urlOf(name: OperationName, { path = {}, query = {} }: AnyInput = {}): string {
  const [, template = ''] = name.split(' ');
  const filled = template.replace(/:(\w+)/g, (_, parameter: string) =>
    encodeURIComponent(path[parameter] ?? ''),
  );
  const url = serverUrl(filled);
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(key, value);
  }
  return url.href;
}

function requestOf(method: string, { json, body, headers, signal }: AnyInput): RequestInit {
  const content = json === undefined ? body : JSON.stringify(json);
  return {
    method,
    headers: {
      ...HEADERS,
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function bodyOf(reply: Response): Promise<Readonly<Record<string, unknown>>> {
  const text = await reply.text().catch(() => '');
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A proxy in front may answer with a page.
    return { message: `${reply.status} ${reply.statusText}` };
  }
}
