import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { callerOf, gmsUserOf } from './caller.ts';

/** The facts about the client of a request for which limits count. */
interface Client {
  /** As ClientAddresses.of(). */
  readonly address: string | undefined;
  /** True when the server knows that the gms_user of a customer is true. */
  readonly verifiesUsers: boolean;
}

declare module 'koa' {
  interface DefaultState {
    /** Set by knowClient for every request. */
    client?: Client;
  }
}

/** Reads who sends a request, as far as its connection and headers tell. */
export function knowClient(deps: {
  readonly addresses: { of(request: IncomingMessage): string | undefined };
  readonly verifiesUsers: boolean;
}): Middleware {
  return (ctx, next) => {
    ctx.state.client = { address: deps.addresses.of(ctx.req), verifiesUsers: deps.verifiesUsers };
    return next();
  };
}

/**
 * The account of a guarded request: whose limits count for the things that it creates. A user that is known,
 * or else the address. Undefined: only limits in all count.
 */
export function accountOf(ctx: Context): string | undefined {
  const address = ctx.state.client?.address;
  const user = knowsUser(ctx) ? gmsUserOf(ctx) : undefined;
  if (user !== undefined) return `user '${user}'`;
  return address === undefined ? undefined : `address ${address}`;
}

/** The known user of a guarded request of a customer. */
export function userOf(ctx: Context): string | undefined {
  const caller = callerOf(ctx);
  return caller.kind === 'customer' && knowsUser(ctx) ? caller.gmsUser : undefined;
}

/**
 * True when a gateway, a program on this machine or a token tells the user. Another client could take as many
 * users as it wants.
 */
function knowsUser(ctx: Context): boolean {
  const { address, verifiesUsers = false } = ctx.state.client ?? {};
  return address === undefined || verifiesUsers;
}
