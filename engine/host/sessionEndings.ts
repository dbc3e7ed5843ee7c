import { type Batch, type Durable, joinBatches, type Retention } from '../durable/index.ts';
import { DatamodelFault } from '../interpreter/index.ts';
import type { Clock, Log } from '../ports/index.ts';
import { lastUseBatch } from './documentUses.ts';
import { endedRecord } from './endedRecord.ts';
import type { LiveSession } from './liveSessions.ts';
import type { Replies } from './replies.ts';
import { endBatch } from './sessionEnd.ts';
import { indexBatch } from './sessionIndex.ts';
import { writeLog } from './sessionLog.ts';
import { SESSION, type SessionRecord, type SessionStatus } from './sessionRecord.ts';
import type { SessionEnd } from './sessions.ts';
import { orphanTask } from './sessionTasks.ts';
import type { StepCommit } from './stepBatch.ts';

/** How sessions end, in the store and for those who wait for them. */
export interface SessionEndings {
  /** What the end of a session, whose record this is, changes. `was`: its status before. */
  endedBatch(record: SessionRecord, end: { readonly was: SessionStatus; readonly quiet: boolean }): Batch;
  /** Ends the children of a session that can no longer say that they are to end. */
  orphanBatch(record: SessionRecord, now: number): Batch;
  /** Tells what a committed step has to tell: its answers, its log, its end. */
  announce(record: SessionRecord, commit: StepCommit): void;
  /** Ends a session as 'failed' (S3 of sessionSteps.ts), and its children with it. Never rejects. */
  fail(
    live: LiveSession,
    failure: { readonly record: SessionRecord; readonly error: unknown },
  ): Promise<undefined>;
}

export interface SessionEndingDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly replies: Replies;
  readonly retention: Retention;
  /** Batches of those who want to know of a session's end. */
  readonly ended: (end: SessionEnd) => Batch;
}

export function createSessionEndings(deps: SessionEndingDeps): SessionEndings {
  const { durable, clock, log, replies, retention } = deps;

  function announce(record: SessionRecord, commit: StepCommit): void {
    const { sessionId } = record;
    for (const { requestId, reply } of commit.replies) replies.resolve(sessionId, requestId, reply);
    for (const effect of commit.logs) writeLog(log, sessionId, effect);
    if (record.status === 'running') return;
    replies.endSession(sessionId);
    const { status, reason } = record;
    log.info({ sessionId, status, ...(reason !== undefined && { reason }) }, 'Session ended.');
  }

  function endedBatch(
    record: SessionRecord,
    { was, quiet }: { readonly was: SessionStatus; readonly quiet: boolean },
  ): Batch {
    const { sessionId, status, reason } = record;
    const now = clock.now();
    const expiresAt = now + retention.endedSessionMs;
    return joinBatches(
      { put: [{ table: SESSION, key: sessionId, value: record, expiresAt }] },
      indexBatch(record, { was, expiresAt }),
      lastUseBatch(durable, { ...record, status: was }),
      endBatch(record, { now, quiet }),
      deps.ended({ sessionId, status, ...(reason !== undefined && { reason }) }),
    );
  }

  function orphanBatch({ sessionId, children = {} }: SessionRecord, now: number): Batch {
    return { schedule: Object.values(children).map((childId) => orphanTask(sessionId, childId, now)) };
  }

  async function fail(
    live: LiveSession,
    failure: { readonly record: SessionRecord; readonly error: unknown },
  ): Promise<undefined> {
    const { record, error } = failure;
    const now = clock.now();
    const reason = reasonOf(error);
    const { configuration } = record;
    const ended = endedRecord(record, { status: 'failed', configuration, data: null, endedAt: now, reason });
    live.record = undefined;
    live.execution = undefined;
    try {
      await durable.commit(
        joinBatches(endedBatch(ended, { was: record.status, quiet: false }), orphanBatch(record, now)),
      );
    } catch (cause) {
      log.error({ sessionId: live.sessionId, err: cause }, 'The failure of a session could not be stored.');
      return;
    }
    announce(ended, { batch: {}, record: ended, replies: [], logs: [] });
  }

  return { endedBatch, orphanBatch, announce, fail };
}

/** Limits are named: a person looks them up. */
function reasonOf(error: unknown): string {
  if (error instanceof DatamodelFault && error.limit !== undefined) return `${error.limit}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
