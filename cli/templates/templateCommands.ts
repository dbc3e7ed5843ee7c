import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { checkCommand } from '../checkCommand.ts';
import { wrongUse } from '../commandFault.ts';
import { type CommandIo, print, printError, printProblem, printResult } from '../commandIo.ts';
import { counted } from '../counted.ts';
import { EXIT, type Exit } from '../exit.ts';
import type { AdminTarget } from '../serverOptions.ts';
import { table } from '../table.ts';
import { findScenarios } from '../test/scenarioFiles.ts';
import { testCommand } from '../test/testCommand.ts';
import { filesOfLocalTemplate, isZipName, readLocalTemplate, unzip } from './localTemplate.ts';
import { type FileDiff, templateDiff } from './templateDiff.ts';

const ROOT = '/genesys/1/admin/templates';

interface Shown {
  readonly name: string;
  readonly origin: string;
  readonly version?: string;
  readonly uploadedAt?: string;
  readonly files: readonly string[];
  readonly isPresent?: boolean;
  readonly warnings?: readonly string[];
}

export async function listTemplates({ io, client }: AdminTarget): Promise<void> {
  const found = (await client.ask('GET', ROOT)) as unknown as readonly Shown[];
  const rows = found.map(({ name, origin, version = '', uploadedAt = '', files }) => [
    name,
    origin,
    version,
    uploadedAt,
    String(files.length),
  ]);
  printResult(io, found, () => table(['TEMPLATE', 'ORIGIN', 'VERSION', 'UPLOADED', 'FILES'], rows));
}

export async function listVersions({ io, client }: AdminTarget, name: string): Promise<void> {
  const found = await versionsOf({ io, client }, name);
  const rows = found.map(({ version = '', uploadedAt = '', files, isPresent }) => [
    version,
    uploadedAt,
    String(files.length),
    isPresent === true ? 'present' : '',
  ]);
  printResult(io, found, () => table(['VERSION', 'UPLOADED', 'FILES', ''], rows));
}

/** `version` absent: the present one. */
export async function downloadTemplate(
  target: AdminTarget,
  name: string,
  { output, version }: { readonly output: string; readonly version: string | undefined },
): Promise<void> {
  const bytes = await archiveOf(target, name, version);
  await writeFile(resolve(target.io.cwd, output), bytes);
  printResult(target.io, { file: output, bytes: bytes.length }, () => `${output}: ${bytes.length} bytes`);
}

export interface UploadRequest {
  readonly name: string;
  readonly path: string;
  readonly overrides: boolean;
  /** Checks the files and plays the scenarios first. */
  readonly tests: boolean;
}

/**
 * Uploads a document, a zip archive or a folder. The server checks the documents and the manifest. Another
 * exit than OK when the local check or a scenario fails: nothing is uploaded then.
 */
export async function uploadTemplate(
  { io, client }: AdminTarget,
  { name, path, overrides, tests }: UploadRequest,
): Promise<Exit> {
  const exit = tests ? await tested(io, path) : EXIT.OK;
  if (exit !== EXIT.OK) {
    printError(
      io,
      `Not uploaded: the files or scenarios of '${path}' have problems. --no-test uploads it nevertheless.`,
    );
    return exit;
  }
  const template = await readLocalTemplate(resolve(io.cwd, path));
  // The scenarios were played here, or are not to be played.
  const query = new URLSearchParams({ tests: 'false', ...(overrides && { override: name }) });
  const shown = (await client.upload(`${pathOf(name)}?${query}`, template)) as unknown as Shown;
  printResult(
    io,
    shown,
    () => `${shown.name}: version ${shown.version}, ${counted(shown.files.length, 'file')}`,
  );
  for (const warning of shown.warnings ?? []) {
    printProblem(io, { severity: 'warning', code: 'WARNING', message: warning }, `Warning: ${warning}`);
  }
  return EXIT.OK;
}

