import { type Batch, type Durable, joinBatches, type KeptBlobs } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import type { StorageId } from '../ids/index.ts';
import { StorageError } from './errors.ts';
import { type FileContent, FileContents } from './fileContents.ts';
import { type AreaUsage, type StorageLimits, StorageUsage } from './usage.ts';

/** A value of a storage area: JSON, or a file, which has a record of its own. */
export type StoredValue = (
  | { readonly kind: 'json'; readonly value: Json }
  | {
      readonly kind: 'binary';
      readonly contentType: string;
      /** Undefined for a file of an earlier version. */
      readonly bytes?: number;
    }
) & {
  /** ms since epoch, before the expiry of the area. Undefined: the value expires with the area. */
  readonly expiresAt?: number;
};

export interface StorageArea {
  readonly id: StorageId;
  readonly values: Readonly<Record<string, StoredValue>>;
  /** ms since epoch. */
  readonly expiresAt: number;
  /** Undefined for an area of an earlier version. */
  readonly usage?: AreaUsage;
}

export interface StoredFile {
  readonly key: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A file whose content is stored. */
type KeptFile = Pick<StoredFile, 'key' | 'contentType'> & { readonly size: number } & FileContent;

interface ChangeOf<File> {
  readonly values: Readonly<Record<string, Json>>;
  readonly files: readonly File[];
  /** Keys to remove. */
  readonly removed?: readonly string[];
  /** ms since epoch. */
  readonly expiresAt: number;
  /** Whose expiry it is: that of the keys of this change only, or (by default) of the whole area. */
  readonly expires?: 'keys' | 'area';
  /** The account of a new area: whose limits count. Undefined: only the limits in all do. */
  readonly account?: string | undefined;
}

/** A change whose files are stored: see StorageAreas.keep. */
export type StorageChange = ChangeOf<KeptFile>;

/** Keys of one area; an area is one record. */
export const MAX_KEYS_PER_AREA = 1_000;
/** Characters of the keys and values of one area, without the contents of files. */
export const MAX_AREA_CHARS = 4_194_304;
/** Bytes of the name of a file, which is a part of the key of its record. */
export const MAX_FILE_NAME_BYTES = 1_024;

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
  readonly #clock: Clock;
  readonly #contents: FileContents;
  readonly #usage: StorageUsage;

