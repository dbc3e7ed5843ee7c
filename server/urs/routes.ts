import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import type { Routing } from '../../strategies/routing/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf, repeatable } from '../middleware/index.ts';
import { queueReply, readConnId, readQueueName, readQueueQuery, readStart, startReply } from './wire.ts';

export interface UrsRouteDeps {
  readonly routing: Pick<Routing, 'startCall' | 'viewQueue' | 'invoke' | 'cancelCall'>;
  readonly durable: Durable;
  readonly clock: Clock;
}

/**
 * The URS web API as callback documents use it (urs-routing 1). All are GET with a JSON reply; how a virtual
 * call is deleted is not documented: both `GET .../delete` and DELETE do it here.
 */
export function registerUrsRoutes(router: Router, deps: UrsRouteDeps): void {
  const { routing } = deps;
  const once = new Once(deps);

  router.get('/urs/call/start', async (ctx) => {
    const request = readStart(ctx.state.form, keyOf(ctx));
    const { connId } = await routing.startCall(request);
    ctx.state.ids = { connId };
    reply(ctx, startReply(connId));
  });

  router.get('/urs/call/:id/lvq', async (ctx) => {
    await replyQueue(ctx, readConnId(ctx.params.id), undefined);
  });

  router.get('/urs/call/:id/lvq/:vq', async (ctx) => {
    await replyQueue(ctx, readConnId(ctx.params.id), readQueueName(ctx.params.vq));
  });

  router.get('/urs/call/:id/invoke', async (ctx) => {
    const key = keyOf(ctx);
    const { strategy, ...params } = ctx.state.form;
    if (strategy === undefined || strategy === '') {
      throw new WireError('PARAMETER_MISSING', {
        message: 'Expected strategy, for example SetRouteDelay, got none.',
      });
    }
    await routing.invoke(readConnId(ctx.params.id), String(strategy), params, key);
    reply(ctx, {});
  });

  router.get('/urs/call/:id/delete', repeatable(once), remove);
  router.delete('/urs/call/:id', repeatable(once), remove);

  async function remove(ctx: Context): Promise<void> {
    await routing.cancelCall(readConnId(ctx.params.id));
    reply(ctx, {});
  }

  async function replyQueue(ctx: Context, id: string, inPath: string | undefined): Promise<void> {
    const { vq: named, method } = readQueueQuery(ctx.state.form);
    const vq = inPath ?? named;
    if (id === 'max' && vq === undefined) {
      throw new WireError('PARAMETER_MISSING', {
        message: 'Expected name, the virtual queue to look at, got none.',
      });
    }
    reply(ctx, queueReply(await routing.viewQueue(id, { method, ...defined({ vq }) })));
  }
}

function reply(ctx: Context, body: Json): void {
  ctx.set('Content-Type', 'application/json;charset=UTF-8');
  ctx.body = JSON.stringify(body);
}
