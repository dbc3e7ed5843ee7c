import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, keyedBy, Once } from '../../engine/durable/index.ts';
import { parseSessionId, type Sessions, type StartSession } from '../../engine/host/index.ts';
import { type Clock, defined, type Json, type SessionId } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import { withoutSecrets } from '../../strategies/options/index.ts';
import { actorOf, type Cookies, documentSessionOf, isDocument, mayReadSecrets } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { eventIdOf, repeatable, replyJson, startIdOf } from '../middleware/index.ts';
import { registerBasicHttpRoutes } from './basicHttp.ts';
import { ORS_HELP } from './help.ts';
import { RequestFiles, type RequestFilesDeps } from './requestFiles.ts';
import { negativeResponse, queryReply, readEventData, readStart, startReply } from './wire.ts';

export interface OrsDeps extends RequestFilesDeps {
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly cookies: Cookies;
  /** Second part of the session cookie. */
  readonly node: string;
  readonly requestTimeoutMs: number;
}

/** The session interface of Orchestration Server. ors-dialect 1. */
export function registerOrsRoutes(router: Router, deps: OrsDeps): void {
  const files = new RequestFiles(deps, new Once(deps));
  new OrsRoutes(deps, files).register(router);
  registerBasicHttpRoutes(router, { ...deps, files });
}

class OrsRoutes {
  readonly #sessions: Sessions;
  readonly #audit: AuditLog;
  readonly #once: Once;
  readonly #cookies: Cookies;
  readonly #node: string;
  readonly #prefix: string;
  readonly #requestTimeoutMs: number;
  readonly #files: RequestFiles;

  constructor(deps: OrsDeps, files: RequestFiles) {
    this.#files = files;
    this.#sessions = deps.sessions;
    this.#audit = deps.audit;
    this.#once = new Once(deps);
    this.#cookies = deps.cookies;
    this.#node = deps.node;
    this.#prefix = deps.ids.prefix;
    this.#requestTimeoutMs = deps.requestTimeoutMs;
  }

  register(router: Router): void {
    router.get('/ors/help', (ctx) => replyJson(ctx, ORS_HELP));
    router.post('/scxml/session/start', (ctx) => this.#start(ctx));
    // Not by GET: browsers and proxies repeat it, and pages of other sites send it.
    router.post('/scxml/session/:sid/event/:name', (ctx) => this.#publish(ctx));
    router.post('/scxml/session/:sid/request/:name', (ctx) => this.#request(ctx));
    router.get('/scxml/session/:sid/query', (ctx) => this.#query(ctx));
    router.post('/scxml/session/:sid/query', (ctx) => this.#query(ctx));
    router.post('/scxml/session/:sid/terminate', repeatable(this.#once), (ctx) => this.#terminate(ctx));
  }

  async #start(ctx: Context): Promise<void> {
    const startedBy = documentSessionOf(ctx);
    // A request that cannot start a session leaves no files.
    readStart(ctx.state.form);
    const request = {
      ...readStart(await this.#files.fieldsOf(ctx)),
      ...startIdOf(ctx, this.#prefix),
      ...defined({ startedBy }),
    };
    const sessionId = await this.#startOnce(request);
    ctx.state.ids = { sessionId };
    this.#setCookie(ctx, sessionId);
    replyJson(ctx, startReply(sessionId));
  }

  /**
   * The key of a start is remembered for longer than its session, which may have ended before the repetition.
   */
  async #startOnce(request: StartSession): Promise<SessionId> {
    const { id } = request;
    const keyed = keyedBy(id, 'session.start');
    if (id === undefined || keyed === undefined) return (await this.#sessions.start(request)).sessionId;
    if ((await this.#once.earlier(keyed)) !== undefined) return id;
    return (await this.#sessions.start({ ...request, alongside: this.#once.doneBatch(keyed) })).sessionId;
  }

  async #publish(ctx: Context): Promise<void> {
    const { name } = ctx.params as { name: string };
    const sid = parseSessionId(ctx.params.sid);
    await this.#sessions.publish(sid, { name, data: await this.#eventData(ctx, sid), ...eventIdOf(ctx) });
    this.#setCookie(ctx, sid);
    replyJson(ctx, {});
  }

  async #request(ctx: Context): Promise<void> {
    const { name } = ctx.params as { name: string };
    const sid = parseSessionId(ctx.params.sid);
    const answer = await this.#sessions.request(sid, {
      name,
      data: await this.#eventData(ctx, sid),
      ...eventIdOf(ctx),
      timeoutMs: this.#requestTimeoutMs,
    });
    this.#setCookie(ctx, sid);
    if (!answer.positive) throw negativeResponse(answer);
    replyJson(ctx, answer.body);
  }

  async #query(ctx: Context): Promise<void> {
    const sid = parseSessionId(ctx.params.sid);
    const view = await this.#sessions.query(sid);
    if (view === undefined) {
      throw new WireError('SESSION_NOT_FOUND', { message: `No session '${sid}'.` });
    }
    const reply = queryReply(view);
    // The data of a session has the options of its service.
    replyJson(ctx, mayReadSecrets(ctx) ? reply : withoutSecrets(reply));
  }

  async #terminate(ctx: Context): Promise<void> {
    const sid = parseSessionId(ctx.params.sid);
    const object = `session:${sid}`;
    // Documents end sessions all the time, as their own documents say.
    const entry = isDocument(ctx)
      ? {}
      : this.#audit.batch({ ...actorOf(ctx), action: 'session.terminated', object });
    await this.#sessions.terminate(sid, 'Terminated by a client.', entry);
    replyJson(ctx, {});
  }

  async #eventData(ctx: Context, sid: SessionId): Promise<Json> {
    const { json } = ctx.state;
    const form = await this.#files.fieldsOf(ctx, sid);
    return readEventData(form, json === undefined ? undefined : { json, type: ctx.request.type });
  }

  /** Sticky load balancing: ors-dialect 1, `ORSSESSIONID=<sid>.<node>`. */
  #setCookie(ctx: Context, sessionId: SessionId): void {
    ctx.set('Set-Cookie', this.#cookies.header(ctx.req, 'ORSSESSIONID', `${sessionId}.${this.#node}`));
  }
}