  constructor(deps: {
    readonly durable: Durable;
    readonly blobs: KeptBlobs;
    readonly clock: Clock;
    readonly limits: StorageLimits;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#usage = new StorageUsage(deps);
    this.#contents = new FileContents(deps.blobs);
  }

  /** The area with the values that have not expired. */
  get(id: StorageId): StorageArea | undefined {
    const area = this.#record(id);
    return area && { ...area, values: this.#liveValues(area.values) };
  }

  async file(id: StorageId, key: string): Promise<Omit<StoredFile, 'key'> | undefined> {
    const record = this.#fileRecord(fileKey(id, key));
    const bytes = record && (await this.#contents.read(record));
    return bytes && { contentType: record.contentType, bytes };
  }

  /**
   * Writes the contents of large files before the batch that names them, if that batch will be accepted. `id`
   * undefined: for a new area. Rejects with STORE_UNAVAILABLE, or StorageError as putBatch.
   */
  async keep(id: StorageId | undefined, change: ChangeOf<StoredFile>): Promise<StorageChange> {
    if (change.files.length === 0) return { ...change, files: [] };
    const files = change.files.map((file) => ({ ...file, size: file.bytes.length }));
    this.#changedArea(id === undefined ? undefined : this.#record(id), { ...change, files });
    const kept = files.map(async ({ key, contentType, bytes, size }) => {
      return { key, contentType, size, ...(await this.#contents.keep(bytes)) };
    });
    return { ...change, files: await Promise.all(kept) };
  }

  /**
   * The batch that creates an area, or adds and replaces keys of one. Throws StorageError STORAGE_FULL,
   * STORAGE_KEY_INVALID or QUOTA_EXCEEDED.
   */
  putBatch(id: StorageId, change: StorageChange): Batch {
    const before = this.#record(id);
    const present = before?.values ?? {};
    const { values, usage, expiresAt } = this.#changedArea(before, change);
    const area: StorageArea = { id, values, usage, expiresAt };
    const changed = new Set([...keysOf(change), ...(change.removed ?? [])]);
    const kept = Object.keys(present).filter((key) => !changed.has(key) && Object.hasOwn(values, key));
    const ended = Object.entries(present).filter(([key]) => !kept.includes(key));
    return joinBatches(
      { put: [{ table: AREAS, key: id, value: area, expiresAt }] },
      this.#droppedFiles(id, Object.fromEntries(ended)),
      change.expires === 'keys' ? {} : this.#keptFiles(area, kept),
      ...change.files.map(({ key, size: _, ...value }) =>
        this.#fileBatch(fileKey(id, key), value, change.expiresAt),
      ),
      this.#usage.changeBatch(before?.usage, usage),
    );
  }

  removeKeyBatch(id: StorageId, key: string): Batch {
    const area = this.#record(id);
    if (area === undefined || !Object.hasOwn(area.values, key)) return {};
    const { [key]: removed, ...values } = area.values;
    return this.#withoutBatch(area, { values, removed: { [key]: removed! } });
  }

  /** Removes the area with its files. */
  removeBatch(id: StorageId): Batch {
    const area = this.#record(id);
    if (area === undefined) return {};
    return joinBatches(
      { remove: [{ table: AREAS, key: id }] },
      this.#droppedFiles(id, area.values),
      this.#usage.changeBatch(area.usage, undefined),
    );
  }

  /** Number of its files, and the blobs among their contents. */
  contentsOf(id: StorageId): { readonly files: number; readonly blobs: readonly string[] } {
    const files = Object.entries(this.get(id)?.values ?? {}).filter(([, value]) => value.kind === 'binary');
    const records = files.map(([key]) => this.#fileRecord(fileKey(id, key)));
    const blobs = records.flatMap((record) => (record && 'blob' in record ? [record.blob] : []));
    return { files: records.length, blobs };
  }

  /** Removes blobs at once, after the commit that removed their files. Other blobs wait for a sweep. */
  removeBlobs(names: readonly string[]): Promise<void> {
    return this.#contents.remove(names);
  }

  /** Removes all keys; the area stays. */
  clearBatch(id: StorageId): Batch {
    const area = this.#record(id);
    return area === undefined ? {} : this.#withoutBatch(area, { values: {}, removed: area.values });
  }

  #withoutBatch(
    area: StorageArea,
    { values, removed }: { readonly values: StorageArea['values']; readonly removed: StorageArea['values'] },
  ): Batch {
    const { id, expiresAt } = area;
    const usage = area.usage && { ...area.usage, bytes: bytesOf(values, textLength(values)) };
    const value: StorageArea = { ...area, values, ...defined({ usage }) };
    return joinBatches(
      { put: [{ table: AREAS, key: id, value, expiresAt }] },
      this.#droppedFiles(id, removed),
      this.#usage.changeBatch(area.usage, usage),
    );
  }

  /** An area after a change, without its id. Throws StorageError as putBatch. */
  #changedArea(
    before: StorageArea | undefined,
    change: ChangeOf<Pick<KeptFile, 'key' | 'contentType' | 'size'>>,
  ): Omit<StorageArea, 'id' | 'usage'> & { readonly usage: AreaUsage } {
    const present: Record<string, StoredValue> = { ...this.#liveValues(before?.values ?? {}) };
    for (const key of change.removed ?? []) delete present[key];
    for (const [key, value] of Object.entries(change.values)) present[key] = { kind: 'json', value };
    for (const { key, contentType, size } of change.files) {
      requireFileName(key);
      present[key] = { kind: 'binary', contentType, bytes: size };
    }
    const { values, expiresAt } = expiring(present, before?.expiresAt, change);
    const length = textLength(values);
    requireRoom(before?.id, { keys: Object.keys(values).length, length });
    const usage = this.#usage.of({
      account: before === undefined ? change.account : before.usage?.account,
      bytes: bytesOf(values, length),
      expiresAt,
    });
    this.#usage.requireRoom(before?.usage, usage);
    return { values, usage, expiresAt };
  }

  #record(id: StorageId): StorageArea | undefined {
    return this.#durable.get<StorageArea>(AREAS, id);
  }

  #liveValues(values: StorageArea['values']): StorageArea['values'] {
    const now = this.#clock.now();
    return Object.fromEntries(
      Object.entries(values).filter(([, { expiresAt }]) => expiresAt === undefined || expiresAt > now),
    );
  }

  /** Files that do not change get the expiry of their area. */
  #keptFiles(area: StorageArea, keys: readonly string[]): Batch {
    const kept = keys.filter((key) => area.values[key]?.kind === 'binary');
    return joinBatches(
      ...kept.map((key) => {
        const record = this.#fileRecord(fileKey(area.id, key));
        return record === undefined ? {} : this.#fileBatch(fileKey(area.id, key), record, area.expiresAt);
      }),
    );
  }

