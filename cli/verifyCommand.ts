import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Dialect, Document, SourceLocation } from '../engine/interpreter/index.ts';
import { defined } from '../engine/ports/index.ts';
import { ScenarioError, writeScenario } from '../engine/scenario/index.ts';
import {
  type Bounds,
  type Finding,
  NO_SURROUNDINGS,
  type Progress,
  readSurroundings,
  type Surroundings,
  type VerifyReport,
  verifyDocument,
} from '../engine/verify/index.ts';
import { wrongUse } from './commandFault.ts';
import { type CommandIo, pathOf, print, printError, withPaths } from './commandIo.ts';
import { counted } from './counted.ts';
import { EXIT, type Exit } from './exit.ts';
import { readDocument } from './readDocument.ts';

/** The first line of a scenario that is written for a finding. */
const FOUND = 'Found by orsay verify.';

export interface VerifyRequest {
  /** Path of the file with the surroundings. */
  readonly surroundings: string | undefined;
  /** Folder for the scenarios of findings. */
  readonly scenarios: string | undefined;
  readonly dialect: Dialect | undefined;
  readonly bounds: Partial<Bounds>;
  readonly threads: number;
}

/** Explores a document. FAILED when it finds a fault, or the surroundings have one. */
export async function verifyCommand(io: CommandIo, source: string, request: VerifyRequest): Promise<Exit> {
  let document: Document;
  let surroundings: Surroundings;
  try {
    document = await readDocument(io, source, request.dialect);
    surroundings = await surroundingsOf(io, document, request.surroundings);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    printError(io, withPaths(io, error.message));
    return EXIT.FAILED;
  }
  const report = await explore(io, document, surroundings, request);
  const files =
    request.scenarios === undefined ? [] : await writeAll(io, document, report, request.scenarios);
  if (io.json) print(io, jsonOf(io, report, files));
  else printReport(io, report, files);
  return report.findings.length === 0 ? EXIT.OK : EXIT.FAILED;
}

/** The surroundings of the named file, or of the file beside the document. */
async function surroundingsOf(
  io: CommandIo,
  document: Document,
  named: string | undefined,
): Promise<Surroundings> {
  const beside = document.url.replace(/\.\w+$/, '.verify.yaml');
  const url = named === undefined ? beside : pathToFileURL(resolve(io.cwd, named)).href;
  let text: string;
  try {
    text = await readFile(new URL(url), 'utf8');
  } catch (error) {
    if (named === undefined) return NO_SURROUNDINGS;
    const { code, message } = error as NodeJS.ErrnoException;
    const expected = `Expected a file with surroundings, got none of the name '${named}'.`;
    throw wrongUse(code === 'ENOENT' ? expected : message, { cause: error });
  }
  return readSurroundings(text, url);
}

async function explore(
  io: CommandIo,
  document: Document,
  surroundings: Surroundings,
  { bounds, threads }: VerifyRequest,
): Promise<VerifyReport> {
  let isStopped = false;
  const remove = io.onInterrupt?.(() => {
    isStopped = true;
  });
  const onProgress = (progress: Progress): void => io.progress.show(progressLine(progress));
  try {
    const { elapsed } = io;
    return await io.progress.during('Exploring', () =>
      verifyDocument(document, {
        surroundings,
        bounds,
        threads,
        elapsed,
        onProgress,
        isStopped: () => isStopped,
      }),
    );
  } finally {
    remove?.();
  }
}

function progressLine({ states, steps, depth, waiting, findings }: Progress): string {
  return `${counted(states, 'state')}, ${counted(steps, 'move')}, depth ${depth}, ${waiting} waiting, ${counted(findings, 'finding')}`;
}

function printReport(io: CommandIo, report: VerifyReport, files: readonly string[]): void {
  report.findings.forEach((finding, index) => {
    printFinding(io, finding);
    const file = files[index];
    if (file !== undefined) print(io, `  scenario: ${file}`);
  });
  const { missed } = report;
  if (missed.length > 0) print(io, report.isClosed ? 'never reached:' : 'not reached within the bound:');
  for (const { name, at } of missed) print(io, `  ${placeText(io, at)}: ${name}`);
  print(io, summary(report));
}

function printFinding(io: CommandIo, { kind, message, at, moves, round = 0 }: Finding): void {
  print(io, `${at ? `${placeText(io, at)}: ` : ''}${kind}: ${withPaths(io, message)}`);
  for (const [index, { text, atMs }] of moves.entries()) {
    if (index === moves.length - round) print(io, '  again and again:');
    print(io, `  ${(atMs / 1000).toFixed(3).padStart(12)} s  ${text}`);
  }
}

function summary({
  findings,
  isClosed,
  stoppedBy,
  states,
  steps,
  depth,
  waiting,
  unconfirmed,
}: VerifyReport) {
  const end = isClosed
    ? 'all states were explored'
    : `${stoppedBy === 'stopped' ? 'The user' : stoppedBy} ended the exploration, and ${counted(waiting, 'state')} ${waiting === 1 ? 'was' : 'were'} not explored`;
  const doubtful = unconfirmed === 0 ? '' : `; ${counted(unconfirmed, 'finding')} did not show again`;
  return `${counted(findings.length, 'finding')}; ${counted(states, 'state')}, ${counted(steps, 'move')}, depth ${depth}: ${end}${doubtful}`;
}

function placeText(io: CommandIo, { file, line, column }: SourceLocation): string {
  return `${pathOf(io, file)}:${line}:${column}`;
}

/** Writes a scenario for each finding. Returns their paths as the user wrote the folder. */
async function writeAll(
  io: CommandIo,
  document: Document,
  { findings }: VerifyReport,
  folder: string,
): Promise<readonly string[]> {
  const target = resolve(io.cwd, folder);
  await mkdir(target, { recursive: true });
  const path = document.url.startsWith('file:')
    ? relative(target, fileURLToPath(document.url))
    : document.url;
  const name = basename(document.url).replace(/\.\w+$/, '');
  const files: string[] = [];
  for (const [index, { kind, scenario }] of findings.entries()) {
    const { scenario: version, name: title, ...rest } = scenario;
    const file = `${name}-${index + 1}-${kind}.scenario.yaml`;
    const text = writeScenario(
      { scenario: version, ...defined({ name: title }), document: path, ...rest },
      FOUND,
    );
    await writeFile(join(target, file), text);
    files.push(join(folder, file));
  }
  return files;
}

function jsonOf(
  io: CommandIo,
  { findings, missed, ...rest }: VerifyReport,
  files: readonly string[],
): string {
  const placed = (at: SourceLocation | undefined) => at && { ...at, file: pathOf(io, at.file) };
  return JSON.stringify({
    ...rest,
    findings: findings.map(({ kind, message, at, moves, round }, index) => ({
      kind,
      message: withPaths(io, message),
      ...defined({ at: placed(at), scenario: files[index] }),
      moves,
      ...defined({ round }),
    })),
    missed: missed.map(({ name, at }) => ({ name, at: placed(at) })),
  });
}
