import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import inject, { type InjectOptions } from 'light-my-request';
import fetch, { type Response } from 'node-fetch';
import {
  defined,
  type HttpClient,
  HttpFault,
  type HttpReply,
  type HttpRequest,
  type SessionId,
} from '../../engine/ports/index.ts';
import { AddressGuard, type AddressPolicy } from './addressGuard.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Answers a request without a socket. `sessionId`: the session whose document sends it. */
export type Dispatch = (
  request: IncomingMessage,
  response: ServerResponse,
  sessionId: SessionId | undefined,
) => void;

export interface HttpClientDeps {
  /**
   * URL of this server, without a trailing slash. Requests to URLs below it are dispatched without a socket.
   */
  readonly baseUrl: () => string;
  readonly dispatch: Dispatch;
  readonly policy: AddressPolicy;
  /** Bytes of a reply's body. */
  readonly maxBytes: number;
  /** Replaces the network, for URLs of other servers. */
  readonly outside?: HttpClient;
}

/**
 * The HTTP client of documents and strategies. Requests to own URLs go directly to the request listener.
 * Others go through node-fetch with a timeout and a limit on the size of the reply; every address is checked
 * before a connection, also the addresses of redirects.
 */
export function createHttpClient(deps: HttpClientDeps): HttpClient {
  const network = deps.outside ?? createNetworkClient(deps);
  return async (request) => {
    const url = parseUrl(request.url);
    return isUnder(url, deps.baseUrl()) ? inside(deps.dispatch, request, url) : network(request);
  };
}

function createNetworkClient(deps: HttpClientDeps): HttpClient {
  const network = new Network(deps);
  return (request) => network.send(request);
}

class Network {
  readonly #guard: AddressGuard;
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };
  readonly #maxBytes: number;

  constructor({ policy, maxBytes }: Pick<HttpClientDeps, 'policy' | 'maxBytes'>) {
    this.#guard = new AddressGuard(policy);
    this.#maxBytes = maxBytes;
    // The signature of dns.lookup has more overloads than a connection uses.
    const lookup = this.#guard.lookup.bind(this.#guard) as unknown as NonNullable<
      http.AgentOptions['lookup']
    >;
    this.#agents = {
      'http:': new http.Agent({ keepAlive: true, lookup }),
      'https:': new https.Agent({ keepAlive: true, lookup }),
    };
  }

  /** Follows redirects. Rejects with HttpFault. */
  async send(request: HttpRequest): Promise<HttpReply> {
    const signal = AbortSignal.timeout(request.timeoutMs);
    let url = parseUrl(request.url);
    let current = request;
    try {
      for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
        const response = await this.#fetchOnce(current, url, signal);
        const location = response.headers.get('location');
        if (!REDIRECTS.includes(response.status) || location === null) return await readReply(response);
        response.body?.resume?.();
        const next = new URL(location, url);
        current = followed(current, response.status, url, next);
        url = next;
      }
    } catch (error) {
      throw toFault(error, request);
    }
    throw new HttpFault(
      'refused',
      `'${request.url}' redirects more than MAX_REDIRECTS (${MAX_REDIRECTS}) times.`,
    );
  }

  #fetchOnce(request: HttpRequest, url: URL, signal: AbortSignal): Promise<Response> {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new HttpFault('refused', `Expected an http or https URL, got '${url}'.`);
    }
    this.#guard.checkHost(url.hostname);
    return fetch(url, {
      method: request.method,
      headers: { ...request.headers },
      ...defined({ body: payloadOf(request.body) }),
      redirect: 'manual',
      size: this.#maxBytes,
      signal,
      agent: (target) => this.#agents[target.protocol as 'http:' | 'https:'],
    });
  }
}

function payloadOf(body: string | Uint8Array | undefined): string | Buffer | undefined {
  return body === undefined || typeof body === 'string' ? body : Buffer.from(body);
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new HttpFault('refused', `Expected an absolute URL, got '${text}'.`, { cause });
  }
}

/** True for a URL of this server. */
export function isUnder(url: URL, baseUrl: string): boolean {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  return url.origin === base.origin && (prefix === '' || url.pathname.startsWith(`${prefix}/`));
}

async function inside(dispatch: Dispatch, request: HttpRequest, url: URL): Promise<HttpReply> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  try {
    const listener: RequestListener = (req, res) => dispatch(req, res, request.sessionId);
    const reply = await inject(listener, {
      method: request.method.toUpperCase() as NonNullable<InjectOptions['method']>,
      url: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...request.headers },
      ...defined({ payload: payloadOf(request.body) }),
      signal,
    });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(reply.headers)) {
      headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
    }
    return { status: reply.statusCode, headers, body: reply.rawPayload.toString('utf8') };
  } catch (error) {
    throw toFault(error, request);
  }
}

async function readReply(response: Response): Promise<HttpReply> {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    headers[name.toLowerCase()] = value;
  }
  return { status: response.status, headers, body: await response.text() };
}

/** The request to the next address. Fetch standard, "HTTP-redirect fetch". */
function followed(request: HttpRequest, status: number, from: URL, to: URL): HttpRequest {
  const headers = Object.entries(request.headers ?? {}).filter(
    ([name]) => from.origin === to.origin || !/^(authorization|cookie|proxy-authorization)$/i.test(name),
  );
  const { body: _body, ...rest } = request;
  const becomesGet =
    (status === 303 && request.method.toUpperCase() !== 'HEAD') ||
    (status < 303 && request.method.toUpperCase() === 'POST');
  if (!becomesGet) {
    return { ...request, url: to.href, headers: Object.fromEntries(headers) };
  }
  const plain = headers.filter(([name]) => !/^content-/i.test(name));
  return { ...rest, method: 'GET', url: to.href, headers: Object.fromEntries(plain) };
}

function toFault(error: unknown, request: HttpRequest): HttpFault {
  if (error instanceof HttpFault) return error;
  const cause = error as Error & { type?: string; code?: string; cause?: unknown };
  if (cause.name === 'AbortError' || cause.name === 'TimeoutError') {
    return new HttpFault('timeout', `'${request.url}' did not answer within ${request.timeoutMs} ms.`, {
      cause,
    });
  }
  if (cause.type === 'max-size') {
    return new HttpFault('too-large', `The reply of '${request.url}' is larger than http.maxBytes allows.`, {
      cause,
    });
  }
  const refused = /is not allowed\. Configure http\.allow/.test(cause.message);
  return new HttpFault(
    refused ? 'refused' : 'unreachable',
    `'${request.url}' could not be reached: ${cause.message}`,
    { cause },
  );
}
