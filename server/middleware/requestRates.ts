import type { Context, Middleware } from 'koa';
import type { Clock, Log } from '../../engine/ports/index.ts';
import { recentEntries } from '../../engine/ports/index.ts';
import { userOf } from '../access/index.ts';
import { RefusalLog, WireError } from '../errors/index.ts';
import { routeOf } from './requestLog.ts';

/** A rate that a client may keep up, and requests that may come at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Clients whose requests are counted. The one that sent nothing for the longest time is forgotten first. */
const MAX_COUNTED = 50_000;

/**
 * Counts requests by the generic cell rate algorithm (ITU-T I.371): for each key only the time at which all
 * its requests so far would be within the rate. docs/decisions/0012-own-request-rates.md says why no library
 * does it.
 */
export class RequestRate {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #burstMs: number;
  readonly #times = recentEntries<string, number>(MAX_COUNTED);

  constructor({ rate, clock }: { readonly rate: Rate; readonly clock: Clock }) {
    this.#clock = clock;
    this.#intervalMs = 1000 / rate.perSecond;
    this.#burstMs = rate.burst * this.#intervalMs;
  }

  /** Counts a request. Returns the milliseconds after which it is allowed; 0: it is allowed now. */
  take(key: string): number {
    const now = this.#clock.now();
    // The clock of the computer may be set back.
    const used = Math.min(Math.max(this.#times.get(key) ?? now, now), now + this.#burstMs);
    const next = used + this.#intervalMs;
    const wait = next - this.#burstMs - now;
    // The sum of many intervals is not exact.
    if (wait > 0.001) return wait;
    this.#times.set(key, next);
    return 0;
  }
}

/** Refuses the requests of an address or of a user that come faster than the limits allow. */
export class RequestRates {
  readonly #limits: { readonly ofAddress: Rate; readonly ofUser: Rate };
  readonly #refusals: RefusalLog;
  readonly #ofAddress: RequestRate;
  readonly #ofUser: RequestRate;

  constructor(deps: {
    readonly limits: { readonly ofAddress: Rate; readonly ofUser: Rate };
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#limits = deps.limits;
    this.#refusals = new RefusalLog(deps);
    this.#ofAddress = new RequestRate({ rate: deps.limits.ofAddress, clock: deps.clock });
    this.#ofUser = new RequestRate({ rate: deps.limits.ofUser, clock: deps.clock });
  }

  /** For every request, after knowClient. */
  limitAddresses(): Middleware {
    return (ctx, next) => {
      const address = ctx.state.client?.address;
      const wait = address === undefined ? 0 : this.#ofAddress.take(address);
      if (wait > 0) this.#refuse(ctx, { wait, limit: 'ofAddress', client: { address } });
      return next();
    };
  }

  /**
   * Counts messages that arrive over the connection of a request, each as one more request of its address and
   * of its user. The function returns the milliseconds after which the next one is allowed; 0: it is allowed.
   */
  admissionOf(ctx: Context): () => number {
    const address = ctx.state.client?.address;
    const user = userOf(ctx);
    return () => {
      const wait = address === undefined ? 0 : this.#ofAddress.take(address);
      return wait > 0 || user === undefined ? wait : this.#ofUser.take(user);
    };
  }

  /** For guarded requests of customers. */
  limitUsers(): Middleware {
    return (ctx, next) => {
      const user = userOf(ctx);
      const wait = user === undefined ? 0 : this.#ofUser.take(user);
      if (wait > 0) this.#refuse(ctx, { wait, limit: 'ofUser', client: { gmsUser: user } });
      return next();
    };
  }

  #refuse(
    ctx: Context,
    refused: {
      readonly wait: number;
      readonly limit: 'ofAddress' | 'ofUser';
      readonly client: { readonly address?: string | undefined; readonly gmsUser?: string | undefined };
    },
  ): never {
    const { wait, limit, client } = refused;
    const { perSecond, burst } = this.#limits[limit];
    const name = `limits.requests.${limit}`;
    const fields = { limit: name, perSecond, burst, ...client, path: routeOf(ctx) };
    this.#refusals.warn(fields, 'A request was refused: there are too many.');
    throw new WireError('TOO_MANY_REQUESTS', {
      message: `There are too many requests of ${limit === 'ofUser' ? `user '${client.gmsUser}'` : `address ${client.address}`}: ${name} is ${perSecond} a second, ${burst} at once.`,
      headers: { 'Retry-After': String(Math.ceil(wait / 1000)) },
    });
  }
}