async function tested(own: CommandIo, path: string): Promise<Exit> {
  // The result of the upload is the only one.
  const io = own.json ? { ...own, stdout: own.stderr } : own;
  const checked = await checkCommand(io, [path], undefined);
  if (checked !== EXIT.OK) return checked;
  if ((await stat(resolve(io.cwd, path))).isDirectory()) return playAll(io, path);
  if (!isZipName(path)) return EXIT.OK;
  const folder = await mkdtemp(join(tmpdir(), 'orsay-'));
  try {
    await unpack(await readFile(resolve(io.cwd, path)), folder);
    return await playAll({ ...io, cwd: folder }, '.');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The paths in the archive are checked: none leads out of the folder. */
async function unpack(bytes: Buffer, folder: string): Promise<void> {
  for (const [path, content] of await unzip(bytes)) {
    const file = join(folder, ...path.split('/'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

async function playAll(io: CommandIo, path: string): Promise<Exit> {
  if ((await findScenarios(io, [path])).length === 0) return EXIT.OK;
  return (await testCommand(io, { paths: [path], coverage: false })).exit;
}

export async function rollBackTemplate(
  { io, client }: AdminTarget,
  {
    name,
    version,
    overrides,
  }: { readonly name: string; readonly version: string; readonly overrides: boolean },
): Promise<void> {
  await client.ask('POST', `${pathOf(name)}/rollback${overrideQuery(name, overrides)}`, { version });
  printResult(io, { name, version }, () => `${name}: version ${version}`);
}

export async function removeTemplate(
  { io, client }: AdminTarget,
  name: string,
  { forces }: { readonly forces: boolean },
): Promise<void> {
  await client.ask('DELETE', `${pathOf(name)}${forces ? '?force=true' : ''}`);
  printResult(io, { name }, () => `${name}: removed`);
}

export interface DiffRequest {
  readonly name: string;
  /** Absent: the version before the present one. */
  readonly from: string | undefined;
  /** Absent: the present one. */
  readonly to: string | undefined;
  /** A document, zip archive or folder of this machine, instead of `to`. */
  readonly path: string | undefined;
}

/** Prints the differences of two versions, or of the present version and files of this machine. */
export async function diffTemplate(target: AdminTarget, request: DiffRequest): Promise<void> {
  const { io } = target;
  const { name, to, path } = request;
  const from = request.from ?? (path === undefined ? await formerVersion(target, name) : undefined);
  const before = await unzip(await archiveOf(target, name, from));
  const after =
    path === undefined
      ? await unzip(await archiveOf(target, name, to))
      : await filesOfLocalTemplate(resolve(io.cwd, path));
  const diffs = await templateDiff(before, after);
  if (io.json) print(io, JSON.stringify(diffs));
  else if (diffs.length === 0) print(io, 'no differences');
  else for (const diff of diffs) for (const line of diffLines(diff)) print(io, line);
}

function diffLines({ path, kind, chart, text }: FileDiff): readonly string[] {
  return [`${kind} ${path}`, ...chart.map((line) => `  ${line}`), ...(text?.trimEnd().split('\n') ?? [])];
}

async function formerVersion(target: AdminTarget, name: string): Promise<string> {
  const former = (await versionsOf(target, name)).find(({ isPresent }) => isPresent !== true);
  if (former?.version !== undefined) return former.version;
  throw wrongUse(`Expected an earlier version of the template '${name}', but there is none.`);
}

async function versionsOf({ client }: AdminTarget, name: string): Promise<readonly Shown[]> {
  return (await client.ask('GET', `${pathOf(name)}/versions`)) as unknown as readonly Shown[];
}

async function archiveOf(
  { client }: AdminTarget,
  name: string,
  version: string | undefined,
): Promise<Buffer> {
  const query = version === undefined ? '' : `?${new URLSearchParams({ version })}`;
  return buffer(await client.download(`${pathOf(name)}/archive${query}`));
}

function overrideQuery(name: string, overrides: boolean): string {
  return overrides ? `?${new URLSearchParams({ override: name })}` : '';
}

function pathOf(name: string): string {
  return `${ROOT}/${encodeURIComponent(name)}`;
}
