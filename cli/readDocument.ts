import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Dialect,
  type Document,
  DocumentError,
  type Installation,
  loadDocument,
  parseInstallation,
} from '../engine/interpreter/index.ts';
import { defined } from '../engine/ports/index.ts';
import { type CommandIo, printError, urlOf } from './commandIo.ts';
import { problemLine } from './problemLine.ts';

/** The document of the command line. Undefined when it has errors, which are printed. */
export async function readDocument(
  io: CommandIo,
  source: string,
  dialect: Dialect | undefined,
): Promise<Document | undefined> {
  try {
    return await loadDocument(urlOf(io, source), defined({ dialect }));
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    for (const problem of error.problems) printError(io, problemLine(io, problem));
    return undefined;
  }
}

/** The lists, options and special days in a file of JSON. Absent: no file. */
export async function readInstallation(
  io: CommandIo,
  file: string | undefined,
): Promise<Installation | undefined> {
  if (file === undefined) return undefined;
  try {
    return parseInstallation(JSON.parse(await readFile(resolve(io.cwd, file), 'utf8')));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
