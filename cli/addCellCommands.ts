import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { HandedOver, MovedData } from '../server/process/index.ts';
import { type DataFlags, dataOption } from './addStoreCommands.ts';
import { databaseOf, reaching } from './cellEnvironment.ts';
import { wrongUse } from './commandFault.ts';
import { type CommandIo, type ProgramParts, printResult } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';
import { table } from './table.ts';

/**
 * The commands for cells in PostgreSQL. Its address has a password, which other users of the machine would
 * see in an option. So it is in the environment, as for `serve`.
 */
export function addCellCommands(program: Command, { io, end }: ProgramParts): void {
  const cells = program.command('cells').description('Show, verify and move the cells in PostgreSQL.');

  cells
    .command('list')
    .description(
      'Show the cells of the database of ORSAY_CELL_DATABASE, with owner, standbys and sizes; takes a second.',
    )
    .action(async () => {
      const { listCells } = await import('../server/process/index.ts');
      const found = await reaching(() => listCells(databaseOf(io)));
      printResult(io, { cells: found }, () =>
        table(
          ['CELL', 'OWNER', 'ADDRESS', 'CLAIM', 'HEAD', 'BEATS', 'LOG MB', 'SNAPSHOT', 'STANDBYS'],
          found.map(({ cell, owner, address, epoch, head, beats, logBytes, snapshot, standbys }) => {
            const megabytes = (logBytes / 1e6).toFixed(1);
            const counts = [`${epoch}`, `${head}`, `${beats}`, megabytes, `${snapshot}`];
            return [cell, owner, address, ...counts, standbys.join(' ')];
          }),
        ),
      );
    });

  cells
    .command('verify')
    .description(
      'Read the snapshots and the log of a cell of ORSAY_CELL_DATABASE, and check every part and frame.',
    )
    .argument('<cell>', 'name of the cell')
    .action(async (cell: string) => {
      const { verifyCell } = await import('../server/process/index.ts');
      const read = (): ReturnType<typeof verifyCell> => verifyCell(databaseOf(io), cell);
      const found = await io.progress.during('Reading snapshots and log', () => reaching(read));
      if (found === undefined) throw wrongUse(`Expected the name of a cell of the database, got '${cell}'.`);
      const { frames, changes, records, snapshots, problems } = found;
      const isSound = problems.length === 0;
      const summary = `${frames} frames, ${changes} changes, ${records} records, ${snapshots} snapshots: ${isSound ? 'sound' : 'damaged'}.`;
      printResult(io, { cell, ...found }, () => [...problems, summary].join('\n'));
      end(isSound ? EXIT.OK : EXIT.FAILED);
    });

  cells
    .command('move')
    .description(
      'Hand a cell of ORSAY_CELL_DATABASE to a node that follows it; its owner ends as at SIGTERM.',
    )
    .argument('<cell>', 'name of the cell')
    .argument('<node>', 'name of the node')
    .action(async (cell: string, node: string) => {
      const { handOverCell } = await import('../server/process/index.ts');
      const move = (): ReturnType<typeof handOverCell> => handOverCell(databaseOf(io), { cell, node });
      const outcome = await io.progress.during('Moving the cell', () => reaching(move));
      if (outcome.kind === 'no-cell') {
        const known = outcome.cells.join(', ');
        throw wrongUse(`Expected the name of a cell of the database (${known}), got '${cell}'.`);
      }
      if (outcome.kind === 'no-standby') {
        const known = outcome.standbys.join(', ') || 'there is none';
        throw wrongUse(`Expected a node that follows the cell '${cell}' (${known}), got '${node}'.`);
      }
      printResult(io, { ...outcome }, () => lineOf(outcome));
      end(outcome.kind === 'too-late' ? EXIT.FAILED : EXIT.OK);
    });

  cells
    .command('drain')
    .description('Hand each cell of ORSAY_CELL_DATABASE that a node has to a node that follows it.')
    .argument('<node>', 'name of the node')
    .action(async (node: string) => {
      const { drainNode } = await import('../server/process/index.ts');
      const drain = (): ReturnType<typeof drainNode> => drainNode(databaseOf(io), { node });
      const outcomes = await io.progress.during('Moving the cells', () => reaching(drain));
      printResult(io, { node, outcomes }, () =>
        outcomes.length === 0 ? `The node '${node}' has no cell.` : outcomes.map(lineOf).join('\n'),
      );
      end(outcomes.every(({ kind }) => kind === 'done') ? EXIT.OK : EXIT.FAILED);
    });

  cells
    .command('import')
    .description('Move the data directory of a stopped server into an empty cell of ORSAY_CELL_DATABASE.')
    .argument('<cell>', 'name of the cell; made if there is none')
    .addOption(dataOption(io))
    .action(async (cell: string, { data }: DataFlags) => {
      const { importData } = await import('../server/process/index.ts');
      const move = (): ReturnType<typeof importData> =>
        importData({ dataDir: resolve(io.cwd, data), database: databaseOf(io), cell });
      end(report(io, cell, await io.progress.during('Moving records and files', () => reaching(move))));
    });

  cells
    .command('export')
    .description('Make a data directory of a cell of ORSAY_CELL_DATABASE that no node has.')
    .argument('<cell>', 'name of the cell')
    .argument('<folder>', 'the data directory; absent or empty')
    .action(async (cell: string, folder: string) => {
      const { exportData } = await import('../server/process/index.ts');
      const move = (): ReturnType<typeof exportData> =>
        exportData({ dataDir: resolve(io.cwd, folder), database: databaseOf(io), cell });
      end(report(io, cell, await io.progress.during('Moving records and files', () => reaching(move))));
    });
}

function lineOf(outcome: HandedOver): string {
  switch (outcome.kind) {
    case 'done':
      return `The cell '${outcome.cell}' moved from ${outcome.from === '' ? 'nobody' : outcome.from} to ${outcome.to}.`;
    case 'had-it':
      return 'The node has the cell already.';
    case 'too-late':
      return `Nobody took the cell over in time; ${outcome.owner === '' ? 'no node' : outcome.owner} has it.`;
    case 'no-standby':
      return 'A cell stays: no other node follows it.';
    case 'no-cell':
      return 'The cell was removed meanwhile.';
  }
}

function report(io: CommandIo, cell: string, moved: MovedData): Exit {
  const { records, digest, files, problems } = moved;
  const sum = digest.toString(16).padStart(8, '0');
  printResult(io, { cell, ...moved }, () => {
    const summary = `${records} records with the checksum ${sum} and ${files} files: moved, read again and sound.`;
    return [...problems, summary].join('\n');
  });
  return problems.length === 0 ? EXIT.OK : EXIT.FAILED;
}
