import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Json } from '../../engine/event.ts';
import type { Durable } from '../../engine/host/durable.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Routing } from '../../strategies/routing/routing.ts';
import { createOnce } from '../../strategies/idempotency/once.ts';
import { WireError } from '../errors.ts';
import { keyOf } from '../idempotencyKey.ts';
import { repeatable } from '../repeatable.ts';
import {
  queueReply,
  readConnId,
  readQueueName,
  readQueueQuery,
  readStart,
  routingFault,
  startReply,
} from './wire.ts';

export interface UrsRouteDeps {
  readonly routing: Pick<Routing, 'startCall' | 'lvq' | 'invoke' | 'cancelCall'>;
  readonly durable: Durable;
  readonly clock: Clock;
}

/**
 * The URS web API as callback documents use it: genesys-facts 3. All are GET with a JSON reply; how a virtual
 * call is deleted is not documented: both `GET .../delete` and DELETE do it here.
 */
export function registerUrsRoutes(router: Router, deps: UrsRouteDeps): void {
  const { routing } = deps;
  const once = createOnce(deps);

  router.get('/urs/call/start', async (ctx) => {
    const request = readStart(ctx.state.form, keyOf(ctx));
    const { connId } = await orFault(routing.startCall(request));
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
    await orFault(routing.invoke(readConnId(ctx.params.id), String(strategy), params, key));
    reply(ctx, {});
  });

  router.get('/urs/call/:id/delete', repeatable(once), remove);
  router.delete('/urs/call/:id', repeatable(once), remove);

  async function remove(ctx: Context): Promise<void> {
    await orFault(routing.cancelCall(readConnId(ctx.params.id)));
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
    reply(ctx, queueReply(await orFault(routing.lvq(id, vq, method))));
  }
}

async function orFault<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw routingFault(error);
  }
}

function reply(ctx: Context, body: Json): void {
  ctx.set('Content-Type', 'application/json;charset=UTF-8');
  ctx.body = JSON.stringify(body);
}
