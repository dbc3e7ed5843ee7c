import { isDeeperThan, MAX_DATA_DEPTH } from '../interpreter/index.ts';
import { HostError } from './hostError.ts';
import type { LiveSessions } from './liveSessions.ts';
import type { SessionSteps } from './sessionSteps.ts';
import type { PublishedEvent } from './sessions.ts';

/** Puts events into sessions. */
export interface Deliver {
  /** Resolves when the event is durably processed; rejects with DATA_TOO_DEEP, and as SessionSteps.step does. */
  publish(sessionId: string, event: PublishedEvent): Promise<void>;
  /**
   * As publish, but an event for a session that does not run is dropped: nobody is left to be told. In place of one whose
   * data are too deep the session gets 'error.execution'. `consumes`: see StepRequest.
   */
  offer(sessionId: string, event: PublishedEvent, consumes?: string): Promise<void>;
}

export function createDeliver(live: LiveSessions, steps: SessionSteps): Deliver {
  function put(sessionId: string, published: PublishedEvent, consumes?: string): Promise<void> {
    const { id, ...event } = published;
    const request = {
      input: { kind: 'event' as const, event },
      ...(id !== undefined && { eventId: id }),
      ...(consumes !== undefined && { consumes }),
    };
    return live.run(sessionId, (session) => steps.step(session, request));
  }
  return {
    publish(sessionId, event) {
      if (isTooDeep(event)) return Promise.reject(new HostError('DATA_TOO_DEEP', sessionId));
      return put(sessionId, event);
    },
    offer: (sessionId, event, consumes) =>
      ignoreGone(put(sessionId, isTooDeep(event) ? refusedEvent(sessionId, event) : event, consumes)),
  };
}

function isTooDeep({ data, facts }: PublishedEvent): boolean {
  return isDeeperThan(MAX_DATA_DEPTH, data) || isDeeperThan(MAX_DATA_DEPTH, facts);
}

/** What the session is told in place of an event that it cannot be given. */
function refusedEvent(sessionId: string, { name, id, sendid }: PublishedEvent): PublishedEvent {
  return {
    name: 'error.execution',
    data: `The event '${name}' did not come. ${new HostError('DATA_TOO_DEEP', sessionId).message}`,
    ...(id !== undefined && { id }),
    ...(sendid !== undefined && { sendid }),
  };
}

/** Passes over SESSION_NOT_FOUND and SESSION_ENDED: what was to be done has lost its object. */
export async function ignoreGone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

export function isGone(error: unknown): boolean {
  return error instanceof HostError && (error.code === 'SESSION_NOT_FOUND' || error.code === 'SESSION_ENDED');
}
