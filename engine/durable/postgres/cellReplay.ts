import { StoreDamagedError } from '../index.ts';
import { type CopiedRecord, type CopyMark, readOperations } from '../lmdb/index.ts';
import type { CellLog } from './cellLog.ts';
import type { CellSnapshots, SnapshotRow } from './cellSnapshots.ts';
import { openLogFrame } from './logFrame.ts';
import { readSnapshot } from './snapshotParts.ts';

/** Gets records, each as it is after a change. */
export interface RecordSink {
  /** `name`: key of the record in lmdb. `content: null` removes it. */
  put(name: Buffer, content: Buffer | null): void;
}

/** The mark before the first frame of a cell. */
export function firstMark(identity: string): CopyMark {
  return { store: identity, serial: 0, checksum: 0, frame: identity };
}

/**
 * Reads the frames of a log after `mark`, up to the frame `head`. `reached` gets the mark and the number of
 * changes of each frame, after the sink has its records. Throws StoreDamagedError at the first frame that is
 * missing, is not what was written, or does not follow the one before.
 */
export async function replayLog(
  log: CellLog,
  { mark: from, head, headId }: { readonly mark: CopyMark; readonly head: number; readonly headId: string },
  {
    sink,
    reached = () => {},
  }: {
    readonly sink: RecordSink;
    readonly reached?: (mark: CopyMark, changes: number) => void;
  },
): Promise<void> {
  let mark = from;
  while (mark.serial < head) {
    const frames = await log.tail(mark.serial);
    if (frames[0]?.seq !== mark.serial + 1) {
      throw new StoreDamagedError(`Frame ${mark.serial + 1} of ${head} is missing.`);
    }
    for (const { seq, before, frame } of frames.slice(0, head - mark.serial)) {
      const opened = before === mark.frame ? openedOf(frame, mark) : undefined;
      if (opened === undefined) {
        throw new StoreDamagedError(`Frame ${seq} is damaged, or does not follow frame ${mark.serial}.`);
      }
      let changes = 0;
      for (const { key, value } of readOperations(opened.payload)) {
        changes++;
        sink.put(key, value);
      }
      mark = opened.mark;
      reached(mark, changes);
    }
  }
  if (mark.serial === head && mark.frame === headId) return;
  throw new StoreDamagedError(`The last frame, ${head}, is not the one that the cell names.`);
}

/** Reads a snapshot to its end. Throws StoreDamagedError. */
export async function visitSnapshot(
  snapshots: CellSnapshots,
  snapshot: SnapshotRow,
  visit: (record: CopiedRecord) => void,
): Promise<void> {
  for await (const record of readSnapshot(snapshots, snapshot)) visit(record);
}

function openedOf(...[frame, mark]: Parameters<typeof openLogFrame>): ReturnType<typeof openLogFrame> {
  try {
    return openLogFrame(frame, mark);
  } catch (error) {
    if (error instanceof StoreDamagedError) return undefined;
    throw error;
  }
}
