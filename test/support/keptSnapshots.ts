import type { Durable, PutRecord } from '../../engine/durable/durable.ts';
import { SESSION } from '../../engine/host/sessionRecord.ts';
import { parseSnapshot, snapshotText } from '../../engine/interpreter/snapshot/snapshot.ts';

/** A stored session with a changed snapshot, as a release with another snapshot format would write it. */
export function withSnapshot(
  durable: Durable,
  sessionId: string,
  change: (snapshot: Record<string, unknown>) => object,
): PutRecord {
  const snapshot = parseSnapshot(durable.text(SESSION, sessionId)!, sessionId);
  const changed = change({ ...snapshot }) as ReturnType<typeof parseSnapshot>;
  const value = durable.get(SESSION, sessionId);
  return { table: SESSION, key: sessionId, value, text: snapshotText(changed) };
}

/** A snapshot of version 99, which no release can read. */
export function withoutSense(durable: Durable, sessionId: string): PutRecord {
  return withSnapshot(durable, sessionId, (snapshot) => ({ ...snapshot, version: 99 }));
}
