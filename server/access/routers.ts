import Router from '@koa/router';
import type { Middleware } from 'koa';
import { arrivalOf } from './arrival.ts';
import { AUDIENCES, type Audience } from './audiences.ts';
import type { Guard } from './guard.ts';

/**
 * A router for each audience, and one for everybody. All routes of a router are guarded, those that are
 * added later too. A request reaches only the routers of its listener.
 */
export interface Routers extends Readonly<Record<Audience, Router>> {
  /** Routes without a guard, on every listener. Their handlers get no body. */
  readonly everybody: Router;
}

/** The routers, without routes. The guard is the first middleware of each. */
export function createRouters(guard: Guard): Routers {
  const guarded = (audience: Audience): Router => createRouter().use(guard.of(audience));
  return {
    everybody: createRouter(),
    customer: guarded('customer'),
    agent: guarded('agent'),
    platform: guarded('platform'),
    administrator: guarded('administrator'),
  };
}

/** The middleware that answers by the routes of all routers that exist for the request. */
export function routesOf(routers: Routers): readonly Middleware[] {
  return [
    middlewareOf(routers.everybody),
    ...AUDIENCES.map((audience) => onlyFor(audience, middlewareOf(routers[audience]))),
  ];
}

function onlyFor(audience: Audience, routes: Middleware): Middleware {
  return (ctx, next) => (arrivalOf(ctx.req).audiences.has(audience) ? routes(ctx, next) : next());
}

/** The router adds `params` to the context itself, although its type expects them there. */
function middlewareOf(router: Router): Middleware {
  return router.routes() as Middleware;
}

/** Paths are case-sensitive: one spelling, one route. */
function createRouter(): Router {
  return new Router({ sensitive: true });
}

/** A route of the server. */
export interface Route {
  readonly audience: Audience | 'everybody';
  readonly method: string;
  readonly path: string;
}

/** Every route of the routers, with its audience. */
export function tableOf(routers: Routers): readonly Route[] {
  return (['everybody', ...AUDIENCES] as const).flatMap((audience) =>
    routers[audience].stack.flatMap(({ methods, path }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method): Route => ({ audience, method, path: String(path) })),
    ),
  );
}
