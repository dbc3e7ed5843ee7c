import { createRequire } from 'node:module';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDelay } from '../engine/interpreter/index.ts';
import type { Json } from '../engine/ports/index.ts';
import { addAdminCommands } from './addAdminCommands.ts';
import { checkCommand } from './checkCommand.ts';
import { type EventArgument, runCommand } from './runCommand.ts';

interface RunFlags {
  readonly param: { readonly [name: string]: string };
  readonly event: readonly EventArgument[];
  readonly virtualTime?: true;
  readonly realTime?: true;
  readonly maxTime?: number;
  readonly trace?: true;
  readonly dialect?: 'w3c' | 'ors';
}

// By the package's name, because the path from here differs between the sources and a build.
const { version } = createRequire(import.meta.url)('orsay/package.json') as { version: string };

/** The commands of `orsay`. */
export function createProgram(): Command {
  const program = new Command('orsay')
    .description('Runs, checks and serves SCXML documents, and shows what a server runs.')
    .version(version)
    .exitOverride()
    .showHelpAfterError();

  program
    .command('run')
    .description('runs a document until it is final or stable; the last line is a JSON object')
    .argument('<document>', 'file or file: URL')
    .option('--param <name=value>', 'a start parameter, as text; repeatable', readParam, {})
    .option('--event <name[=json]>', 'an event after the start, with data; repeatable', readEvent, [])
    .addOption(new Option('--virtual-time', 'delays pass at once, in order').conflicts('realTime'))
    .addOption(new Option('--real-time', 'delays are waited for (default)'))
    .option(
      '--max-time <time>',
      'session time after which it is left as it is (default: 10s, 1d in virtual time)',
      readTime,
    )
    .option('--trace', 'one JSON line a step')
    .addOption(new Option('--dialect <dialect>', 'instead of what the document says').choices(['w3c', 'ors']))
    .action(async (source: string, flags: RunFlags) => {
      process.exitCode = await runCommand(source, {
        params: flags.param,
        events: flags.event,
        virtual: flags.virtualTime === true,
        maxMs: flags.maxTime,
        trace: flags.trace === true,
        dialect: flags.dialect,
      });
    });

  program
    .command('check')
    .description('prints every problem of documents as file:line:column: code: message')
    .argument('<paths...>', 'files, folders, and zips as templates are uploaded in')
    .addOption(new Option('--dialect <dialect>', 'instead of what the documents say').choices(['w3c', 'ors']))
    .action(async (paths: readonly string[], flags: { dialect?: 'w3c' | 'ors' }) => {
      process.exitCode = await checkCommand(paths, flags.dialect);
    });

  program
    .command('serve')
    .description('starts the server, as `npm start` does')
    .action(async () => {
      const { runServer } = await import('../server/process/index.ts');
      runServer();
    });

  addAdminCommands(program);
  return program;
}

function readParam(
  text: string,
  known: { readonly [name: string]: string },
): { readonly [name: string]: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`Expected name=value, got '${text}'.`);
  return { ...known, [text.slice(0, at)]: text.slice(at + 1) };
}

function readEvent(text: string, known: readonly EventArgument[]): readonly EventArgument[] {
  const at = text.indexOf('=');
  if (at === 0 || text === '') throw new InvalidArgumentError(`Expected name or name=json, got '${text}'.`);
  if (at === -1) return [...known, { name: text }];
  try {
    return [...known, { name: text.slice(0, at), data: JSON.parse(text.slice(at + 1)) as Json }];
  } catch (error) {
    throw new InvalidArgumentError(
      `Expected JSON behind '=', got '${text.slice(at + 1)}': ${(error as Error).message}.`,
    );
  }
}

function readTime(text: string): number {
  const milliseconds = parseDelay(text);
  if (milliseconds === undefined) {
    throw new InvalidArgumentError(`Expected a time as 10s, 200ms or 5m, got '${text}'.`);
  }
  return milliseconds;
}
