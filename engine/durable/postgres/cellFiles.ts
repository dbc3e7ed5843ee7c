import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DatabaseError } from 'pg';
import { StoreDamagedError, StoreError } from '../index.ts';
import { type CellConnection, OutageError, type Statement } from './cellConnection.ts';
import { CellFileDraft } from './cellFileDraft.ts';
import { digestOf, OpenCellFile } from './openCellFile.ts';

/** Bytes of one part: so much of a file is in memory at a time, twice while PostgreSQL sends it as text. */
export const PART_BYTES = 262_144;
/** Limit of a file. The largest file that a client can send is far smaller. */
const MAX_FILE_BYTES = 1_073_741_824;
/** Limit of a name, in bytes: an index of PostgreSQL takes little more. */
const MAX_NAME_BYTES = 2_000;
/** Begins the name of a file that is not finished; a random id follows. */
const UNFINISHED = 'unfinished/';
/** A statement is repeated for so long while the database is away or the claim is not known. */
const REPEAT_MS = 5_000;
const PAUSE_MS = 100;
/** Names in one page of a list. */
const PAGE = 10_000;
/** SQLSTATE of a name that another file has. */
const NAME_TAKEN = '23505';
/** No byte of UTF-8 text is as high. */
const AFTER_UTF8 = Buffer.of(0xff);

/** A finished file. */
export interface CellFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  /** Age by the clock of the database, in ms. */
  readonly ageMs: number;
}

interface FileRow {
  readonly id: string;
  readonly name: Buffer;
  readonly size: number;
  readonly digest: Buffer | null;
  readonly ageMs: number;
}

const COLUMNS = `id::text AS id, name, size::float8 AS size, digest,
  (extract(epoch FROM clock_timestamp() - written_at) * 1000)::float8 AS "ageMs"`;

/**
 * The files of a cell: contents by name, in the database of its log.
 *
 * NF1. A file never changes. It is written in parts under a name that no reader asks for, and gets its name
 *      when all parts are durable: it is there completely, or not at all. Its name is given once.
 * NF2. One statement gives a name or removes a file, and it does so only while the claim has the cell: it
 *      locks the cell's row, so a node that has lost the cell cannot do it later.
 * NF3. A statement whose outcome is unknown is repeated: each has the same effect when it is performed twice,
 *      and the repeated one is a write, which waits for replicas. After `repeatMs` it is refused.
 * NF4. The digest is of the digests of all parts. A file is checked by it before its first byte is read, and
 *      each part again when it is.
 * NF5. A file that is removed stays until the last reader of this process has ended.
 *
 * Its methods reject with StoreError when the database is away, refuses, or the claim has lost the cell, and
 * with StoreDamagedError when a file is not what was written.
 */
export class CellFiles {
  readonly #connection: CellConnection;
  readonly #number: number;
  readonly #claim: (() => string) | undefined;
  readonly #repeatMs: number;
  /** Readers of each file, by its id; and the files that go when they end. */
  readonly #readers = new Map<string, number>();
  readonly #removedMeanwhile = new Map<string, string>();

  constructor(deps: {
    readonly connection: CellConnection;
    /** Number of the cell. */
    readonly number: number;
    /** The claim that must have the cell; undefined: a tool beside the owner. */
    readonly claim: (() => string) | undefined;
    /** NF3, in ms. Default 5,000. */
    readonly repeatMs?: number | undefined;
  }) {
    this.#connection = deps.connection;
    this.#number = deps.number;
    this.#claim = deps.claim;
    this.#repeatMs = deps.repeatMs ?? REPEAT_MS;
  }

  end(): Promise<void> {
    return this.#connection.end();
  }

  /** Undefined: there is no file of the name. */
  async find(name: string): Promise<CellFile | undefined> {
    const row = await this.#rowOf(name);
    return row && fileOf(row);
  }

  async read(name: string): Promise<Buffer | undefined> {
    const file = await this.open(name);
    if (file === undefined) return undefined;
    try {
      const parts: Buffer[] = [];
      for (let part = await file.next(); part !== undefined; part = await file.next()) parts.push(part);
      return Buffer.concat(parts);
    } finally {
      await file.close();
    }
  }

