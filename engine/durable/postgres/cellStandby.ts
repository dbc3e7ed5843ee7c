import type { Clock, Log } from '../../ports/index.ts';
import { StoreDamagedError } from '../index.ts';
import {
  buildCopy,
  type CopyMark,
  type CopyState,
  type DirectoryLock,
  inspectCopy,
  randomId,
  removeCopy,
  TreeCopy,
} from '../lmdb/index.ts';
import type { CellConnection } from './cellConnection.ts';
import { CellError } from './cellError.ts';
import type { CellLog, CellRow, Claimant } from './cellLog.ts';
import type { CellIdentity } from './cellSchema.ts';
import { type CellSnapshots, isSnapshotGone, type SnapshotRow } from './cellSnapshots.ts';
import { openLogFrame, operationsOf } from './logFrame.ts';
import { makePartitions } from './logPartitions.ts';
import { OwnedCell } from './ownedCell.ts';
import type { CellUpkeep, KeptNode, SnapshotKeeper } from './snapshotKeeper.ts';
import { readSnapshot } from './snapshotParts.ts';

/** Pause after a look that failed, in ms: the first one, doubled each time up to the last one. */
const LAST_PAUSE_MS = 1_000;

export interface CellStandbyDeps {
  readonly cell: string;
  readonly identity: CellIdentity;
  readonly claimant: Claimant;
  readonly folder: string;
  readonly lock: DirectoryLock;
  /** For the appends, later. */
  readonly connection: CellConnection;
  /** For the making of partitions, beside the appends. */
  readonly tables: CellConnection;
  readonly cellLog: CellLog;
  readonly snapshots: CellSnapshots;
  /** Begins to keep up the snapshots of this node. */
  readonly keep: (node: KeptNode) => SnapshotKeeper;
  /** The same log by the connection `tables`. */
  readonly besideLog: CellLog;
  readonly pollMs: number;
  readonly endMs: number;
  readonly partitionFrames: number;
  /** Monotonic. */
  readonly clock: Clock;
  readonly sinceBoot: () => number;
  readonly log: Log;
}

/** The cell as a standby last saw it. */
export interface StandbyState {
  /** Frames of the log that the copy does not have; undefined before the first look. */
  readonly lag: number | undefined;
  /** Time since the copy had all frames, in ms. */
  readonly lagMs: number;
  /** Undefined before the first look at snapshots and log. */
  readonly upkeep: CellUpkeep | undefined;
  readonly owner: string;
  readonly address: string;
  readonly epoch: number;
}

/**
 * Follows the log of a cell into a copy, and takes the cell when nobody has it.
 *
 * FC1. A frame is applied only when it follows the one before, by number, id and checksum. A copy whose last
 *      frame is not in the log is removed and built anew. A log that lacks a frame, or has it in another
 *      form, is damaged: nothing is served from it.
 * FC2. The cell is taken when its owner has handed it over; when the owner was an earlier process on this
 *      copy, whose folder this process has locked; or when this process itself has seen the same claim and
 *      beat for the whole time to live. A look that failed begins that time anew.
 * FC3. It is taken only with all frames of its log in the copy. The claim takes effect only if the owner has
 *      done nothing since the last look, so no frame is missing.
 * FC4. A copy without frames begins with the latest snapshot. So does one whose next frame the log has no
 *      more, with an error in the log. A snapshot of which a part is not what was written is named, marked as
 *      damaged, and never served; the next one before it is read. A copy that is not finished is never used.
 */
