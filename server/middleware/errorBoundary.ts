import type { Middleware } from 'koa';
import type { Log } from '../../engine/ports/index.ts';
import { toWireError } from '../errors/index.ts';
import { replyJson } from './replies.ts';
import { idsOfRequest } from './requestLog.ts';

/**
 * First middleware: answers every thrown error as {"message","exception","code"}, and logs faults of the
 * server.
 */
export function errorBoundary(deps: { readonly log: Log }): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      const error = toWireError(thrown);
      if (error.status >= 500) {
        deps.log.error(
          { method: ctx.method, path: ctx.path, code: error.code, ...idsOfRequest(ctx), err: thrown },
          error.message,
        );
      }
      ctx.status = error.status;
      ctx.set(error.headers);
      replyJson(ctx, error.body());
    }
  };
}
