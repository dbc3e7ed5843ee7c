import { type Batch, type Durable, joinBatches } from '../durable/index.ts';
import { DatamodelFault, doneData } from '../interpreter/index.ts';
import { type Clock, defined, type Json, type Log, type SessionId } from '../ports/index.ts';
import { lastUseBatch } from './documentUses.ts';
import type { LiveSession } from './liveSessions.ts';
import type { Replies } from './replies.ts';
import type { Retention } from './retention.ts';
import { indexBatch } from './sessionIndex.ts';
import { SESSION, type SessionRecord } from './sessionRecord.ts';
import type { EndStatus, PublishedEvent, SessionEnd, SessionStatus } from './sessions.ts';
import { eventBatch, orphanTask, startScheduledKey } from './sessionTasks.ts';
import { forgetBatch } from './setAside.ts';
import { SESSION_BASE } from './storedSnapshot.ts';

export interface SessionEndsDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly replies: Replies;
  readonly retention: Retention;
}

/** The session before its end, and whether its invoking session gets an event. */
interface Ending {
  readonly was: SessionStatus;
  /** The invoke was cancelled: the invoking session gets no event. */
  readonly quiet: boolean;
}

/** A session that cannot continue, in its last state, and the fault that is the reason. */
export interface SessionFault {
  readonly record: SessionRecord;
  readonly error: unknown;
}

/** How sessions end: as completed or terminated by a step, as terminated without one, or as failed. */
export class SessionEnds {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #replies: Replies;
  readonly #retention: Retention;
  readonly #listeners: ((end: SessionEnd) => Batch)[] = [];
  readonly #ended: Record<EndStatus, number> = { completed: 0, terminated: 0, failed: 0 };
  readonly #witnesses: ((end: SessionEnd) => void)[] = [];

  constructor({ durable, clock, log, replies, retention }: SessionEndsDeps) {
    this.#durable = durable;
    this.#clock = clock;
    this.#log = log;
    this.#replies = replies;
    this.#retention = retention;
  }

  /** See Sessions.onEnded. */
  onEnded(listener: (end: SessionEnd) => Batch): void {
    this.#listeners.push(listener);
  }

  /** Listens to ends that are durable. */
  onAnnounced(listener: (end: SessionEnd) => void): void {
    this.#witnesses.push(listener);
  }

