import type { ModuleRequest } from '../../engine/host/index.ts';
import { defined, type HttpRequest, type Json, textOf } from '../../engine/ports/index.ts';

/** A <session:fetch> that is not a valid request. It becomes error.session.fetch. */
export class FetchFault extends Error {
  /** `<protocol>.<code>` of the error event. */
  readonly error: string;

  constructor(error: string, message: string) {
    super(message);
    this.name = 'FetchFault';
    this.error = error;
  }
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** Retries of a guaranteed delivery, which goes on when its session has ended. */
export const MAX_FETCH_RETRIES = 100;
/** Milliseconds before a retry, at least. */
const MIN_RETRY_PAUSE_MS = 1000;

/** The fetch that a document asks for. */
export interface FetchRequest {
  readonly request: HttpRequest;
  /** The content type that the document expects in the reply. */
  readonly expects?: string;
  /** gdelivery: the number of retries after a failure, and the milliseconds before each. */
  readonly retries: number;
  readonly retryAfterMs: number;
}

/**
 * Attributes, params and content of <session:fetch> as an HTTP request. ors-dialect 2.8. Params are the
 * query of a request without a body, and otherwise its form or JSON object. Content is the body itself.
 * Throws FetchFault.
 */
export function readFetch(
  request: ModuleRequest,
  given: { readonly baseUrl: string; readonly timeoutMs: number },
): FetchRequest {
  const { attributes } = request;
  const method = textOf(attributes.method ?? 'get').toLowerCase();
  const url = urlOf(request, method, given.baseUrl);
  const verb = method === 'urs' ? 'get' : method;
  const hasBody = verb === 'post' || verb === 'put';
  const body = hasBody ? bodyOf(request) : undefined;
  if (!hasBody || request.content !== undefined) addToQuery(url, request.params);
  const expects = textOf(attributes.type ?? '').toLowerCase();
  const guaranteed = flagOf(attributes.gdelivery, 'gdelivery');
  const retries = countOf(attributes.gd_retries, 'gd_retries', 3);
  return {
    request: {
      method: verb.toUpperCase(),
      url: url.href,
      headers: {
        ...defined({ accept: expects === '' ? undefined : `${expects}, */*;q=0.1` }),
        ...cacheControl(attributes),
        ...defined({ 'content-type': body?.type }),
        // After a crash the same element is performed again with the same key.
        'idempotency-key': request.requestId,
        ...headersOf(attributes.headers),
      },
      ...defined({ body: body?.text }),
      timeoutMs: secondsOf(attributes.timeout, 'timeout', given.timeoutMs),
    },
    ...defined({ expects: expects === '' ? undefined : expects }),
    retries: guaranteed ? retries : 0,
    retryAfterMs: Math.max(
      MIN_RETRY_PAUSE_MS,
      secondsOf(attributes.gd_retry_interval, 'gd_retry_interval', 5000),
    ),
  };
}

function urlOf(request: ModuleRequest, method: string, baseUrl: string): URL {
  const source = textOf(request.attributes.srcexpr ?? request.attributes.src ?? '').trim();
  if (source === '') {
    throw new FetchFault('http.nosrc', 'Expected srcexpr (or src) to be a URL, got nothing.');
  }
  if (!['get', 'post', 'put', 'delete', 'urs'].includes(method)) {
    throw new FetchFault(
      `${method || 'http'}.unsupported`,
      `Expected method get, post, put, delete or urs, got '${method}'.`,
    );
  }
  // Method 'urs' names a path of the web API of URS, which this server has.
  const relative = method === 'urs' ? source.replace(/^\/+/, '') : source;
  try {
    return new URL(relative, `${baseUrl}/`);
  } catch {
    throw new FetchFault('http.badsrc', `Expected srcexpr to be a URL, got '${source}'.`);
  }
}

function bodyOf(request: ModuleRequest): { readonly text: string; readonly type: string } {
  const enctype = textOf(request.attributes.enctype ?? '').trim();
  if (request.content !== undefined) {
    if (typeof request.content === 'string') {
      return { text: request.content, type: enctype || 'text/plain;charset=UTF-8' };
    }
    return enctype.startsWith(FORM)
      ? { text: formOf(request.content), type: enctype }
      : { text: JSON.stringify(request.content), type: enctype || JSON_TYPE };
  }
  return enctype.toLowerCase().includes('json')
    ? { text: JSON.stringify(request.params), type: enctype }
    : { text: formOf(request.params), type: enctype || FORM };
}

function formOf(fields: Json | ModuleRequest['params']): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields as Record<string, Json | undefined>)) {
    if (value !== undefined) form.append(name, textOf(value));
  }
  return form.toString();
}

function addToQuery(url: URL, params: ModuleRequest['params']): void {
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) url.searchParams.append(name, textOf(value));
  }
}

function headersOf(headers: Json | undefined): Record<string, string> {
  if (headers === undefined || headers === null || headers === '') return {};
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw new FetchFault(
      'http.badheaders',
      `Expected headers to be an object, got ${JSON.stringify(headers)}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), textOf(value)]),
  );
}

/** Tells caches how old, or how long expired, a reply may be. */
function cacheControl(attributes: ModuleRequest['attributes']): Record<string, string> {
  const parts = [
    ...cacheDirective(attributes.maxage, 'maxage', 'max-age'),
    ...cacheDirective(attributes.maxstale, 'maxstale', 'max-stale'),
  ];
  return parts.length === 0 ? {} : { 'cache-control': parts.join(', ') };
}

function cacheDirective(value: Json | undefined, name: string, directive: string): string[] {
  if (value === undefined || value === null || value === '') return [];
  return [`${directive}=${Math.trunc(secondsOf(value, name, 0) / 1000)}`];
}

/** Default: false. */
function flagOf(value: Json | undefined, name: string): boolean {
  const text = textOf(value).trim().toLowerCase();
  if (['', 'true', 'false'].includes(text)) return text === 'true';
  throw new FetchFault(
    `http.bad${name}`,
    `Expected ${name} to be true or false, got ${JSON.stringify(value)}.`,
  );
}

function countOf(value: Json | undefined, name: string, fallback: number): number {
  const text = textOf(value).trim();
  if (text === '') return fallback;
  if (/^\d{1,9}$/.test(text) && Number(text) <= MAX_FETCH_RETRIES) return Number(text);
  throw new FetchFault(
    `http.bad${name}`,
    `Expected ${name} to be a whole number of at most MAX_FETCH_RETRIES (${MAX_FETCH_RETRIES}), got ${JSON.stringify(value)}.`,
  );
}

/** Seconds as a number or as text ('30', '30s'), in milliseconds. */
function secondsOf(value: Json | undefined, name: string, fallbackMs: number): number {
  if (value === undefined || value === null || value === '') return fallbackMs;
  const found = /^\s*(\d+(?:\.\d+)?)\s*(s|ms)?\s*$/.exec(textOf(value));
  if (!found) {
    throw new FetchFault(`http.bad${name}`, `Expected ${name} in seconds, got ${JSON.stringify(value)}.`);
  }
  return Number(found[1]) * (found[2] === 'ms' ? 1 : 1000);
}