export class CellStandby {
  readonly #deps: CellStandbyDeps;
  #copy: TreeCopy;
  #seen: { readonly row: CellRow; readonly since: number } | undefined;
  /** When the present claim, of another process with this node's name, was first seen alive. */
  #namesake: { readonly claim: string; readonly since: number } | undefined;
  #lag: number | undefined;
  /** The copy was built anew, and has not caught up since. */
  #isNew = false;
  /** Time (of `clock`) at which the copy had all frames; at first, the beginning. */
  #wholeAt: number;
  readonly #keeper: SnapshotKeeper;
  /** The snapshot of which the copy is being built. */
  #building: SnapshotRow | undefined;
  #cancelLook: () => void = () => {};
  #looking: Promise<void> | undefined;
  #pause = 0;
  #isClosed = false;
  #isOwner = false;
  #closing: Promise<void> | undefined;
  /** Resolves with the cell when this node has it. Rejects with CellError or StoreDamagedError. */
  readonly owned: Promise<OwnedCell>;
  #own: (cell: OwnedCell) => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(deps: CellStandbyDeps) {
    this.#deps = deps;
    this.owned = new Promise((resolve, reject) => {
      this.#own = resolve;
      this.#fail = reject;
    });
    // The caller may wait for it later.
    this.owned.catch(() => {});
    this.#copy = this.#openCopy();
    this.#wholeAt = deps.clock.now();
    this.#keeper = deps.keep({
      // An empty one may have to begin with a snapshot.
      copy: () => (this.#position()?.snapshot === 0 ? this.#copy : undefined),
      position: () => this.#position(),
      isOwner: () => this.#isOwner,
      lagMs: () => this.#lagMs,
    });
    this.#schedule(0);
  }

  get state(): StandbyState {
    const { owner = '', address = '', epoch = 0 } = this.#seen?.row ?? {};
    const { upkeep } = this.#keeper;
    return { lag: this.#lag, lagMs: this.#lagMs, owner, address, epoch, upkeep };
  }

  #position(): { readonly seq: number; readonly snapshot: number } | undefined {
    if (this.#building !== undefined) return { seq: this.#building.mark.serial, snapshot: this.#building.id };
    const { serial } = this.#copy.mark;
    return serial === 0 ? undefined : { seq: serial, snapshot: 0 };
  }

  get #lagMs(): number {
    return this.#lag === 0 ? 0 : this.#deps.clock.now() - this.#wholeAt;
  }

  /** Ends the standby. A cell that it has taken is closed by the cell's own close(). */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#closing = this.#close();
    }
    await this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelLook();
    const { connection, tables, lock, cell } = this.#deps;
    await Promise.all([connection.end(), tables.end(), this.#keeper.close()]);
    await this.#looking;
    await this.#copy.close();
    lock.release();
    this.#fail(new CellError('CELL_CLOSED', cell));
  }

  #schedule(ms: number): void {
    const { clock } = this.#deps;
    this.#cancelLook = clock.at(clock.now() + ms, () => {
      this.#looking = this.#look();
    });
  }

  async #look(): Promise<void> {
    const { pollMs, log, cell } = this.#deps;
    try {
      const row = await this.#deps.cellLog.row();
      if (row.identity !== this.#deps.identity.identity) throw madeAnew(cell);
      this.#observe(row);
      await this.#follow(row);
      if (await this.#take(row)) return;
      this.#pause = 0;
    } catch (error) {
      if (this.#isClosed) return;
      if (isFinal(error)) {
        this.#fail(error);
        void this.close();
        return;
      }
      this.#seen = undefined;
      if (this.#pause === 0) {
        log.warn({ cell, err: error }, 'The log of the cell cannot be read; it is tried again.');
      }
      this.#pause = Math.min(LAST_PAUSE_MS, Math.max(pollMs, 2 * this.#pause));
    }
    if (!this.#isClosed) this.#schedule(Math.max(pollMs, this.#pause));
  }

  #observe(row: CellRow): void {
    const now = this.#deps.clock.now();
    const before = this.#seen;
    const isSame = before?.row.claim === row.claim && before.row.beat === row.beat;
    this.#seen = { row, since: isSame ? before.since : now };
    this.#lag = Math.max(0, row.head - this.#copy.mark.serial);
    this.#refuseNamesake(row, { now, isAlive: before?.row.claim === row.claim && !isSame });
  }

  /** Two nodes with one name would not know each other by it. */
  #refuseNamesake(row: CellRow, { now, isAlive }: { readonly now: number; readonly isAlive: boolean }): void {
    const { cell, claimant } = this.#deps;
    if (row.owner !== claimant.owner || row.claim === this.#copy.claim) return;
    if (this.#namesake?.claim !== row.claim) this.#namesake = { claim: row.claim, since: now };
    if (!isAlive || now - this.#namesake.since < row.ttlMs) return;
    throw new CellError(
      'CELL_NODE_NAME_TAKEN',
      `Expected a node name that no other node has; '${row.owner}' has the cell '${cell}'` +
        `${row.address === '' ? '' : ` at ${row.address}`}, and is alive. Give this node a name of its own.`,
    );
  }

  /** FC1. Reads the log to the head of the row. */
  async #follow(row: CellRow): Promise<void> {
    const { mark } = this.#copy;
    if (mark.serial > row.head || (mark.serial === row.head && mark.frame !== row.headId)) {
      await this.#renew(`it ends with frame ${mark.serial}, the log with another frame, ${row.head}`);
    }
    // A copy without frames begins with a snapshot, if there is one (FC4).
    if (this.#copy.mark.serial === 0 && row.head > 0) await this.#startFromSnapshot();
    while (this.#copy.mark.serial < row.head && !this.#isClosed) {
      const frames = await this.#deps.cellLog.tail(this.#copy.mark.serial);
      if (frames[0]?.seq !== this.#copy.mark.serial + 1) {
        if (await this.#startFromSnapshot()) continue;
        throw this.#missing(this.#copy.mark);
      }
      for (const { before, frame } of frames) {
        const opened = before === this.#copy.mark.frame ? openLogFrame(frame, this.#copy.mark) : undefined;
        if (opened === undefined) {
          if (this.#isNew) throw this.#missing(this.#copy.mark);
          await this.#renew(`the log has another frame ${this.#copy.mark.serial}`);
          break;
        }
        await this.#copy.room();
        this.#copy.apply(operationsOf(opened.payload), opened.payload, opened.mark);
      }
      this.#lag = Math.max(0, row.head - this.#copy.mark.serial);
    }
    this.#isNew = false;
    this.#wholeAt = this.#deps.clock.now();
  }

  /** FC4. Tells whether the copy now has the records of a snapshot, which it did not have. */
  async #startFromSnapshot(): Promise<boolean> {
    const { snapshots, claimant, log, cell } = this.#deps;
    for (const snapshot of await snapshots.verified()) {
      const { serial } = this.#copy.mark;
      if (snapshot.mark.serial <= serial) return false;
      if (serial > 0) {
        const reason = `the log has no frame ${serial + 1} any more, and the snapshot at frame ${snapshot.mark.serial} has`;
        log.error({ cell, serial }, `The copy of the cell is removed and built anew: ${reason}.`);
      }
      // So that nobody drops the snapshot, or the log after it, meanwhile.
      const { id, mark } = snapshot;
      await snapshots.see({ node: claimant.owner, seq: mark.serial, lagMs: this.#lagMs, snapshot: id });
      if (await this.#build(snapshot)) return true;
    }
    return false;
  }

  /** False when the snapshot is damaged, or was removed meanwhile; the copy is empty then. */
  async #build(snapshot: SnapshotRow): Promise<boolean> {
    const { snapshots, folder, log, cell, clock } = this.#deps;
    const begun = clock.now();
    this.#building = snapshot;
    try {
      await this.#copy.close();
      removeCopy(folder);
      const builder = buildCopy(folder);
      try {
        for await (const { name, content } of readSnapshot(snapshots, snapshot)) builder.put(name, content);
        await builder.finish(snapshot.mark);
      } catch (error) {
        await builder.abandon();
        throw error;
      }
      const { mark, records, parts } = snapshot;
      this.#copy = new TreeCopy({ folder, mark, claim: '', failed: this.#failed });
      this.#isNew = true;
      const ms = clock.now() - begun;
      log.info(
        { cell, frame: mark.serial, parts, records, ms },
        'The copy of the cell begins with a snapshot.',
      );
      return true;
    } catch (error) {
      removeCopy(folder);
      this.#copy = this.#openCopy();
      if (error instanceof StoreDamagedError) {
        log.error(
          { cell, snapshot: snapshot.id, err: error },
          'A snapshot of the cell is damaged; it is not used.',
        );
        await snapshots.markDamaged(snapshot.id);
        return false;
      }
      if (isSnapshotGone(error)) return false;
      throw error;
    } finally {
      this.#building = undefined;
    }
  }

  #missing({ serial }: CopyMark): StoreDamagedError {
    return new StoreDamagedError(
      `The log of the cell '${this.#deps.cell}' is damaged: expected frame ${serial + 1} after frame ${serial}, found none that follows it. Restore the database from a backup.`,
    );
  }

  /** FC2, FC3. Tells whether this node now has the cell. */
  async #take(row: CellRow): Promise<boolean> {
    const { cellLog, claimant, clock, log, cell, identity, partitionFrames: frames } = this.#deps;
    const { claim: known, mark } = this.#copy;
    if (mark.serial !== row.head || mark.frame !== row.headId) return false;
    const isFree = row.owner === '';
    // By the name as well: a data directory may have been copied for another node.
    const isMine = row.claim === known && row.owner === claimant.owner;
    const waited = clock.now() - this.#seen!.since;
    if (this.#isClosed || (!isFree && !isMine && waited < row.ttlMs)) return false;
    // For the time to live, the cell is kept for the node to which it was handed.
    const isForOther = row.nextOwner !== '' && row.nextOwner !== claimant.owner;
    if (isFree && isForOther && waited < row.ttlMs) return false;
    const makeThem = (frame: number): Promise<number> =>
      makePartitions(this.#deps.tables, { number: identity.number, frame, frames });
    const partitionsEnd = await makeThem(row.head + 1);
    const claim = randomId();
    this.#copy.claim = claim;
    const claimedAt = this.#deps.sinceBoot();
    const claimed = await cellLog.claim(claim, row, claimant);
    if (claimed === undefined || this.#isClosed) return false;
    const { epoch } = claimed;
    log.info(
      { cell, epoch, before: row.owner, waited: isFree || isMine ? 0 : waited },
      'This node has the cell.',
    );
    this.#isClosed = true;
    this.#isOwner = true;
    const { keep, ...deps } = this.#deps;
    const keeper = this.#keeper;
    const owned = {
      claim,
      claimedAt,
      epoch,
      partitionsEnd,
      makePartitions: makeThem,
      copy: this.#copy,
      keeper,
    };
    this.#own(new OwnedCell({ ...deps, ...owned }));
    return true;
  }

  /** Builds the copy anew. */
  async #renew(reason: string): Promise<void> {
    const { folder, log, cell } = this.#deps;
    const { serial, frame } = this.#copy.mark;
    log.error({ cell, folder, serial, frame }, `The copy of the cell is removed and built anew: ${reason}.`);
    await this.#copy.close();
    removeCopy(folder);
    this.#copy = this.#openCopy();
    this.#isNew = true;
  }

  readonly #failed = (error: unknown): void => {
    const { folder, log, cell } = this.#deps;
    log.error({ cell, folder, err: error }, 'The copy of the cell could not be written; it is tried again.');
  };

  #openCopy(): TreeCopy {
    const { folder, log, cell, identity } = this.#deps;
    const failed = this.#failed;
    const state = inspectCopy(folder);
    const store = identity.identity;
    const reason = unusable(state, store);
    if (state.kind === 'usable' && reason === undefined) {
      return new TreeCopy({ folder, mark: state.mark, claim: state.claim, failed });
    }
    if (reason !== undefined) {
      log.error({ cell, folder }, `The copy of the cell is removed and built anew: ${reason}.`);
    }
    removeCopy(folder);
    const mark = { store, serial: 0, checksum: 0, frame: store };
    return new TreeCopy({ folder, mark, claim: '', failed });
  }
}

/** Errors that do not pass. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof StoreDamagedError ||
    (error instanceof CellError && (error.code === 'CELL_NODE_NAME_TAKEN' || error.code === 'CELL_MADE_ANEW'))
  );
}

/** Its number, and so its log, is another one. */
function madeAnew(cell: string): CellError {
  return new CellError(
    'CELL_MADE_ANEW',
    `The cell '${cell}' was removed from the database and made anew. Start this node again; it then removes its copy of the old one.`,
  );
}

/** Why a copy must not be used, as a clause. */
function unusable(state: CopyState, store: string): string | undefined {
  if (state.kind === 'absent') return undefined;
  if (state.kind === 'unusable') return state.reason;
  return state.mark.store === store ? undefined : 'it is of another cell';
}
