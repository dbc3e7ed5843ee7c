import type { Command } from 'commander';
import { addGroup, addList } from '../commandGroup.ts';
import type { CommandIo, ProgramParts } from '../commandIo.ts';
import { nameAndValue } from '../nameAndValue.ts';
import { addServerOptions, type ServerFlags, targetOf } from '../serverOptions.ts';
import {
  changeService,
  createService,
  deleteService,
  listServices,
  type Options,
  showService,
} from './serviceCommands.ts';

const NAME = ['<name>', 'name of the service'] as const;

/** The commands for the configured services of a running server. */
export function addServiceCommands(program: Command, { io }: ProgramParts): void {
  const services = addGroup(program, {
    name: 'services',
    description: 'List, show, create, change and delete the services of a running server.',
  });
  const list = addList(services, 'List the services with their documents.').action(
    async (flags: ServerFlags) => {
      await listServices(targetOf(io, flags));
    },
  );
  addServerOptions(list, io);

  const show = services
    .command('show')
    .description('Show the options of a service. Only administrators see its secrets.')
    .argument(...NAME)
    .action(async (name: string, flags: ServerFlags) => {
      await showService(targetOf(io, flags), name);
    });
  addServerOptions(show, io);
  addChanges(services, io);
}

interface CreateFlags extends ServerFlags {
  readonly template?: string;
  readonly profile?: string;
  readonly file?: string;
  readonly set: Options;
}

function addChanges(services: Command, io: CommandIo): void {
  const create = services
    .command('create')
    .description('Create a service for a template, or with the options of a JSON file.')
    .argument(...NAME)
    .option('--template <name>', 'template whose document the sessions of the service run')
    .option('--profile <name>', 'profile of the template: values of its options')
    .option('--file <file>', 'JSON file with options; - is the standard input')
    .option('--set <option=value>', 'an option (repeatable)', nameAndValue, {})
    .action(async (name: string, flags: CreateFlags) => {
      const { template, profile, file, set } = flags;
      await createService(targetOf(io, flags), { name, template, profile, file, set });
    });
  addServerOptions(create, io);

  const change = services
    .command('change')
    .description('Change options of a service. Sessions that started before keep theirs.')
    .argument(...NAME)
    .option('--set <option=value>', 'an option (repeatable)', nameAndValue, {})
    .option('--unset <option>', 'remove an option (repeatable)', collected, [])
    .action(async (name: string, flags: ServerFlags & ChangeFlags) => {
      await changeService(targetOf(io, flags), { name, set: flags.set, unset: flags.unset });
    });
  addServerOptions(change, io);

  const remove = services
    .command('delete')
    .description('Delete a service.')
    .argument(...NAME)
    .option('--force', 'also while callbacks are open: they keep their options')
    .action(async (name: string, flags: ServerFlags & { readonly force?: true }) => {
      await deleteService(targetOf(io, flags), name, { forces: flags.force === true });
    });
  addServerOptions(remove, io);
}

interface ChangeFlags {
  readonly set: Options;
  readonly unset: readonly string[];
}

function collected(text: string, known: readonly string[]): readonly string[] {
  return [...known, text];
}
