import type { Middleware } from 'koa';
import { arrivalOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';

/** The requests that start a session. */
const STARTS = [
  /^\/scxml\/session\/start$/,
  /^\/genesys\/1\/service\/[^/]+$/,
  /^\/genesys\/1\/service\/callback\/[^/]+$/,
];

/**
 * Refuses requests of others for new sessions after `offline` is aborted, because the server stops soon. The
 * sessions that run may start others.
 */
export function refuseStarts(offline: AbortSignal): Middleware {
  return (ctx, next) => {
    const isStart = offline.aborted && ctx.method === 'POST' && STARTS.some((path) => path.test(ctx.path));
    if (!isStart || arrivalOf(ctx.req).inside !== undefined) return next();
    throw new WireError('UNAVAILABLE', {
      message: 'The server is stopping (OFFLINE) and starts no new sessions.',
      headers: { 'Retry-After': '5' },
    });
  };
}
