import { randomBytes } from 'node:crypto';
import type { Log } from '../../ports/index.ts';
import { CellConnection } from './cellConnection.ts';
import { lockTables } from './cellSchema.ts';
import { withReasons } from './openCell.ts';

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** Bytes of the secret of the nodes. */
const SECRET_BYTES = 32;

/** The node that has a cell, as the database says. */
export interface CellPlace {
  readonly cell: string;
  /** Name of the node; empty when none has it. */
  readonly owner: string;
  /** Where the other nodes reach it. */
  readonly address: string;
  /** Counts the claims of the cell. */
  readonly epoch: number;
}

/** The things that all nodes of a database share, beside the cells: who has which cell, and their secret. */
export class CellDirectory {
  readonly #database: string;
  readonly #connection: CellConnection;

  /** `database`: connection string. `node`: name of this node, shown by pg_stat_activity. */
  constructor({ database, node }: { readonly database: string; readonly node: string }) {
    this.#database = database;
    this.#connection = new CellConnection({
      database,
      application: `orsay ${node} directory`,
      // It acknowledges nothing, and the owner has given the warnings.
      acceptsUnsafeSettings: true,
      log: SILENT,
    });
  }

  /** All cells. Throws CellError as followCell() does. */
  places(): Promise<readonly CellPlace[]> {
    return withReasons(this.#database, () =>
      this.#connection.query<CellPlace>({
        name: 'places',
        text: 'SELECT cell, owner, address, epoch::float8 AS epoch FROM orsay.cells',
      }),
    );
  }

  /** The node that shall get a cell next, as an administrator wishes; empty: any. */
  async nextOwner(cell: string): Promise<string> {
    const [row] = await this.#connection.query<{ next: string }>({
      name: 'next',
      text: 'SELECT next_owner AS next FROM orsay.cells WHERE cell = $1',
      values: [cell],
    });
    return row?.next ?? '';
  }

  /**
   * The secret by which the nodes of this database know each other, made at its first use: 64 hexadecimal
   * digits. Throws CellError as followCell() does.
   */
  secret(): Promise<string> {
    return withReasons(this.#database, async () => {
      const [found] = await this.#connection.query<{ present: boolean }>({
        text: "SELECT to_regclass('orsay.node_secret') IS NOT NULL AS present",
      });
      if (!found!.present) await this.#makeSecret();
      const [row] = await this.#connection.query<{ secret: string }>({
        text: 'SELECT secret FROM orsay.node_secret',
      });
      if (row === undefined) throw new Error("Expected one row in 'orsay.node_secret', found none.");
      return row.secret;
    });
  }

  end(): Promise<void> {
    return this.#connection.end();
  }

  #makeSecret(): Promise<void> {
    return this.#connection.transaction(async (query) => {
      await lockTables(query);
      await query({ text: 'CREATE TABLE IF NOT EXISTS orsay.node_secret (secret text NOT NULL)' });
      await query({
        text: 'INSERT INTO orsay.node_secret SELECT $1 WHERE NOT EXISTS (SELECT FROM orsay.node_secret)',
        values: [randomBytes(SECRET_BYTES).toString('hex')],
      });
    });
  }
}
