import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type FileBlobs, openFileBlobs, UNFINISHED } from '../../engine/durable/files/index.ts';
import {
  BLOB_TABLE,
  expiryOf,
  makePrivateFolder,
  PRIVATE_FILE,
  StoreDamagedError,
  syncFolder,
  writeSynced,
} from '../../engine/durable/index.ts';
import {
  type BackupEntry,
  inspectStore,
  type LmdbStore,
  lockDirectory,
  openLmdbStore,
  readBackup,
  repairStore,
  StoreBuilder,
  splitName,
  storeFiles,
  writeBackup,
} from '../../engine/durable/lmdb/index.ts';

export const STORE = 'store';
/** Folders of a data directory, which begin the names of its files in a cell too. */
export const BLOBS = 'blobs';
export const TEMPLATES = 'templates';
/** The other content of a data directory. */
const OTHERS = ['config.json', TEMPLATES];
/** Bytes of a file in one entry of a backup. */
const PIECE_BYTES = 1_048_576;

/** The result of reading everything in a data directory. */
export interface Verification {
  /** Sound records in the tree. */
  readonly records: number;
  /** Writes in the journal that the tree does not have yet. */
  readonly writes: number;
  readonly blobs: number;
  /** One line each. */
  readonly problems: readonly string[];
}

/**
 * Reads every record, frame and blob of a data directory. Changes nothing. Throws DirectoryLockedError while
 * a server has the directory.
 */
export async function verifyData(dataDir: string): Promise<Verification> {
  const path = storeOf(dataDir);
  const lock = lockDirectory(path);
  try {
    const used = new Set<string>();
    const now = Date.now();
    const inspection = inspectStore(storeFiles(path), (name, text) => {
      const { table, key } = splitName(name.toString());
      if (table === BLOB_TABLE && (expiryOf(text.toString()) ?? now + 1) > now) used.add(key);
    });
    const { journal, mark } = inspection;
    for (const { table, key, text } of journal === undefined
      ? []
      : [...journal.lower.layer.changes(), ...journal.active.layer.changes()]) {
      if (table !== BLOB_TABLE) continue;
      if (text === null) used.delete(key);
      else used.add(key);
    }
    const blobs = await verifyBlobs(join(dataDir, BLOBS), used);
    return {
      records: inspection.records,
      writes: journal === undefined || mark === undefined ? 0 : journal.last - mark.serial,
      blobs: blobs.count,
      problems: [...inspection.problems.map(({ file, text }) => `${file}: ${text}`), ...blobs.problems],
    };
  } finally {
    lock.release();
  }
}

async function verifyBlobs(
  path: string,
  used: ReadonlySet<string>,
): Promise<{ readonly count: number; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  if (!existsSync(path)) return { count: 0, problems: [...used].map(missingBlob) };
  const blobs = openFileBlobs({ path });
  const names = (await blobs.list()).map(({ name }) => name).filter((name) => !name.endsWith(UNFINISHED));
  for (const name of names) {
    try {
      const blob = await blobs.open(name);
      blob?.stream.destroy();
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      problems.push(error.message);
    }
  }
  const present = new Set(names);
  problems.push(...[...used].filter((name) => !present.has(name)).map(missingBlob));
  return { count: names.length, problems };
}

function missingBlob(name: string): string {
  return `The blob '${name}' is missing.`;
}

/** Keeps what is sound of a damaged store. Returns lines for the operator. Throws DirectoryLockedError. */
export async function repairData(dataDir: string): Promise<readonly string[]> {
  const path = storeOf(dataDir);
  const lock = lockDirectory(path);
  try {
    const { inspection, keptAt } = await repairStore(path);
    if (keptAt === undefined) return ['The store is sound: nothing was changed.'];
    return [
      ...inspection.problems.map(({ file, text }) => `lost: ${file}: ${text}`),
      `At least ${Math.max(1, inspection.doubtful)} record(s) are lost; ${inspection.records} records of the tree are kept.`,
      `The damaged store is kept in '${keptAt}'.`,
    ];
  } finally {
    lock.release();
  }
}

/** A backup of the data directory of a running server, at one point in time. */
export function backupOf(deps: {
  readonly dataDir: string;
  readonly store: LmdbStore;
  readonly blobs: FileBlobs;
}): AsyncIterable<Buffer> {
  return writeBackup(entriesOf(deps));
}

async function* entriesOf({
  dataDir,
  store,
  blobs,
}: Parameters<typeof backupOf>[0]): AsyncGenerator<BackupEntry, void> {
  // The blobs that the records of the snapshot name stay until the end.
  const release = blobs.hold();
  const snapshot = store.snapshot();
  try {
    for (const { name, content } of snapshot.records()) yield { kind: 'record', name, content };
    for (const { name } of await blobs.list()) {
      if (name.endsWith(UNFINISHED)) continue;
      const blob = await blobs.open(name);
      if (blob !== undefined) yield* piecesOf(`${BLOBS}/${name}`, blob.stream);
    }
    for (const name of OTHERS.flatMap((other) => filesUnder(dataDir, other))) {
      yield { kind: 'file', name, content: readFileSync(join(dataDir, name)) };
    }
  } finally {
    snapshot.release();
    await release();
  }
}

