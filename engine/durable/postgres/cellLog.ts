import type { CellConnection, Statement } from './cellConnection.ts';
import type { LogFrame } from './logFrame.ts';

/** Frames read at once, and their bytes. */
const TAIL_FRAMES = 256;
const TAIL_BYTES = 8_388_608;

/** The row of a cell, as it was read. */
export interface CellRow {
  /** Random id of the cell; another one after the cell was removed and made anew. */
  readonly identity: string;
  /** Counts the claims. */
  readonly epoch: number;
  /** Random id of the claim that has the cell; empty after a hand-over. */
  readonly claim: string;
  /** Changes with every append and renewal. */
  readonly beat: string;
  /** Name of the node that has the cell; empty when none has. */
  readonly owner: string;
  readonly address: string;
  /** Name of the node that gets the cell next, as an administrator wishes; empty: any. */
  readonly nextOwner: string;
  /** Time to live of the claim after its last beat, as its owner has it, in ms. */
  readonly ttlMs: number;
  /** Number and id of the last frame. */
  readonly head: number;
  readonly headId: string;
}

/** The things that an owner tells about itself with its claim. */
export interface Claimant {
  readonly owner: string;
  readonly address: string;
  readonly ttlMs: number;
}

export interface ClaimedCell {
  readonly epoch: number;
  readonly head: number;
  readonly headId: string;
}

export interface LoggedFrame {
  readonly seq: number;
  readonly before: string;
  readonly frame: Buffer;
}

/**
 * The statements on one cell. Their fence is the lock of the cell's row: an append and a claim wait for each
 * other, and the later one checks its condition again.
 */
export class CellLog {
  readonly #connection: CellConnection;
  readonly #cell: string;
  readonly #table: string;

  constructor(
    connection: CellConnection,
    { cell, number }: { readonly cell: string; readonly number: number },
  ) {
    this.#connection = connection;
    this.#cell = cell;
    this.#table = `orsay.log_${number}`;
  }

  /** Throws an Error when the cell was removed from the database. */
  async row(): Promise<CellRow> {
    const row = await this.find();
    if (row === undefined) throw new Error(`The cell '${this.#cell}' is not in the table orsay.cells.`);
    return row;
  }

  async find(): Promise<CellRow | undefined> {
    const [row] = await this.#connection.query<CellRow>({
      name: 'row',
      text: `SELECT identity, epoch::float8 AS epoch, claim, beat::text AS beat, owner, address, next_owner AS "nextOwner",
  ttl_ms AS "ttlMs", head::float8 AS head, head_id AS "headId" FROM orsay.cells WHERE cell = $1`,
      values: [this.#cell],
    });
    return row;
  }

  /** The frames after number `after`, in their order; not all, if there are many. */
  tail(after: number): Promise<readonly LoggedFrame[]> {
    return this.#connection.query<LoggedFrame>({
      name: 'tail',
      text: `SELECT seq::float8 AS seq, before, frame FROM (
  SELECT seq, before, frame, sum(octet_length(frame)) OVER (ORDER BY seq) - octet_length(frame) AS bytes
  FROM (SELECT seq, before, frame FROM ${this.#table} WHERE seq > $1 ORDER BY seq LIMIT ${TAIL_FRAMES}) AS next
) AS counted WHERE bytes < ${TAIL_BYTES} ORDER BY seq`,
      values: [after],
    });
  }

  /** False when the claim does not have the cell, or the log does not end with the frame before. */
  async append(claim: string, frame: LogFrame, before: string): Promise<boolean> {
    const rows = await this.#connection.query({
      name: 'append',
      text: `WITH fence AS (
  UPDATE orsay.cells SET head = head + 1, head_id = $4, beat = beat + 1
  WHERE cell = $1 AND claim = $2 AND head = $3 - 1 AND head_id = $5 RETURNING head, epoch
)
INSERT INTO ${this.#table} (seq, epoch, id, before, frame) SELECT head, epoch, $4, $5, $6 FROM fence RETURNING seq`,
      values: [this.#cell, claim, frame.mark.serial, frame.mark.frame, before, frame.bytes],
    });
    return rows.length === 1;
  }

  /** False when the claim does not have the cell. */
  renew(claim: string): Promise<boolean> {
    return this.#changes({
      name: 'renew',
      text: 'UPDATE orsay.cells SET beat = beat + 1 WHERE cell = $1 AND claim = $2 RETURNING beat',
      values: [this.#cell, claim],
    });
  }

  /**
   * Takes the cell from `from` for the claim `next`. Without a beat, whatever `from` has done meanwhile.
   * Undefined when another claim has it, or `from` is alive. May be repeated: a claim that got through before
   * gets the same answer.
   */
  async claim(
    next: string,
    from: { readonly claim: string; readonly beat?: string },
    { owner, address, ttlMs }: Claimant,
  ): Promise<ClaimedCell | undefined> {
    const [row] = await this.#connection.query<ClaimedCell>({
      name: 'claim',
      text: `UPDATE orsay.cells SET epoch = epoch + CASE WHEN claim = $2 THEN 0 ELSE 1 END, claim = $2,
  beat = beat + 1, owner = $3, address = $4, ttl_ms = $5, next_owner = ''
WHERE cell = $1 AND (claim = $2 OR (claim = $6 AND ($7::bigint IS NULL OR beat = $7::bigint)))
RETURNING epoch::float8 AS epoch, head::float8 AS head, head_id AS "headId"`,
      values: [this.#cell, next, owner, address, ttlMs, from.claim, from.beat ?? null],
    });
    return row;
  }

  /** False when the claim did not have the cell any more. */
  handOver(claim: string): Promise<boolean> {
    return this.#changes({
      text: `UPDATE orsay.cells SET owner = '', address = '', claim = '', beat = beat + 1
WHERE cell = $1 AND claim = $2 RETURNING beat`,
      values: [this.#cell, claim],
    });
  }

  async #changes(statement: Statement): Promise<boolean> {
    return (await this.#connection.query(statement)).length === 1;
  }
}
