import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CellOptions,
  type CellStandby,
  followCell,
  type OwnedCell,
} from '../../engine/durable/postgres/index.ts';
import { openLogFrame, operationsOf } from '../../engine/durable/postgres/logFrame.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import type { Log } from '../../engine/ports/index.ts';
import type { TestPostgres } from './postgres.ts';

let benches = 0;

/** A cell of a database of its own, and the nodes that a test starts for it. */
export class CellBench {
  readonly postgres: TestPostgres;
  readonly database: string;
  readonly cell = 'main';
  /** Messages of level `error`, with the words before the first colon only. */
  readonly errors: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), `orsay-cells-${benches++}-`));
  readonly #opened: { close(): Promise<void> }[] = [];

  private constructor(postgres: TestPostgres, database: string) {
    this.postgres = postgres;
    this.database = database;
  }

  static async create(postgres: TestPostgres): Promise<CellBench> {
    return new CellBench(postgres, await postgres.createDatabase());
  }

  /** The options of a node; its copy is in a folder with its name. */
  options(node: string, more: Partial<CellOptions> = {}): CellOptions {
    const path = join(this.#folder, node);
    return { database: this.database, cell: this.cell, node, path, ttlMs: 500, log: this.#log, ...more };
  }

  async follow(node: string, more: Partial<CellOptions> = {}): Promise<CellStandby> {
    const standby = await followCell(this.options(node, more));
    this.#opened.push(standby);
    return standby;
  }

  async open(node: string, more: Partial<CellOptions> = {}): Promise<OwnedCell> {
    const owned = await (await this.follow(node, more)).owned;
    this.#opened.push(owned);
    return owned;
  }

  query<Row extends Record<string, unknown>>(text: string): Promise<readonly Row[]> {
    return this.postgres.query<Row>(text, this.database);
  }

  /** Every operation of the log, in its order, as `key=text`; the chain of the frames is checked. */
  async logged(): Promise<readonly string[]> {
    const [cell] = await this.query<{ number: number; identity: string; head: string }>(
      `SELECT number, identity, head FROM orsay.cells WHERE cell = '${this.cell}'`,
    );
    const { number, identity, head } = cell!;
    const frames = await this.query<{ frame: Buffer }>(`SELECT frame FROM orsay.log_${number} ORDER BY seq`);
    let mark = { store: identity, serial: 0, checksum: 0, frame: identity };
    const found: string[] = [];
    for (const { frame } of frames) {
      const opened = openLogFrame(frame, mark);
      if (opened === undefined) throw new Error(`The frame after ${mark.serial} does not follow it.`);
      mark = opened.mark;
      found.push(...operationsOf(opened.payload).map(({ key, text }) => `${key}=${text}`));
    }
    if (mark.serial !== Number(head))
      throw new Error(`The log ends with ${mark.serial}, its cell with ${head}.`);
    return found;
  }

  /** The first frame that the log has. */
  async firstFrame(): Promise<number> {
    const [first] = await this.query<{ seq: string }>('SELECT min(seq) AS seq FROM orsay.log_1');
    return Number(first!.seq);
  }

  /** Its snapshots, the latest first. */
  snapshots(): Promise<readonly { readonly id: number; readonly seq: number; readonly state: string }[]> {
    return this.query(
      'SELECT id::integer, seq::integer, state FROM orsay.snapshots ORDER BY seq DESC, id DESC',
    );
  }

  async closeNodes(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((one) => one.close()));
  }

  async close(): Promise<void> {
    await this.closeNodes();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #log(): Log {
    return {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (_, message) => void this.errors.push(message),
    };
  }
}

export function put(store: StorePort, key: string, text: string = key): Promise<void> {
  return store.write([{ table: 't', key, text }]);
}

/** The records of the table of put(), as `key=text`. */
export function records(store: StorePort): readonly string[] {
  return [...store.scan('t', {})].map(({ key, text }) => `${key}=${text}`);
}
