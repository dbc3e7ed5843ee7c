import { setImmediate } from 'node:timers/promises';
import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json, textOf } from '../../engine/ports/index.ts';
import { type ConnId, LAST_CALL, type QueueQuestion, type Routing } from '../../strategies/routing/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';
import { creationKeyOf, keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { ROUTE_DONE_REQUEST } from './askSession.ts';
import { URS_HELP } from './help.ts';
import {
  callReply,
  parseConnId,
  queueReply,
  readFunction,
  readInteraction,
  readQueueName,
  readQueueQuery,
  readStart,
  readTellQueue,
  startReply,
} from './wire.ts';

export interface UrsRouteDeps {
  readonly routing: Pick<
    Routing,
    | 'startCall'
    | 'viewQueue'
    | 'hasAgentFor'
    | 'invoke'
    | 'cancelCall'
    | 'get'
    | 'callFunction'
    | 'callOfInteraction'
  >;
  readonly durable: Durable;
  readonly clock: Clock;
}

/**
 * The URS web API as callback documents use it (urs-routing 1). Every request is a GET with a JSON reply. The
 * pages do not say how to delete a virtual call: here both `GET .../delete` and DELETE do it.
 */
export function registerUrsRoutes(router: Router, deps: UrsRouteDeps): void {
  new UrsRoutes(deps).register(router);
}

class UrsRoutes {
  readonly #routing: UrsRouteDeps['routing'];
  readonly #once: Once;

  constructor(deps: UrsRouteDeps) {
    this.#routing = deps.routing;
    this.#once = new Once(deps);
  }

  register(router: Router): void {
    router.get('/urs/call/start', (ctx) => this.#start(ctx));
    router.get('/urs/call/:id/lvq', (ctx) => this.#queue(ctx));
    router.get('/urs/call/:id/lvq/:vq', (ctx) => this.#queue(ctx));
    router.get('/urs/call/:id/invoke', (ctx) => this.#invoke(ctx));
    router.get('/urs/call/:id/query', (ctx) => this.#query(ctx));
    router.get('/urs/call/:id/func', (ctx) => this.#func(ctx));
    router.get('/urs/call/:id/reply', (ctx) => this.#reply(ctx));
    router.get('/urs/call/:id/reply/:ref', (ctx) => this.#reply(ctx));
    router.get('/urs/help', (ctx) => replyJson(ctx, URS_HELP));
    router.get('/urs/call/:method/help', (ctx) => this.#help(ctx));
    router.get('/urs/call/:id/delete', repeatable(this.#once), (ctx) => this.#delete(ctx));
    router.delete('/urs/call/:id', repeatable(this.#once), (ctx) => this.#delete(ctx));
  }

  async #start(ctx: Context): Promise<void> {
    const request = readStart(ctx.state.form, creationKeyOf(ctx));
    const started = await this.#routing.startCall(request);
    ctx.state.ids = { connId: started.connId };
    const question = readTellQueue(ctx.state.form);
    const lvq = question && (await this.#queueNow(started.connId, question));
    replyJson(ctx, startReply(started, lvq));
  }

  /** Undefined: the index of calls is still being read after a start, or the call is gone by now. */
  async #queueNow(id: ConnId, question: QueueQuestion): Promise<Json | undefined> {
    const view = this.#routing.viewQueue(id, question).catch(() => undefined);
    const found = await Promise.race([view, setImmediate(undefined)]);
    return found && queueReply(found, { asksForBand: true, hasAgent: this.#routing.hasAgentFor(id) });
  }

  /**
   * The position in a queue. The queue is named in the path or the query; undefined: the queue of the call.
   */
  async #queue(ctx: Context): Promise<void> {
    const id = this.#callOf(ctx);
    const { vq: inQuery, asksForAgent, asksForBand, ...question } = readQueueQuery(ctx.state.form);
    const vq = readQueueName(ctx.params.vq) ?? inQuery;
    if (id === LAST_CALL && vq === undefined) {
      throw noQueueName();
    }
    const view = await this.#routing.viewQueue(id, { ...question, ...defined({ vq }) });
    const hasAgent = asksForAgent && id !== LAST_CALL ? this.#routing.hasAgentFor(id) : undefined;
    replyJson(ctx, queueReply(view, { asksForBand, ...defined({ hasAgent }) }));
  }

  async #invoke(ctx: Context): Promise<void> {
    const key = keyOf(ctx);
    const { strategy, ...params } = ctx.state.form;
    if (strategy === undefined || strategy === '') {
      throw new WireError('PARAMETER_MISSING', {
        message: 'Expected strategy, for example SetRouteDelay, got none.',
      });
    }
    await this.#routing.invoke(this.#callOf(ctx), textOf(strategy), params, key);
    replyJson(ctx, {});
  }

  async #delete(ctx: Context): Promise<void> {
    await this.#routing.cancelCall(this.#callOf(ctx));
    replyJson(ctx, {});
  }

  async #query(ctx: Context): Promise<void> {
    const id = this.#callOf(ctx);
    const call = this.#routing.get(id);
    if (call === undefined) {
      throw new WireError('CALL_NOT_FOUND', { message: `No virtual interaction '${id}'.` });
    }
    replyJson(ctx, callReply(call, readInteraction((ctx.params as { id?: string }).id)));
  }

  async #func(ctx: Context): Promise<void> {
    const key = keyOf(ctx);
    const id = this.#callOf(ctx);
    const result = await this.#routing.callFunction(id, {
      ...readFunction(ctx.state.form),
      ...defined({ key }),
    });
    replyJson(ctx, { result });
  }

  /** No page says what it takes. A session answers the request that tells it of its agent. */
  async #reply(ctx: Context): Promise<void> {
    const id = this.#callOf(ctx);
    throw new WireError('CONFLICT', {
      message: `The call '${id}' waits for no reply: a session answers ${ROUTE_DONE_REQUEST} itself, by <ws:response>.`,
    });
  }

  async #help(ctx: Context): Promise<void> {
    const { method } = ctx.params as { method: string };
    const found = URS_HELP.methods.filter(({ name }) => name === method);
    if (found.length === 0) {
      const known = URS_HELP.methods.map(({ name }) => name).join(', ');
      throw new WireError('NOT_FOUND', { message: `Expected a method (${known}), got '${method}'.` });
    }
    replyJson(ctx, { methods: found });
  }

  /** The call of a connection id, or of `@` and the id of an interaction. */
  #callOf(ctx: Context): ConnId {
    const { id } = ctx.params as { id?: string };
    const interactionId = readInteraction(id);
    return interactionId === undefined ? parseConnId(id) : this.#routing.callOfInteraction(interactionId);
  }
}

/** `lvq` of a queue as a new call sees it. Throws PARAMETER_MISSING or PARAMETER_INVALID. */
export async function queueStatistic(routing: Pick<Routing, 'viewQueue'>, query: Form): Promise<Json> {
  const { vq, method, tenant, asksForBand } = readQueueQuery(query);
  if (vq === undefined) throw noQueueName();
  const view = await routing.viewQueue(LAST_CALL, { vq, ...defined({ method, tenant }) });
  return queueReply(view, { asksForBand });
}

function noQueueName(): WireError {
  return new WireError('PARAMETER_MISSING', {
    message: 'Expected name to be the name of a virtual queue, got none.',
  });
}
