import type { IncomingMessage, ServerResponse } from 'node:http';
import Koa from 'koa';
import type { Durable } from '../../engine/durable/index.ts';
import { basicHttpPath } from '../../engine/interpreter/index.ts';
import { defined, type Log } from '../../engine/ports/index.ts';
import {
  AUDIENCES,
  arrivalOf,
  type Browsers,
  callerOf,
  createRouters,
  type Guard,
  gmsUserOf,
  type Routers,
  routesOf,
  validityOf,
} from '../access/index.ts';
import { takesAgentFiles } from '../agent/index.ts';
import type { BayeuxCustomer, UpgradeRequest } from '../bayeux/index.ts';
import { BODY_LIMITS, type BodyBudget, type FileStage, parseBody, refuseLists } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';
import { takesFiles } from '../files/index.ts';
import { durableReplies, errorBoundary, gmsHeaders, replyFailures, requestLog } from '../middleware/index.ts';
import { takesMailFiles } from '../openMedia/index.ts';

export interface RoutersDeps {
  readonly durable: Pick<Durable, 'whenDurable'>;
  /** Handles everything under /genesys/cometd, and reads the bodies itself. */
  readonly bayeux: {
    handler(req: IncomingMessage, res: ServerResponse, customer: BayeuxCustomer): Promise<void> | void;
    upgrade(request: UpgradeRequest, customer: BayeuxCustomer): void;
  };
  /** The gms_user that a message of CometD names; undefined: it is not believed. */
  readonly believed: BayeuxCustomer['believed'];
  readonly guard: Guard;
  readonly registerRoutes: (routers: Routers) => void;
  /** Counts the bytes of bodies in memory. */
  readonly bodies: Pick<BodyBudget, 'open'>;
  /** Takes files while they arrive. */
  readonly uploads?: FileStage;
  /** Refuses requests of customers whose user sends too many. */
  readonly limitUsers?: Koa.Middleware;
  /** Counts the frames of the WebSocket that a request asks for. */
  readonly admissionOf?: (ctx: Koa.Context) => () => number;
}

export interface AppDeps {
  readonly log: Log;
  readonly browsers: Browsers;
  /** As createAllRouters() returns them. */
  readonly routers: Routers;
  /** Stands before all other middleware. */
  readonly measured?: Koa.Middleware;
  /** Comes next. Undefined: nobody follows requests. */
  readonly traced?: Koa.Middleware | undefined;
  /** Reads the marks of other nodes. Undefined: there are none. */
  readonly receive?: Koa.Middleware | undefined;
  /** Middleware that every request passes before it reaches a guard. */
  readonly first?: readonly Koa.Middleware[];
}

/** The middleware of every request, in order, and the routes. */
export function createApp(deps: AppDeps): Koa {
  const app = new Koa();
  if (deps.measured !== undefined) app.use(deps.measured);
  if (deps.traced !== undefined) app.use(deps.traced);
  app.use(errorBoundary(deps));
  if (deps.log.debugs !== false) app.use(requestLog(deps));
  if (deps.receive !== undefined) app.use(deps.receive);
  app.use(deps.browsers.headers());
  for (const middleware of deps.first ?? []) app.use(middleware);
  app.use(gmsHeaders());
  app.use(routesOf(deps.routers));
  app.use(noRoute());
  app.on('error', replyFailures(deps.log));
  return app;
}

/**
 * The routers with all routes. A request passes the middleware of its router in the order in which it was
 * added here: the guard finds the caller, then the body is read. A request to an unknown URL gets no further
 * than its path.
 */
export function createAllRouters(deps: RoutersDeps): Routers {
  const { guard, bodies, durable, registerRoutes, limitUsers, uploads } = deps;
  const routers = createRouters(guard);
  if (limitUsers !== undefined) routers.customer.use(limitUsers);
  // Bayeux reads its bodies itself, and answers without Koa.
  routers.customer.post(COMETD_PATH, cometd(deps));
  routers.customer.get(COMETD_PATH, guard.effectOfGet(), cometd(deps));
  const stageOf = (path: string): FileStage | undefined => {
    if (uploads === undefined) return undefined;
    if (takesFiles(path) || takesAgentFiles(path)) return uploads;
    const { MAX_FILES: maxFiles } = BODY_LIMITS;
    return takesMailFiles(path) ? { begin: (address) => uploads.begin(address), maxFiles } : undefined;
  };
  for (const audience of AUDIENCES) {
    const read = parseBody(bodies, takesRaw, stageOf);
    routers[audience].use(read, refuseLists(takesLists), durableReplies(durable));
  }
  registerRoutes(routers);
  return routers;
}

const COMETD_PATH = '/genesys/cometd{/*path}';
const BASIC_HTTP_PATH = new RegExp(`^${basicHttpPath('[^/]+')}$`);
const RAW_PATHS = [BASIC_HTTP_PATH, /^\/genesys\/1\/admin\/templates\/[^/]+$/];
const EVENT_PATHS = [BASIC_HTTP_PATH, /^\/scxml\/session\/[^/]+\/(event|request)\/[^/]+$/];

/** The paths whose routes read bodies of any type: events with content, and uploads. */
export function takesRaw(path: string): boolean {
  return RAW_PATHS.some((pattern) => pattern.test(path));
}

/** The paths of events and requests for a session: their data is any JSON. */
function takesLists(path: string): boolean {
  return EVENT_PATHS.some((pattern) => pattern.test(path));
}

function cometd({
  bayeux,
  believed,
  bodies,
  admissionOf,
}: Pick<RoutersDeps, 'bayeux' | 'believed' | 'bodies' | 'admissionOf'>): Koa.Middleware {
  return async (ctx) => {
    // The router would answer HEAD by the handler of GET, and a reply without a body loses its messages.
    if (ctx.method === 'HEAD') {
      throw new WireError('METHOD_NOT_ALLOWED', { headers: { Allow: 'GET, POST' } });
    }
    const address = ctx.state.client?.address;
    const body = bodies.open(address);
    ctx.respond = false;
    // Bayeux sets the status itself. Without this line it would begin with Koa's 404.
    ctx.res.statusCode = 200;
    try {
      const caller = callerOf(ctx);
      const customer = {
        ...defined({
          gmsUser: gmsUserOf(ctx),
          address,
          admission: admissionOf?.(ctx),
        }),
        ...validityOf(ctx),
        isApart: caller.kind === 'customer' && caller.rights === 'owner',
        believed,
      };
      const { upgradeHead: head } = arrivalOf(ctx.req);
      if (head === undefined) await bayeux.handler(ctx.req, ctx.res, { ...customer, body });
      else bayeux.upgrade({ req: ctx.req, res: ctx.res, head }, customer);
    } catch (error) {
      // As long as nothing has been sent, the error boundary can still answer.
      ctx.respond = !ctx.res.headersSent;
      throw error;
    } finally {
      body.release();
    }
  };
}

/** `ctx.matched` has the layers of all routers that the request reached; without a router it is absent. */
function noRoute(): Koa.Middleware {
  return async (ctx) => {
    const matched = (ctx.matched ?? []) as readonly { readonly methods: readonly string[] }[];
    const methods = new Set(matched.flatMap((layer) => layer.methods));
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
