import { DocumentError, type InvokeEffect } from '../interpreter/index.ts';
import { type Clock, type Log, ownId, type SessionId } from '../ports/index.ts';
import { type EventDelivery, ignoreGone, isGone } from './eventDelivery.ts';
import { HostError, type HostErrorCode } from './hostError.ts';
import { postponeIfLimited } from './lineages.ts';
import type { LiveSessions } from './liveSessions.ts';
import type { ProgramSource } from './programs.ts';
import type { SessionSteps } from './sessionSteps.ts';
import type { SessionTaskPayloads } from './sessionTasks.ts';
import type { SessionStarter } from './startSession.ts';

interface InvokeDeps {
  readonly starter: SessionStarter;
  readonly delivery: EventDelivery;
  readonly live: LiveSessions;
  readonly steps: SessionSteps;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * W3C SCXML 6.4: starts the session of an <invoke>, under the id that the step of the invoking session has
 * fixed. If the document cannot be loaded, the invoking session gets error.communication with the id of the
 * invoke.
 */
export async function performInvoke(
  { sessionId, effect }: SessionTaskPayloads['session.invoke'],
  { starter, delivery, clock, log }: InvokeDeps,
): Promise<void> {
  const { invokeId, params } = effect;
  const invokedId = ownId<SessionId>(effect.invokedId);
  try {
    const parent = { sessionId, invokeId };
    await starter.start({ sessionId: invokedId, source: sourceOf(effect), params, parent });
  } catch (error) {
    // A session that failed in its first step has told the invoking session itself.
    if (isGone(error)) return;
    if (!cannotStart(error)) return postponeIfLimited(error, clock);
    if (!isLimited(error)) {
      log.warn({ sessionId, invokeId, err: error }, 'An invoked document could not be started.');
    }
    await delivery.offer(sessionId, {
      name: 'error.communication',
      id: `invoke:${effect.key}`,
      invokeid: invokeId,
      data: { description: error.message },
    });
  }
}

/**
 * The invoking session has left the state of the <invoke>, or has ended: the invoked session ends quietly.
 */
export async function performUninvoke(
  { invokedId }: SessionTaskPayloads['session.uninvoke'],
  { live, steps }: InvokeDeps,
): Promise<void> {
  const end = { reason: 'its invoke was cancelled', quiet: true };
  await ignoreGone(live.run(invokedId, (session) => steps.terminate(session, end)));
}

const CANNOT_START: ReadonlySet<HostErrorCode> = new Set([
  'DOCUMENT_UNREACHABLE',
  'DOCUMENT_TOO_COSTLY',
  'DOCUMENT_BLOCKED',
  'SESSIONS_LIMITED',
  'DATA_TOO_DEEP',
]);

/** The log has it once for each lineage. */
export function isLimited(error: Error): boolean {
  return error instanceof HostError && error.code === 'SESSIONS_LIMITED';
}

export function cannotStart(error: unknown): error is Error {
  if (error instanceof DocumentError) return true;
  return error instanceof HostError && CANNOT_START.has(error.code);
}

function sourceOf(effect: InvokeEffect): ProgramSource {
  if (effect.document !== undefined) {
    return { kind: 'text', text: effect.document, baseUrl: new URL(effect.baseUrl) };
  }
  if (effect.src === undefined) throw new Error('An invoke effect needs src or document.');
  return { kind: 'url', url: new URL(effect.src) };
}
