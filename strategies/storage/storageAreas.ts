import type { Json } from '../../engine/event.ts';
import type { Batch, Durable } from '../../engine/host/durable.ts';

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

export interface StorageChange {
  readonly values: Readonly<Record<string, Json>>;
  readonly files: readonly StoredFile[];
  /** ms since epoch: for all keys of the area, also those that stay. */
  readonly expiresAt: number;
}

const AREAS = 'storage.area';
const FILES = 'storage.file';

/**
 * Key/value areas that live for a while: the Storage API, and the user data of services (GMS API Reference,
 * "Storage API", "Service API"). A change takes effect whole.
 */
export interface StorageAreas {
  get(id: string): StorageArea | undefined;
  file(id: string, key: string): { readonly contentType: string; readonly bytes: Uint8Array } | undefined;
  /** The batch that creates an area, or adds and replaces keys of one. */
  putBatch(id: string, change: StorageChange): Batch;
  removeKeyBatch(id: string, key: string): Batch;
  /** Removes the area; `keepEmpty`, only its keys. */
  removeBatch(id: string, options?: { readonly keepEmpty?: boolean }): Batch;
}

export function createStorageAreas(deps: { readonly durable: Durable }): StorageAreas {
  const { durable } = deps;
  const get = (id: string): StorageArea | undefined => durable.get<StorageArea>(AREAS, id);
  const fileKey = (id: string, key: string): string => `${id}/${key}`;
  const filesOf = (area: StorageArea): { table: string; key: string }[] =>
    Object.entries(area.values)
      .filter(([, value]) => value.kind === 'binary')
      .map(([key]) => ({ table: FILES, key: fileKey(area.id, key) }));

  return {
    get,
    file(id, key) {
      return durable.get(FILES, fileKey(id, key));
    },

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
      const area: StorageArea = { id, values: changed, expiresAt };
      const kept = Object.entries(present?.values ?? {})
        .filter(([key, value]) => value.kind === 'binary' && changed[key] === value)
        .flatMap(([key]) => {
          const value = durable.get(FILES, fileKey(id, key));
          return value === undefined ? [] : [{ table: FILES, key: fileKey(id, key), value, expiresAt }];
        });
      return {
        put: [
          { table: AREAS, key: id, value: area, expiresAt },
          ...kept,
          ...files.map(({ key, contentType, bytes }) => ({
            table: FILES,
            key: fileKey(id, key),
            value: { contentType, bytes },
            expiresAt,
          })),
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
