import type { Command } from 'commander';
import { CodedError } from '../engine/ports/index.ts';
import { CommandFault, wrongUse } from './commandFault.ts';
import { type CommandIo, type ProgramParts, printResult } from './commandIo.ts';
import { EXIT } from './exit.ts';
import { table } from './table.ts';

/**
 * The commands for cells in PostgreSQL. Its address has a password, which other users of the machine would
 * see in an option. So it is in the environment, as for `serve`.
 */
export function addCellCommands(program: Command, { io, end }: ProgramParts): void {
  const cells = program.command('cells').description('Show and verify the cells in PostgreSQL.');

  cells
    .command('list')
    .description(
      'Show the cells of the database of ORSAY_CELL_DATABASE, with owner and size; takes a second.',
    )
    .action(async () => {
      const { listCells } = await import('../server/process/index.ts');
      const found = await reaching(() => listCells(databaseOf(io)));
      printResult(io, { cells: found }, () =>
        table(
          ['CELL', 'OWNER', 'ADDRESS', 'CLAIM', 'HEAD', 'BEATS', 'LOG MB'],
          found.map(({ cell, owner, address, epoch, head, beats, logBytes }) => {
            const megabytes = (logBytes / 1e6).toFixed(1);
            return [cell, owner, address, `${epoch}`, `${head}`, `${beats}`, megabytes];
          }),
        ),
      );
    });

  cells
    .command('verify')
    .description('Read the whole log of a cell of ORSAY_CELL_DATABASE, and check every frame of it.')
    .argument('<cell>', 'name of the cell')
    .action(async (cell: string) => {
      const { verifyCell } = await import('../server/process/index.ts');
      const read = (): ReturnType<typeof verifyCell> => verifyCell(databaseOf(io), cell);
      const found = await io.progress.during('Reading the log', () => reaching(read));
      if (found === undefined) throw wrongUse(`Expected the name of a cell of the database, got '${cell}'.`);
      const { frames, changes, records, problems } = found;
      const isSound = problems.length === 0;
      const summary = `${frames} frames, ${changes} changes, ${records} records: ${isSound ? 'sound' : 'damaged'}.`;
      printResult(io, { cell, ...found }, () => [...problems, summary].join('\n'));
      end(isSound ? EXIT.OK : EXIT.FAILED);
    });
}

function databaseOf({ env }: CommandIo): string {
  const database = env.ORSAY_CELL_DATABASE ?? '';
  if (/^postgres(ql)?:\/\//.test(database)) return database;
  throw wrongUse('Expected ORSAY_CELL_DATABASE to be a URL as postgres://user:password@host:5432/database.');
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CodedError && error.code === 'CELL_DATABASE_UNREACHABLE')) throw error;
    const { code, message: text } = error;
    throw new CommandFault({ code, exit: EXIT.UNREACHED, text }, { cause: error });
  }
}
