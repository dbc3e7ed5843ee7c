import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import { LAST_CALL, type Routing } from '../../strategies/routing/index.ts';
import { WireError } from '../errors/index.ts';
import { creationKeyOf, keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { parseConnId, queueReply, readQueueName, readQueueQuery, readStart, startReply } from './wire.ts';

export interface UrsRouteDeps {
  readonly routing: Pick<Routing, 'startCall' | 'viewQueue' | 'hasAgentFor' | 'invoke' | 'cancelCall'>;
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
    router.get('/urs/call/:id/delete', repeatable(this.#once), (ctx) => this.#delete(ctx));
    router.delete('/urs/call/:id', repeatable(this.#once), (ctx) => this.#delete(ctx));
  }

  async #start(ctx: Context): Promise<void> {
    const { connId } = await this.#routing.startCall(readStart(ctx.state.form, creationKeyOf(ctx)));
    ctx.state.ids = { connId };
    replyJson(ctx, startReply(connId));
  }

  /**
   * The position in a queue. The queue is named in the path or the query; undefined: the queue of the call.
   */
  async #queue(ctx: Context): Promise<void> {
    const id = parseConnId(ctx.params.id);
    const { vq: inQuery, method, asksForAgent } = readQueueQuery(ctx.state.form);
    const vq = readQueueName(ctx.params.vq) ?? inQuery;
    if (id === LAST_CALL && vq === undefined) {
      throw new WireError('PARAMETER_MISSING', {
        message: 'Expected name to be the name of a virtual queue, got none.',
      });
    }
    const view = await this.#routing.viewQueue(id, { method, ...defined({ vq }) });
    const hasAgent = asksForAgent && id !== LAST_CALL ? this.#routing.hasAgentFor(id) : undefined;
    replyJson(ctx, queueReply(view, hasAgent));
  }

  async #invoke(ctx: Context): Promise<void> {
    const key = keyOf(ctx);
    const { strategy, ...params } = ctx.state.form;
    if (strategy === undefined || strategy === '') {
      throw new WireError('PARAMETER_MISSING', {
        message: 'Expected strategy, for example SetRouteDelay, got none.',
      });
    }
    await this.#routing.invoke(parseConnId(ctx.params.id), String(strategy), params, key);
    replyJson(ctx, {});
  }

  async #delete(ctx: Context): Promise<void> {
    await this.#routing.cancelCall(parseConnId(ctx.params.id));
    replyJson(ctx, {});
  }
}
