import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Dialect,
  type Document,
  DocumentError,
  loadDocument,
  type Problem,
} from '../engine/interpreter/index.ts';
import { defined } from '../engine/ports/index.ts';
import { MANIFEST_FILE, manifestProblems } from '../server/templates/index.ts';
import { type CommandIo, type PrintedProblem, pathOf, print } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';
import { filesBelow, isDocumentName } from './filesBelow.ts';
import { problemLine, shownProblem } from './problemLine.ts';
import { loadFromTemplate, urlIn } from './templates/filesOfTemplate.ts';
import { filesOfLocalTemplate, isZipName } from './templates/localTemplate.ts';

interface CheckOptions {
  readonly dialect?: Dialect;
  readonly checkInvoked: boolean;
}

/** A document to check. `load` rejects with DocumentError. */
interface Candidate {
  readonly url: string;
  readonly load: () => Promise<Document>;
}

/**
 * Prints every problem of every document and manifest of the paths. FAILED when one of them is an error, and
 * WRONG_USE when a path cannot be read.
 */
export async function checkCommand(
  io: CommandIo,
  paths: readonly string[],
  dialect: Dialect | undefined,
): Promise<Exit> {
  const options = { checkInvoked: true, ...defined({ dialect }) };
  const unread: PrintedProblem[] = [];
  const candidates: Candidate[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      problems.push(...(await problemsOfManifest(io, path)));
      candidates.push(...(await candidatesOf(io, path, options)));
    } catch (error) {
      const message = reasonOf(error);
      unread.push({ severity: 'error', code: 'FILE_UNREADABLE', message, file: path, line: 1, column: 1 });
    }
  }
  problems.push(...(await io.progress.during('Checking', () => problemsOf(io, candidates))));
  const shown = [...unread, ...problems.map((problem) => shownProblem(io, problem))];
  if (io.json) print(io, JSON.stringify(shown));
  else {
    for (const { file, message } of unread) print(io, `${file}:1:1: FILE_UNREADABLE: ${message}`);
    for (const problem of problems) print(io, problemLine(io, problem));
  }
  if (shown.some(({ code }) => code === 'FILE_UNREADABLE')) return EXIT.WRONG_USE;
  return shown.some(({ severity }) => severity === 'error') ? EXIT.FAILED : EXIT.OK;
}

/** The manifest of a folder or zip archive, or the given file of this name. */
async function problemsOfManifest({ cwd }: CommandIo, source: string): Promise<readonly Problem[]> {
  if (source.startsWith('file:')) return [];
  const path = resolve(cwd, source);
  const inside = join(path, MANIFEST_FILE);
  if (isZipName(path)) {
    const bytes = (await filesOfLocalTemplate(path)).get(MANIFEST_FILE);
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
  if ((await stat(path)).isDirectory()) {
    const names = await filesBelow(path, isDocumentName);
    return names.map((name) => fileCandidate(join(path, name), options));
  }
  if (isZipName(path)) return zipCandidates(path, options);
  return basename(path) === MANIFEST_FILE ? [] : [fileCandidate(path, options)];
}

function fileCandidate(path: string, options: CheckOptions): Candidate {
  const url = pathToFileURL(path);
  return candidate(url.href, () => loadDocument(url, options));
}

async function zipCandidates(path: string, options: CheckOptions): Promise<readonly Candidate[]> {
  const files = await filesOfLocalTemplate(path);
  const base = `${pathToFileURL(path).href}/`;
  return [...files.keys()]
    .filter(isDocumentName)
    .sort()
    .map((name) =>
      candidate(urlIn(base, name).href, () => loadFromTemplate(files, name, { ...options, base })),
    );
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
  for (const [index, { url, load }] of candidates.entries()) {
    io.progress.show(`Checking ${pathOf(io, url)} (${index + 1} of ${candidates.length})`);
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
