import type { Middleware } from 'koa';
import type { Log } from '../../engine/ports/index.ts';
import { toWireError } from '../errors/index.ts';
import { idsOfRequest } from './idsOfRequest.ts';

/** First middleware: answers whatever was thrown as {"message","exception","code"}, and logs faults of the server. */
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
      ctx.set('Content-Type', 'application/json;charset=UTF-8');
      ctx.body = JSON.stringify(error.body());
    }
  };
}
