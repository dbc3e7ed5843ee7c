import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import fetch, { type Response } from 'node-fetch';
import {
  defined,
  type HttpClient,
  HttpFault,
  type HttpReply,
  type HttpRequest,
  type SessionId,
} from '../../engine/ports/index.ts';
import { type AddressGuard, AddressRefused } from './addressGuard.ts';
import type { Destinations } from './destinations.ts';
import type { OutsideLogins } from './outsideLogins.ts';
import { answerOwn, replyTooLarge } from './ownMessages.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Answers a request without a socket. `sessionId`: the session whose document sends it. */
export type Dispatch = (
  request: IncomingMessage,
  response: ServerResponse,
  sessionId: SessionId | undefined,
) => void;

/** Tells which URLs and sockets lead to this server. */
export interface OwnAddresses {
  /** The path of a URL of this server. Undefined: it leads elsewhere. */
  pathOf(url: URL): string | undefined;
  isOwnPort(port: number): boolean;
  isOwnSocket(address: string, port: number): boolean;
}

export interface HttpClientDeps {
  /** Requests to own URLs are dispatched without a socket. */
  readonly own: OwnAddresses;
  readonly dispatch: Dispatch;
  readonly destinations: Destinations;
  /** Credentials for other servers. Default: none. */
  readonly logins?: Pick<OutsideLogins, 'withLogin'>;
  /** Bytes of a reply's body. */
  readonly maxBytes: number;
  /** Replaces the network, for URLs of other servers. */
  readonly outside?: HttpClient;
  /** Certificates to trust besides those of Node.js, in PEM form. */
  readonly trusted?: readonly string[];
}

/**
 * An HTTP client of documents and strategies. Requests to own URLs go directly to the request listener.
 * Others go through node-fetch with a timeout and a limit on the size of the reply; every address is checked
 * before a connection, also the addresses of redirects.
 */
export function createHttpClient(deps: HttpClientDeps): HttpClient {
  const { own, dispatch, destinations, maxBytes } = deps;
  const network = deps.outside ?? createNetworkClient(deps);
  return async (request) => {
    const url = parseUrl(request.url);
    const path = own.pathOf(url);
    if (path !== undefined) {
      destinations.checkOwn(url, path);
      return inside(dispatch, request, { host: url.host, path: `${path}${url.search}`, maxBytes });
    }
    destinations.guardOf(url);
    const headers = deps.logins?.withLogin(url, request.headers) ?? request.headers;
    return network({ ...request, ...defined({ headers }) });
  };
}

function createNetworkClient(deps: HttpClientDeps): HttpClient {
  const network = new Network(deps);
  return (request) => network.send(request);
}

interface Agents {
  readonly 'http:': http.Agent;
  readonly 'https:': https.Agent;
}

class Network {
  readonly #own: OwnAddresses;
  readonly #destinations: Destinations;
  readonly #maxBytes: number;
  readonly #trusted: readonly string[] | undefined;
  /** A guard that does not count any more takes its connections with it. */
  readonly #agents = new WeakMap<AddressGuard, Agents>();
  /** Agents for ports of this server, which refuse its addresses. */
  readonly #ownPortAgents = new WeakMap<AddressGuard, Map<number, Agents>>();

  constructor(deps: Omit<HttpClientDeps, 'dispatch' | 'outside'>) {
    this.#own = deps.own;
    this.#destinations = deps.destinations;
    this.#maxBytes = deps.maxBytes;
    this.#trusted = deps.trusted;
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

  async #fetchOnce(request: HttpRequest, url: URL, signal: AbortSignal): Promise<Response> {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new HttpFault('refused', `Expected an http or https URL, got '${url}'.`);
    }
    if (this.#own.pathOf(url) !== undefined) {
      throw new HttpFault('refused', `Expected a URL of another server, got '${url}'.`);
    }
    const guard = this.#destinations.guardOf(url);
    guard.checkHost(url.hostname);
    return fetch(url, {
      method: request.method,
      headers: { ...request.headers },
      ...defined({ body: payloadOf(request.body) }),
      redirect: 'manual',
      size: this.#maxBytes,
      signal,
      agent: (target) => this.#agentsOf(guard, target)[target.protocol as 'http:' | 'https:'],
    });
  }

  #agentsOf(guard: AddressGuard, url: URL): Agents {
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    if (!this.#own.isOwnPort(port)) {
      return kept(this.#agents, guard, () => this.#createAgents(guard.lookupWith(() => {})));
    }
    const agents = kept(this.#ownPortAgents, guard, () => new Map<number, Agents>());
    return kept(agents, port, () =>
      this.#createAgents(guard.lookupWith((address) => this.#refuseOwn(address, port))),
    );
  }

  #createAgents(lookup: NonNullable<http.AgentOptions['lookup']>): Agents {
    const ca = this.#trusted && [...rootCertificates, ...this.#trusted];
    return {
      'http:': new http.Agent({ keepAlive: true, lookup }),
      'https:': new https.Agent({ keepAlive: true, lookup, ...defined({ ca }) }),
    };
  }

  /** A name may lead to this server although its URL does not show it. */
  #refuseOwn(address: string, port: number): void {
    if (!this.#own.isOwnSocket(address, port)) return;
    throw new AddressRefused(`${address}:${port} is this server. Expected its URL (server.baseUrl).`);
  }
}

/** The value of a key; makes it when it is missing. */
function kept<Key, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
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

async function inside(
  dispatch: Dispatch,
  request: HttpRequest,
  target: Parameters<typeof answerOwn>[2],
): Promise<HttpReply> {
  try {
    return await answerOwn((req, res) => dispatch(req, res, request.sessionId), request, target);
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
  if (cause.type === 'max-size') return replyTooLarge(request.url, cause);
  const refused = cause.code === 'ADDRESS_REFUSED';
  return new HttpFault(
    refused ? 'refused' : 'unreachable',
    `'${request.url}' could not be reached: ${cause.message}`,
    { cause },
  );
}
