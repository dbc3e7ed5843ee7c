import { createHash } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { type Batch, keyedBy, type Once } from '../../engine/durable/index.ts';
import { derivedSessionId } from '../../engine/interpreter/index.ts';
import type { SessionId } from '../../engine/ports/index.ts';
import { actorOf, gmsUserOf, isAnonymous } from '../access/index.ts';
import { WireError } from '../errors/index.ts';

/** Characters of an Idempotency-Key. The store keeps it for a day with each event. */
export const MAX_IDEMPOTENCY_KEY = 256;

/**
 * The client's id of an event or request: the header Idempotency-Key. With it a repetition from any client is
 * processed once and gets the same answer; without it every call is a new event. The prefix keeps clients
 * from using the ids that the host gives to its own events. Throws PARAMETER_INVALID.
 */
export function eventIdOf(ctx: Context): { readonly id?: string } {
  const key = readKey(ctx);
  return key === undefined ? {} : { id: `client:${key}` };
}

/**
 * The session id of a start with an Idempotency-Key: a repetition finds the session by it. `prefix`: of the
 * ids of this server.
 */
export function startIdOf(ctx: Context, prefix: string): { readonly id?: SessionId } {
  const key = creationKeyOf(ctx);
  return key === undefined ? {} : { id: derivedSessionId(`${prefix}start`, key) };
}

/**
 * The key of an effect on a thing that the request names. It counts for one caller. Throws PARAMETER_INVALID.
 */
export function keyOf(ctx: Context): string | undefined {
  const key = readKey(ctx);
  return key === undefined ? undefined : JSON.stringify([...scopeOf(ctx), key]);
}

/**
 * The key of an effect that makes a new thing. Two anonymous clients may choose the same key, and the answer
 * has the id of the thing. So their key counts together with the content of the request. Throws
 * PARAMETER_INVALID.
 */
export function creationKeyOf(ctx: Context): string | undefined {
  const key = readKey(ctx);
  if (key === undefined) return undefined;
  return JSON.stringify([...scopeOf(ctx), key, ...(isAnonymous(ctx) ? [digestOf(ctx)] : [])]);
}

function scopeOf(ctx: Context): readonly string[] {
  return [actorOf(ctx).who, gmsUserOf(ctx) ?? ''];
}

/** 64 hexadecimal digits that follow from the fields and the files of a request. */
function digestOf(ctx: Context): string {
  const { form, files, drafts = [] } = ctx.state;
  const hash = createHash('sha256').update(JSON.stringify(form));
  for (const { name, contentType, bytes } of files) {
    hash.update(JSON.stringify([name, contentType, bytes.length])).update(bytes);
  }
  for (const { name, filename, head, draft } of drafts) {
    hash.update(JSON.stringify([name, filename, draft.size])).update(head);
  }
  return hash.digest('hex');
}

function readKey(ctx: Context): string | undefined {
  const key = ctx.get('idempotency-key');
  if (key === '') return undefined;
  if (key.length <= MAX_IDEMPOTENCY_KEY) return key;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected Idempotency-Key to have at most MAX_IDEMPOTENCY_KEY (${MAX_IDEMPOTENCY_KEY}) characters, got ${key.length}.`,
  });
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

declare module 'koa' {
  interface DefaultState {
    /** Set by repeatable; read it by replyBatch. */
    replyBatch?: () => Batch;
  }
}

/**
 * Remembers the reply of a request with an Idempotency-Key and gives it again to a repetition, even where the
 * route would now refuse the request. Errors are not remembered. Use it before a route whose reply is small
 * and whose effect may happen twice without harm, or has a key of its own. `actorOf` tells whose key it is,
 * where a request names its actor in another way than by `gms_user`. A route that makes one commit, and has
 * given its reply before, adds `replyBatch` to the commit.
 */
export function repeatable(once: Once, actorOf?: (ctx: Context) => string): Middleware {
  return async (ctx, next) => {
    const actor = actorOf === undefined ? [] : [actorOf(ctx)];
    const keyed = keyedBy(keyOf(ctx), 'reply', ctx.method, ctx.path, ...actor);
    const reply = await once.perform<Reply>(keyed, async (doneBatch) => {
      ctx.state.replyBatch = () => doneBatch(replyOf(ctx));
      await next();
      return replyOf(ctx);
    });
    ctx.status = reply.status;
    ctx.set('Content-Type', reply.type);
    ctx.body = reply.body;
  };
}

/** For the commit of a `repeatable` route: the key, with the reply that the route has given by now. */
export function replyBatch(ctx: Context): Batch {
  return ctx.state.replyBatch?.() ?? {};
}

function replyOf(ctx: Context): Reply {
  return { status: ctx.status, type: ctx.response.get('Content-Type'), body: ctx.body };
}
