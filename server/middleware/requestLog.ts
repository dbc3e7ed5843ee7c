import { performance } from 'node:perf_hooks';
import type { Middleware } from 'koa';
import type { Log } from '../../engine/ports/index.ts';
import { idsOfRequest } from './idsOfRequest.ts';

/** One line a request, with the ids of what it is about. */
export function requestLog(deps: { readonly log: Log }): Middleware {
  return async (ctx, next) => {
    const begun = performance.now();
    try {
      await next();
    } finally {
      deps.log.debug(
        {
          method: ctx.method,
          path: ctx.path,
          status: ctx.status,
          ms: Math.round((performance.now() - begun) * 10) / 10,
          ...idsOfRequest(ctx),
        },
        'request',
      );
    }
  };
}
