import type { Context } from 'koa';
import { derivedSessionId } from '../../engine/interpreter/index.ts';
import { WireError } from '../errors/index.ts';

/** Characters of an Idempotency-Key: it is kept for a day with each event. */
export const MAX_IDEMPOTENCY_KEY = 256;

/**
 * The client's id of an event or request: the header Idempotency-Key. With it a repetition is processed once
 * and answered the same, whoever it comes from; without it every call is a new event. Prefixed, so that no client can say the ids
 * that the host gives to its own events. Throws PARAMETER_INVALID.
 */
export function eventIdOf(ctx: Context): { readonly id?: string } {
  const key = readKey(ctx);
  return key === undefined ? {} : { id: `client:${key}` };
}

/** The id of the session that a start with an Idempotency-Key makes: a repetition finds it there. */
export function startIdOf(ctx: Context): { readonly id?: string } {
  const key = keyOf(ctx);
  return key === undefined ? {} : { id: derivedSessionId('start', key) };
}

/** The key of any other effect, as this user's: it counts for one `gms_user`. Throws PARAMETER_INVALID. */
export function keyOf(ctx: Context): string | undefined {
  const key = readKey(ctx);
  return key === undefined ? undefined : JSON.stringify([ctx.get('gms_user'), key]);
}

/** As it came. */
function readKey(ctx: Context): string | undefined {
  const key = ctx.get('idempotency-key');
  if (key === '') return undefined;
  if (key.length <= MAX_IDEMPOTENCY_KEY) return key;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected Idempotency-Key to have at most MAX_IDEMPOTENCY_KEY (${MAX_IDEMPOTENCY_KEY}) characters, got ${key.length}.`,
  });
}