  /** Opens a file after all of its parts were checked (NF4). Close it. */
  async open(name: string): Promise<OpenCellFile | undefined> {
    const row = await this.#rowOf(name);
    if (row === undefined) return undefined;
    this.#readers.set(row.id, (this.#readers.get(row.id) ?? 0) + 1);
    const close = (): Promise<void> => this.#readerEnded(row.id);
    try {
      const digests = await this.#digestsOf(row);
      if (digests !== undefined) {
        const read = (part: number): Promise<Buffer | undefined> => this.#part(row.id, part);
        return new OpenCellFile({ name, size: row.size, digests, read, close });
      }
    } catch (error) {
      await close();
      throw error;
    }
    await close();
    return undefined;
  }

  begin(): CellFileDraft {
    const name = `${UNFINISHED}${randomUUID()}`;
    return new CellFileDraft({
      partBytes: PART_BYTES,
      maxBytes: MAX_FILE_BYTES,
      begin: () => this.#begin(name),
      put: (id, part, content) => this.#put(id, part, content),
      finish: (id, finished) => this.#finish({ ...finished, id, draft: name }),
      discard: () => this.#run(removal(this.#number, name)).then(() => {}),
    });
  }

  /** Writes a file whose content is in memory. Returns false when there is one of the name. */
  async write(name: string, content: Uint8Array): Promise<boolean> {
    const draft = this.begin();
    try {
      await draft.write(content);
      return await draft.finish(name);
    } catch (error) {
      await draft.discard();
      throw error;
    }
  }

  /** A name without a file is ignored. */
  async remove(name: string): Promise<void> {
    const row = await this.#rowOf(name);
    if (row === undefined) return;
    if (this.#readers.has(row.id)) this.#removedMeanwhile.set(row.id, name);
    else await this.#removeNow(name);
  }

  /** The files whose names begin with `prefix`, in the order of their bytes. */
  async *list(prefix: string): AsyncGenerator<CellFile, void> {
    const end = Buffer.concat([Buffer.from(prefix), AFTER_UTF8]);
    for (let after: Buffer = Buffer.from(prefix); ; ) {
      const rows = await this.#run<FileRow>({
        name: 'files-list',
        text: `SELECT ${COLUMNS} FROM orsay.files
WHERE cell = $1 AND name > $2 AND name < $3 ORDER BY name LIMIT ${PAGE}`,
        values: [this.#number, after, end],
      });
      yield* rows.map(fileOf);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = last.name;
    }
  }

  /** The drafts, of this process and of others, under names that remove() takes. */
  unfinished(): AsyncGenerator<CellFile, void> {
    return this.list(UNFINISHED);
  }

  async #readerEnded(id: string): Promise<void> {
    const left = (this.#readers.get(id) ?? 1) - 1;
    if (left > 0) {
      this.#readers.set(id, left);
      return;
    }
    this.#readers.delete(id);
    const name = this.#removedMeanwhile.get(id);
    if (name === undefined) return;
    this.#removedMeanwhile.delete(id);
    await this.#removeNow(name);
  }

