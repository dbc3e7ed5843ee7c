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

interface MountedRouter {
  /** Undefined: for everybody. */
  readonly audience: Audience | undefined;
  readonly routes: Middleware;
}

/**
 * The middleware that answers by the routes of all routers that exist for the request. A request is compared
 * only with the routers that have routes below the first segment of its path.
 */
export function routesOf(routers: Routers): Middleware {
  const bySegment = new Map<string, MountedRouter[]>();
  for (const audience of [undefined, ...AUDIENCES]) {
    const router = routers[audience ?? 'everybody'];
    // The router adds `params` to the context itself, although its type expects them there.
    const mounted = { audience, routes: router.routes() as Middleware };
    for (const segment of segmentsOf(router)) {
      bySegment.set(segment, [...(bySegment.get(segment) ?? []), mounted]);
    }
  }
  return (ctx, next) => {
    const mounted = bySegment.get(firstSegment(ctx.path)) ?? [];
    const { audiences } = arrivalOf(ctx.req);
    const tryFrom = (at: number): ReturnType<Middleware> => {
      const router = mounted[at];
      if (router === undefined) return next();
      const exists = router.audience === undefined || audiences.has(router.audience);
      return exists ? router.routes(ctx, () => tryFrom(at + 1)) : tryFrom(at + 1);
    };
    return tryFrom(0);
  };
}

function segmentsOf(router: Router): ReadonlySet<string> {
  const routes = router.stack.filter(({ methods }) => methods.length > 0);
  return new Set(routes.map(({ path }) => firstSegment(String(path))));
}

/** Every path of a route begins with a literal segment. */
function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return end === -1 ? path : path.slice(0, end);
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