  /** Everything that the end of a session changes in the store; `ended` is the result of endedRecord(). */
  batch(ended: EndedRecord, { was, quiet }: Ending): Batch {
    const { sessionId, status, reason } = ended;
    const now = this.#clock.now();
    const expiresAt = now + this.#retention.endedSessionMs;
    const end = { sessionId, status, ...defined({ reason }) };
    return joinBatches(
      {
        put: [{ table: SESSION, key: sessionId, value: ended, expiresAt }],
        remove: [{ table: SESSION_BASE, key: sessionId }],
      },
      indexBatch(ended, { was, expiresAt }),
      lastUseBatch(this.#durable, { ...ended, status: was }),
      endEventsBatch(ended, { now, quiet }),
      ...this.#listeners.map((listener) => listener(end)),
    );
  }

  /** Ends since the start of the process. */
  get ended(): Readonly<Record<EndStatus, number>> {
    return this.#ended;
  }

  /** After the commit: rejects the requests that the session did not answer, and logs its end. */
  announce({ sessionId, status, reason }: EndedRecord, cause?: unknown): void {
    this.#ended[status]++;
    this.#replies.endSession(sessionId, cause);
    this.#witnessed({ sessionId, status, ...defined({ reason }) });
    this.#log.info({ sessionId, status, ...defined({ reason }) }, 'Session ended.');
  }

  #witnessed(end: SessionEnd): void {
    for (const listener of this.#witnesses) listener(end);
  }

  /** Ends a session as 'failed', and the sessions that it invoked. Never rejects. */
  async fail(session: LiveSession, { record, error }: SessionFault): Promise<void> {
    session.running = undefined;
    const { sessionId } = session;
    const { configuration } = record;
    const endedAt = this.#clock.now();
    const reason = reasonOf(error);
    const ended = endedRecord(record, { status: 'failed', configuration, data: null, endedAt, reason });
    try {
      const batch = this.batch(ended, { was: record.status, quiet: false });
      await this.#durable.commit(joinBatches(batch, orphanBatch(record, endedAt)));
    } catch (cause) {
      this.#log.error({ sessionId, err: cause }, 'The failure of a session could not be stored.');
      return;
    }
    this.announce(ended, error);
  }

  /** Terminates a session that is scheduled or set aside: it has no execution that could take a step. */
  async terminateWithoutStep(
    record: SessionRecord,
    given: { readonly reason: string; readonly quiet: boolean; readonly alongside: Batch },
  ): Promise<void> {
    const { reason, quiet, alongside } = given;
    const { sessionId, configuration } = record;
    const endedAt = this.#clock.now();
    const ended = endedRecord(record, { status: 'terminated', configuration, data: null, endedAt, reason });
    await this.#durable.commit(
      joinBatches(
        this.batch(ended, { was: record.status, quiet }),
        forgetBatch(this.#durable, sessionId),
        orphanBatch(record, endedAt),
        { cancel: [startScheduledKey(sessionId)] },
        alongside,
      ),
    );
    this.#witnessed({ sessionId, status: 'terminated', reason });
    this.#log.info({ sessionId, reason }, 'A session was terminated while it was scheduled or set aside.');
  }
}

export type EndedRecord = SessionRecord & { readonly status: EndStatus };

/** The record of a session that has ended, without its start parameters and its invoked sessions. */
export function endedRecord(
  record: SessionRecord,
  end: {
    readonly status: EndStatus;
    readonly configuration: readonly string[];
    readonly data: Json;
    readonly endedAt: number;
    readonly donedata?: Json;
    readonly reason?: string;
  },
): EndedRecord {
  const { params: _, setAside: __, reason: ___, invokedSessions: ____, ...lasting } = record;
  return { ...lasting, ...end };
}

/**
 * Tells the session that invoked this one, and the one that started it. W3C 6.4: done.invoke comes after
 * everything else that the invoked session sent. ors-dialect 2.7: done.start.<sid> for <session:start>.
 */
export function endEventsBatch(
  ended: EndedRecord,
  { now, quiet }: { readonly now: number; readonly quiet: boolean },
): Batch {
  const { sessionId, parent, starter } = ended;
  const timing = { dueAt: now, from: sessionId };
  const batches: Batch[] = [];
  if (parent !== undefined && !quiet) {
    batches.push(eventBatch(parent.sessionId, invokingSessionEvent(ended, parent.invokeId), timing));
  }
  if (starter !== undefined) batches.push(eventBatch(starter, starterEvent(ended), timing));
  return joinBatches(...batches);
}

/**
 * An invoked session that was terminated from outside or failed is an error for the session that invoked it.
 */
function invokingSessionEvent(
  ended: EndedRecord,
  invokeId: string,
): PublishedEvent & { readonly id: string } {
  const { sessionId, status, dialect, donedata, reason } = ended;
  const id = endEventId(sessionId);
  if (status === 'completed') {
    const data = doneData(dialect, donedata, ended);
    return { id, name: `done.invoke.${invokeId}`, invokeid: invokeId, ...defined({ data }) };
  }
  const description = `the invoked session ${sessionId} ${status}: ${reason ?? 'no reason given'}`;
  return { id, name: 'error.communication', invokeid: invokeId, data: { description } };
}

/** Id of the event that tells of the end of a session. */
export function endEventId(sessionId: SessionId): string {
  return `ended:${sessionId}`;
}

function starterEvent(ended: EndedRecord): PublishedEvent & { readonly id: string } {
  const { sessionId, reason = '', donedata = null } = ended;
  return {
    id: endEventId(sessionId),
    name: `done.start.${sessionId}`,
    data: { sessionid: sessionId, reason, params: donedata },
  };
}

/** Ends the sessions that a session invoked, when it ends without a step that could cancel their invokes. */
function orphanBatch({ sessionId, invokedSessions = [] }: SessionRecord, now: number): Batch {
  return { schedule: invokedSessions.map((invoked) => orphanTask(sessionId, invoked, now)) };
}

/** Begins with the name of the limit that was passed, so that it can be found in the documentation. */
function reasonOf(error: unknown): string {
  if (error instanceof DatamodelFault && error.limit !== undefined) return `${error.limit}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