  #droppedFiles(id: StorageId, values: StorageArea['values']): Batch {
    const dropped = Object.entries(values).filter(([, value]) => value.kind === 'binary');
    return joinBatches(
      ...dropped.map(([key]) => {
        const content = this.#fileRecord(fileKey(id, key));
        const remove: Batch = { remove: [{ table: FILES, key: fileKey(id, key) }] };
        return content === undefined ? remove : joinBatches(remove, this.#contents.droppedBatch(content));
      }),
    );
  }

  #fileRecord(key: string): FileRecord | undefined {
    return this.#durable.get<FileRecord>(FILES, key);
  }

  #fileBatch(key: string, value: FileRecord, expiresAt: number): Batch {
    return joinBatches(
      { put: [{ table: FILES, key, value, expiresAt }] },
      this.#contents.keptBatch(value, { key, expiresAt }),
    );
  }
}

function keysOf(change: ChangeOf<Pick<StoredFile, 'key'>>): string[] {
  return [...Object.keys(change.values), ...change.files.map(({ key }) => key)];
}

/** The values with their expiry after a change, and that of the area, which is the latest of its values. */
function expiring(
  values: StorageArea['values'],
  before: number | undefined,
  change: ChangeOf<Pick<StoredFile, 'key'>>,
): Pick<StorageArea, 'values' | 'expiresAt'> {
  const changed = new Set(keysOf(change));
  const expiryOf = (key: string, value: StoredValue): number =>
    change.expires !== 'keys' || changed.has(key) || before === undefined
      ? change.expiresAt
      : (value.expiresAt ?? before);
  const entries = Object.entries(values).map(([key, value]) => ({ key, value, until: expiryOf(key, value) }));
  const expiresAt = entries.reduce(
    (latest, { until }) => Math.max(latest, until),
    entries.length === 0 ? change.expiresAt : 0,
  );
  const timed = entries.map(({ key, value: { expiresAt: _, ...value }, until }): [string, StoredValue] => [
    key,
    until === expiresAt ? value : { ...value, expiresAt: until },
  ]);
  return { values: Object.fromEntries(timed), expiresAt };
}

function fileKey(id: StorageId, key: string): string {
  return `${id}/${key}`;
}

function textLength(values: StorageArea['values']): number {
  return JSON.stringify(values).length;
}

/** Bytes of an area: the length of its keys and values as JSON text, and its files. */
function bytesOf(values: StorageArea['values'], length: number): number {
  return Object.values(values).reduce(
    (sum, value) => sum + (value.kind === 'binary' ? (value.bytes ?? 0) : 0),
    length,
  );
}

/** Throws StorageError STORAGE_KEY_INVALID. */
function requireFileName(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes <= MAX_FILE_NAME_BYTES) return;
  throw new StorageError(
    'STORAGE_KEY_INVALID',
    `Expected the field of a file to have at most MAX_FILE_NAME_BYTES (${MAX_FILE_NAME_BYTES}) bytes, got ${bytes}: '${key.slice(0, 40)}...'.`,
  );
}

function requireRoom(
  id: StorageId | undefined,
  { keys, length }: { readonly keys: number; readonly length: number },
): void {
  const area = id === undefined ? 'The new storage area' : `The storage area '${id}'`;
  if (keys > MAX_KEYS_PER_AREA) {
    throw new StorageError(
      'STORAGE_FULL',
      `${area} would have ${keys} keys; MAX_KEYS_PER_AREA is ${MAX_KEYS_PER_AREA}.`,
    );
  }
  if (length > MAX_AREA_CHARS) {
    throw new StorageError(
      'STORAGE_FULL',
      `${area} would have more than MAX_AREA_CHARS (${MAX_AREA_CHARS}) characters.`,
    );
  }
}
