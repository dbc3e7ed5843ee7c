import type Router from '@koa/router';
import type { Context } from 'koa';
import { arrivalOf } from '../access/index.ts';
import type { NodeState } from './nodeState.ts';

/** The status of a node, for administrators and for the node itself. */
export const STATUS_PATH = '/genesys/1/admin/node/status';

/** Load balancers request them without credentials. Every node answers them itself. */
const OWN_PATHS: ReadonlySet<string> = new Set(['/health/live', '/health/ready', STATUS_PATH]);

/** Whether each node answers a request itself, whatever cell it has. */
export function isOfNode({ path }: Pick<Context, 'path'>): boolean {
  return OWN_PATHS.has(path);
}

/** The routes by which load balancers and supervisors check a node. */
export function registerHealthRoutes(everybody: Router, state: () => NodeState): void {
  everybody.get('/health/live', (ctx) => {
    ctx.body = { status: 'live' };
  });
  everybody.get('/health/ready', (ctx) => {
    const { isReady, isOffline } = state();
    const answers = isReady && !isOffline;
    ctx.status = answers ? 200 : 503;
    if (!answers) ctx.set('Retry-After', '1');
    ctx.body = { status: answers ? 'ready' : 'not ready' };
  });
  everybody.get(STATUS_PATH, (ctx) => {
    const { role, isReady, isOffline, cell } = state();
    const status = isOffline ? 'OFFLINE' : 'ONLINE';
    ctx.vary('Accept');
    // Addresses of nodes are not for customers.
    const isForAdministrators = arrivalOf(ctx.req).audiences.has('administrator');
    if (isForAdministrators && ctx.accepts('text', 'json') === 'json') {
      ctx.body = { status, role, ready: isReady, ...cell };
      return;
    }
    ctx.set('Content-Type', 'text/plain;charset=UTF-8');
    ctx.body = status;
  });
}
