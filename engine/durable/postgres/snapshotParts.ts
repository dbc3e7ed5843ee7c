import { createHash } from 'node:crypto';
import { StoreDamagedError } from '../index.ts';
import {
  BackupDecoder,
  type BackupEntry,
  type CopiedRecord,
  type CopyMark,
  type RecordSum,
  sumWith,
  writeBackup,
} from '../lmdb/index.ts';
import type { CellSnapshots, SnapshotRow } from './cellSnapshots.ts';

/** Parts that are read again between two signs of life. */
const PARTS_PER_TOUCH = 16;
const NOTHING: RecordSum = { records: 0, digest: 0 };

/** Records at one point in time, some at a time; none at the end. */
export interface RecordSource {
  next(): readonly CopiedRecord[];
  /** Digest of all of them, where the source knows it. */
  readonly digest?: number;
}

/** A snapshot of which every part was read again. It does not count before CellSnapshots.verify(). */
export interface WrittenSnapshot extends RecordSum {
  readonly id: number;
  readonly parts: number;
}

/**
 * Writes a snapshot in the format of backups, one frame of about 1 MB a part, and reads all parts again.
 * Undefined while another node writes one. Throws StoreDamagedError when the parts are not what was written,
 * or the records are not those of which the source has the digest.
 */
export async function writeSnapshot(
  snapshots: CellSnapshots,
  { node, mark, source }: { readonly node: string; readonly mark: CopyMark; readonly source: RecordSource },
): Promise<WrittenSnapshot | undefined> {
  const id = await snapshots.begin(node, mark);
  if (id === undefined) return undefined;
  let sum = NOTHING;
  function* entries(): Generator<BackupEntry, void> {
    for (let records = source.next(); records.length > 0; records = source.next()) {
      for (const record of records) {
        sum = sumWith(sum, record);
        yield { kind: 'record', ...record };
      }
    }
  }
  const hashes: string[] = [];
  for await (const bytes of writeBackup(entries())) {
    await snapshots.addPart(id, hashes.length, bytes);
    hashes.push(hashOf(bytes));
  }
  if (source.digest !== undefined && source.digest !== sum.digest) {
    throw new StoreDamagedError('The records of the copy are not those that were written last.');
  }
  for (const [part, hash] of hashes.entries()) {
    if (part % PARTS_PER_TOUCH === 0) await snapshots.touch(id);
    const bytes = await snapshots.part(id, part);
    if (bytes === undefined || hashOf(bytes) !== hash) {
      throw new StoreDamagedError(
        `Part ${part} of the snapshot at frame ${mark.serial} is not what was written, when it is read again.`,
      );
    }
  }
  return { id, parts: hashes.length, ...sum };
}

/**
 * The records of a snapshot. The iteration throws StoreDamagedError, at the latest at its end, when a part or
 * a record is missing or is not what was written.
 */
export async function* readSnapshot(
  snapshots: CellSnapshots,
  { id, parts, mark, records, digest }: SnapshotRow,
): AsyncGenerator<CopiedRecord, void> {
  const name = `The snapshot at frame ${mark.serial}`;
  const decoder = new BackupDecoder(name);
  let sum = NOTHING;
  for (let part = 0; part < parts; part++) {
    const bytes = await snapshots.part(id, part);
    if (bytes === undefined) throw new StoreDamagedError(`${name} has no part ${part} of ${parts}.`);
    for (const { kind, name: key, content } of decoder.entries(bytes, `in part ${part} of ${parts}`)) {
      if (kind !== 'record') throw new StoreDamagedError(`${name} has a file, in part ${part} of ${parts}.`);
      const record = { name: key, content };
      sum = sumWith(sum, record);
      yield record;
    }
  }
  decoder.requireEnd();
  if (sum.records === records && sum.digest === digest) return;
  throw new StoreDamagedError(
    `${name} should have ${records} records with the digest ${digest}, and has ${sum.records} with ${sum.digest}.`,
  );
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
