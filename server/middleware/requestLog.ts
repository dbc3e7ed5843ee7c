import { performance } from 'node:perf_hooks';
import type { Context, Middleware } from 'koa';
import type { Log } from '../../engine/ports/index.ts';

const ID_PATHS: readonly (readonly [field: string, pattern: RegExp])[] = [
  ['sessionId', /^\/scxml\/session\/((?:[a-z][a-z0-9-]{0,39}_)?[^/]{32})(?:\/|$)/],
  [
    'serviceId',
    /^\/genesys\/1\/service\/(?:callback\/[^/]+\/)?((?:[a-z][a-z0-9-]{0,39}_)?\d+-[^/]+)(?:\/|$)/,
  ],
  ['connId', /^\/urs\/call\/([^/]+)/],
  ['interactionId', /^\/agent\/1\/interactions\/([^/]+)/],
  ['agentId', /^\/agent\/1\/agents\/([^/]+)/],
];

/** Writes one line for each request, with its ids. */
export function requestLog(deps: { readonly log: Log }): Middleware {
  return async (ctx, next) => {
    const begun = performance.now();
    try {
      await next();
    } finally {
      const ms = Math.round((performance.now() - begun) * 10) / 10;
      deps.log.debug(
        { method: ctx.method, path: routeOf(ctx), status: ctx.status, ms, ...idsOfRequest(ctx) },
        'request',
      );
    }
  };
}

/**
 * The path of the route of a request, such as `/genesys/1/service/:id`. Paths have names that customers
 * chose, and the ids are fields of their own. Without a route: the path itself.
 */
export function routeOf(ctx: Context): string {
  const route: unknown = ctx._matchedRoute;
  return route === undefined ? ctx.path : String(route);
}

/** The ids in the path of a request, and the ids of the things that it created (`ctx.state.ids`). */
export function idsOfRequest(ctx: Context): Readonly<Record<string, string>> {
  const named = ID_PATHS.flatMap(([field, pattern]) => {
    const found = pattern.exec(ctx.path);
    return found === null ? [] : [[field, found[1] as string]];
  });
  return { ...Object.fromEntries(named), ...ctx.state.ids };
}
