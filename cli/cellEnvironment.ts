import { CodedError } from '../engine/ports/index.ts';
import { CommandFault, wrongUse } from './commandFault.ts';
import type { CommandIo } from './commandIo.ts';
import { EXIT } from './exit.ts';

/** The database of ORSAY_CELL_DATABASE. Throws CommandFault. */
export function databaseOf({ env }: CommandIo): string {
  const database = env.ORSAY_CELL_DATABASE ?? '';
  if (/^postgres(ql)?:\/\//.test(database)) return database;
  throw wrongUse('Expected ORSAY_CELL_DATABASE to be a URL as postgres://user:password@host:5432/database.');
}

/** The cell of ORSAY_CELL. */
export function cellOf({ env }: CommandIo): string {
  return env.ORSAY_CELL || 'main';
}

/** A database that cannot be reached ends the command as a server that does not answer. */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CodedError && error.code === 'CELL_DATABASE_UNREACHABLE')) throw error;
    const { code, message: text } = error;
    throw new CommandFault({ code, exit: EXIT.UNREACHED, text }, { cause: error });
  }
}
