import {
  type Batch,
  type Durable,
  joinBatches,
  names,
  removeNamingBatch,
  visitRecords,
} from '../durable/index.ts';
import type { SessionId } from '../ports/index.ts';
import { indexKeys } from './sessionIndex.ts';
import { REPLY, readSession, SESSION, SESSION_EVENT, type SessionRecord } from './sessionRecord.ts';
import { sessionTaskKeys } from './sessionTasks.ts';
import { forgetBatch } from './setAside.ts';

/**
 * The sessions and all that came from them: sessions that they invoked or started, and so on. Reads the
 * records of all sessions, because no index leads from a session to those that it started.
 */
export async function familyOf(durable: Durable, roots: readonly SessionId[]): Promise<readonly SessionId[]> {
  const origins = new Map<SessionId, readonly (SessionId | undefined)[]>();
  await visitRecords<SessionRecord>(durable, SESSION, ({ value: { sessionId, parent, starter } }) => {
    if (parent !== undefined || starter !== undefined) origins.set(sessionId, [parent?.sessionId, starter]);
  });
  const family = new Set(roots.filter((id) => durable.has(SESSION, id)));
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const [id, from] of origins) {
      if (from.some((origin) => origin !== undefined && (family.has(origin) || roots.includes(origin)))) {
        family.add(id);
      }
    }
  }
  return [...family];
}

/** Sessions that have ended and whose record, with the data at their end, names one of the ids. */
export async function endedNaming(durable: Durable, ids: ReadonlySet<string>): Promise<readonly SessionId[]> {
  const found: SessionId[] = [];
  await visitRecords<SessionRecord>(durable, SESSION, ({ value }) => {
    if (value.endedAt !== undefined && names(JSON.stringify(value), ids)) found.push(value.sessionId);
  });
  return found;
}

/** Events and answers of sessions, which are kept longer than their session, and name one of the ids. */
export function removeEventsNamingBatch(durable: Durable, ids: ReadonlySet<string>): Promise<Batch> {
  return removeNamingBatch(durable, ids, [SESSION_EVENT, REPLY]);
}

/**
 * Removes everything that is stored about a session that has ended: its record, its events and answers, and
 * the tasks from it and for it. Throws an Error for a session that has not ended.
 */
export function removeSessionBatch(durable: Durable, sessionId: SessionId): Batch {
  const record = readSession(durable, sessionId);
  if (record !== undefined && record.endedAt === undefined) {
    throw new Error(
      `Expected session ${sessionId} to have ended before its removal; it is ${record.status}.`,
    );
  }
  const stored = [SESSION_EVENT, REPLY].flatMap((table) =>
    [...durable.scan(table, { prefix: `${sessionId}:` })].map(({ key }) => ({ table, key })),
  );
  const index = record === undefined ? [] : indexKeys(record);
  return joinBatches(forgetBatch(durable, sessionId), {
    remove: [{ table: SESSION, key: sessionId }, ...index, ...stored],
    cancel: sessionTaskKeys(durable, sessionId),
  });
}
