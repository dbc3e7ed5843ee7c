import type { Command } from 'commander';
import { Option } from 'commander';
import { clientOf, serverOption } from './addAdminCommands.ts';
import { EXIT, type Exit } from './exit.ts';

interface DataFlags {
  readonly data: string;
}

interface BackupFlags {
  readonly data?: string;
  readonly server: string;
}

/** The commands for the store of a data directory. Only these and `serve` load the server's parts. */
export function addStoreCommands(program: Command): void {
  const store = program.command('store').description('Verify, back up, restore and repair a data directory.');

  store
    .command('verify')
    .description('Read every record, every write of the journal and every blob. The server must be stopped.')
    .addOption(dataOption())
    .action(async ({ data }: DataFlags) => {
      const { verifyData } = await import('../server/process/index.ts');
      process.exitCode = report(await verifyData(data));
    });

  store
    .command('backup')
    .description('Write one file with the records, files and configuration at one point in time.')
    .argument('<file>', 'the file to write')
    .addOption(new Option('--data <folder>', 'data directory of a stopped server, instead of a running one'))
    .addOption(serverOption())
    .action(async (file: string, flags: BackupFlags) => {
      const { backupData, keepBackup } = await import('../server/process/index.ts');
      const entries =
        flags.data === undefined
          ? await keepBackup(await clientOf(flags).download('/genesys/1/admin/backup'), file)
          : await backupData(flags.data, file);
      print(`${file}: ${entries} records and files, read again and sound.`);
    });

  store
    .command('restore')
    .description('Make a data directory of a backup, and verify it.')
    .argument('<file>', 'the backup')
    .argument('<folder>', 'the data directory; absent or empty')
    .action(async (file: string, folder: string) => {
      const { restoreData } = await import('../server/process/index.ts');
      process.exitCode = report(await restoreData(file, folder));
    });

  store
    .command('repair')
    .description('Make a new store of all that is sound, keep the damaged one, and list what is lost.')
    .addOption(dataOption())
    .action(async ({ data }: DataFlags) => {
      const { repairData } = await import('../server/process/index.ts');
      for (const line of await repairData(data)) print(line);
    });
}

function dataOption(): Option {
  return new Option('--data <folder>', 'data directory').env('ORSAY_DATA_DIR').default('data');
}

function report(found: {
  readonly records: number;
  readonly writes: number;
  readonly blobs: number;
  readonly problems: readonly string[];
}): Exit {
  for (const problem of found.problems) print(problem);
  const state = found.problems.length === 0 ? 'sound' : `${found.problems.length} problem(s)`;
  print(`${found.records} records, ${found.writes} writes in the journal, ${found.blobs} blobs: ${state}.`);
  return found.problems.length === 0 ? EXIT.OK : EXIT.FAILED;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
