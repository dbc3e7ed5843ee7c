import type { Context, Middleware } from 'koa';
import { WireError } from '../errors/index.ts';
import { arrivalOf } from './arrival.ts';
import type { Audience } from './audiences.ts';
import type { ServerNames } from './serverNames.ts';
import { requireSingleHeaders } from './singleHeaders.ts';

/** The headers of every reply. Replies are data, so a browser need not run or frame any of them. */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cache-Control', 'no-store'],
];
const CORS_METHODS = 'GET, HEAD, POST, PUT, DELETE';
const CORS_EXPOSED = 'Retry-After, WWW-Authenticate';
/** A script of the console sends it with each request. Another origin would need a preflight for it. */
export const CONSOLE_HEADER = 'x-orsay-console';
/** A challenge for which browsers open no dialog of their own: the console has a form. */
const CONSOLE_CHALLENGE = 'Console realm="orsay"';
/** Seconds for which a browser remembers the answer to a preflight. */
const PREFLIGHT_SECONDS = '600';

/**
 * Keeps web pages of other origins from using the server with a browser that reaches it. Clients that are no
 * browsers send neither `Origin` nor `Sec-Fetch-Site`, and are not concerned.
 */
export class Browsers {
  readonly #names: ServerNames;
  readonly #origins: ReadonlySet<string>;

  constructor(deps: {
    readonly names: ServerNames;
    /** Origins whose pages may use the server. */
    readonly origins: readonly string[];
  }) {
    this.#names = deps.names;
    this.#origins = new Set(deps.origins);
  }

  /**
   * For every request: the headers that make browsers careful, the answer to preflights (CORS), and the check
   * of Host. A page whose own name resolves to this machine (DNS rebinding) sends that name as Host. Throws
   * HOST_UNKNOWN, or as requireSingleHeaders.
   */
  headers(): Middleware {
    return (ctx, next) => {
      const { inside, forwarded } = arrivalOf(ctx.req);
      if (inside !== undefined) return next();
      for (const [name, value] of HEADERS) ctx.res.setHeader(name, value);
      requireSingleHeaders(ctx.req);
      const isListed = this.#setCors(ctx);
      const { host } = ctx.headers;
      // Only HTTP/1.0 has requests without Host, and no browser sends it. A node that forwards a request has
      // checked it by its own names.
      if (host !== undefined && forwarded === undefined && !this.#names.isKnownHost(host)) {
        throw new WireError('HOST_UNKNOWN', {
          message: `Expected Host to be a name of this server, got '${host}'. Other names need http.hosts.`,
        });
      }
      if (isListed && isPreflight(ctx)) {
        answerPreflight(ctx);
        return Promise.resolve();
      }
      return ctx.headers[CONSOLE_HEADER] === undefined ? next() : withoutDialog(next);
    };
  }

  /** For the routes of an audience. Throws ORIGIN_REFUSED. */
  check(ctx: Context, audience: Audience): void {
    if (!this.#isForeign(ctx, audience)) return;
    // A page of another origin cannot read a reply without CORS, so a read without credentials is harmless.
    if (audience === 'customer' && isReading(ctx) && !hasCredentials(ctx)) return;
    refuse(ctx);
  }

  /**
   * True when no page of another origin, a listed one included, can have made a browser send the request. A
   * browser sends no Sec-Fetch-Site to a server without TLS; there an Origin tells, and the cookie itself
   * (SameSite=Strict).
   */
  isOwnPage(ctx: Context): boolean {
    const { 'sec-fetch-site': site, host = '' } = ctx.headers;
    const origin = originOf(ctx);
    if (site !== undefined) return site === 'same-origin' || site === 'none';
    return (
      origin === undefined || this.#names.isOwnOrigin(origin, { host, isSecure: arrivalOf(ctx.req).isSecure })
    );
  }

  /** For a route on which a GET has an effect. Throws ORIGIN_REFUSED. */
  checkEffect(ctx: Context, audience: Audience): void {
    if (this.#isForeign(ctx, audience)) refuse(ctx);
  }

  /** True when a page that may not use the routes of the audience made a browser send the request. */
  #isForeign(ctx: Context, audience: Audience): boolean {
    const { 'sec-fetch-site': site, host } = ctx.headers;
    const origin = originOf(ctx);
    if (site === 'same-origin' || (origin === undefined && (site === undefined || site === 'none'))) {
      return false;
    }
    const { inside, isSecure } = arrivalOf(ctx.req);
    if (inside !== undefined) return false;
    if (origin === undefined) return true;
    if (this.#origins.has(origin) && audience !== 'administrator') return false;
    return site === 'cross-site' || !this.#names.isOwnOrigin(origin, { host: host ?? '', isSecure });
  }

  /** True when the request comes from a page of a listed origin. */
  #setCors(ctx: Context): boolean {
    const origin = originOf(ctx);
    const isListed = origin !== undefined && this.#origins.has(origin);
    ctx.res.setHeader('Cross-Origin-Resource-Policy', isListed ? 'cross-origin' : 'same-origin');
    if (this.#origins.size > 0) ctx.res.setHeader('Vary', 'Origin');
    // A script element reads its reply without CORS.
    if (!isListed || ctx.headers.origin === undefined) return false;
    ctx.res.setHeader('Access-Control-Allow-Origin', origin);
    ctx.res.setHeader('Access-Control-Allow-Credentials', 'true');
    ctx.res.setHeader('Access-Control-Expose-Headers', CORS_EXPOSED);
    return true;
  }
}

/**
 * The origin of the page that made a browser send the request. A script element sends no Origin, so there it
 * is the one of Referer. No page can set Referer to another origin than its own.
 */
function originOf({ headers }: Context): string | undefined {
  const { origin, referer, 'sec-fetch-dest': destination } = headers;
  if (origin !== undefined || destination !== 'script' || referer === undefined) return origin;
  return URL.canParse(referer) ? new URL(referer).origin : undefined;
}

async function withoutDialog(next: () => Promise<unknown>): Promise<void> {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof WireError) || error.status !== 401) throw error;
    const { code, message, details, headers } = error;
    throw new WireError(code, {
      message,
      details,
      headers: { ...headers, 'WWW-Authenticate': CONSOLE_CHALLENGE },
      cause: error,
    });
  }
}

function isPreflight(ctx: Context): boolean {
  return ctx.method === 'OPTIONS' && ctx.headers['access-control-request-method'] !== undefined;
}

/** Fetch standard, "CORS-preflight fetch". Every header is allowed: `gms_user`, `Authorization`, ... */
function answerPreflight(ctx: Context): void {
  ctx.set('Vary', 'Origin, Access-Control-Request-Headers');
  ctx.set('Access-Control-Allow-Methods', CORS_METHODS);
  ctx.set('Access-Control-Max-Age', PREFLIGHT_SECONDS);
  const headers = ctx.get('access-control-request-headers');
  if (headers !== '') ctx.set('Access-Control-Allow-Headers', headers);
  if (ctx.get('access-control-request-private-network') === 'true') {
    ctx.set('Access-Control-Allow-Private-Network', 'true');
  }
  ctx.status = 204;
}

function isReading({ method }: Context): boolean {
  return method === 'GET' || method === 'HEAD';
}

function hasCredentials({ headers }: Context): boolean {
  return headers.cookie !== undefined || headers.authorization !== undefined;
}

function refuse(ctx: Context): never {
  const page = originOf(ctx) ?? 'another origin';
  throw new WireError('ORIGIN_REFUSED', {
    message: `Expected a request of this server's own pages or of http.origins, got one of ${page}.`,
  });
}
