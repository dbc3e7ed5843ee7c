import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, keyedBy, Once } from '../../engine/durable/index.ts';
import type { Sessions, StartSession } from '../../engine/host/index.ts';
import type { Clock, Json } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import { eventIdOf, repeatable, startIdOf } from '../middleware/index.ts';
import { registerBasicHttpRoutes } from './basicHttp.ts';
import { negativeResponse, queryReply, readEventData, readStart, startReply } from './wire.ts';

export interface OrsDeps {
  readonly sessions: Sessions;
  readonly durable: Durable;
  readonly clock: Clock;
  /** Second part of the session cookie. */
  readonly node: string;
  readonly requestTimeoutMs: number;
}

/** The session interface of Orchestration Server. ors-dialect 1. */
export function registerOrsRoutes(router: Router, deps: OrsDeps): void {
  const { sessions } = deps;
  const once = new Once(deps);

  router.post('/scxml/session/start', async (ctx) => {
    const request = { ...readStart(ctx.state.form), ...startIdOf(ctx) };
    const sessionId = await start(request);
    ctx.state.ids = { sessionId };
    setCookie(ctx, sessionId, deps.node);
    reply(ctx, startReply(sessionId));
  });

  /** Under a key, which is remembered for longer than a session that has ended. */
  async function start(request: StartSession): Promise<string> {
    const keyed = keyedBy(request.id, 'session.start');
    if (keyed === undefined) return (await sessions.start(request)).sessionId;
    if ((await once.earlier(keyed)) !== undefined) return keyed.key;
    return (await sessions.start({ ...request, alongside: once.doneBatch(keyed) })).sessionId;
  }

  // GET: routing and browsers call these with everything in the query string.
  for (const verb of ['get', 'post'] as const) {
    router[verb]('/scxml/session/:sid/event/:name', async (ctx) => {
      const { sid, name } = ctx.params as { sid: string; name: string };
      await sessions.publish(sid, { name, data: eventData(ctx), ...eventIdOf(ctx) });
      setCookie(ctx, sid, deps.node);
      reply(ctx, {});
    });

    router[verb]('/scxml/session/:sid/request/:name', async (ctx) => {
      const { sid, name } = ctx.params as { sid: string; name: string };
      const answer = await sessions.request(sid, {
        name,
        data: eventData(ctx),
        ...eventIdOf(ctx),
        timeoutMs: deps.requestTimeoutMs,
      });
      setCookie(ctx, sid, deps.node);
      if (!answer.positive) {
        throw negativeResponse(answer);
      }
      reply(ctx, answer.body);
    });

    router[verb]('/scxml/session/:sid/query', async (ctx) => {
      const { sid } = ctx.params as { sid: string };
      const view = await sessions.query(sid);
      if (view === undefined) {
        throw new WireError('SESSION_NOT_FOUND', { message: `No session '${sid}'.` });
      }
      reply(ctx, queryReply(view));
    });
  }

  registerBasicHttpRoutes(router, deps);

  router.post('/scxml/session/:sid/terminate', repeatable(once), async (ctx) => {
    const { sid } = ctx.params as { sid: string };
    await sessions.terminate(sid, 'Terminated by a client.');
    reply(ctx, {});
  });
}

function eventData(ctx: Context): Json {
  const { form, json } = ctx.state;
  return readEventData(form, json === undefined ? undefined : { json, type: ctx.request.type });
}

function reply(ctx: Context, body: Json): void {
  ctx.set('Content-Type', 'application/json;charset=UTF-8');
  ctx.body = JSON.stringify(body);
}

/** Sticky load balancing: ors-dialect 1, `ORSSESSIONID=<sid>.<node>`. */
function setCookie(ctx: Context, sessionId: string, node: string): void {
  ctx.set('Set-Cookie', `ORSSESSIONID=${sessionId}.${node}; Path=/`);
}
