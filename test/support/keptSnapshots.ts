import type { Durable, PutRecord } from '../../engine/durable/durable.ts';
import { SESSION } from '../../engine/host/sessionRecord.ts';
import { parseSnapshot, snapshotText } from '../../engine/interpreter/snapshot/snapshot.ts';

/** A session as it is stored, with its snapshot changed: as a release might have it that reads snapshots otherwise. */
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

/** One that no release can read: of version 99. */
export function withoutSense(durable: Durable, sessionId: string): PutRecord {
  return withSnapshot(durable, sessionId, (snapshot) => ({ ...snapshot, version: 99 }));
}
