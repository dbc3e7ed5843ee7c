import { type Command, InvalidArgumentError, Option } from 'commander';
import { addGroup, addList } from '../commandGroup.ts';
import type { CommandIo, ProgramParts } from '../commandIo.ts';
import { nameAndValue } from '../nameAndValue.ts';
import { readNumberTo } from '../readNumber.ts';
import { addServerOptions, type ServerFlags, targetOf } from '../serverOptions.ts';
import { cancelCallbacks, createCallback, rescheduleCallback } from './callbackChanges.ts';
import { exportCallbacks } from './exportCallbacks.ts';
import { type CallbackFilter, MAX_LISTED } from './findCallbacks.ts';
import { listCallbacks, showCallback } from './listCallbacks.ts';

const STATES = ['SCHEDULED', 'QUEUED', 'ROUTING', 'PROCESSING', 'PAUSED', 'COMPLETED'];
const DEFAULT_LIMIT = 500;

interface FilterFlags extends ServerFlags {
  readonly service?: string;
  readonly state?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly where: { readonly [name: string]: string };
  readonly any?: true;
}

/** The commands for the callbacks of a running server. */
export function addCallbackCommands(program: Command, { io, end }: ProgramParts): void {
  const callbacks = addGroup(program, {
    name: 'callbacks',
    description: 'List, show, create, reschedule, cancel and export the callbacks of a running server.',
  });
  const list = addList(
    callbacks,
    'List callbacks by desired time: those from 15 minutes ago to 24 hours ahead, unless --from, --to or --where say others.',
  )
    .option(
      '--limit <number>',
      'maximum number of callbacks of a service',
      readNumberTo(MAX_LISTED),
      DEFAULT_LIMIT,
    )
    .action(async (flags: FilterFlags & { readonly limit: number }) => {
      await listCallbacks(targetOf(io, flags), filterOf(flags), flags.limit);
    });
  addServerOptions(addFilters(list), io);

  const show = callbacks
    .command('show')
    .description('Show a callback.')
    .argument('<id>', 'id of the callback')
    .action(async (id: string, flags: ServerFlags) => {
      await showCallback(targetOf(io, flags), id);
    });
  addServerOptions(show, io);
  addExport(callbacks, io);
  addChanges(callbacks, { io, end });
}

function addFilters(command: Command): Command {
  return command
    .option('--service <name>', 'only callbacks of this service')
    .addOption(
      new Option('--state <states>', `only these states, with commas: ${STATES.join(', ')}`).argParser(
        readStates,
      ),
    )
    .option('--from <time>', 'only callbacks whose desired time is not earlier, as 2026-01-05T09:00:00Z')
    .option('--to <time>', 'only callbacks whose desired time is not later')
    .option(
      '--where <property=value>',
      'only callbacks with this property, one of _customer_lookup_keys of the service (repeatable)',
      nameAndValue,
      {},
    )
    .option('--any', 'callbacks that have any of the properties, instead of all');
}

function addExport(callbacks: Command, io: CommandIo): void {
  const exports = callbacks
    .command('export')
    .description('Write callbacks of any time as CSV, or as NDJSON: one JSON object on each line.')
    .addOption(new Option('--format <format>', 'form of the file').choices(['csv', 'ndjson']).default('csv'))
    .option('--columns <names>', 'properties in the file, with commas (default: all)', (text) =>
      text.split(',').map((name) => name.trim()),
    )
    .option('-o, --output <file>', 'file to write (default: standard output)')
    .action(async (flags: FilterFlags & ExportFlags) => {
      const { format, columns, output } = flags;
      await exportCallbacks(targetOf(io, flags), filterOf(flags), { format, columns, output });
    });
  addServerOptions(addFilters(exports), io);
}

interface ExportFlags {
  readonly format: 'csv' | 'ndjson';
  readonly columns?: readonly string[];
  readonly output?: string;
}

function addChanges(callbacks: Command, { io, end }: ProgramParts): void {
  const create = callbacks
    .command('create')
    .description('Create a callback, as a customer does.')
    .argument('<service>', 'name of the service')
    .option('--number <number>', 'phone number of the customer: _customer_number')
    .option('--time <time>', 'desired time, as 2026-01-05T09:00:00Z (default: now)')
    .option('--set <property=value>', 'another property (repeatable)', nameAndValue, {})
    .action(async (service: string, flags: ServerFlags & CreateFlags) => {
      const { number, time, set } = flags;
      await createCallback(targetOf(io, flags), { service, number, time, set });
    });
  addServerOptions(create, io);

  const reschedule = callbacks
    .command('reschedule')
    .description('Give a scheduled callback another desired time.')
    .argument('<id>', 'id of the callback')
    .argument('<time>', 'as 2026-01-05T09:00:00Z')
    .action(async (id: string, time: string, flags: ServerFlags) => {
      await rescheduleCallback(targetOf(io, flags), id, time);
    });
  addServerOptions(reschedule, io);

  const cancel = callbacks
    .command('cancel')
    .description('Cancel callbacks.')
    .argument('[ids...]', 'ids of callbacks')
    .option('--file <file>', 'file with an id on each line; - is the standard input')
    .option('--reason <reason>', 'recorded with the callbacks', 'CANCELLED_BY_ADMIN')
    .action(
      async (
        ids: readonly string[],
        flags: ServerFlags & { readonly file?: string; readonly reason: string },
      ) => {
        const { file, reason } = flags;
        end(await cancelCallbacks(targetOf(io, flags), { ids, file, reason }));
      },
    );
  addServerOptions(cancel, io);
}

interface CreateFlags {
  readonly number?: string;
  readonly time?: string;
  readonly set: { readonly [name: string]: string };
}

function filterOf({ service, state, from, to, where, any }: FilterFlags): CallbackFilter {
  return { service, states: state, from, to, where, any: any === true };
}

function readStates(text: string): readonly string[] {
  const states = text.split(',').map((state) => state.trim());
  const wrong = states.find((state) => !STATES.includes(state));
  if (wrong === undefined) return states;
  throw new InvalidArgumentError(`Expected ${STATES.join(', ')}, got '${wrong}'.`);
}