  async #begin(draft: string): Promise<string> {
    const [row] = await this.#run<{ id: string }>({
      name: 'files-begin',
      text: `INSERT INTO orsay.files (cell, name) VALUES ($1, $2)
ON CONFLICT (cell, name) DO UPDATE SET written_at = now() RETURNING id::text AS id`,
      values: [this.#number, Buffer.from(draft)],
    });
    return row!.id;
  }

  async #put(id: string, part: number, content: Uint8Array): Promise<void> {
    await this.#run({
      name: 'files-part',
      text: `INSERT INTO orsay.file_parts (file, part, content) VALUES ($1, $2, $3)
ON CONFLICT (file, part) DO UPDATE SET content = EXCLUDED.content`,
      values: [id, part, Buffer.from(content.buffer, content.byteOffset, content.length)],
    });
  }

  /** NF1, NF2. False when another file has the name. */
  async #finish({
    id,
    draft,
    name,
    size,
    digest,
  }: {
    readonly id: string;
    readonly draft: string;
    readonly name: string;
    readonly size: number;
    readonly digest: Buffer;
  }): Promise<boolean> {
    const finished = this.#nameOf(name);
    try {
      await this.#fenced((fence) => ({
        name: 'files-finish',
        text: `WITH fence AS (${fence.text})
UPDATE orsay.files SET name = $3, size = $4, digest = $5, written_at = now() FROM fence
WHERE cell = $1 AND id = $6 AND name IN ($3, $7) RETURNING id`,
        values: [...fence.values, finished, size, digest, id, Buffer.from(draft)],
      }));
      return true;
    } catch (error) {
      if (error instanceof StoreError && isNameTaken(error.cause)) return false;
      throw error;
    }
  }

  async #removeNow(name: string): Promise<void> {
    await this.#fenced((fence) => ({
      name: 'files-remove',
      text: `WITH fence AS (${fence.text}), gone AS (
  DELETE FROM orsay.files USING fence WHERE cell = $1 AND name = $3 RETURNING id
) SELECT 1 FROM fence`,
      values: [...fence.values, this.#nameOf(name)],
    }));
  }

  #nameOf(name: string): Buffer {
    const bytes = Buffer.from(name);
    if (bytes.length <= MAX_NAME_BYTES) return bytes;
    throw new StoreError('STORE_UNAVAILABLE', {
      cause: new RangeError(`A name may have ${MAX_NAME_BYTES} bytes; got ${bytes.length}.`),
    });
  }

  async #rowOf(name: string): Promise<FileRow | undefined> {
    const [row] = await this.#run<FileRow>({
      name: 'files-find',
      text: `SELECT ${COLUMNS} FROM orsay.files WHERE cell = $1 AND name = $2`,
      values: [this.#number, Buffer.from(name)],
    });
    return row;
  }

  /** NF4. Undefined when the file was removed meanwhile. */
  async #digestsOf({ id, name, size, digest }: FileRow): Promise<readonly Buffer[] | undefined> {
    const rows = await this.#run<{ size: number | null; digest: Buffer | null }>({
      name: 'files-digests',
      text: `SELECT octet_length(content)::float8 AS size, sha256(content) AS digest
FROM orsay.files LEFT JOIN orsay.file_parts ON file = id WHERE id = $1 ORDER BY part`,
      values: [id],
    });
    if (rows.length === 0) return undefined;
    const digests = rows.flatMap((row) => (row.digest === null ? [] : [row.digest]));
    const bytes = rows.reduce((sum, row) => sum + (row.size ?? 0), 0);
    if (bytes === size && digest !== null && digestOf(digests).equals(digest)) return digests;
    throw new StoreDamagedError(
      `The file '${name}' in the database is not what was written: expected ${size} bytes, got ${bytes}${bytes === size ? ' others' : ''}.`,
    );
  }

  async #part(id: string, number: number): Promise<Buffer | undefined> {
    const [row] = await this.#run<{ content: Buffer }>({
      name: 'files-read',
      text: 'SELECT content FROM orsay.file_parts WHERE file = $1 AND part = $2',
      values: [id, number],
    });
    return row?.content;
  }

  /** NF2: a statement whose `$1` and `$2` are those of the fence. It returns a row when it is done. */
  async #fenced(
    statement: (fence: { readonly text: string; readonly values: readonly unknown[] }) => Statement,
  ): Promise<void> {
    await this.#repeated(async () => {
      const claim = this.#claim?.() ?? null;
      const fence = {
        text: `SELECT 1 FROM orsay.cells WHERE number = $1 AND ($2::text IS NULL OR claim = $2) FOR SHARE`,
        values: [this.#number, claim],
      };
      const rows = await this.#connection.query(statement(fence));
      // Another claim of this node may be under way (OC2).
      if (rows.length === 0) throw new OutageError('The claim does not have the cell, or the file is gone.');
    });
  }

  #run<Row extends object>(statement: Statement): Promise<readonly (Row & Record<string, unknown>)[]> {
    return this.#repeated(() => this.#connection.query<Row & Record<string, unknown>>(statement));
  }

  /** NF3. */
  async #repeated<T>(work: () => Promise<T>): Promise<T> {
    const until = performance.now() + this.#repeatMs;
    for (;;) {
      try {
        return await work();
      } catch (cause) {
        if (!(cause instanceof OutageError) || performance.now() > until) {
          throw new StoreError('STORE_UNAVAILABLE', { cause });
        }
      }
      await setTimeout(PAUSE_MS);
    }
  }
}

function removal(cell: number, name: string): Statement {
  return { text: 'DELETE FROM orsay.files WHERE cell = $1 AND name = $2', values: [cell, Buffer.from(name)] };
}

function fileOf({ id, name, size, ageMs }: FileRow): CellFile {
  return { id, name: name.toString(), size, ageMs };
}

function isNameTaken(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === NAME_TAKEN;
}
