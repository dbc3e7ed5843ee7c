import { DatabaseError } from 'pg';
import type { CopyMark, RecordSum } from '../lmdb/index.ts';
import type { CellConnection } from './cellConnection.ts';
import { type CellIdentity, lockTables, type Query } from './cellSchema.ts';

/** A snapshot whose writer does nothing for so long is abandoned, in seconds of the database's clock. */
const ABANDONED_SECONDS = 30;
/** A standby that was not seen for so long is not waited for, in seconds of the database's clock. */
const GONE_SECONDS = 60;
const NO_TABLE = '42P01';

/** A snapshot of a cell: all records as they are after one frame. */
export interface SnapshotRow extends RecordSum {
  readonly id: number;
  /** The node that has written it. */
  readonly node: string;
  /** Only a verified one counts. `damaged`: it was found to be not what was written. */
  readonly state: 'writing' | 'verified' | 'damaged';
  /** The frame. */
  readonly mark: CopyMark;
  readonly parts: number;
  /** Size of its parts. */
  readonly bytes: number;
  readonly isAbandoned: boolean;
}

/** A standby, as it was last seen. */
export interface Follower {
  readonly node: string;
  /** The last frame of its copy. */
  readonly seq: number;
  /** Time since it had all frames, in ms. */
  readonly lagMs: number;
  /** The snapshot that it reads; 0: none. */
  readonly snapshot: number;
}

interface Row extends Omit<SnapshotRow, 'mark'> {
  readonly seq: number;
  readonly frame: string;
  readonly checksum: number;
}

/**
 * The snapshots of one cell, and its standbys. The parts of a snapshot are rows of a table of its own, which
 * is dropped with it: rows that are deleted would leave their room behind.
 */
export class CellSnapshots {
  readonly #connection: CellConnection;
  readonly #identity: CellIdentity;

  constructor(connection: CellConnection, identity: CellIdentity) {
    this.#connection = connection;
    this.#identity = identity;
  }

