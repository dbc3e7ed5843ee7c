import {
  type Batch,
  type Durable,
  joinBatches,
  type PutRecord,
  type Task,
  timeKey,
} from '../durable/index.ts';
import { defined, type Json, type SessionId } from '../ports/index.ts';
import { indexBatch } from './sessionIndex.ts';
import { SESSION, type SessionRecord } from './sessionRecord.ts';

/** Tasks that wait for sessions that are set aside, by `${sessionId}:<time>:<task key>`. */
export const PARKED = 'parkedTask';

export interface ParkedTask {
  readonly key: string;
  readonly kind: string;
  readonly payload: Json;
  /** ms since epoch; absent: the session is not held by a debugger, but set aside. */
  readonly at?: number;
}

/** The record of a session that could not be restored: unchanged, with the reason. */
export function setAsideRecord(
  record: SessionRecord,
  why: { readonly error: unknown; readonly now: number },
): SessionRecord {
  const reason = why.error instanceof Error ? why.error.message : String(why.error);
  const was = record.status === 'scheduled' ? 'scheduled' : 'running';
  return { ...record, status: 'setAside', reason, setAside: { was, at: why.now } };
}

export function setAsideBatch(durable: Durable, record: SessionRecord): Batch {
  return joinBatches(indexBatch(record, { was: record.setAside?.was }), {
    put: [withSnapshot(durable, record)],
  });
}

/** The record, with the snapshot from the store. */
function withSnapshot(durable: Durable, record: SessionRecord): PutRecord {
  const text = durable.text(SESSION, record.sessionId);
  return { table: SESSION, key: record.sessionId, value: record, ...defined({ text }) };
}

/** Keeps a task for a session that is set aside, instead of trying it in vain. */
export function parkBatch(sessionId: SessionId, task: ParkedTask, now: number): Batch {
  return { put: [{ table: PARKED, key: `${sessionId}:${timeKey(now)}:${task.key}`, value: task }] };
}

/** The record as it was before it was set aside. */
export function resumedRecord(record: SessionRecord): SessionRecord {
  const { setAside, reason: _, ...lasting } = record;
  return { ...lasting, status: setAside?.was ?? 'running' };
}

/** Makes the session run again. The tasks that waited for it follow, in the order in which they came. */
export function resumeBatch(durable: Durable, record: SessionRecord, now: number): Batch {
  const { sessionId } = record;
  const schedule = parkedTasks(durable, sessionId).map(
    ({ value: { key, kind, payload } }): Task => ({
      key,
      kind,
      payload,
      dueAt: now,
      lane: `in:${sessionId}`,
    }),
  );
  return joinBatches(forgetBatch(durable, sessionId), indexBatch(record, { was: 'setAside' }), {
    put: [withSnapshot(durable, record)],
    schedule,
  });
}

/** Drops the tasks that wait for it. */
export function forgetBatch(durable: Durable, sessionId: SessionId): Batch {
  return { remove: parkedTasks(durable, sessionId).map(({ key }) => ({ table: PARKED, key })) };
}

export function parkedTasks(
  durable: Durable,
  sessionId: SessionId,
): readonly { readonly key: string; readonly value: ParkedTask }[] {
  return [...durable.scan<ParkedTask>(PARKED, { prefix: `${sessionId}:` })];
}
