import type { Readable } from 'node:stream';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';

/** A template that passes one of these limits is refused with an error that names the limit. */
export const TEMPLATE_LIMITS = {
  MAX_ENTRIES: 2000,
  MAX_FILE_BYTES: 16 * 1024 * 1024,
  MAX_TOTAL_BYTES: 64 * 1024 * 1024,
  /** Unpacked size over packed size, for files of more than a megabyte. No document compresses better. */
  MAX_RATIO: 200,
  MAX_PATH_LENGTH: 300,
} as const;

/** A zip archive that is refused. Each of `problems` names an entry and its problem. */
export class ZipRefused extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.name = 'ZipRefused';
    this.problems = problems;
  }
}

const RATIO_MATTERS_FROM = 1024 * 1024;
const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;

/**
 * Reads the files of a zip archive into memory, by path. It checks every entry before it unpacks any: paths
 * that lead out of the folder, links, duplicates, encrypted entries and zip bombs are refused. It checks
 * sizes again while unpacking, because an archive may state wrong ones. Rejects with ZipRefused.
 */
export async function readZip(bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const zip = await open(Buffer.from(bytes));
  try {
    const entries = await entriesOf(zip);
    const problems = problemsOf(entries);
    if (problems.length > 0) throw new ZipRefused(problems);
    const files = new Map<string, Uint8Array>();
    let total = 0;
    for (const entry of entries.filter((candidate) => !isDirectory(candidate))) {
      const content = await contentOf(zip, entry);
      total += content.length;
      if (total > TEMPLATE_LIMITS.MAX_TOTAL_BYTES) throw new ZipRefused([tooLargeInTotal()]);
      files.set(entry.fileName, content);
    }
    return files;
  } finally {
    zip.close();
  }
}

function open(buffer: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(
      buffer,
      {
        lazyEntries: true,
        strictFileNames: true,
        decodeStrings: true,
        validateEntrySizes: true,
        autoClose: false,
      },
      (error, zip) => {
        if (error) {
          reject(new ZipRefused([`The zip cannot be read: ${error.message}`], { cause: error }));
          return;
        }
        resolve(zip);
      },
    );
  });
}

/** yauzl refuses absolute paths, '..' and backslashes; its message names the entry. */
function entriesOf(zip: ZipFile): Promise<readonly Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    const refuse = (problem: string, cause?: unknown): void => reject(new ZipRefused([problem], { cause }));
    if (zip.entryCount > TEMPLATE_LIMITS.MAX_ENTRIES) {
      refuse(`The zip has ${zip.entryCount} entries; MAX_ENTRIES is ${TEMPLATE_LIMITS.MAX_ENTRIES}.`);
      return;
    }
    zip.on('error', (error: Error) => refuse(`The zip is refused: ${error.message}`, error));
    zip.on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}

function problemsOf(entries: readonly Entry[]): readonly string[] {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  let total = 0;
  for (const entry of entries) {
    const name = entry.fileName;
    const problem = problemOf(entry);
    if (problem !== undefined) problems.push(`'${name}': ${problem}`);
    // On some systems two names that differ only in case are one file.
    const folded = name.replace(/\/$/, '').normalize('NFC').toLowerCase();
    if (seen.has(folded)) {
      problems.push(`'${name}': it occurs twice (also as '${seen.get(folded)}').`);
    }
    seen.set(folded, name);
    total += entry.uncompressedSize;
  }
  const files = new FilesAmongFolders(seen);
  for (const [folded, name] of seen) {
    const blocking = files.above(folded);
    if (blocking !== undefined) problems.push(`'${name}': '${blocking}' is a file, and also its folder.`);
  }
  if (total > TEMPLATE_LIMITS.MAX_TOTAL_BYTES) problems.push(tooLargeInTotal());
  return problems;
}

/** Finds files that are also folders of other entries. Folders that many entries share are checked once. */
class FilesAmongFolders {
  /** Names by folded path; those of folders end with a slash. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #checked = new Map<string, string | undefined>();

  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  /** The name of the nearest file above the path. */
  above(path: string): string | undefined {
    const end = path.lastIndexOf('/');
    if (end === -1) return undefined;
    const folder = path.slice(0, end);
    if (this.#checked.has(folder)) return this.#checked.get(folder);
    const name = this.#names.get(folder);
    const found = name === undefined || name.endsWith('/') ? this.above(folder) : name;
    this.#checked.set(folder, found);
    return found;
  }
}

function problemOf(entry: Entry): string | undefined {
  const mode = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  if (mode === SYMLINK) return 'it is a symbolic link.';
  if (mode !== 0 && mode !== REGULAR && mode !== DIRECTORY) {
    return 'it is neither a file nor a folder.';
  }
  if ((entry.generalPurposeBitFlag & 1) !== 0) return 'it is encrypted.';
  const name = entry.fileName;
  if (name.length > TEMPLATE_LIMITS.MAX_PATH_LENGTH) {
    return `its name is longer than MAX_PATH_LENGTH (${TEMPLATE_LIMITS.MAX_PATH_LENGTH}).`;
  }
  if (
    hasControlCharacter(name) ||
    name
      .replace(/\/$/, '')
      .split('/')
      .some((part) => part === '' || part === '.')
  ) {
    return 'its name is not a plain path.';
  }
  if (entry.uncompressedSize > TEMPLATE_LIMITS.MAX_FILE_BYTES) {
    return `it unpacks to ${entry.uncompressedSize} bytes; MAX_FILE_BYTES is ${TEMPLATE_LIMITS.MAX_FILE_BYTES}.`;
  }
  const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
  if (entry.uncompressedSize > RATIO_MATTERS_FROM && ratio > TEMPLATE_LIMITS.MAX_RATIO) {
    return `it unpacks to ${Math.round(ratio)} times its size; MAX_RATIO is ${TEMPLATE_LIMITS.MAX_RATIO}.`;
  }
  return undefined;
}

function hasControlCharacter(name: string): boolean {
  return [...name].some((character) => (character.codePointAt(0) ?? 0) < 32);
}

function isDirectory(entry: Entry): boolean {
  return entry.fileName.endsWith('/');
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of await streamOf(zip, entry)) {
      size += (chunk as Buffer).length;
      if (size > TEMPLATE_LIMITS.MAX_FILE_BYTES) {
        throw new Error(`it unpacks to more than MAX_FILE_BYTES (${TEMPLATE_LIMITS.MAX_FILE_BYTES}).`);
      }
      chunks.push(chunk as Buffer);
    }
  } catch (cause) {
    throw new ZipRefused([`'${entry.fileName}': ${(cause as Error).message}`], { cause });
  }
  return Buffer.concat(chunks);
}

function streamOf(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

function tooLargeInTotal(): string {
  return `The files unpack to more than MAX_TOTAL_BYTES (${TEMPLATE_LIMITS.MAX_TOTAL_BYTES}).`;
}