  /** All snapshots, the latest first. */
  async list(): Promise<readonly SnapshotRow[]> {
    const rows = await this.#connection.query<Row>({
      name: 'snapshots',
      text: `SELECT id::float8 AS id, node, state, seq::float8 AS seq, frame_id AS frame, checksum::float8 AS checksum,
  parts, records::float8 AS records, digest::float8 AS digest, bytes::float8 AS bytes,
  touched_at < clock_timestamp() - interval '${ABANDONED_SECONDS} s' AS "isAbandoned"
FROM orsay.snapshots WHERE cell = $1 ORDER BY seq DESC, id DESC`,
      values: [this.#identity.number],
    });
    return rows.map(({ seq, frame, checksum, ...row }) => {
      return { ...row, mark: { store: this.#identity.identity, serial: seq, checksum, frame } };
    });
  }

  /** The snapshots that count, the latest first. */
  async verified(): Promise<readonly SnapshotRow[]> {
    return (await this.list()).filter(({ state }) => state === 'verified');
  }

  /**
   * Begins a snapshot, and removes what an earlier process of the node has left of one. Returns its id;
   * undefined while another node writes one.
   */
  async begin(node: string, mark: CopyMark): Promise<number | undefined> {
    for (const { id, state, ...left } of await this.list()) {
      if (state === 'writing' && (left.isAbandoned || left.node === node)) await this.remove(id);
    }
    const { number } = this.#identity;
    return this.#connection.transaction(async (query) => {
      await lockTables(query);
      const [made] = await query<{ id: number }>({
        text: `INSERT INTO orsay.snapshots (cell, node, state, seq, frame_id, checksum)
SELECT $1, $2, 'writing', $3, $4, $5
WHERE NOT EXISTS (SELECT FROM orsay.snapshots WHERE cell = $1 AND state = 'writing') RETURNING id::float8 AS id`,
        values: [number, node, mark.serial, mark.frame, mark.checksum],
      });
      if (made === undefined) return undefined;
      const table = tableOf(made.id);
      await query({ text: `CREATE TABLE ${table} (part integer PRIMARY KEY, bytes bytea NOT NULL)` });
      await query({ text: `ALTER TABLE ${table} ALTER bytes SET STORAGE EXTERNAL` });
      return made.id;
    });
  }

  /** `part`: from 0, in order. Throws when another process has removed the snapshot. */
  async addPart(id: number, part: number, bytes: Buffer): Promise<void> {
    const rows = await this.#connection.query({
      text: `WITH present AS (
  UPDATE orsay.snapshots SET parts = parts + 1, bytes = bytes + octet_length($3::bytea), touched_at = clock_timestamp()
  WHERE id = $1 AND parts = $2 AND state = 'writing' RETURNING id
)
INSERT INTO ${tableOf(id)} (part, bytes) SELECT $2, $3 FROM present RETURNING part`,
      values: [id, part, bytes],
    });
    if (rows.length === 0) throw new Error('The snapshot was removed while it was written.');
  }

  /** The writer still reads the parts again. */
  async touch(id: number): Promise<void> {
    await this.#connection.query({
      text: 'UPDATE orsay.snapshots SET touched_at = clock_timestamp() WHERE id = $1',
      values: [id],
    });
  }

  /** Undefined when there is no such part. */
  async part(id: number, part: number): Promise<Buffer | undefined> {
    const [row] = await this.#connection.query<{ bytes: Buffer }>({
      text: `SELECT bytes FROM ${tableOf(id)} WHERE part = $1`,
      values: [part],
    });
    return row?.bytes;
  }

  /** The snapshot counts from now on. `query`: of a transaction. */
  async verify(
    { id, records, digest, parts }: RecordSum & { readonly id: number; readonly parts: number },
    query: Query = (statement) => this.#connection.query(statement),
  ): Promise<void> {
    const rows = await query({
      text: `UPDATE orsay.snapshots SET state = 'verified', records = $2, digest = $3
WHERE id = $1 AND state = 'writing' AND parts = $4 RETURNING id`,
      values: [id, records, digest, parts],
    });
    if (rows.length === 0) throw new Error('The snapshot was removed while it was verified.');
  }

  /** The snapshot is no longer used. It is kept for a while, for those who want to know why. */
  async markDamaged(id: number): Promise<void> {
    await this.#connection.query({
      text: "UPDATE orsay.snapshots SET state = 'damaged' WHERE id = $1",
      values: [id],
    });
  }

  async remove(id: number): Promise<void> {
    await this.#connection.transaction(async (query) => {
      await query({ text: 'DELETE FROM orsay.snapshots WHERE id = $1', values: [id] });
      await query({ text: `DROP TABLE IF EXISTS ${tableOf(id)}` });
    });
  }

  /** Says that a standby lives. */
  async see({ node, seq, lagMs, snapshot }: Follower): Promise<void> {
    await this.#connection.query({
      name: 'see',
      text: `INSERT INTO orsay.followers VALUES ($1, $2, $3, $4, $5, clock_timestamp()) ON CONFLICT (cell, node)
DO UPDATE SET seq = excluded.seq, lag_ms = excluded.lag_ms, snapshot = excluded.snapshot, seen_at = excluded.seen_at`,
      values: [this.#identity.number, node, seq, Math.round(lagMs), snapshot],
    });
  }

  /** A standby is none any more. */
  async forget(node: string): Promise<void> {
    await this.#connection.query({
      text: 'DELETE FROM orsay.followers WHERE cell = $1 AND node = $2',
      values: [this.#identity.number, node],
    });
  }

  /** The standbys that were seen lately. */
  followers(): Promise<readonly Follower[]> {
    return this.#connection.query<Follower>({
      name: 'followers',
      text: `SELECT node, seq::float8 AS seq, lag_ms::float8 AS "lagMs", snapshot::float8 AS snapshot FROM orsay.followers
WHERE cell = $1 AND seen_at > clock_timestamp() - interval '${GONE_SECONDS} s' ORDER BY node`,
      values: [this.#identity.number],
    });
  }
}

/** Another process has removed the snapshot meanwhile. */
export function isSnapshotGone(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === NO_TABLE;
}

function tableOf(id: number): string {
  return `orsay.snapshot_${id}`;
}
