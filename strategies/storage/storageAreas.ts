import type { Batch, BlobPort, Durable, PutRecord } from '../../engine/durable/index.ts';
import type { Clock, Json, Log } from '../../engine/ports/index.ts';
import type { StorageId } from '../ids/index.ts';
import { StorageError } from './errors.ts';
import { type FileContent, FileContents } from './fileContents.ts';

/** A value of a storage area: JSON, or a file, which has a record of its own. */
export type StoredValue =
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'binary'; readonly contentType: string };

export interface StorageArea {
  readonly id: StorageId;
  readonly values: Readonly<Record<string, StoredValue>>;
  /** ms since epoch. */
  readonly expiresAt: number;
}

export interface StoredFile {
  readonly key: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A file whose content is stored: see StorageAreas.keep. */
export type KeptFile = Pick<StoredFile, 'key' | 'contentType'> & FileContent;

export interface StorageChange {
  readonly values: Readonly<Record<string, Json>>;
  readonly files: readonly KeptFile[];
  /** ms since epoch; for all keys of the area, also for unchanged keys. */
  readonly expiresAt: number;
}

/** Keys of one area; an area is one record. */
export const MAX_KEYS_PER_AREA = 1_000;
/** Characters of the keys and values of one area, without the contents of files. */
export const MAX_AREA_CHARS = 4_194_304;

const AREAS = 'storage.area';
const FILES = 'storage.file';

/** A record of table FILES. */
type FileRecord = { readonly contentType: string } & FileContent;

/**
 * Key/value areas that expire: the Storage API, and the user data of services (gms-api 3 and 1). A change
 * takes effect as a whole.
 */
export class StorageAreas {
  readonly #durable: Durable;
  readonly #contents: FileContents;

  constructor(deps: {
    readonly durable: Durable;
    readonly blobs: BlobPort;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#durable = deps.durable;
    this.#contents = new FileContents({ ...deps, contentOf: (key) => this.#fileRecord(key) });
  }

  get(id: StorageId): StorageArea | undefined {
    return this.#durable.get<StorageArea>(AREAS, id);
  }

  async file(id: StorageId, key: string): Promise<Omit<StoredFile, 'key'> | undefined> {
    const record = this.#fileRecord(fileKey(id, key));
    const bytes = record && (await this.#contents.read(record));
    return bytes && { contentType: record.contentType, bytes };
  }

  /** Writes the contents of large files before the batch that names them. Rejects with STORE_UNAVAILABLE. */
  keep(files: readonly StoredFile[]): Promise<readonly KeptFile[]> {
    return Promise.all(
      files.map(async ({ key, contentType, bytes }) => ({
        key,
        contentType,
        ...(await this.#contents.keep(bytes)),
      })),
    );
  }

  /** The batch that creates an area, or adds and replaces keys of one. Throws StorageError STORAGE_FULL. */
  putBatch(id: StorageId, { values, files, expiresAt }: StorageChange): Batch {
    const present = this.get(id)?.values ?? {};
    const changed: Record<string, StoredValue> = { ...present };
    for (const [key, value] of Object.entries(values)) changed[key] = { kind: 'json', value };
    for (const file of files) changed[file.key] = { kind: 'binary', contentType: file.contentType };
    requireRoom(id, changed);
    const area: StorageArea = { id, values: changed, expiresAt };
    const replaced = Object.keys(values).filter((key) => present[key]?.kind === 'binary');
    return {
      put: [
        { table: AREAS, key: id, value: area, expiresAt },
        ...this.#keptFiles(area, present),
        ...files.flatMap(({ key, ...value }) => this.#fileRecords(fileKey(id, key), value, expiresAt)),
      ],
      remove: replaced.map((key) => ({ table: FILES, key: fileKey(id, key) })),
    };
  }

  removeKeyBatch(id: StorageId, key: string): Batch {
    const area = this.get(id);
    if (area === undefined || !Object.hasOwn(area.values, key)) return {};
    const { [key]: removed, ...values } = area.values;
    return {
      put: [{ table: AREAS, key: id, value: { ...area, values }, expiresAt: area.expiresAt }],
      remove: removed?.kind === 'binary' ? [{ table: FILES, key: fileKey(id, key) }] : [],
    };
  }

  /** Removes the area with its files. */
  removeBatch(id: StorageId): Batch {
    const area = this.get(id);
    if (area === undefined) return {};
    return { remove: [{ table: AREAS, key: id }, ...filesOf(area)] };
  }

  /** Removes all keys; the area stays. */
  clearBatch(id: StorageId): Batch {
    const area = this.get(id);
    if (area === undefined) return {};
    const value: StorageArea = { ...area, values: {} };
    return { put: [{ table: AREAS, key: id, value, expiresAt: area.expiresAt }], remove: filesOf(area) };
  }

  /** The files of the area that do not change get its new expiry. */
  #keptFiles(area: StorageArea, present: StorageArea['values']): readonly PutRecord[] {
    return Object.entries(present)
      .filter(([key, value]) => value.kind === 'binary' && area.values[key] === value)
      .flatMap(([key]) => {
        const record = this.#fileRecord(fileKey(area.id, key));
        return record === undefined ? [] : this.#fileRecords(fileKey(area.id, key), record, area.expiresAt);
      });
  }

  #fileRecord(key: string): FileRecord | undefined {
    return this.#durable.get<FileRecord>(FILES, key);
  }

  #fileRecords(key: string, value: FileRecord, expiresAt: number): readonly PutRecord[] {
    return [{ table: FILES, key, value, expiresAt }, ...this.#contents.records(value, { key, expiresAt })];
  }
}

function fileKey(id: StorageId, key: string): string {
  return `${id}/${key}`;
}

function filesOf(area: StorageArea): { table: string; key: string }[] {
  return Object.entries(area.values)
    .filter(([, value]) => value.kind === 'binary')
    .map(([key]) => ({ table: FILES, key: fileKey(area.id, key) }));
}

function requireRoom(id: StorageId, values: StorageArea['values']): void {
  const count = Object.keys(values).length;
  if (count > MAX_KEYS_PER_AREA) {
    throw new StorageError(
      'STORAGE_FULL',
      `The storage area '${id}' would have ${count} keys; MAX_KEYS_PER_AREA is ${MAX_KEYS_PER_AREA}.`,
    );
  }
  if (JSON.stringify(values).length > MAX_AREA_CHARS) {
    throw new StorageError(
      'STORAGE_FULL',
      `The storage area '${id}' would have more than MAX_AREA_CHARS (${MAX_AREA_CHARS}) characters.`,
    );
  }
}
