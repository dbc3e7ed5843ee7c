import type { Context, Middleware } from 'koa';
import type { Clock } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';

/** Time that requests wait after this node may no longer answer, in ms. */
export const MAX_SILENCE_MS = 5_000;
const CHECK_MS = 500;

/**
 * Refuses the requests that wait for a store that does not answer. It may still make the changes that they
 * asked for. So they are refused later than requests that come meanwhile (refuseUnowned()), and with another
 * code. A read whose answer is ready when this node may no longer answer is refused too: it may be old.
 * `isOfNode`: of a request that needs no records.
 */
export function refuseWaiting(deps: {
  readonly mayAnswer: () => boolean;
  readonly isOfNode: (ctx: Context) => boolean;
  /** Monotonic. */
  readonly clock: Clock;
}): Middleware {
  const { mayAnswer, isOfNode, clock } = deps;
  const waiting = new Set<() => void>();
  let silentSince: number | undefined;
  let isChecking = false;

  function check(): void {
    const now = clock.now();
    silentSince = mayAnswer() ? undefined : (silentSince ?? now);
    if (silentSince !== undefined && now - silentSince >= MAX_SILENCE_MS) {
      for (const refuse of waiting) refuse();
    }
    isChecking = waiting.size > 0;
    if (isChecking) clock.at(now + CHECK_MS, check);
    else silentSince = undefined;
  }

  return async (ctx, next) => {
    if (isOfNode(ctx)) return next();
    let refuse = (): void => {};
    const refused = new Promise<never>((_, reject) => {
      refuse = () => {
        // A WebSocket has no response to send; a stream has begun.
        if (ctx.respond !== false && !ctx.headerSent) reject(refusalOf(ctx));
      };
    });
    waiting.add(refuse);
    if (!isChecking) check();
    try {
      await Promise.race([next(), refused]);
    } finally {
      waiting.delete(refuse);
    }
    if (isRead(ctx) && ctx.respond !== false && !mayAnswer()) throw refusalOf(ctx);
  };
}

function refusalOf(ctx: Context): WireError {
  const headers = { 'Retry-After': '1' };
  if (isRead(ctx)) {
    return new WireError('UNAVAILABLE', { message: 'This node does not have the cell at present.', headers });
  }
  return new WireError('OUTCOME_UNKNOWN', {
    message:
      'PostgreSQL does not answer: the change may be made later, or not. With an Idempotency-Key the request ' +
      'can be repeated, also at another node, without a second effect.',
    headers,
  });
}

function isRead({ method }: Context): boolean {
  return method === 'GET' || method === 'HEAD';
}
