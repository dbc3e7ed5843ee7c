import { createRequire } from 'node:module';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DocumentError } from '../engine/interpreter/index.ts';
import type { Json } from '../engine/ports/index.ts';
import { addCellCommands } from './addCellCommands.ts';
import { addConfigCommands } from './addConfigCommands.ts';
import { addDapCommand } from './addDapCommand.ts';
import { addDrawCommand } from './addDrawCommand.ts';
import { addStepCommand } from './addStepCommand.ts';
import { addStoreCommands } from './addStoreCommands.ts';
import { addTemplateCommands } from './addTemplateCommands.ts';
import { addVerifyCommand } from './addVerifyCommand.ts';
import { addAuditCommand } from './audit/addAuditCommand.ts';
import { addCallbackCommands } from './callbacks/addCallbackCommands.ts';
import { checkCommand } from './checkCommand.ts';
import { checkConfigCommand } from './checkConfigCommand.ts';
import { faultOf, wrongUse } from './commandFault.ts';
import {
  type CommandIo,
  createCommandIo,
  type PrintedProblem,
  type ProcessIo,
  type ProgramParts,
  printProblem,
  withPaths,
} from './commandIo.ts';
import { addCommonOptions, readForm } from './commonOptions.ts';
import { addCompletionCommand } from './completion/addCompletionCommand.ts';
import { dialectOption } from './dialectOption.ts';
import { EXIT, type Exit } from './exit.ts';
import { hashPasswordCommand } from './hashPasswordCommand.ts';
import { addLspCommand } from './lsp/addLspCommand.ts';
import { nameAndValue } from './nameAndValue.ts';
import { printDocumentProblem } from './problemLine.ts';
import { readTime } from './readTime.ts';
import { type EventArgument, runCommand, type StepForm } from './runCommand.ts';
import { addServiceCommands } from './services/addServiceCommands.ts';
import { addSessionCommands } from './sessions/addSessionCommands.ts';
import { addTestCommand } from './test/addTestCommand.ts';

interface RunFlags {
  readonly param: { readonly [name: string]: string };
  readonly lists?: string;
  readonly virtualTime?: true;
  readonly realTime?: true;
  readonly maxTime?: number;
  readonly steps?: StepForm;
  readonly dialect?: 'w3c' | 'ors';
}

// The package is named because its relative path differs between the sources and a build.
const { version } = createRequire(import.meta.url)('orsay/package.json') as { version: string };

/**
 * Runs `orsay` with the arguments after its name, and returns its exit code. `serve` returns when the server
 * starts. Nothing but `serve` changes the process.
 */
export async function runProgram(args: readonly string[], processIo: ProcessIo): Promise<Exit> {
  const io = createCommandIo(processIo, readForm(args));
  let exit: Exit = EXIT.OK;
  const end = (code: Exit): void => {
    exit = code;
  };
  try {
    await createProgram({ io, end }).parseAsync(withForm(args), { from: 'user' });
    return exit;
  } catch (error) {
    return ended(io, error);
  }
}

/** Prints the error that ended a command. */
function ended(io: CommandIo, error: unknown): Exit {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.WRONG_USE;
  if (error instanceof DocumentError) {
    for (const problem of error.problems) printDocumentProblem(io, problem);
    const isUnread = error.problems.some(({ code }) => code === 'FILE_UNREADABLE');
    return isUnread ? EXIT.WRONG_USE : EXIT.FAILED;
  }
  const { code, exit, text, message, details } = faultOf(error);
  if (io.json && Array.isArray(details?.problems)) {
    for (const problem of details.problems) printProblem(io, problem as unknown as PrintedProblem);
    return exit;
  }
  printProblem(io, { code, message: withPaths(io, text) }, withPaths(io, message));
  return exit;
}

/** Without a form, `--steps` of `run` would take the next argument for one. */
function withForm(args: readonly string[]): readonly string[] {
  if (args[0] !== 'run') return args;
  return args.map((argument) => (argument === '--steps' ? '--steps=json' : argument));
}

