import { isDeeperThan, MAX_DATA_DEPTH } from '../interpreter/index.ts';
import { defined, type SessionId } from '../ports/index.ts';
import { HostError } from './hostError.ts';
import type { LiveSession, LiveSessions } from './liveSessions.ts';
import type { PublishedEvent } from './sessions.ts';
import type { StepRequest } from './stepRequest.ts';

/** As SessionSteps.step(), or the input is stored for a session that a debugger holds. */
export interface TakesSteps {
  step(session: LiveSession, request: StepRequest): Promise<void>;
}

/** Brings events into sessions: through the mailbox, into a step. */
export class EventDelivery {
  readonly #live: LiveSessions;
  readonly #steps: TakesSteps;

  constructor(live: LiveSessions, steps: TakesSteps) {
    this.#live = live;
    this.#steps = steps;
  }

  /**
   * Resolves when the step that processed the event is durable, or when the event is stored for a session
   * that a debugger holds. Rejects with DATA_TOO_DEEP, MAILBOX_FULL, and as SessionSteps.step() does.
   */
  async publish(sessionId: SessionId, event: PublishedEvent): Promise<void> {
    if (isTooDeep(event)) throw new HostError('DATA_TOO_DEEP', sessionId);
    await this.#step(sessionId, event);
  }

  /**
   * As publish(), for events of tasks and effects: an event for a session that does not run is dropped. A
   * session gets 'error.execution' in place of an event whose data are too deep. `consumes`: see StepRequest.
   */
  async offer(sessionId: SessionId, event: PublishedEvent, consumes?: string): Promise<void> {
    const offered = isTooDeep(event) ? refusedEvent(sessionId, event) : event;
    await ignoreGone(this.#step(sessionId, offered, consumes));
  }

  #step(sessionId: SessionId, { id, ...event }: PublishedEvent, consumes?: string): Promise<void> {
    const request: StepRequest = { input: { kind: 'event', event }, eventId: id, consumes };
    return this.#live.run(sessionId, (session) => this.#steps.step(session, request));
  }
}

function isTooDeep({ data, facts }: PublishedEvent): boolean {
  return isDeeperThan(MAX_DATA_DEPTH, data) || isDeeperThan(MAX_DATA_DEPTH, facts);
}

/** The event that a session gets in place of one with data that are too deep. */
function refusedEvent(sessionId: SessionId, { name, id, sendid }: PublishedEvent): PublishedEvent {
  const { message } = new HostError('DATA_TOO_DEEP', sessionId);
  return {
    name: 'error.execution',
    data: `The event '${name}' did not come. ${message}`,
    ...defined({ id, sendid }),
  };
}

/** Ignores SESSION_NOT_FOUND and SESSION_ENDED: work for a session that has ended is not needed any more. */
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
