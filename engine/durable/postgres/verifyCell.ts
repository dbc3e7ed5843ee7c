import { StoreDamagedError } from '../index.ts';
import { type CopyMark, type RecordSum, RecordSums } from '../lmdb/index.ts';
import type { CellConnection } from './cellConnection.ts';
import { CellLog } from './cellLog.ts';
import { firstMark, replayLog, visitSnapshot } from './cellReplay.ts';
import { CellSnapshots, type SnapshotRow } from './cellSnapshots.ts';
import { cellRowsOf, type InspectedCell, inspecting } from './inspectCells.ts';
import { withoutTrimming } from './logPartitions.ts';

/** The outcome of reading all snapshots and the whole log. */
export interface VerifiedCell {
  /** Frames of the log that were read. */
  readonly frames: number;
  /** Records that these set or removed. */
  readonly changes: number;
  /** Records that there are at the end of the log. */
  readonly records: number;
  /** Sound snapshots, each with the records that the log gives, too. */
  readonly snapshots: number;
  /** At most one of the log, because no frame after a wrong one can be checked. */
  readonly problems: readonly string[];
}

/**
 * Reads the snapshots and the log of a cell up to its present end. Checks that each part and frame is as it
 * was written and follows the one before, and that the log gives the records of every snapshot, too. Nothing
 * is trimmed meanwhile. Undefined when there is no such cell. Throws CellError as followCell() does.
 */
export function verifyCell(database: string, cell: string): Promise<VerifiedCell | undefined> {
  return inspecting(database, async (connection) => {
    const number = (await cellRowsOf(connection)).find((one) => one.cell === cell)?.number;
    if (number === undefined) return undefined;
    return withoutTrimming(connection, number, async () => {
      // After the wait for a trim.
      const row = (await cellRowsOf(connection)).find((one) => one.number === number)!;
      return new Verification(connection, row).run();
    });
  });
}

class Verification {
  readonly #connection: CellConnection;
  readonly #row: InspectedCell;
  readonly #snapshots: CellSnapshots;
  readonly #problems: string[] = [];
  readonly #sums = new RecordSums();
  #frames = 0;
  #changes = 0;

  constructor(connection: CellConnection, row: InspectedCell) {
    this.#connection = connection;
    this.#row = row;
    this.#snapshots = new CellSnapshots(connection, row);
  }

  async run(): Promise<VerifiedCell> {
    const { identity, head, headId, number } = this.#row;
    const [first] = await this.#connection.query<{ seq: number | null }>({
      text: `SELECT min(seq)::float8 AS seq FROM orsay.log_${number}`,
    });
    let start = head === 0 || first!.seq === 1 ? firstMark(identity) : undefined;
    const sound = new Map<number, SnapshotRow>();
    for (const snapshot of [...(await this.#snapshots.list())].reverse()) {
      if (snapshot.state === 'writing') continue;
      const isSound = await this.#isSound(snapshot);
      if (!isSound || snapshot.state === 'damaged') continue;
      if (start === undefined) {
        start = snapshot.mark;
        await visitSnapshot(this.#snapshots, snapshot, ({ name, content }) => this.#sums.put(name, content));
      }
      sound.set(snapshot.mark.serial, snapshot);
    }
    if (start === undefined) {
      this.#problems.push(
        `The log begins with frame ${first!.seq ?? head + 1}, and no sound snapshot has the records before it.`,
      );
    } else {
      await this.#replay({ mark: start, head, headId }, sound);
    }
    const { records } = this.#sums.sum;
    const [frames, changes, snapshots] = [this.#frames, this.#changes, sound.size];
    return { frames, changes, records, snapshots, problems: this.#problems };
  }

  async #isSound(snapshot: SnapshotRow): Promise<boolean> {
    try {
      await visitSnapshot(this.#snapshots, snapshot, () => {});
      return true;
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      this.#problems.push(error.message);
      return false;
    }
  }

  async #replay(
    span: { readonly mark: CopyMark; readonly head: number; readonly headId: string },
    sound: Map<number, SnapshotRow>,
  ): Promise<void> {
    const reached = (mark: CopyMark, changes: number): void => {
      this.#frames++;
      this.#changes += changes;
      const snapshot = sound.get(mark.serial);
      if (snapshot === undefined || isSame(snapshot, mark, this.#sums.sum)) return;
      sound.delete(mark.serial);
      this.#problems.push(`The snapshot at frame ${mark.serial} has other records than the log gives.`);
    };
    try {
      await replayLog(new CellLog(this.#connection, this.#row), span, { sink: this.#sums, reached });
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      this.#problems.push(error.message);
    }
  }
}

function isSame(snapshot: SnapshotRow, mark: CopyMark, { records, digest }: RecordSum): boolean {
  const isSameFrame = snapshot.mark.frame === mark.frame && snapshot.mark.checksum === mark.checksum;
  return isSameFrame && snapshot.records === records && snapshot.digest === digest;
}
