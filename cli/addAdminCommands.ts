import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_LISTED_SESSIONS, SESSION_STATUSES } from '../engine/host/index.ts';
import { documentsCommand, retryCommand, sessionsCommand } from './adminCommands.ts';
import { createServerClient, DEFAULT_SERVER, readServerUrl, type ServerClient } from './serverClient.ts';

interface ServerFlags {
  readonly server: string;
}

interface SessionsFlags extends ServerFlags {
  readonly status?: string;
  readonly document?: string;
  readonly limit: number;
  readonly after?: string;
  readonly json?: true;
}

/** The commands that ask a server which runs. */
export function addAdminCommands(program: Command): void {
  program
    .command('sessions')
    .description('prints the sessions of a server, in the order of their ids')
    .addOption(new Option('--status <status>', 'those with this status').choices(SESSION_STATUSES))
    .option('--document <hash>', 'those that need this version of a document')
    .option(
      '--limit <number>',
      `at most so many, up to ${MAX_LISTED_SESSIONS}`,
      readLimit,
      MAX_LISTED_SESSIONS,
    )
    .option('--after <session>', 'those behind this one: to go on where the last list ended')
    .option('--json', 'as the server answers')
    .addOption(serverOption())
    .action(async (flags: SessionsFlags) => {
      await sessionsCommand(clientOf(flags), {
        status: flags.status,
        documentHash: flags.document,
        limit: flags.limit,
        after: flags.after,
        json: flags.json === true,
      });
    });

  program
    .command('documents')
    .description('prints the versions of documents that sessions of a server need, with how many do')
    .option('--json', 'as the server answers')
    .addOption(serverOption())
    .action(async (flags: ServerFlags & { readonly json?: true }) => {
      await documentsCommand(clientOf(flags), flags.json === true);
    });

  program
    .command('retry')
    .description('has a server try again to restore a session that it set aside')
    .argument('<session>', 'its id')
    .addOption(serverOption())
    .action(async (sessionId: string, flags: ServerFlags) => {
      await retryCommand(clientOf(flags), sessionId);
    });
}

function serverOption(): Option {
  return new Option('--server <url>', 'the server that is asked')
    .env('ORSAY_URL')
    .default(DEFAULT_SERVER)
    .argParser(readServer);
}

function clientOf({ server }: ServerFlags): ServerClient {
  return createServerClient(server, process.env);
}

function readServer(text: string): string {
  try {
    return readServerUrl(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LISTED_SESSIONS) return limit;
  throw new InvalidArgumentError(`Expected a number from 1 to ${MAX_LISTED_SESSIONS}, got '${text}'.`);
}
