import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import inject, { type InjectOptions } from 'light-my-request';
import fetch, { type Response } from 'node-fetch';
import { type HttpClient, HttpFault, type HttpReply, type HttpRequest } from '../../engine/ports/index.ts';
import { type AddressPolicy, createAddressGuard } from './addressGuard.ts';

const MAX_REDIRECTS = 5;

export interface HttpClientDeps {
  /** URL of this server, without a trailing slash. What lies under it is dispatched without a socket. */
  readonly baseUrl: () => string;
  readonly dispatch: RequestListener;
  readonly policy: AddressPolicy;
  /** Bytes of a reply's body. */
  readonly maxBytes: number;
  /** In place of the network, for URLs that are not ours. */
  readonly outside?: HttpClient;
}

/**
 * The HTTP client of documents and strategies. Own URLs go straight to the request listener; others through
 * node-fetch with a timeout, a bound on the reply, and every address checked before a connection, also that
 * of each redirect.
 */
export function createHttpClient(deps: HttpClientDeps): HttpClient {
  const guard = createAddressGuard(deps.policy);
  // The signature of dns.lookup has more overloads than a connection uses.
  const lookup = guard.lookup as unknown as NonNullable<http.AgentOptions['lookup']>;
  const agents = {
    'http:': new http.Agent({ keepAlive: true, lookup }),
    'https:': new https.Agent({ keepAlive: true, lookup }),
  };

  const fetchOnce = (request: HttpRequest, url: URL, signal: AbortSignal): Promise<Response> => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new HttpFault('refused', `Expected an http or https URL, got '${url}'.`);
    }
    guard.checkHost(url.hostname);
    return fetch(url, {
      method: request.method,
      headers: { ...request.headers },
      ...(request.body === undefined ? {} : { body: payloadOf(request.body) }),
      redirect: 'manual',
      size: deps.maxBytes,
      signal,
      agent: (target) => agents[target.protocol as 'http:' | 'https:'],
    });
  };

  const outside = async (request: HttpRequest, first: URL): Promise<HttpReply> => {
    const signal = AbortSignal.timeout(request.timeoutMs);
    let url = first;
    let current = request;
    try {
      for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
        const response = await fetchOnce(current, url, signal);
        const location = response.headers.get('location');
        if (![301, 302, 303, 307, 308].includes(response.status) || location === null) {
          return await readReply(response);
        }
        response.body?.resume?.();
        const next = new URL(location, url);
        current = followed(current, response.status, url, next);
        url = next;
      }
    } catch (error) {
      throw toFault(error, request);
    }
    throw new HttpFault('refused', `'${first}' redirects more than MAX_REDIRECTS (${MAX_REDIRECTS}) times.`);
  };

  return async (request) => {
    const url = parseUrl(request.url);
    if (isUnder(url, deps.baseUrl())) {
      return inside(deps.dispatch, request, url);
    }
    return deps.outside === undefined ? outside(request, url) : deps.outside(request);
  };
}

function payloadOf(body: string | Uint8Array): string | Buffer {
  return typeof body === 'string' ? body : Buffer.from(body);
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

async function inside(dispatch: RequestListener, request: HttpRequest, url: URL): Promise<HttpReply> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  try {
    const reply = await inject(dispatch, {
      method: request.method.toUpperCase() as NonNullable<InjectOptions['method']>,
      url: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...request.headers },
      ...(request.body === undefined ? {} : { payload: payloadOf(request.body) }),
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

/** Fetch standard, "HTTP-redirect fetch": what is sent to the next address. */
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
  if (error instanceof HttpFault) {
    return error;
  }
  const cause = error as Error & { type?: string; code?: string; cause?: unknown };
  if (cause.name === 'AbortError' || cause.name === 'TimeoutError') {
    return new HttpFault('timeout', `'${request.url}' did not answer within ${request.timeoutMs} ms.`, {
      cause,
    });
  }
  if (cause.type === 'max-size') {
    return new HttpFault('too-large', `The reply of '${request.url}' is larger than allowed.`, { cause });
  }
  const refused = /is not allowed\. Configure http\.allow/.test(cause.message);
  return new HttpFault(
    refused ? 'refused' : 'unreachable',
    `'${request.url}' could not be reached: ${cause.message}`,
    { cause },
  );
}
