import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { cellOf, databaseOf, reaching } from './cellEnvironment.ts';
import { CommandFault, wrongUse } from './commandFault.ts';
import { type CommandIo, type ProgramParts, print, printNote, printResult } from './commandIo.ts';
import { EXIT } from './exit.ts';
import { readNumberTo } from './readNumber.ts';
import { table } from './table.ts';

const readVersion = readNumberTo(9_999_999_999);

interface GetFlags {
  readonly version?: number;
  readonly output?: string;
}

/** The commands for the configuration of a cell. Without a cell it is a file, which a person edits. */
export function addConfigCommands(program: Command, { io }: ProgramParts): void {
  const config = program
    .command('config')
    .description('Show and change the configuration of the cell ORSAY_CELL in ORSAY_CELL_DATABASE.');

  config
    .command('get')
    .description('Print the configuration of a cell, or write it to a file.')
    .option('--version <number>', 'an earlier version', readVersion)
    .option('-o, --output <file>', 'the file to write')
    .action(async ({ version: number, output }: GetFlags) => {
      const { readCellConfig } = await import('../server/process/index.ts');
      const found = await reaching(() => readCellConfig(placeOf(io), number));
      if (found === undefined) {
        throw wrongUse(
          `Expected a version of ${nameOf(io)}, which \`orsay config versions\` lists; found none.`,
        );
      }
      const { version, text } = found;
      if (output !== undefined) {
        writeFileSync(resolve(io.cwd, output), text, { mode: 0o600 });
        printResult(
          io,
          { version, file: output },
          () => `Version ${version} of ${nameOf(io)} is in ${output}.`,
        );
        return;
      }
      if (io.json) {
        printResult(io, { version, text }, () => text);
        return;
      }
      print(io, text.trimEnd());
      printNote(io, `Version ${version} of ${nameOf(io)}.`);
    });

  config
    .command('put')
    .description('Check a file, and make it the configuration of a cell.')
    .argument('<file>', 'the configuration, as `orsay config get` gives it')
    .option('--replaces <version>', 'the version from which the file was made', readVersion)
    .action(async (file: string, { replaces = 0 }: { readonly replaces?: number }) => {
      const { putCellConfig } = await import('../server/process/index.ts');
      const text = readFileSync(resolve(io.cwd, file), 'utf8');
      const { isAdded, present } = await reaching(() => putCellConfig(placeOf(io), { text, replaces }));
      if (!isAdded) {
        const got = replaces === 0 ? 'none' : `--replaces ${replaces}`;
        const expected = present === 0 ? 'no --replaces' : `--replaces ${present}`;
        const text = `Expected ${expected}, because ${nameOf(io)} has version ${present}; got ${got}. Nothing was changed.`;
        throw new CommandFault({ code: 'CONFLICT', exit: EXIT.FAILED, text });
      }
      const version = replaces + 1;
      printResult(
        io,
        { version },
        () => `Version ${version} of ${nameOf(io)}. Its owner reads it within 10 seconds.`,
      );
    });

  config
    .command('versions')
    .description('List the versions of the configuration of a cell that are kept, newest first.')
    .action(async () => {
      const { listCellConfigs } = await import('../server/process/index.ts');
      const versions = (await reaching(() => listCellConfigs(placeOf(io), io.clock.now()))).toReversed();
      printResult(io, { versions }, () =>
        table(
          ['VERSION', 'WRITTEN', 'BYTES'],
          versions.map(({ version, writtenAt, bytes }) => [`${version}`, writtenAt, `${bytes}`]),
        ),
      );
    });
}

function placeOf(io: CommandIo): {
  readonly database: string;
  readonly cell: string;
  readonly folder: string;
} {
  return {
    database: databaseOf(io),
    cell: cellOf(io),
    folder: resolve(io.cwd, io.env.ORSAY_DATA_DIR ?? 'data'),
  };
}

function nameOf(io: CommandIo): string {
  return `the configuration of the cell '${cellOf(io)}'`;
}