/** The program with all its commands. */
export function createProgram(parts: ProgramParts): Command {
  const { io } = parts;
  const program = new Command('orsay')
    .description(
      'Runs, steps, checks, verifies, draws and serves SCXML documents, and manages a running server.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text) => {
        const message = text.trim().replace(/^error: /, '');
        printProblem(io, { code: 'WRONG_USE', message }, text.trimEnd());
      },
    })
    // Options behind the name of a command belong to that command.
    .enablePositionalOptions()
    .showHelpAfterError(io.json ? false : `'orsay COMMAND --help' shows its options and an example.`);

  addRunCommand(program, parts);
  addCheckCommand(program, parts);
  addStepCommand(program, parts);
  addDrawCommand(program, parts);
  addTestCommand(program, parts);
  addVerifyCommand(program, parts);
  addLspCommand(program, parts);
  addDapCommand(program, parts);
  addServeCommand(program);
  addHashPasswordCommand(program, parts);
  addCheckConfigCommand(program, parts);
  addSessionCommands(program, parts);
  addServiceCommands(program, parts);
  addCallbackCommands(program, parts);
  addTemplateCommands(program, parts);
  addAuditCommand(program, parts);
  addStoreCommands(program, parts);
  addCellCommands(program, parts);
  addConfigCommands(program, parts);
  addCompletionCommand(program, parts);
  addCommonOptions(program);
  return program;
}

function addRunCommand(program: Command, { io, end }: ProgramParts): void {
  const events: EventArgument[] = [];
  program
    .command('run')
    .description('Run a document until it ends or waits. The last line of the output is a JSON object.')
    .argument('<document>', 'path or file: URL of the document')
    .option('--param <name=value>', 'start parameter, as text (repeatable)', nameAndValue, {})
    .option(
      '--event <name[=json]>',
      'event to send after the start, with optional data (repeatable)',
      (text: string) => readEvent(text, events),
    )
    .option(
      '--facts <json>',
      'facts of the platform for the event before it: {"interactions": {"<id>": {"udata": {}}}}',
      (text: string) => readFacts(text, events),
    )
    .option('--lists <file>', 'JSON file with lists, options and specialDays of an installation')
    .addOption(new Option('--virtual-time', 'skip delays, but keep their order').conflicts('realTime'))
    .addOption(new Option('--real-time', 'wait for delays (default)'))
    .option(
      '--max-time <time>',
      'stop after this much session time, also when the session never rests (default: 10s, or 1d in virtual time)',
      readTime,
    )
    .addOption(
      new Option('--steps [form]', 'print each step: a line of JSON, or with --steps=text lines for people')
        .choices(['json', 'text'])
        .preset('json'),
    )
    .addOption(dialectOption())
    .action(async (source: string, flags: RunFlags) => {
      if (io.json && flags.steps === 'text') throw wrongUse('Expected --steps=text without --json.');
      const request = {
        params: flags.param,
        events,
        lists: flags.lists,
        virtual: flags.virtualTime === true,
        maxMs: flags.maxTime,
        steps: flags.steps,
        dialect: flags.dialect,
      };
      end(await runCommand(io, source, request));
    });
}

function addCheckCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('check')
    .description('Print every problem of documents as file:line:column: code: message.')
    .argument('<paths...>', 'files, folders, or zip archives, as uploaded for templates')
    .addOption(dialectOption())
    .action(async (paths: readonly string[], flags: { dialect?: 'w3c' | 'ors' }) => {
      end(await checkCommand(io, paths, flags.dialect));
    });
}

function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('Start the server. Environment variables configure it.')
    .action(async () => {
      const { runServer } = await import('../server/process/index.ts');
      runServer();
    });
}

function addHashPasswordCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('hash-password')
    .description('Read a password, and print its hash for administrator.passwordHash of config.json.')
    .action(async () => {
      end(await hashPasswordCommand(io));
    });
}

function addCheckConfigCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('check-config')
    .description('Print what to set before other machines reach the server, and what is set.')
    .action(async () => {
      end(await checkConfigCommand(io));
    });
}

function readEvent(text: string, events: EventArgument[]): void {
  const at = text.indexOf('=');
  if (at === 0 || text === '') throw new InvalidArgumentError(`Expected name or name=json, got '${text}'.`);
  if (at === -1) events.push({ name: text });
  else events.push({ name: text.slice(0, at), data: readJson(text.slice(at + 1), "after '='") });
}

function readFacts(text: string, events: EventArgument[]): void {
  const event = events.pop();
  if (event === undefined) throw new InvalidArgumentError('Expected --event before --facts, got none.');
  events.push({ ...event, facts: readJson(text, 'as facts') });
}

function readJson(text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new InvalidArgumentError(`Expected JSON ${where}, got '${text}': ${(error as Error).message}.`);
  }
}
