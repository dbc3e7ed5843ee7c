import type { RequestListener } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import type { Log } from '../../engine/ports/index.ts';
import { Browsers, type ServerNames } from '../access/index.ts';
import { type NodeState, registerHealthRoutes } from '../cluster/index.ts';
import { errorBoundary, replyFailures, requestLog } from '../middleware/index.ts';
import type { Config } from './config.ts';

/** A node that has no store yet: it answers health checks, and sends all other requests to the owner. */
export function followerHandler(deps: {
  readonly config: Pick<Config, 'http'>;
  readonly own: ServerNames;
  readonly log: Log;
  readonly receive: Koa.Middleware;
  readonly forward: Koa.Middleware;
  readonly state: () => NodeState;
}): RequestListener {
  const { config, own, log, receive, forward, state } = deps;
  const app = new Koa();
  app.use(errorBoundary({ log }));
  if (log.debugs !== false) app.use(requestLog({ log }));
  app.use(receive);
  app.use(new Browsers({ names: own, origins: config.http.origins }).headers());
  const health = new Router({ sensitive: true });
  registerHealthRoutes(health, state);
  app.use(health.routes() as Koa.Middleware);
  app.use(forward);
  app.on('error', replyFailures(log));
  const callback = app.callback();
  // The promise of Koa never rejects.
  return (request, response) => void callback(request, response);
}
