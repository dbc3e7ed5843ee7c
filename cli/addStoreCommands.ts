import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { clientOf, serverOptionOf } from './addAdminCommands.ts';
import { type CommandIo, type ProgramParts, print } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';

interface DataFlags {
  readonly data: string;
}

interface BackupFlags {
  readonly data?: string;
  readonly server: string;
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
      end(report(io, await verifyData(at(data))));
    });

  store
    .command('backup')
    .description('Write one file with the records, files and configuration at one point in time.')
    .argument('<file>', 'the file to write')
    .addOption(new Option('--data <folder>', 'data directory of a stopped server, instead of a running one'))
    .addOption(serverOptionOf(io))
    .action(async (file: string, flags: BackupFlags) => {
      const { backupData, keepBackup } = await import('../server/process/index.ts');
      const entries =
        flags.data === undefined
          ? await keepBackup(await clientOf(io, flags).download('/genesys/1/admin/backup'), at(file))
          : await backupData(at(flags.data), at(file));
      print(io, `${file}: ${entries} records and files, read again and sound.`);
    });

  store
    .command('restore')
    .description('Make a data directory of a backup, and verify it.')
    .argument('<file>', 'the backup')
    .argument('<folder>', 'the data directory; absent or empty')
    .action(async (file: string, folder: string) => {
      const { restoreData } = await import('../server/process/index.ts');
      end(report(io, await restoreData(at(file), at(folder))));
    });

  store
    .command('repair')
    .description('Make a new store of all that is sound, keep the damaged one, and list what is lost.')
    .addOption(dataOption(io))
    .action(async ({ data }: DataFlags) => {
      const { repairData } = await import('../server/process/index.ts');
      for (const line of await repairData(at(data))) print(io, line);
    });
}

function dataOption({ env }: CommandIo): Option {
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
  for (const problem of found.problems) print(io, problem);
  const state = found.problems.length === 0 ? 'sound' : `${found.problems.length} problem(s)`;
  print(
    io,
    `${found.records} records, ${found.writes} writes in the journal, ${found.blobs} blobs: ${state}.`,
  );
  return found.problems.length === 0 ? EXIT.OK : EXIT.FAILED;
}
