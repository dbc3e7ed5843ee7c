import type { Durable } from '../durable/index.ts';
import { derivedSessionId } from '../interpreter/index.ts';
import { type Clock, type Json, readId, type SessionId } from '../ports/index.ts';
import { isGone } from './eventDelivery.ts';
import { postponeIfLimited } from './lineages.ts';
import type { LiveSessions } from './liveSessions.ts';
import { cannotStart, isLimited } from './performInvokes.ts';
import { readSession } from './sessionRecord.ts';
import type { SessionSteps } from './sessionSteps.ts';
import type { ModuleEvent, ModuleRequest } from './sessions.ts';
import type { SessionStarter } from './startSession.ts';

interface SessionModuleDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly starter: SessionStarter;
  readonly live: LiveSessions;
  readonly steps: SessionSteps;
}

/**
 * <session:start>, ors-dialect 2.8: `src` or `srcexpr` (relative to the starter's document), `idealtime`
 * (ms since epoch), params. The effect fixes the id of the session, so a repetition starts no second one.
 */
export async function performSessionStart(
  request: ModuleRequest,
  { durable, clock, starter: starts }: SessionModuleDeps,
): Promise<readonly ModuleEvent[]> {
  const { attributes, requestId: requestid, sessionId: starter } = request;
  const sessionid = readId<SessionId>(attributes.sessionid) ?? derivedSessionId(starter, request.key);
  const src = textOf(attributes.src) ?? textOf(attributes.srcexpr);
  const base = readSession(durable, starter)?.src;
  const failed = (error: string, description: string): readonly ModuleEvent[] => [
    { name: 'error.session.start', data: { requestid, sessionid, error, description } },
  ];
  if (src === undefined || !URL.canParse(src, base)) {
    return failed(
      'illegalvalue',
      `expected the URL of a document in src, got ${JSON.stringify(src ?? null)}`,
    );
  }
  const idealTime = timeOf(attributes.idealtime);
  if (Number.isNaN(idealTime)) {
    return failed(
      'illegalvalue',
      `expected ms since 1970 in idealtime, got '${String(attributes.idealtime)}'`,
    );
  }
  const url = new URL(src, base);
  try {
    await starts.start({
      sessionId: sessionid,
      source: { kind: 'url', url },
      params: request.params,
      idealTime,
      starter,
    });
  } catch (error) {
    // A session that failed in its first step was started.
    if (cannotStart(error)) return failed(isLimited(error) ? 'limit' : 'badfetch', error.message);
    if (!isGone(error)) return postponeIfLimited(error, clock);
  }
  return [{ name: 'session.start.done', data: { requestid, sessionid } }];
}

/**
 * <session:updatestart>: another `idealtime` (ms since epoch) for a session that is still scheduled, which
 * `sessionid` names, or the `requestid` of its <session:start>.
 */
export async function performSessionUpdateStart(
  request: ModuleRequest,
  { starter: starts }: SessionModuleDeps,
): Promise<readonly ModuleEvent[]> {
  const { attributes, requestId } = request;
  const requestid = textOf(attributes.requestid) ?? requestId;
  const sessionId = readId<SessionId>(attributes.sessionid) ?? startedBy(request);
  const sessionid = sessionId ?? textOf(attributes.sessionid) ?? '';
  const failed = (error: string, description: string): readonly ModuleEvent[] => [
    { name: 'error.session.updatestart', data: { requestid, sessionid, error, description } },
  ];
  const idealTime = timeOf(attributes.idealtime);
  if (idealTime === undefined || Number.isNaN(idealTime)) {
    const got = JSON.stringify(attributes.idealtime ?? null);
    return failed('illegalvalue', `expected ms since 1970 in idealtime, got ${got}`);
  }
  if (sessionId === undefined || !(await starts.reschedule(sessionId, idealTime))) {
    return failed('nosuchsession', `no session '${sessionid}' is scheduled`);
  }
  return [{ name: 'session.updatestart.done', data: { requestid, sessionid } }];
}

/** The session that an earlier <session:start> of this session started, by its request. */
function startedBy({ attributes, sessionId }: ModuleRequest): SessionId | undefined {
  const requestid = textOf(attributes.requestid);
  const prefix = `${sessionId}.`;
  return requestid?.startsWith(prefix)
    ? derivedSessionId(sessionId, requestid.slice(prefix.length))
    : undefined;
}

/**
 * <session:terminate sessionid>. Repeated after a crash, it reports done for the session that it ended
 * before.
 */
export async function performSessionTerminate(
  request: ModuleRequest,
  { durable, live, steps }: SessionModuleDeps,
): Promise<readonly ModuleEvent[]> {
  const { attributes, requestId: requestid } = request;
  const sessionid = textOf(attributes.sessionid) ?? '';
  const sessionId = readId<SessionId>(sessionid);
  const description = `no session '${sessionid}' is running`;
  const failed: ModuleEvent = {
    name: 'error.session.terminate',
    data: { requestid, sessionid, error: 'nosuchsession', description },
  };
  if (sessionId === undefined) return [failed];
  const reason = `terminated by session ${request.sessionId}`;
  const done: ModuleEvent = { name: 'session.terminate.done', data: { requestid, sessionid } };
  try {
    await live.run(sessionId, (session) => steps.terminate(session, { reason, quiet: false }));
    return [done];
  } catch (error) {
    if (!isGone(error)) throw error;
    return readSession(durable, sessionId)?.reason === reason ? [done] : [failed];
  }
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Undefined: now. NaN: not a time. */
function timeOf(value: Json | undefined): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}
