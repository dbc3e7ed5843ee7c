import { DatabaseError } from 'pg';
import type { Clock, Log } from '../../ports/index.ts';
import {
  type StoreEntry,
  StoreError,
  type StoreOperation,
  type StorePort,
  type StoreRange,
} from '../index.ts';
import { type DirectoryLock, randomId, type TreeCopy, wellFormed } from '../lmdb/index.ts';
import { type CellConnection, OutageError } from './cellConnection.ts';
import { CellError } from './cellError.ts';
import type { CellLog, Claimant } from './cellLog.ts';
import { type LogFrame, sealLogFrame } from './logFrame.ts';
import type { CellUpkeep, SnapshotKeeper } from './snapshotKeeper.ts';

/** An owner answers only for this part of the time to live after the start of its last renewal. */
const ANSWER_PART = 0.8;
/** Beats of an idle owner in the time to live. */
const BEATS = 3;
/** Pauses between attempts while the database is away, in ms. */
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 1_000;
/** SQLSTATE of a frame that has no partition. */
const NO_PARTITION = '23514';

export interface OwnedCellDeps {
  readonly cell: string;
  readonly claimant: Claimant;
  readonly claim: string;
  /** Time (of `sinceBoot`) before the claim was sent. */
  readonly claimedAt: number;
  readonly epoch: number;
  readonly connection: CellConnection;
  /** For makePartitions(). */
  readonly tables: CellConnection;
  readonly cellLog: CellLog;
  /** The same log by the connection `tables`: for beats while an append takes long. */
  readonly besideLog: CellLog;
  readonly copy: TreeCopy;
  readonly lock: DirectoryLock;
  /** The first frame that has no partition. */
  readonly partitionsEnd: number;
  readonly partitionFrames: number;
  /** Makes the partition of a frame and the next one. Returns the first frame that has no partition. */
  readonly makePartitions: (frame: number) => Promise<number>;
  readonly keeper: SnapshotKeeper;
  /** Time that close() waits for the database, in ms. */
  readonly endMs: number;
  /** Monotonic. */
  readonly clock: Clock;
  /** ms since the start of the machine, also while it was suspended: the age of a beat is counted by it. */
  readonly sinceBoot: () => number;
  readonly log: Log;
}

export interface CellCounts {
  readonly epoch: number;
  readonly head: number;
  /** Appends whose outcome had to be found out. */
  readonly unknownOutcomes: number;
}

/**
 * A cell that this node owns: a store whose writes are frames of a log in PostgreSQL, and whose reads are of
 * this node's copy.
 *
 * OC1. A write is one frame, appended by one statement, one at a time. It takes effect only while the claim
 *      has the cell and the log ends with the frame that this node knows as the last one, by its id. Reads
 *      see it, and its promise resolves, after the database has acknowledged it.
 * OC2. When the outcome of an append is unknown, the node claims the cell anew: a write, which is durable and
 *      replicated with everything before it. After it, the lost statement can take effect no more, and the
 *      head that it returns tells whether it did. If it did not, the frame is appended again.
 * OC3. An error with which the database refuses a statement refuses the write. The cell stays.
 * OC4. A claim is alive while its beat changes; no clocks of two machines are compared. The owner answers for
 *      80 % of the time to live after the start of its last beat, and others wait for all of it after they
 *      saw that beat. So no owner answers when another one may, also after a suspension of its machine.
 * OC5. When another claim has the cell, or the log has lost frames, the cell is lost: all writes are refused,
 *      and `lost` tells. The host must stop. A refused write may be in the log if its outcome was unknown.
 * OC6. While an append takes long (a large write, a slow network), beats go by another connection: the cell
 *      stays while PostgreSQL answers.
 * OC7. The end is bounded: close() waits `endMs` for the database, then it goes without a hand-over.
 */
export class OwnedCell implements StorePort {
  readonly #deps: OwnedCellDeps;
  #claim: string;
  #epoch: number;
  #renewedAt: number;
  #unknownOutcomes = 0;
  /** The first frame that has no partition. */
  #partitionsEnd: number;
  #extending: Promise<void> | undefined;
  #writing: Promise<void> | undefined;
  /** A frame is being appended. */
  #isAppending = false;
  /** The outcome of an append is being found out; a claim is a beat as well. */
  #isResolving = false;
  /** A beat beside an append. */
  #renewing: Promise<void> | undefined;
  /** The log may have a frame that was not acknowledged. */
  #isInDoubt = false;
  #cancelBeat: () => void = () => {};
  #isAway = false;
  #closing: Promise<void> | undefined;
  /** Why no write is accepted any more. */
  #ending: CellError | undefined;
  /** Called when #ending is set. */
  readonly #waiting = new Set<(error: CellError) => void>();
  /** Resolves when the cell is lost (OC5); never after close(). */
  readonly lost: Promise<CellError>;
  #lose: (error: CellError) => void = () => {};

