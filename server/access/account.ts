import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { gmsUserOf } from './caller.ts';

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
 * The account of a guarded request: whose limits count for the things that it creates. A user, where the
 * gateway, this machine or a token tells it; else the address. Otherwise a client could take as many users as
 * it wants. Undefined: only limits in all count.
 */
export function accountOf(ctx: Context): string | undefined {
  const { address, verifiesUsers = false } = ctx.state.client ?? {};
  const user = address === undefined || verifiesUsers ? gmsUserOf(ctx) : undefined;
  if (user !== undefined) return `user '${user}'`;
  return address === undefined ? undefined : `address ${address}`;
}
