import type { Command } from 'commander';
import { addGroup, addList } from './commandGroup.ts';
import type { ProgramParts } from './commandIo.ts';
import { type AdminTarget, type ServerFlags, serverOptionOf, targetOf, userOption } from './serverOptions.ts';

/** The commands for the templates of a running server. Only they load what reads and writes archives. */
export function addTemplateCommands(program: Command, { io, end }: ProgramParts): void {
  const load = () => import('./templates/templateCommands.ts');
  const target = (flags: ServerFlags): AdminTarget => targetOf(io, flags);
  const templates = addGroup(program, {
    name: 'templates',
    description: 'Begin, upload, list, compare and remove the templates of a running server.',
  });
  addList(templates, 'List the templates of a running server.')
    .addOption(serverOptionOf(io))
    .addOption(userOption())
    .action(async (flags: ServerFlags) => {
      await (await load()).listTemplates(target(flags));
    });

  templates
    .command('versions')
    .description('List the versions of a template, newest first.')
    .argument('<name>', 'name of the template')
    .addOption(serverOptionOf(io))
    .addOption(userOption())
    .action(async (name: string, flags: ServerFlags) => {
      await (await load()).listVersions(target(flags), name);
    });

  templates
    .command('download')
    .description('Write a template into a zip archive.')
    .argument('<name>', 'name of the template')
    .requiredOption('-o, --output <file>', 'archive to write')
    .option('--version <version>', 'an earlier version')
    .addOption(serverOptionOf(io))
    .addOption(userOption())
    .action(
      async (name: string, flags: ServerFlags & { readonly output: string; readonly version?: string }) => {
        const { output, version } = flags;
        await (await load()).downloadTemplate(target(flags), name, { output, version });
      },
    );

  templates
    .command('upload')
    .description('Upload a template. It is used at once, when no document has a problem.')
    .argument('<name>', 'name of the template')
    .argument('<path>', 'a document, a zip archive or a folder')
    .option('--override', 'replace a template of the installation')
    .option('--no-test', 'do not check the files and play their scenarios before')
    .addOption(serverOptionOf(io))
    .addOption(userOption())
    .action(async (name: string, path: string, flags: ServerFlags & UploadFlags) => {
      const upload = { name, path, overrides: flags.override === true, tests: flags.test };
      end(await (await load()).uploadTemplate(target(flags), upload));
    });

  templates
    .command('new')
    .description('Write a folder with a small template that runs: manifest, document and scenarios.')
    .argument('<name>', 'name of the template, and of the folder')
    .action(async (name: string) => {
      const { newTemplate } = await import('./templates/newTemplate.ts');
      await newTemplate(io, name);
    });

  templates
    .command('diff')
    .description('Print the differences of two versions: of charts, data and texts.')
    .argument('<name>', 'name of the template')
    .option('--from <version>', 'the older version (default: the one before the present)')
    .option('--to <version>', 'the newer version (default: the present)')
    .option('--with <path>', 'compare the present version with a document, zip archive or folder')
    .addOption(serverOptionOf(io))
    .addOption(userOption())
    .action(async (name: string, flags: ServerFlags & DiffFlags) => {
      const { from, to, with: path } = flags;
      await (await load()).diffTemplate(target(flags), { name, from, to, path });
    });

  templates
    .command('rollback')
    .description('Use an earlier version again. Running sessions keep theirs.')
    .argument('<name>', 'name of the template')
    .argument('<version>', 'as `orsay templates versions` lists it')
    .option('--override', 'replace a template of the installation')
    .addOption(serverOptionOf(io))
    .addOption(userOption())
    .action(async (name: string, version: string, flags: ServerFlags & { readonly override?: true }) => {
      const overrides = flags.override === true;
      await (await load()).rollBackTemplate(target(flags), { name, version, overrides });
    });

  templates
    .command('remove')
    .description('Remove an uploaded template. Its versions can be used again.')
    .argument('<name>', 'name of the template')
    .option('--force', 'also while sessions run on it: they keep their documents')
    .addOption(serverOptionOf(io))
    .addOption(userOption())
    .action(async (name: string, flags: ServerFlags & { readonly force?: true }) => {
      await (await load()).removeTemplate(target(flags), name, { forces: flags.force === true });
    });
}

interface UploadFlags {
  readonly override?: true;
  readonly test: boolean;
}

interface DiffFlags {
  readonly from?: string;
  readonly to?: string;
  readonly with?: string;
}