  constructor(deps: OwnedCellDeps) {
    this.#deps = deps;
    this.#claim = deps.claim;
    this.#epoch = deps.epoch;
    this.#renewedAt = deps.claimedAt;
    this.#partitionsEnd = deps.partitionsEnd;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    this.#scheduleBeat();
  }

  /** OC4: whether this node may answer from its copy now. */
  get mayAnswer(): boolean {
    const { sinceBoot, claimant } = this.#deps;
    return this.#ending === undefined && sinceBoot() - this.#renewedAt < ANSWER_PART * claimant.ttlMs;
  }

  /** The present claim of this node: a new one after an unknown outcome (OC2). */
  get claim(): string {
    return this.#claim;
  }

  get counts(): CellCounts {
    return { epoch: this.#epoch, head: this.#deps.copy.mark.serial, unknownOutcomes: this.#unknownOutcomes };
  }

  /** Snapshots, log and standbys; undefined before the first look at them. */
  get upkeep(): CellUpkeep | undefined {
    return this.#deps.keeper.upkeep;
  }

  get(table: string, key: string): string | undefined {
    return this.#deps.copy.get(table, key);
  }

  scan(table: string, range: StoreRange): Iterable<StoreEntry> {
    return this.#deps.copy.scan(table, range);
  }

  /**
   * Throws CellError when the cell is lost or closed, StoreError STORE_OUTCOME_UNKNOWN when that happens
   * while the log may have the write, DatabaseError when the database refuses, RangeError when the write is
   * too long. While the database is away, it waits.
   */
  async write(operations: readonly StoreOperation[]): Promise<void> {
    if (this.#ending !== undefined) throw this.#ending;
    if (this.#writing !== undefined) throw new Error('A store takes one write at a time.');
    this.#writing = this.#untilEnd(this.#append(operations.map(wellFormed)));
    try {
      await this.#writing;
    } catch (error) {
      if (error !== this.#ending || !this.#isInDoubt) throw error;
      throw new StoreError('STORE_OUTCOME_UNKNOWN', { cause: error });
    } finally {
      this.#writing = undefined;
    }
  }

  /** Waits for the write under way, hands the cell over, and closes the copy (OC7). */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #append(operations: readonly StoreOperation[]): Promise<void> {
    const { copy } = this.#deps;
    const before = copy.mark;
    const frame = sealLogFrame(operations, before);
    await copy.room();
    await this.#extend(frame.mark.serial);
    this.#isAppending = true;
    try {
      await this.#sendUntilKnown(frame, before.frame);
    } finally {
      this.#isAppending = false;
    }
    if (this.#ending !== undefined) throw this.#ending;
    this.#isAway = false;
    copy.apply(operations, frame.payload, frame.mark);
  }

  /** Resolves when the log has the frame. */
  async #sendUntilKnown(frame: LogFrame, before: string): Promise<void> {
    const { cellLog, sinceBoot } = this.#deps;
    for (;;) {
      if (this.#ending !== undefined) throw this.#ending;
      const begun = sinceBoot();
      this.#isInDoubt = true;
      try {
        const isDone = await cellLog.append(this.#claim, frame, before);
        if (isDone) {
          this.#isInDoubt = false;
          this.#renewedAt = begun;
          return;
        }
      } catch (error) {
        // Somebody has removed it; the next write makes it.
        if (isNoPartition(error)) this.#partitionsEnd = 0;
        if (!(error instanceof OutageError)) {
          this.#isInDoubt = false;
          throw error;
        }
        this.#noteOutage(error);
      }
      this.#isResolving = true;
      try {
        const isInLog = await this.#isInLog(frame, before);
        this.#isInDoubt = false;
        if (isInLog) return;
      } finally {
        this.#isResolving = false;
      }
    }
  }

  /** OC2. */
  async #isInLog(frame: LogFrame, before: string): Promise<boolean> {
    const { cellLog, copy, claimant, sinceBoot } = this.#deps;
    this.#unknownOutcomes++;
    const next = randomId();
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LAST_PAUSE_MS)) {
      if (this.#ending !== undefined) throw this.#ending;
      const begun = sinceBoot();
      try {
        // A process that is started again recognizes its claim by the copy.
        if (copy.claim !== next) copy.claim = next;
        const claimed = await cellLog.claim(next, { claim: this.#claim }, claimant);
        if (claimed === undefined) throw this.#giveUp(await this.#whyGone());
        this.#claim = next;
        this.#epoch = claimed.epoch;
        this.#renewedAt = begun;
        if (claimed.headId === frame.mark.frame) return true;
        if (claimed.headId === before) return false;
        throw this.#giveUp(`its log ends at ${claimed.head}: frames that were acknowledged are gone`);
      } catch (error) {
        if (this.#ending !== undefined) throw this.#ending;
        this.#noteOutage(error);
      }
      await this.#untilEnd(this.#pause(pause));
    }
  }

  /** Makes partitions in the background while half of one is left, and at once when none is. */
  async #extend(next: number): Promise<void> {
    const { makePartitions, partitionFrames: frames } = this.#deps;
    const left = this.#partitionsEnd - next;
    if (left > frames / 2) return;
    if (left > 0 && next % Math.ceil(frames / 100) !== 0) return;
    this.#extending ??= makePartitions(next)
      .then((end) => {
        this.#partitionsEnd = end;
      })
      .finally(() => {
        this.#extending = undefined;
      });
    if (left <= 0) await this.#untilEnd(this.#extending);
    // In the background it is tried again later.
    else this.#extending.catch(() => {});
  }

  #scheduleBeat(): void {
    const { clock, claimant } = this.#deps;
    const dueAt = clock.now() + claimant.ttlMs / BEATS;
    this.#cancelBeat = clock.at(dueAt, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    const { sinceBoot, claimant, cellLog, besideLog } = this.#deps;
    const begun = sinceBoot();
    if (!this.#isAppending) await this.#renew(cellLog, begun);
    // An append that was acknowledged since the last beat is a beat as well.
    else if (begun - this.#renewedAt >= claimant.ttlMs / BEATS && !this.#isResolving) {
      // Not awaited: that connection may be making a partition.
      this.#renewing ??= this.#renew(besideLog, begun).finally(() => {
        this.#renewing = undefined;
      });
    }
    if (this.#ending === undefined) this.#scheduleBeat();
  }

  async #renew(log: CellLog, begun: number): Promise<void> {
    const [claim, unknown] = [this.#claim, this.#unknownOutcomes];
    try {
      const isMine = await log.renew(claim);
      if (isMine) {
        this.#renewedAt = Math.max(this.#renewedAt, begun);
        if (!this.#isAppending) this.#isAway = false;
        return;
      }
      const reason = await this.#whyGone();
      // Meanwhile this node may have claimed its own cell anew (OC2).
      if (claim === this.#claim && unknown === this.#unknownOutcomes) this.#giveUp(reason);
    } catch (error) {
      this.#noteOutage(error);
    }
  }

  /** Why no row has the claim. Throws OutageError. */
  async #whyGone(): Promise<string> {
    const row = await this.#deps.besideLog.find();
    if (row === undefined) return 'its row was removed from the table orsay.cells';
    return row.owner === '' ? 'it was taken away' : `the node '${row.owner}' has taken it`;
  }

  #noteOutage(error: unknown): void {
    const { log, cell } = this.#deps;
    if (this.#isAway || this.#ending !== undefined) return;
    this.#isAway = true;
    log.error(
      { cell, err: error },
      'The changes of the cell wait: PostgreSQL cannot be used, or the copy cannot be written.',
    );
  }

  /** OC5. */
  #giveUp(reason: string): CellError {
    const { cell, log, connection, tables, keeper } = this.#deps;
    const error = new CellError('CELL_LOST', cell);
    if (this.#ending !== undefined) return this.#ending;
    log.error({ cell, epoch: this.#epoch }, `This node has lost the cell: ${reason}.`);
    this.#stop(error);
    void connection.end();
    void tables.end();
    void keeper.close();
    this.#lose(error);
    return error;
  }

  #stop(error: CellError): void {
    this.#ending = error;
    this.#cancelBeat();
    for (const refuse of this.#waiting) refuse(error);
  }

  async #close(): Promise<void> {
    const { connection, tables, keeper, copy, lock, cell, log, endMs } = this.#deps;
    this.#cancelBeat();
    if (this.#ending === undefined) {
      const isHandedOver = await this.#within(endMs, this.#handOver());
      if (!isHandedOver) {
        log.warn({ cell }, 'The cell was not handed over; another node takes it when its time is over.');
      }
    }
    if (this.#ending === undefined) this.#stop(new CellError('CELL_CLOSED', cell));
    await Promise.all([connection.end(), tables.end(), keeper.close()]);
    try {
      await copy.close();
    } finally {
      lock.release();
    }
  }

  async #handOver(): Promise<boolean> {
    await this.#writing?.catch(() => {});
    if (this.#ending !== undefined) return false;
    this.#stop(new CellError('CELL_CLOSED', this.#deps.cell));
    return this.#deps.cellLog.handOver(this.#claim).catch(() => false);
  }

  /**
   * The result of the promise; rejects before it when the cell ends. Promise.race with a promise for the end
   * would keep something of every call in memory.
   */
  #untilEnd<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      promise.finally(() => this.#waiting.delete(reject)).then(resolve, reject);
    });
  }

  #pause(ms: number): Promise<void> {
    const { clock } = this.#deps;
    return new Promise((resolve) => void clock.at(clock.now() + ms, resolve));
  }

  /** The result of the promise, or undefined when it takes longer, or rejects. */
  async #within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
    const { clock } = this.#deps;
    let cancel: () => void = () => {};
    const over = new Promise<undefined>((resolve) => {
      cancel = clock.at(clock.now() + ms, () => resolve(undefined));
    });
    try {
      return await Promise.race([promise, over]);
    } catch {
      // The caller sees it by #ending.
      return undefined;
    } finally {
      cancel();
    }
  }
}

function isNoPartition(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === NO_PARTITION;
}
