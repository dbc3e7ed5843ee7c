import { relative, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Clock } from '../engine/ports/index.ts';
import type { Exit } from './exit.ts';

/** Everything of its process that a command uses. Commands reach `process` only through it. */
export interface CommandIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The folder of relative paths. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** ms on a clock that never stops, also when the time of a session is virtual. */
  readonly elapsed: () => number;
  /** Calls the listener when the user stops the command (Ctrl-C). Returns a function that removes it. */
  readonly onInterrupt?: (listener: () => void) => () => void;
}

/** Where the commands of `orsay` print, and how they tell their exit code. Without `end` it is OK. */
export interface ProgramParts {
  readonly io: CommandIo;
  readonly end: (code: Exit) => void;
}

export function print({ stdout }: CommandIo, line: string): void {
  stdout.write(`${line}\n`);
}

export function printError({ stderr }: CommandIo, line: string): void {
  stderr.write(`${line}\n`);
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

/** The text with URLs of files in the folder of the command as relative paths. */
export function withPaths({ cwd }: CommandIo, text: string): string {
  return text.replaceAll(`${pathToFileURL(cwd).href}/`, '');
}
