import { performance } from 'node:perf_hooks';
import type { Middleware } from 'koa';
import type { Log } from '../engine/ports.ts';

/** One line a request, with the ids that its path names. */
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
          ...idsOf(ctx.path),
        },
        'request',
      );
    }
  };
}

const ID_PATHS: readonly (readonly [field: string, pattern: RegExp])[] = [
  ['sessionId', /^\/scxml\/session\/([^/]{32})(?:\/|$)/],
  ['serviceId', /^\/genesys\/1\/service\/(?:callback\/[^/]+\/)?(\d+-[^/]+)(?:\/|$)/],
  ['connId', /^\/urs\/call\/([^/]+)/],
  ['interactionId', /^\/agent\/1\/interactions\/([^/]+)/],
  ['agentId', /^\/agent\/1\/agents\/([^/]+)/],
];

function idsOf(path: string): Record<string, string> {
  return Object.fromEntries(
    ID_PATHS.flatMap(([field, pattern]) => {
      const found = pattern.exec(path);
      return found === null ? [] : [[field, found[1] as string]];
    }),
  );
}
