import Router from '@koa/router';
import type { Middleware } from 'koa';

/**
 * The routes of a router, of which a request is held against those alone whose path begins as its own does, by its
 * first part (`/scxml`, `/genesys`): the router itself tries every route there is for every request. As
 * its own middleware, this one names it as `router`.
 */
export function routesByArea(router: Router): Middleware & { readonly router: Router } {
  const areas = new Map<string, Middleware>();
  for (const area of new Set(router.stack.map((layer) => areaOf(String(layer.path))))) {
    const part = new Router(router.opts);
    part.stack = router.stack.filter((layer) => areaOf(String(layer.path)) === area);
    areas.set(area, part.routes() as Middleware);
  }
  const dispatch: Middleware = (ctx, next) => areas.get(areaOf(ctx.path))?.(ctx, next) ?? next();
  return Object.assign(dispatch, { router });
}

function areaOf(path: string): string {
  const end = path.indexOf('/', 1);
  return end === -1 ? path : path.slice(0, end);
}
