import type { LiveSessions } from './liveSessions.ts';
import type { SessionSteps } from './sessionSteps.ts';
import { HostError, type PublishedEvent } from './sessions.ts';

/** Puts events into sessions. */
export interface Deliver {
  /** Resolves when the event is durably processed; rejects as SessionSteps.step does. */
  publish(sessionId: string, event: PublishedEvent): Promise<void>;
  /**
   * As publish, but an event for a session that does not run is dropped: nobody is left to be told. `consumes`: see
   * StepRequest.
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
    publish: (sessionId, event) => put(sessionId, event),
    offer: (sessionId, event, consumes) => ignoreGone(put(sessionId, event, consumes)),
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
