import type { Batch, BlobPort, Durable, PutRecord } from '../../engine/durable/index.ts';
import type { Clock, Json, Log } from '../../engine/ports/index.ts';
import { StorageError } from './errors.ts';
import { createFileContents, type FileContent } from './fileContents.ts';

/** A value of a storage area: JSON, or a file that stands in a record of its own. */
export type StoredValue =
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'binary'; readonly contentType: string };

export interface StorageArea {
  readonly id: string;
  readonly values: Readonly<Record<string, StoredValue>>;
  /** ms since epoch. */
  readonly expiresAt: number;
}

export interface StoredFile {
  readonly key: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A file whose content is where it is to stay: see StorageAreas.keep. */
export type KeptFile = Pick<StoredFile, 'key' | 'contentType'> & FileContent;

export interface StorageChange {
  readonly values: Readonly<Record<string, Json>>;
  readonly files: readonly KeptFile[];
  /** ms since epoch: for all keys of the area, also those that stay. */
  readonly expiresAt: number;
}

/** Keys of one area, and characters of them with their values, files aside: an area is one record. */
export const MAX_KEYS_PER_AREA = 1_000;
export const MAX_AREA_CHARS = 4_194_304;

const AREAS = 'storage.area';
const FILES = 'storage.file';

/**
 * Key/value areas that live for a while: the Storage API, and the user data of services (gms-api 3
 * and 1). A change takes effect whole.
 */
export interface StorageAreas {
  get(id: string): StorageArea | undefined;
  file(id: string, key: string): Promise<Omit<StoredFile, 'key'> | undefined>;
  /** Writes the contents of large files, whole, before the batch that names them. Rejects with STORE_UNAVAILABLE. */
  keep(files: readonly StoredFile[]): Promise<readonly KeptFile[]>;
  /** The batch that creates an area, or adds and replaces keys of one. Throws StorageError STORAGE_FULL. */
  putBatch(id: string, change: StorageChange): Batch;
  removeKeyBatch(id: string, key: string): Batch;
  /** Removes the area; `keepEmpty`, only its keys. */
  removeBatch(id: string, options?: { readonly keepEmpty?: boolean }): Batch;
}

/** What table FILES holds. */
type FileRecord = { readonly contentType: string } & FileContent;

export function createStorageAreas(deps: {
  readonly durable: Durable;
  readonly blobs: BlobPort;
  readonly clock: Clock;
  readonly log: Log;
}): StorageAreas {
  const { durable } = deps;
  const contents = createFileContents({
    ...deps,
    contentOf: (key) => durable.get<FileRecord>(FILES, key),
  });
  const get = (id: string): StorageArea | undefined => durable.get<StorageArea>(AREAS, id);
  const fileKey = (id: string, key: string): string => `${id}/${key}`;
  const filesOf = (area: StorageArea): { table: string; key: string }[] =>
    Object.entries(area.values)
      .filter(([, value]) => value.kind === 'binary')
      .map(([key]) => ({ table: FILES, key: fileKey(area.id, key) }));

  const fileRecords = (key: string, value: FileRecord, expiresAt: number): readonly PutRecord[] => [
    { table: FILES, key, value, expiresAt },
    ...contents.records(value, { key, expiresAt }),
  ];

  return {
    get,
    async file(id, key) {
      const record = durable.get<FileRecord>(FILES, fileKey(id, key));
      const bytes = record === undefined ? undefined : await contents.read(record);
      return record === undefined || bytes === undefined
        ? undefined
        : { contentType: record.contentType, bytes };
    },

    keep: (files) =>
      Promise.all(
        files.map(async ({ key, contentType, bytes }) => ({
          key,
          contentType,
          ...(await contents.keep(bytes)),
        })),
      ),

    putBatch(id, { values, files, expiresAt }) {
      const present = get(id);
      const changed: Record<string, StoredValue> = { ...present?.values };
      const remove = [];
      for (const [key, value] of Object.entries(values)) {
        if (changed[key]?.kind === 'binary') {
          remove.push({ table: FILES, key: fileKey(id, key) });
        }
        changed[key] = { kind: 'json', value };
      }
      for (const file of files) {
        changed[file.key] = { kind: 'binary', contentType: file.contentType };
      }
      requireRoom(id, changed);
      const area: StorageArea = { id, values: changed, expiresAt };
      const kept = Object.entries(present?.values ?? {})
        .filter(([key, value]) => value.kind === 'binary' && changed[key] === value)
        .flatMap(([key]) => {
          const value = durable.get<FileRecord>(FILES, fileKey(id, key));
          return value === undefined ? [] : fileRecords(fileKey(id, key), value, expiresAt);
        });
      return {
        put: [
          { table: AREAS, key: id, value: area, expiresAt },
          ...kept,
          ...files.flatMap(({ key, ...value }) => fileRecords(fileKey(id, key), value, expiresAt)),
        ],
        remove,
      };
    },

    removeKeyBatch(id, key) {
      const area = get(id);
      if (area === undefined || !Object.hasOwn(area.values, key)) {
        return {};
      }
      const { [key]: removed, ...values } = area.values;
      return {
        put: [{ table: AREAS, key: id, value: { ...area, values }, expiresAt: area.expiresAt }],
        remove: removed?.kind === 'binary' ? [{ table: FILES, key: fileKey(id, key) }] : [],
      };
    },

    removeBatch(id, options = {}) {
      const area = get(id);
      if (area === undefined) {
        return {};
      }
      if (options.keepEmpty === true) {
        const value: StorageArea = { ...area, values: {} };
        return { put: [{ table: AREAS, key: id, value, expiresAt: area.expiresAt }], remove: filesOf(area) };
      }
      return { remove: [{ table: AREAS, key: id }, ...filesOf(area)] };
    },
  };
}

function requireRoom(id: string, values: StorageArea['values']): void {
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
