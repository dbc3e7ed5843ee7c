import { KeptText } from '../../engine/host/recordCodec.ts';
import type { SessionRecord } from '../../engine/host/sessionRecord.ts';
import { parseSnapshot, snapshotText } from '../../engine/snapshot.ts';

/** A session as it is stored, with its snapshot changed: as a release might have it that reads snapshots otherwise. */
export function withSnapshot(
  record: SessionRecord,
  change: (snapshot: Record<string, unknown>) => object,
): SessionRecord {
  const snapshot = parseSnapshot(record.snapshot!.text, record.sessionId);
  const changed = change({ ...snapshot }) as ReturnType<typeof parseSnapshot>;
  return { ...record, snapshot: new KeptText(snapshotText(changed)) };
}

/** One that no release can read: of version 99. */
export function withoutSense(record: SessionRecord): SessionRecord {
  return withSnapshot(record, (snapshot) => ({ ...snapshot, version: 99 }));
}
