import type { Context, Middleware } from 'koa';
import { WireError } from '../errors/index.ts';
import { remoteAddressOf } from './actor.ts';
import { arrivalOf } from './arrival.ts';
import { AUDIENCES, type Audience } from './audiences.ts';
import type { AuthenticationRequest, Authenticator } from './authenticator.ts';
import type { Browsers } from './browsers.ts';
import { type Caller, callerOf, gmsUserOf } from './caller.ts';

/** Characters of a gms_user, which is a part of store keys. */
export const MAX_GMS_USER = 256;

const REFUSALS: readonly string[] = ['UNAUTHORIZED', 'FORBIDDEN', 'ORIGIN_REFUSED'];

/** Finds the callers of requests, and refuses those that may not use a route. */
export class Guard {
  readonly #authenticator: Authenticator;
  readonly #browsers: Browsers;

  constructor(deps: { readonly authenticator: Authenticator; readonly browsers: Browsers }) {
    this.#authenticator = deps.authenticator;
    this.#browsers = deps.browsers;
  }

  /** The first middleware of all routes of an audience. It runs before the body is read. */
  of(audience: Audience): Middleware {
    return async (ctx, next) => {
      // Before the credentials: pages of other origins must not make passwords be tried.
      this.#browsers.check(ctx, audience);
      ctx.state.caller = await this.#callerOf(ctx, audience);
      requireUsable(gmsUserOf(ctx));
      return next();
    };
  }

  /**
   * For a route of customers that does more for the platform: makes the caller one of the platform, or
   * refuses the request.
   */
  async requirePlatform(ctx: Context): Promise<void> {
    if (callerOf(ctx).kind === 'platform') return;
    if (!arrivalOf(ctx.req).audiences.has('platform')) throw new WireError('FORBIDDEN');
    ctx.state.caller = await this.#callerOf(ctx, 'platform');
  }

  /** The parts of a request by which an authenticator finds its caller. */
  requestOf(ctx: Context, audience: Audience): AuthenticationRequest {
    return {
      audience,
      method: ctx.method,
      path: ctx.path,
      query: ctx.querystring,
      headers: ctx.headers,
      remoteAddress: remoteAddressOf(ctx.req),
      isSecure: arrivalOf(ctx.req).isSecure,
      isOwnPage: this.#browsers.isOwnPage(ctx),
      message: ctx.req,
    };
  }

  /** For a route that changes the login of a browser. Throws ORIGIN_REFUSED. */
  requireOwnPage(ctx: Context): void {
    this.#browsers.checkEffect(ctx, 'administrator');
  }

  /**
   * The audiences whose routes exist for the sender of a request. Rejects with the refusal of the first one
   * when there is none.
   */
  async audiencesOf(ctx: Context): Promise<ReadonlySet<Audience>> {
    const found = new Set<Audience>();
    let refusal: WireError | undefined;
    for (const audience of AUDIENCES) {
      if (!arrivalOf(ctx.req).audiences.has(audience)) continue;
      try {
        this.#browsers.check(ctx, audience);
        await this.#callerOf(ctx, audience);
        found.add(audience);
      } catch (error) {
        if (!(error instanceof WireError) || !REFUSALS.includes(error.code)) throw error;
        refusal ??= error;
        // Wrong credentials are one failed login, not one for each audience.
        if (error.code === 'UNAUTHORIZED' && ctx.get('authorization') !== '') break;
      }
    }
    if (found.size === 0 && refusal !== undefined) throw refusal;
    return found;
  }

  /** For a route of customers on which a GET has an effect. */
  effectOfGet(): Middleware {
    return (ctx, next) => {
      this.#browsers.checkEffect(ctx, 'customer');
      return next();
    };
  }

  #callerOf(ctx: Context, audience: Audience): Caller | Promise<Caller> {
    const { inside } = arrivalOf(ctx.req);
    if (inside !== undefined) {
      if (audience !== 'administrator') return inside;
      throw new WireError('FORBIDDEN', {
        message: `Documents may not reach URLs of administrators, got '${ctx.path}'.`,
      });
    }
    return this.#authenticator.authenticate(this.requestOf(ctx, audience));
  }
}

/**
 * A gms_user that the keys of the store can hold: half of a surrogate pair would be written as another
 * character, and keys have control characters between their parts. Throws PARAMETER_INVALID.
 */
function requireUsable(gmsUser: string | undefined): void {
  if (gmsUser === undefined) return;
  if (gmsUser.length > MAX_GMS_USER) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected a gms_user of at most MAX_GMS_USER (${MAX_GMS_USER}) characters, got ${gmsUser.length}.`,
    });
  }
  if (!/[\p{Cc}\p{Surrogate}]/u.test(gmsUser)) return;
  throw new WireError('PARAMETER_INVALID', {
    message: 'Expected a gms_user of Unicode text without control characters.',
  });
}
