import type { Clock, Log } from '../../ports/index.ts';
import type { TreeCopy } from '../lmdb/index.ts';
import type { CellConnection } from './cellConnection.ts';
import type { CellSnapshots, Follower, SnapshotRow } from './cellSnapshots.ts';
import { type LogPartition, partitionsOf, trimLog } from './logPartitions.ts';
import { type WrittenSnapshot, writeSnapshot } from './snapshotParts.ts';

/** When snapshots are written, and how many are kept. */
export interface SnapshotPolicy {
  /** Least size of the log after the latest snapshot at which another one is written. Default 64 MiB. */
  readonly leastBytes: number;
  /** Snapshots that are kept; the log is trimmed behind the oldest of them. Default 2, least 1. */
  readonly kept: number;
  /** Interval of the checks, in ms. Default 5,000. */
  readonly checkMs: number;
  /** Time without a standby after which the owner writes snapshots itself, in ms. Default 300,000. */
  readonly aloneMs: number;
}

export const SNAPSHOT_POLICY: SnapshotPolicy = {
  leastBytes: 67_108_864,
  kept: 2,
  checkMs: 5_000,
  aloneMs: 300_000,
};

/** A cell as the keeper last saw it in the database. */
export interface CellUpkeep {
  /** Size of the log with its indexes. */
  readonly logBytes: number;
  /** Frame of the latest snapshot that counts; undefined: there is none. */
  readonly snapshot: number | undefined;
  /** The standbys, without this node. */
  readonly followers: readonly Follower[];
}

export interface SnapshotKeeperDeps {
  readonly cell: string;
  readonly node: string;
  /** Number of the cell. */
  readonly number: number;
  /** Not that of the appends: parts of snapshots would hold them up. */
  readonly connection: CellConnection;
  readonly snapshots: CellSnapshots;
  readonly policy: SnapshotPolicy;
  /** Monotonic. */
  readonly clock: Clock;
  readonly log: Log;
}

/** The node of which a keeper writes the snapshots. */
export interface KeptNode {
  /** Undefined while the copy must not be read. */
  readonly copy: () => TreeCopy | undefined;
  readonly isOwner: () => boolean;
  /** The frame after which a standby needs the log, and the snapshot that it reads; undefined: not known. */
  readonly position: () => Pick<Follower, 'seq' | 'snapshot'> | undefined;
  /** Time since the copy had all frames, in ms. */
  readonly lagMs: () => number;
}

/**
 * Writes the snapshots of a cell from the copy of this node, and trims the log.
 *
 * SK1. A snapshot counts only after all of its parts were read again and are those of the copy. One that does
 *      not count is never read, and is removed when nobody goes on with it.
 * SK2. A partition of the log is dropped only when there are as many snapshots that count as are kept, all of
 *      its frames are at or before the oldest of them, and every standby that was seen lately has them. So
 *      when the latest snapshot is damaged, the one before it and the log have everything. A cell without
 *      snapshots is never trimmed.
 * SK3. Standbys write the snapshots. The owner does it, at the cost of reading its whole tree between its
 *      requests, only after it has seen no standby for `aloneMs`. Two nodes do not write at a time.
 * SK4. Another snapshot is due when the log after the latest one has half of its size, and at least
 *      `leastBytes`. So the log stays in proportion to the records, and so does the writing of snapshots. It
 *      is due at once when the latest one was found damaged.
 */
