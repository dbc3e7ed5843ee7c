import type { Middleware } from 'koa';
import type { Durable } from '../../engine/durable/index.ts';

/**
 * Reads see what is on its way to the disk (D2). So what only shows something, or refuses because of it, waits until
 * that is there, and is STORE_UNAVAILABLE where it fails. What has an effect has waited for its own commit; a handler
 * that reads once more after it says so with `ctx.state.readsAfterCommit`.
 */
export function durableReplies({ whenDurable }: Pick<Durable, 'whenDurable'>): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      await whenDurable();
      throw error;
    }
    if (ctx.method === 'GET' || ctx.state.readsAfterCommit === true) await whenDurable();
  };
}
