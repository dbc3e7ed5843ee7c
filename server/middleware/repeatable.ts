import type { Context, Middleware } from 'koa';
import { keyedBy, type Once } from '../../engine/durable/index.ts';
import { keyOf } from './idempotencyKey.ts';

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

/**
 * Before a route whose effect is harmless to repeat, or keyed itself, and whose reply is small: a request with an
 * Idempotency-Key that was answered before gets that reply, though the route would now refuse it. Faults are not
 * remembered. `actorOf`: whose key it is, where a request says so otherwise than by its `gms_user`.
 */
export function repeatable(once: Once, actorOf?: (ctx: Context) => string): Middleware {
  return async (ctx, next) => {
    const actor = actorOf === undefined ? [] : [actorOf(ctx)];
    const keyed = keyedBy(keyOf(ctx), 'reply', ctx.method, ctx.path, ...actor);
    const reply = await once.perform<Reply>(keyed, async () => {
      await next();
      return { status: ctx.status, type: ctx.response.get('Content-Type'), body: ctx.body };
    });
    ctx.status = reply.status;
    ctx.set('Content-Type', reply.type);
    ctx.body = reply.body;
  };
}
