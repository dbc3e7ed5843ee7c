import type Router from '@koa/router';
import type { Context } from 'koa';
import type { SessionId } from '../../engine/ports/index.ts';
import { actorOf, validityOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { eventIdOf, lastEventIdOf, openEventStream, replyJson, replyStream } from '../middleware/index.ts';
import type { DebuggerEvent } from './keptEvents.ts';
import { LiveWatches, type WatchStream } from './liveWatches.ts';
import { type DebugRoutesDeps, SESSION_ROOT, type SessionRoutesDeps, sessionOf } from './routesDeps.ts';
import { documentReply, readEvent, timersReply, watchedReply } from './wire.ts';

/** Sessions that are watched and not held: their state, steps and timers. For those who may debug. */
export function registerWatchRoutes(router: Router, deps: SessionRoutesDeps): void {
  const { debuggable, copies, sessions, uses, clock, limits } = deps;
  const keptMs = limits.lostSeconds * 1000;
  const watches = new LiveWatches({ debuggable, clock, maxStreams: limits.watchers, keptMs });

  /** The session of the request. Its reading use is in the audit log. */
  const read = async (ctx: Context, use: string): Promise<SessionId> => {
    const sid = sessionOf(ctx, deps);
    await uses.read(`session:${sid}`, actorOf(ctx), use);
    return sid;
  };

  router.get(SESSION_ROOT, async (ctx) => {
    const sid = await read(ctx, 'read');
    replyJson(ctx, watchedReply(await debuggable.state(sid)));
  });

  router.get(`${SESSION_ROOT}/document`, async (ctx) => {
    const sid = await read(ctx, 'read the document');
    replyJson(ctx, documentReply(copies.document(sid) ?? (await debuggable.document(sid))));
  });

  router.get(`${SESSION_ROOT}/events`, async (ctx) => {
    const sid = await read(ctx, 'watch');
    const last = lastEventIdOf(ctx);
    openStream(ctx, await watches.begin(sid, last === undefined ? undefined : Number(last)), deps);
  });

  router.get(`${SESSION_ROOT}/timers`, async (ctx) => {
    const sid = await read(ctx, 'read');
    replyJson(ctx, timersReply(await debuggable.state(sid)));
  });

  router.post(`${SESSION_ROOT}/timers/:key/fire`, async (ctx) => {
    const sid = sessionOf(ctx, deps);
    const key = String(ctx.params.key);
    const entry = uses.batch(`session:${sid}`, actorOf(ctx), { use: 'fire a timer', timer: key });
    if (await debuggable.fireTimer(sid, key, entry)) {
      replyJson(ctx, {});
      return;
    }
    throw new WireError('NOT_FOUND', {
      message: `No timer '${key}' of session '${sid}' is pending: it has fired, or was cancelled.`,
    });
  });

  router.post(`${SESSION_ROOT}/event`, async (ctx) => {
    const id = eventIdOf(ctx);
    const sid = sessionOf(ctx, deps);
    const event = readEvent(ctx.state.json ?? ctx.state.form);
    await uses.record(`session:${sid}`, actorOf(ctx), { use: 'send an event', event: event.name });
    await sessions.publish(sid, { ...event, ...id });
    replyJson(ctx, {});
  });
}

/** A reader that missed events gets `reload`, and the present state. */
function openStream(
  ctx: Context,
  { events, position, state, opened }: WatchStream,
  deps: DebugRoutesDeps,
): void {
  const last = lastEventIdOf(ctx);
  const first: DebuggerEvent[] = [];
  if (state !== undefined && last !== undefined) first.push({ type: 'reload', lastEventId: last });
  if (state !== undefined) first.push({ type: 'state', ...watchedReply(state) });
  const stream = openEventStream({
    source: events.source,
    durable: deps.durable,
    clock: deps.clock,
    key: '',
    start: { first, position },
    closing: deps.closing,
    ...validityOf(ctx),
  });
  opened(stream);
  replyStream(ctx, stream);
}
