import type { Middleware } from 'koa';

/** The headers of every GMS reply. gms-api 10. */
export const GMS_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-cache, no-store',
  Pragma: 'no-cache',
  Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
  'Content-Type': 'application/json;charset=UTF-8',
};

/** For everything under /genesys. A route with another content type sets its own `ctx.type`. */
export function gmsHeaders(): Middleware {
  return (ctx, next) => {
    if (ctx.path.startsWith('/genesys/')) {
      ctx.set(GMS_HEADERS);
    }
    return next();
  };
}
