import { DocumentError, type InvokeEffect } from '../interpreter/index.ts';
import type { Log } from '../ports/index.ts';
import { type Deliver, ignoreGone, isGone } from './deliver.ts';
import { HostError } from './hostError.ts';
import type { LiveSessions } from './liveSessions.ts';
import type { ProgramSource } from './programs.ts';
import type { SessionSteps } from './sessionSteps.ts';
import type { SessionTaskPayloads } from './sessionTasks.ts';
import type { Start } from './startSession.ts';

interface InvokeDeps {
  readonly start: Start;
  readonly deliver: Deliver;
  readonly live: LiveSessions;
  readonly steps: SessionSteps;
  readonly log: Log;
}

/**
 * W3C SCXML 6.4: starts the child of an <invoke> under the id that the parent's step fixed. A document that
 * cannot be had gives the parent error.communication with the invoke's id.
 */
export async function performInvoke(
  { sessionId, effect }: SessionTaskPayloads['session.invoke'],
  { start, deliver, log }: InvokeDeps,
): Promise<void> {
  const { invokeId, childId, params } = effect;
  try {
    await start({ sessionId: childId, source: sourceOf(effect), params, parent: { sessionId, invokeId } });
  } catch (error) {
    // A child that failed in its first step has told its parent itself.
    if (isGone(error)) return;
    if (!cannotStart(error)) throw error;
    log.warn({ sessionId, invokeId, err: error }, 'An invoked document could not be started.');
    await deliver.offer(sessionId, {
      name: 'error.communication',
      id: `invoke:${effect.key}`,
      invokeid: invokeId,
      data: { description: error.message },
    });
  }
}

/** The parent has left the invoking state, or has ended: the child ends and tells it nothing. */
export async function performUninvoke(
  { childId }: SessionTaskPayloads['session.uninvoke'],
  { live, steps }: InvokeDeps,
): Promise<void> {
  const end = { reason: 'its invoke was cancelled', quiet: true };
  await ignoreGone(live.run(childId, (session) => steps.terminate(session, end)));
}

export function cannotStart(error: unknown): error is Error {
  if (error instanceof DocumentError) return true;
  return (
    error instanceof HostError && (error.code === 'DOCUMENT_UNREACHABLE' || error.code === 'DATA_TOO_DEEP')
  );
}

function sourceOf(effect: InvokeEffect): ProgramSource {
  if (effect.document !== undefined) {
    return { kind: 'text', text: effect.document, baseUrl: new URL(effect.baseUrl) };
  }
  if (effect.src === undefined) throw new Error('An invoke effect needs src or document.');
  return { kind: 'url', url: new URL(effect.src) };
}
