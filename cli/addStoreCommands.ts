import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { type CommandIo, type ProgramParts, printResult } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';
import { clientOf, type ServerFlags, serverOptionOf, userOption } from './serverOptions.ts';

export interface DataFlags {
  readonly data: string;
}

interface BackupFlags extends ServerFlags {
  readonly data?: string;
}

/** The commands for the store of a data directory. Only these and `serve` load the server's parts. */
export function addStoreCommands(program: Command, { io, end }: ProgramParts): void {
  const at = (path: string): string => resolve(io.cwd, path);
  const store = program.command('store').description('Verify, back up, restore and repair a data directory.');

  store
    .command('verify')
    .description('Read every record, every write of the journal and every blob. The server must be stopped.')
    .addOption(dataOption(io))
    .action(async ({ data }: DataFlags) => {
      const { verifyData } = await import('../server/process/index.ts');
      end(report(io, await io.progress.during('Reading the store', () => verifyData(at(data)))));
    });

  store
    .command('backup')
    .description('Write one file with the records, files and configuration at one point in time.')
    .argument('<file>', 'the file to write')
    .addOption(new Option('--data <folder>', 'data directory of a stopped server, instead of a running one'))
    .addOption(serverOptionOf(io))
    .addOption(userOption())
    .action(async (file: string, flags: BackupFlags) => {
      const { backupData, keepBackup } = await import('../server/process/index.ts');
      const entries = await io.progress.during('Writing the backup', async () =>
        flags.data === undefined
          ? keepBackup(await clientOf(io, flags).download('/genesys/1/admin/backup'), at(file))
          : backupData(at(flags.data), at(file)),
      );
      printResult(
        io,
        { file, entries },
        () => `${file}: ${entries} records and files, read again and sound.`,
      );
    });

  store
    .command('restore')
    .description('Make a data directory of a backup, and verify it.')
    .argument('<file>', 'the backup')
    .argument('<folder>', 'the data directory; absent or empty')
    .action(async (file: string, folder: string) => {
      const { restoreData } = await import('../server/process/index.ts');
      end(report(io, await io.progress.during('Restoring', () => restoreData(at(file), at(folder)))));
    });

  store
    .command('repair')
    .description('Make a new store of all that is sound, keep the damaged one, and list what is lost.')
    .addOption(dataOption(io))
    .action(async ({ data }: DataFlags) => {
      const { repairData } = await import('../server/process/index.ts');
      const lines = await io.progress.during('Repairing the store', () => repairData(at(data)));
      printResult(io, { lines }, () => lines.join('\n'));
    });
}

export function dataOption({ env }: CommandIo): Option {
  return new Option('--data <folder>', 'data directory (env: ORSAY_DATA_DIR)').default(
    env.ORSAY_DATA_DIR ?? 'data',
    'data',
  );
}

interface Report {
  readonly records: number;
  readonly writes: number;
  readonly blobs: number;
  readonly problems: readonly string[];
}

function report(io: CommandIo, found: Report): Exit {
  const { records, writes, blobs, problems } = found;
  const state = problems.length === 0 ? 'sound' : `${problems.length} problem(s)`;
  const summary = `${records} records, ${writes} writes in the journal, ${blobs} blobs: ${state}.`;
  printResult(io, { records, writes, blobs, problems }, () => [...problems, summary].join('\n'));
  return problems.length === 0 ? EXIT.OK : EXIT.FAILED;
}