/** A file as entries: the first creates it, the others continue it. */
async function* piecesOf(name: string, stream: AsyncIterable<Buffer>): AsyncGenerator<BackupEntry, void> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  let kind: 'file' | 'rest' = 'file';
  for await (const chunk of stream) {
    gathered.push(chunk);
    bytes += chunk.length;
    if (bytes < PIECE_BYTES) continue;
    yield { kind, name, content: Buffer.concat(gathered) };
    kind = 'rest';
    gathered = [];
    bytes = 0;
  }
  if (kind === 'file' || bytes > 0) yield { kind, name, content: Buffer.concat(gathered) };
}

/** Paths in the data directory, without unfinished templates. */
export function filesUnder(dataDir: string, name: string): readonly string[] {
  const path = join(dataDir, name);
  if (!existsSync(path)) return [];
  if (name.endsWith('.json')) return [name];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dataDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.startsWith(`${name}/.`));
}

/** Writes a backup of a data directory that no server has. Throws DirectoryLockedError. */
export async function backupData(dataDir: string, file: string): Promise<number> {
  const path = storeOf(dataDir);
  const store = openLmdbStore({ path });
  try {
    const blobs = openFileBlobs({ path: join(dataDir, BLOBS) });
    return await keepBackup(backupOf({ dataDir, store, blobs }), file);
  } finally {
    await store.close();
  }
}

/**
 * Writes the bytes of a backup to a file and reads it again. Returns the number of its entries. Nothing is
 * left when it is not whole.
 */
export async function keepBackup(bytes: AsyncIterable<Uint8Array>, file: string): Promise<number> {
  const draft = `${file}${UNFINISHED}`;
  try {
    const target = await open(draft, 'w', PRIVATE_FILE);
    try {
      for await (const chunk of bytes) await target.writeFile(chunk);
      await target.sync();
    } finally {
      await target.close();
    }
    let count = 0;
    for (const _ of readBackup(draft)) count++;
    renameSync(draft, file);
    syncFolder(dirname(resolve(file)));
    return count;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Makes a data directory of a backup, and verifies it. The directory must not exist, or be empty. Throws
 * StoreDamagedError, and leaves nothing then.
 */
export function restoreData(file: string, dataDir: string): Promise<Verification> {
  return makeData(dataDir, (draft) => writeRestored(file, draft));
}

/**
 * Makes a data directory with everything that `write` writes, and verifies it. The directory must not exist,
 * or be empty. Throws StoreDamagedError. Nothing is left when it throws.
 */
export async function makeData(
  dataDir: string,
  write: (draft: string) => Promise<void>,
): Promise<Verification> {
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) {
    throw new Error(`Expected an empty or absent directory for the data, got '${dataDir}'.`);
  }
  const draft = `${resolve(dataDir)}${UNFINISHED}`;
  rmSync(draft, { recursive: true, force: true });
  try {
    await write(draft);
    const verification = await verifyData(draft);
    if (verification.problems.length > 0) throw new StoreDamagedError(verification.problems.join('\n'));
    if (existsSync(dataDir)) rmSync(dataDir, { recursive: true });
    renameSync(draft, dataDir);
    syncFolder(dirname(resolve(dataDir)));
    return verification;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

async function writeRestored(file: string, dataDir: string): Promise<void> {
  const builder = new StoreBuilder(join(dataDir, STORE));
  try {
    for (const entry of readBackup(file)) {
      if (entry.kind === 'record') builder.put(entry.name, entry.content);
      else writeFile(dataDir, entry);
    }
    await builder.finish();
  } catch (error) {
    await builder.abandon();
    throw error;
  }
}

function writeFile(
  dataDir: string,
  { kind, name, content }: Exclude<BackupEntry, { readonly kind: 'record' }>,
): void {
  const path = resolve(dataDir, name);
  if (!path.startsWith(`${resolve(dataDir)}${sep}`)) {
    throw new StoreDamagedError(`The backup has a file outside of the data directory: '${name}'.`);
  }
  makePrivateFolder(dirname(path));
  if (kind === 'rest') appendFileSync(path, content, { flush: true });
  else writeSynced(path, content);
  syncFolder(dirname(path));
}

/** Throws an Error when the directory has no store. */
export function storeOf(dataDir: string): string {
  const path = join(dataDir, STORE);
  if (existsSync(path)) return path;
  throw new Error(`Expected a data directory with the folder '${STORE}', got '${dataDir}'.`);
}
