import { relative, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Clock } from '../engine/ports/index.ts';
import type { Exit } from './exit.ts';
import { Progress } from './progress.ts';

/** Everything of its process that the program uses. It reaches `process` only through this. */
export interface ProcessIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** The folder of relative paths. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** ms on a clock that never stops, also when the time of a session is virtual. */
  readonly elapsed: () => number;
  /** Calls the listener when the user stops the command (Ctrl-C). Returns a function that removes it. */
  readonly onInterrupt?: (listener: () => void) => () => void;
}

/** Its process, as a command uses it. */
export interface CommandIo extends ProcessIo {
  /** Results, problems and notes are printed as JSON. */
  readonly json: boolean;
  /** Notes are not printed. */
  readonly quiet: boolean;
  readonly progress: Progress;
}

export function createCommandIo(
  io: ProcessIo,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
): CommandIo {
  return { ...io, json, quiet, progress: new Progress({ ...io, isWanted: !json && !quiet }) };
}

/** Where the commands of `orsay` print, and how they tell their exit code. Without `end` it is OK. */
export interface ProgramParts {
  readonly io: CommandIo;
  readonly end: (code: Exit) => void;
}

export function print({ stdout, progress }: CommandIo, line: string): void {
  progress.clear();
  stdout.write(`${line}\n`);
}

/** The result of a command: one JSON document, or text. */
export function printResult(io: CommandIo, value: unknown, text: () => string): void {
  print(io, io.json ? JSON.stringify(value) : text());
}

/** A problem on standard error. It has a place if it concerns a file. */
export interface PrintedProblem {
  readonly severity?: 'error' | 'warning' | 'note';
  readonly code?: string;
  readonly message: string;
  readonly file?: string;
  /** Lines and columns count from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** As JSON with `--json`, and otherwise as `text`, which is the message when it is absent. */
export function printProblem(io: CommandIo, problem: PrintedProblem, text = problem.message): void {
  const { severity = 'error', code = 'FAILED', ...others } = problem;
  io.progress.clear();
  io.stderr.write(`${io.json ? JSON.stringify({ severity, code, ...others }) : text}\n`);
}

export function printError(io: CommandIo, message: string): void {
  printProblem(io, { message });
}

/** Something that is good to know, on standard error. */
export function printNote(io: CommandIo, message: string): void {
  if (!io.quiet) printProblem(io, { severity: 'note', code: 'NOTE', message });
}

/** A path of the command line, or a URL, as a URL. Throws when it is no valid URL. */
export function urlOf({ cwd }: CommandIo, source: string): URL {
  return /^[a-z][a-z\d+.-]+:/i.test(source) ? new URL(source) : pathToFileURL(resolve(cwd, source));
}

/** The path of a file: relative to the folder of the command if the file is in it. */
export function pathOf({ cwd }: CommandIo, file: string): string {
  if (!file.startsWith('file:')) return file;
  const path = fileURLToPath(file);
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** The text with URLs of files as paths, which are relative in the folder of the command. */
export function withPaths(io: CommandIo, text: string): string {
  return text.replaceAll(/\bfile:\/\/[^\s'"<>()]+/g, (url) => {
    try {
      return pathOf(io, url);
    } catch {
      // A text that only looks like the URL of a file stays.
      return url;
    }
  });
}
