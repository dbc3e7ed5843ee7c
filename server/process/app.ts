import type { IncomingMessage, ServerResponse } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import type { Durable } from '../../engine/durable/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import { parseBody } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';
import {
  type AdminCredentials,
  adminGuard,
  durableReplies,
  errorBoundary,
  gmsHeaders,
  requestLog,
} from '../middleware/index.ts';

export interface AppDeps {
  readonly log: Log;
  readonly durable: Pick<Durable, 'whenDurable'>;
  /** Handles everything under /genesys/cometd, and reads the bodies itself. */
  readonly bayeux: { handler(req: IncomingMessage, res: ServerResponse): Promise<void> | void };
  /** Set: the URLs of administrators and agents require these credentials. */
  readonly administrator?: AdminCredentials;
  readonly registerRoutes: (router: Router) => void;
}

/** The middleware of every request, in order, and the routes. */
export function createApp(deps: AppDeps): Koa {
  // Paths are case-sensitive: another spelling would bypass the administrator's guard.
  const router = new Router({ sensitive: true });
  deps.registerRoutes(router);

  const app = new Koa();
  app.use(errorBoundary(deps));
  if (deps.log.debugs !== false) app.use(requestLog(deps));
  app.use(cometd(deps.bayeux));
  app.use(gmsHeaders());
  if (deps.administrator !== undefined) app.use(adminGuard(deps.administrator));
  app.use(parseBody());
  app.use(durableReplies(deps.durable));
  app.use(router.routes());
  app.use(noRoute(router));
  app.on('error', (err: unknown) => deps.log.error({ err }, 'A reply could not be sent.'));
  return app;
}

/** Bayeux has its own transports and bodies, so it gets the bare request. */
function cometd(bayeux: AppDeps['bayeux']): Koa.Middleware {
  return (ctx, next) => {
    const isBayeux = ctx.path === '/genesys/cometd' || ctx.path.startsWith('/genesys/cometd/');
    return isBayeux ? handOver(ctx) : next();
  };

  async function handOver(ctx: Koa.Context): Promise<void> {
    ctx.respond = false;
    // Bayeux sets the status itself. Without this line it would begin with Koa's 404.
    ctx.res.statusCode = 200;
    try {
      await bayeux.handler(ctx.req, ctx.res);
    } catch (error) {
      // As long as nothing has been sent, the error boundary can still answer.
      ctx.respond = !ctx.res.headersSent;
      throw error;
    }
  }
}

function noRoute(router: Router): Koa.Middleware {
  return async (ctx) => {
    const methods = new Set(router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods));
    if (methods.size === 0) {
      throw new WireError('NOT_FOUND', { message: `There is nothing at '${ctx.path}'.` });
    }
    const allow = [...methods].sort().join(', ');
    if (ctx.method === 'OPTIONS') {
      ctx.set('Allow', allow);
      ctx.status = 204;
      return;
    }
    throw new WireError('METHOD_NOT_ALLOWED', {
      message: `'${ctx.path}' accepts ${allow}, got ${ctx.method}.`,
      headers: { Allow: allow },
    });
  };
}
