import type { Context, Middleware } from 'koa';
import type { Durable } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';

const JSON_TYPE = 'application/json;charset=UTF-8';

/** The headers of every GMS reply. gms-api 10. */
const GMS_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-cache, no-store',
  Pragma: 'no-cache',
  Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
  'Content-Type': JSON_TYPE,
};

/** Sets the body of the reply, as JSON. */
export function replyJson(ctx: Context, body: Json): void {
  ctx.set('Content-Type', JSON_TYPE);
  ctx.body = JSON.stringify(body);
}

/** For everything under /genesys. A route with another content type sets its own. */
export function gmsHeaders(): Middleware {
  return (ctx, next) => {
    if (ctx.path.startsWith('/genesys/')) ctx.set(GMS_HEADERS);
    return next();
  };
}

/**
 * Reads see records before they are on the disk (D2). A reply that only reports records, or an error that
 * follows from them, therefore waits until they are there; it becomes STORE_UNAVAILABLE when the disk fails.
 * A request that changes something has waited for its own commit. A handler that reads again after its commit
 * sets `ctx.state.readsAfterCommit`.
 */
export function durableReplies(durable: Pick<Durable, 'whenDurable'>): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      await durable.whenDurable();
      throw error;
    }
    if (ctx.method === 'GET' || ctx.state.readsAfterCommit === true) await durable.whenDurable();
  };
}
