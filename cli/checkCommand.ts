import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Dialect,
  type Document,
  DocumentError,
  loadDocument,
  type Problem,
  parseDocument,
} from '../engine/interpreter/index.ts';
import { defined, didYouMean } from '../engine/ports/index.ts';
import { MANIFEST_FILE, manifestProblems, readZip, ZipRefused } from '../server/templates/index.ts';
import { type CommandIo, print } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';
import { problemLine } from './problemLine.ts';

interface CheckOptions {
  readonly dialect?: Dialect;
  readonly checkInvoked: boolean;
}

/** A document to check. `load` rejects with DocumentError. */
interface Candidate {
  readonly url: string;
  readonly load: () => Promise<Document>;
}

/** Prints every problem of every document and manifest of the paths. NOT_LOADED when one is an error. */
export async function checkCommand(
  io: CommandIo,
  paths: readonly string[],
  dialect: Dialect | undefined,
): Promise<Exit> {
  const options = { checkInvoked: true, ...defined({ dialect }) };
  let failed = false;
  const candidates: Candidate[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      problems.push(...(await problemsOfManifest(io, path)));
      candidates.push(...(await candidatesOf(io, path, options)));
    } catch (error) {
      print(io, `${path}:1:1: FILE_UNREADABLE: ${reasonOf(error)}`);
      failed = true;
    }
  }
  problems.push(...(await problemsOf(io, candidates)));
  for (const problem of problems) print(io, problemLine(io, problem));
  failed ||= problems.some(({ severity }) => severity === 'error');
  return failed ? EXIT.NOT_LOADED : EXIT.OK;
}

/** The manifest of a folder or zip archive, or the given file of this name. */
async function problemsOfManifest({ cwd }: CommandIo, source: string): Promise<readonly Problem[]> {
  if (source.startsWith('file:')) return [];
  const path = resolve(cwd, source);
  const inside = join(path, MANIFEST_FILE);
  if (path.toLowerCase().endsWith('.zip')) {
    const bytes = (await unzip(path)).get(MANIFEST_FILE);
    return bytes === undefined ? [] : manifestProblems(bytes, pathToFileURL(inside).href);
  }
  const file = basename(path) === MANIFEST_FILE ? path : inside;
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  return bytes === undefined ? [] : manifestProblems(bytes, pathToFileURL(file).href);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'Expected a file or folder, got none of this name.' : message;
}

async function candidatesOf(
  io: CommandIo,
  source: string,
  options: CheckOptions,
): Promise<readonly Candidate[]> {
  if (source.startsWith('file:')) return [candidate(source, () => loadDocument(new URL(source), options))];
  const path = resolve(io.cwd, source);
  const facts = await stat(path);
  if (facts.isDirectory()) return folder(path, options);
  if (path.toLowerCase().endsWith('.zip')) return zip(path, options);
  if (basename(path) === MANIFEST_FILE) return [];
  const url = pathToFileURL(path);
  return [candidate(url.href, () => loadDocument(url, options))];
}

async function folder(path: string, options: CheckOptions): Promise<readonly Candidate[]> {
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => name.toLowerCase().endsWith('.scxml') && !/(^|[\\/])node_modules[\\/]/.test(name))
    .sort()
    .map((name) => {
      const url = pathToFileURL(resolve(join(path, name)));
      return candidate(url.href, () => loadDocument(url, options));
    });
}

/**
 * The documents of a zip archive. Includes are resolved only inside it, as the server does with a template.
 */
async function zip(path: string, options: CheckOptions): Promise<readonly Candidate[]> {
  const files = await unzip(path);
  const base = `${pathToFileURL(resolve(path)).href}/`;
  const textOf = (name: string): string | undefined => {
    const bytes = files.get(name);
    return bytes && new TextDecoder().decode(bytes);
  };
  const fetchText = async (url: URL): Promise<string> => {
    const name = url.href.startsWith(base) ? decodeURIComponent(url.href.slice(base.length)) : url.href;
    const text = textOf(name);
    if (text === undefined) {
      throw new Error(`'${name}' is not a file of the zip archive.${didYouMean(name, files.keys())}`);
    }
    return text;
  };
  return [...files.keys()]
    .filter((name) => name.toLowerCase().endsWith('.scxml'))
    .sort()
    .map((name) => {
      const baseUrl = new URL(name.split('/').map(encodeURIComponent).join('/'), base);
      return candidate(baseUrl.href, () =>
        parseDocument(textOf(name) ?? '', { ...options, baseUrl, fetchText }),
      );
    });
}

async function unzip(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  try {
    return await readZip(await readFile(path));
  } catch (error) {
    if (error instanceof ZipRefused) throw new Error(error.problems.join(' '), { cause: error });
    throw error;
  }
}

function candidate(url: string, load: () => Promise<Document>): Candidate {
  return { url, load };
}

/**
 * Leaves out a file that is no document of its own if another document includes it, because it is checked
 * there.
 */
async function problemsOf(io: CommandIo, candidates: readonly Candidate[]): Promise<readonly Problem[]> {
  const found: { readonly url: string; readonly problems: readonly Problem[] }[] = [];
  const included = new Set<string>();
  for (const { url, load } of candidates) {
    try {
      const { warnings, sources } = await load();
      for (const source of sources.slice(1)) included.add(source.url);
      found.push({ url, problems: warnings });
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      for (const file of error.files.slice(1)) included.add(file);
      found.push({ url, problems: error.problems });
    }
  }
  const parts = found.filter(({ url, problems }) => !included.has(url) || !isFragment(problems));
  return distinct(
    io,
    parts.flatMap(({ problems }) => problems),
  );
}

function isFragment(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code === 'ROOT_UNEXPECTED');
}

/** A problem of a file that several documents include is reported once. */
function distinct(io: CommandIo, problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [problemLine(io, problem), problem])).values()];
}