export class SnapshotKeeper {
  readonly #deps: SnapshotKeeperDeps;
  readonly #kept: KeptNode;
  #upkeep: CellUpkeep | undefined;
  /** When the owner began to see no standby. */
  #aloneSince: number | undefined;
  #wasOwner = false;
  #hasFailed = false;
  #isClosed = false;
  #cancelSight: () => void = () => {};
  #cancelCheck: () => void = () => {};
  #checking: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(deps: SnapshotKeeperDeps, kept: KeptNode) {
    this.#deps = deps;
    this.#kept = kept;
    this.#scheduleSight(0);
    this.#scheduleCheck();
  }

  /** Undefined before the first check. */
  get upkeep(): CellUpkeep | undefined {
    return this.#upkeep;
  }

  /** A snapshot under way is abandoned. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelSight();
    this.#cancelCheck();
    await this.#deps.connection.end();
    await this.#checking;
  }

  #scheduleSight(ms: number): void {
    const { clock } = this.#deps;
    this.#cancelSight = clock.at(clock.now() + ms, () => void this.#beSeen());
  }

  #scheduleCheck(): void {
    const { clock, policy } = this.#deps;
    this.#cancelCheck = clock.at(clock.now() + policy.checkMs, () => {
      this.#checking = this.#check();
    });
  }

  /** Beside the checks, which last as long as a snapshot. */
  async #beSeen(): Promise<void> {
    const { snapshots, node, policy } = this.#deps;
    try {
      const isOwner = this.#kept.isOwner();
      if (isOwner && !this.#wasOwner) await snapshots.forget(node);
      this.#wasOwner = isOwner;
      const position = isOwner ? undefined : this.#kept.position();
      if (position !== undefined) await snapshots.see({ node, ...position, lagMs: this.#kept.lagMs() });
    } catch (error) {
      this.#noteFailure(error);
    }
    if (!this.#isClosed) this.#scheduleSight(policy.checkMs);
  }

  async #check(): Promise<void> {
    try {
      await this.#keepUp();
      this.#hasFailed = false;
    } catch (error) {
      this.#noteFailure(error);
    }
    if (!this.#isClosed) this.#scheduleCheck();
  }

  #noteFailure(error: unknown): void {
    const { log, cell } = this.#deps;
    if (this.#isClosed || this.#hasFailed) return;
    this.#hasFailed = true;
    log.error({ cell, err: error }, 'The snapshots of the cell could not be kept up; it is tried again.');
  }

  async #keepUp(): Promise<void> {
    const { connection, number, snapshots } = this.#deps;
    const rows = await snapshots.list();
    const partitions = await partitionsOf((statement) => connection.query(statement), number);
    this.#upkeep = {
      logBytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      snapshot: rows.find(({ state }) => state === 'verified')?.mark.serial,
      followers: (await snapshots.followers()).filter(({ node }) => node !== this.#deps.node),
    };
    const copy = this.#kept.copy();
    if (copy !== undefined && this.#mayWrite(rows) && this.#isDue(copy.mark.serial, rows, partitions)) {
      await this.#write(copy);
    }
    await this.#removeOld();
    await this.#trim();
  }

  /** SK3. */
  #mayWrite(rows: readonly SnapshotRow[]): boolean {
    const { clock, policy, node } = this.#deps;
    if (rows.some((row) => row.state === 'writing' && row.node !== node && !row.isAbandoned)) return false;
    if (!this.#kept.isOwner()) return true;
    const isAlone = this.#upkeep!.followers.length === 0;
    this.#aloneSince = isAlone ? (this.#aloneSince ?? clock.now()) : undefined;
    return this.#aloneSince !== undefined && clock.now() - this.#aloneSince >= policy.aloneMs;
  }

  /** SK4. `head`: the last frame of the copy. */
  #isDue(head: number, rows: readonly SnapshotRow[], partitions: readonly LogPartition[]): boolean {
    const latest = rows.find(({ state }) => state === 'verified');
    const seq = latest?.mark.serial ?? 0;
    if (rows.find(({ state }) => state !== 'writing')?.state === 'damaged') return true;
    if (head <= seq) return false;
    const { leastBytes } = this.#deps.policy;
    return bytesBetween(partitions, seq, head) >= Math.max(leastBytes, (latest?.bytes ?? 0) / 2);
  }

  /** SK1. */
  async #write(copy: TreeCopy): Promise<void> {
    const { snapshots, node, cell, log, clock } = this.#deps;
    const begun = clock.now();
    const source = await copy.snapshot();
    const { mark } = source;
    let written: WrittenSnapshot | undefined;
    try {
      written = await writeSnapshot(snapshots, { node, mark, source });
    } finally {
      source.release();
    }
    if (written === undefined) return;
    await snapshots.verify(written);
    const { parts, records } = written;
    log.info(
      { cell, frame: mark.serial, parts, records, ms: clock.now() - begun },
      'A snapshot of the cell was written, and read again.',
    );
  }

  /** Snapshots that are not kept, and those that nobody goes on writing. */
  async #removeOld(): Promise<void> {
    const { snapshots, policy, node } = this.#deps;
    const rows = await snapshots.list();
    const readBy = new Set((await snapshots.followers()).map(({ snapshot }) => snapshot));
    const verified = rows.filter(({ state }) => state === 'verified');
    const latest = verified[0]?.id ?? 0;
    const old = [
      ...verified.slice(policy.kept),
      ...rows.filter(({ state, id }) => state === 'damaged' && id < latest),
      ...rows.filter((row) => row.state === 'writing' && (row.isAbandoned || row.node === node)),
    ];
    for (const { id } of old) if (!readBy.has(id)) await snapshots.remove(id);
  }

  /** SK2. */
  async #trim(): Promise<void> {
    const { connection, number, snapshots, policy, cell, log } = this.#deps;
    const oldest = (await snapshots.verified())[policy.kept - 1]?.mark.serial;
    if (oldest === undefined) return;
    const upTo = Math.min(oldest, ...(await snapshots.followers()).map(({ seq }) => seq));
    const dropped = await trimLog(connection, { number, upTo });
    if (dropped.length > 0) log.info({ cell, upTo, dropped }, 'The log of the cell was trimmed.');
  }
}

/** Size of the frames of a log after `seq`, up to `head`; in a partition, frames count alike. */
function bytesBetween(partitions: readonly LogPartition[], seq: number, head: number): number {
  return partitions.reduce((sum, { from, to, bytes }) => {
    const last = Math.min(to - 1, head);
    const filled = last - from + 1;
    const after = last - Math.max(from - 1, seq);
    return filled <= 0 || after <= 0 ? sum : sum + (bytes * after) / filled;
  }, 0);
}
