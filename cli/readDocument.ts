import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Dialect,
  type Document,
  type Installation,
  loadDocument,
  parseInstallation,
} from '../engine/interpreter/index.ts';
import { defined } from '../engine/ports/index.ts';
import { wrongUse } from './commandFault.ts';
import { type CommandIo, urlOf } from './commandIo.ts';

/** The document of the command line. Rejects with DocumentError. */
export function readDocument(io: CommandIo, source: string, dialect: Dialect | undefined): Promise<Document> {
  return loadDocument(urlOf(io, source), defined({ dialect }));
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
    throw wrongUse(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
