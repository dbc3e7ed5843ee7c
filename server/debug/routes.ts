import type Router from '@koa/router';
import type { Context } from 'koa';
import type { DebuggedSession } from '../../engine/host/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import { actorOf, validityOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { lastEventIdOf, openEventStream, replyJson, replyStream } from '../middleware/index.ts';
import { registerCopyRoutes } from './copyRoutes.ts';
import type { DebuggerEvent } from './keptEvents.ts';
import type { LiveDebugger } from './liveDebugger.ts';
import { LiveDebuggers } from './liveDebuggers.ts';
import type { DebugRoutesDeps } from './routesDeps.ts';
import { SessionUses } from './sessionUses.ts';
import { registerWatchRoutes } from './watchRoutes.ts';
import {
  debuggerReply,
  placedReply,
  readBreakpoints,
  readExpression,
  readTarget,
  stateReply,
  valueReply,
} from './wire.ts';

const ROOT = '/genesys/1/admin/debug';

/** Debuggers of running sessions, for the roles debugger and administrator. */
export function registerDebugRoutes(router: Router, deps: DebugRoutesDeps): void {
  const uses = new SessionUses(deps);
  const debuggers = new LiveDebuggers({ ...deps, uses });
  const ofSessions = { ...deps, uses, requireEnabled: () => requireEnabled(deps) };
  registerWatchRoutes(router, ofSessions);
  registerCopyRoutes(router, ofSessions);
  const found = (ctx: Context): LiveDebugger => {
    requireEnabled(deps);
    return debuggers.get(String(ctx.params.id), actorOf(ctx));
  };

  router.get(ROOT, (ctx) => {
    requireEnabled(deps);
    replyJson(ctx, debuggers.list().map(debuggerReply) as Json);
  });

  router.post(ROOT, async (ctx) => {
    requireEnabled(deps);
    const one = await debuggers.open(readTarget(ctx.state.json ?? ctx.state.form), actorOf(ctx));
    replyJson(ctx, stateReply(one, await one.state()));
  });

  router.get(`${ROOT}/:id`, async (ctx) => {
    const one = found(ctx);
    await debuggers.read(one, actorOf(ctx), 'read');
    replyJson(ctx, stateReply(one, await one.state()));
  });

  router.get(`${ROOT}/:id/events`, async (ctx) => {
    const one = found(ctx);
    await debuggers.read(one, actorOf(ctx), 'events');
    openEvents(ctx, one, deps);
  });

  for (const [name, act] of COMMANDS) {
    router.post(`${ROOT}/:id/${name}`, async (ctx) => {
      const one = found(ctx);
      requireSession(one);
      await debuggers.used(one, actorOf(ctx), name);
      act(one);
      replyJson(ctx, debuggerReply(one));
    });
  }

  router.put(`${ROOT}/:id/breakpoints`, async (ctx) => {
    const one = found(ctx);
    const breakpoints = readBreakpoints(ctx.state.json, deps.limits.breakpointsOfSession);
    await debuggers.used(one, actorOf(ctx), 'breakpoints');
    // The session may have started during the write of the audit log.
    const session = one.phase === 'waiting' ? undefined : requireSession(one);
    const later = () => breakpoints.map(() => ({ refused: NOT_PLACED_YET }));
    const placed = session && (await session.setBreakpoints(breakpoints));
    one.breakpoints = breakpoints;
    replyJson(ctx, placedReply(placed ?? later()));
  });

  router.post(`${ROOT}/:id/evaluate`, async (ctx) => {
    const one = found(ctx);
    const session = requireSession(one);
    const expression = readExpression(ctx.state.json ?? ctx.state.form);
    await debuggers.used(one, actorOf(ctx), 'evaluate');
    replyJson(ctx, valueReply(await session.evaluate(expression)));
  });

  router.delete(`${ROOT}/:id`, async (ctx) => {
    await debuggers.close(found(ctx), actorOf(ctx));
    replyJson(ctx, {});
  });
}

const NOT_PLACED_YET = 'It is placed when a session starts on the document.';

const COMMANDS: readonly (readonly [string, (one: LiveDebugger) => void])[] = [
  ['pause', ({ session }) => session?.pause()],
  ['continue', ({ session }) => session?.proceed()],
  ['step', ({ session }) => session?.step()],
];

function requireEnabled({ isEnabled }: DebugRoutesDeps): void {
  if (isEnabled) return;
  throw new WireError('FORBIDDEN', {
    message: 'Debuggers are switched off: expected debug.enabled to be true in the configuration, got false.',
  });
}

function requireSession({ phase, session }: LiveDebugger): DebuggedSession {
  if (session !== undefined && phase !== 'ended') return session;
  const got = phase === 'waiting' ? 'none has started yet' : 'it has ended';
  throw new WireError('CONFLICT', { message: `Expected a debugger with a session that runs: ${got}.` });
}

/** The event stream, after the last event that the reader has. One that has missed some reads the state. */
function openEvents(ctx: Context, one: LiveDebugger, deps: DebugRoutesDeps): void {
  const { events } = one;
  const last = lastEventIdOf(ctx);
  const resumes = last !== undefined && events.isComplete(Number(last));
  const first: readonly DebuggerEvent[] = resumes
    ? []
    : [...(last === undefined ? [] : [{ type: 'reload', lastEventId: last }]), present(one)];
  const stream = openEventStream({
    source: events.source,
    durable: deps.durable,
    clock: deps.clock,
    key: '',
    start: { first, position: resumes ? Number(last) : events.present },
    closing: deps.closing,
    ...validityOf(ctx),
  });
  one.opened(stream);
  replyStream(ctx, stream);
}

function present(one: LiveDebugger): DebuggerEvent {
  return { type: 'state', ...debuggerReply(one) };
}
