import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_LISTED_SESSIONS, SESSION_STATUSES, type SessionStatus } from '../engine/host/index.ts';
import { AUDIT_ACTIONS } from '../strategies/audit/index.ts';
import {
  type AdminTarget,
  allowDocumentCommand,
  auditCommand,
  blockDocumentCommand,
  blockedDocumentsCommand,
  documentsCommand,
  retryCommand,
  sessionsCommand,
} from './adminCommands.ts';
import type { CommandIo } from './commandIo.ts';
import { DEFAULT_SERVER, readServerUrl, ServerClient } from './serverClient.ts';
import type { TraceFileForm } from './traceCommand.ts';

export interface ServerFlags {
  readonly server: string;
}

interface SessionsFlags extends ServerFlags {
  readonly status?: SessionStatus;
  readonly document?: string;
  readonly limit: number;
  readonly after?: string;
  readonly json?: true;
}

interface AuditFlags extends ServerFlags {
  readonly since?: string;
  readonly until?: string;
  readonly who?: string;
  readonly object?: string;
  readonly action?: string;
  readonly before?: string;
  readonly limit: number;
  readonly json?: true;
}

/** Entries that `orsay audit` prints when it gets no --limit. */
const DEFAULT_AUDIT_LIMIT = 100;

/** The commands for a running server. */
export function addAdminCommands(program: Command, io: CommandIo): void {
  const serverOption = serverOptionOf(io);
  const target = (flags: ServerFlags): AdminTarget => ({ io, client: clientOf(io, flags) });

  const sessions = program
    .command('sessions')
    .enablePositionalOptions()
    .description('List the sessions of a running server, ordered by id.')
    .addOption(new Option('--status <status>', 'only sessions with this status').choices(SESSION_STATUSES))
    .option('--document <hash>', 'only sessions that need this version of a document')
    .option(
      '--limit <number>',
      `maximum number of sessions, at most ${MAX_LISTED_SESSIONS}`,
      readLimit,
      MAX_LISTED_SESSIONS,
    )
    .option('--after <session>', 'only sessions after this id, to continue a list')
    .option('--json', 'print the JSON of the server')
    .addOption(serverOption)
    .action(async (flags: SessionsFlags) => {
      await sessionsCommand(target(flags), {
        status: flags.status,
        documentHash: flags.document,
        limit: flags.limit,
        after: flags.after,
        json: flags.json === true,
      });
    });

  sessions
    .command('terminate')
    .description('End all sessions of a document, and let no session start on it.')
    .requiredOption(
      '--document <hash|url>',
      'version or URL of the document, as `orsay documents` lists them',
    )
    .option('--allow', 'let sessions start on the document again')
    .addOption(serverOption)
    .action(async (flags: ServerFlags & { readonly document: string; readonly allow?: true }) => {
      const { document, allow } = flags;
      if (allow === true) await allowDocumentCommand(target(flags), document);
      else await blockDocumentCommand(target(flags), document);
    });

  sessions
    .command('trace')
    .description('Print the trace of a session and of those that it invoked, for the other commands.')
    .argument('<session>', 'id of the session')
    .addOption(
      new Option('--format <form>', 'the trace file, or the lines METRIC of the log of ORS')
        .choices(['json', 'metric'])
        .default('json'),
    )
    .addOption(serverOption)
    .addHelpText('after', '\nExample: orsay sessions trace SESSION > session.trace')
    .action(async (session: string, flags: ServerFlags & { readonly format: TraceFileForm }) => {
      const { traceCommand } = await import('./traceCommand.ts');
      await traceCommand(target(flags), { session, format: flags.format });
    });

  program
    .command('documents')
    .description(
      'List the versions of documents on a running server, with the number of sessions that need each.',
    )
    .option('--blocked', 'list the blocked documents instead')
    .option('--json', 'print the JSON of the server')
    .addOption(serverOption)
    .action(async (flags: ServerFlags & { readonly blocked?: true; readonly json?: true }) => {
      const json = flags.json === true;
      if (flags.blocked === true) await blockedDocumentsCommand(target(flags), { json });
      else await documentsCommand(target(flags), json);
    });

  program
    .command('audit')
    .description('List what administrators, partners and the server did on a running server, newest first.')
    .option('--since <time>', 'only entries at or after this time, for example 2026-01-05T09:00:00Z')
    .option('--until <time>', 'only entries before this time')
    .option('--who <name>', "only this actor, for example 'administrator anna'")
    .option('--object <name>', 'only this object, for example template:callback')
    .addOption(new Option('--action <action>', 'only this action').choices(AUDIT_ACTIONS))
    .option('--before <id>', 'only entries before the one with this id, to continue a list')
    .option('--limit <number>', 'maximum number of entries', readLimit, DEFAULT_AUDIT_LIMIT)
    .option('--json', 'print the JSON of the server')
    .addOption(serverOption)
    .action(async (flags: AuditFlags) => {
      const { since, until, who, object, action, before, limit } = flags;
      const json = flags.json === true;
      await auditCommand(target(flags), { since, until, who, object, action, before, limit, json });
    });

  program
    .command('retry')
    .description('Try again to restore a session that is set aside.')
    .argument('<session>', 'id of the session')
    .addOption(serverOption)
    .action(async (sessionId: string, flags: ServerFlags) => {
      await retryCommand(target(flags), sessionId);
    });
}

/** As `env()` of the option, which would read the environment of this process. */
export function serverOptionOf({ env }: CommandIo): Option {
  const { ORSAY_URL: url } = env;
  return new Option('--server <url>', 'URL of the server (env: ORSAY_URL)')
    .default(url ?? DEFAULT_SERVER, DEFAULT_SERVER)
    .argParser(readServer);
}

/** Throws an Error with a message for the user. */
export function clientOf({ env }: CommandIo, { server }: ServerFlags): ServerClient {
  return new ServerClient(readServerUrl(server), env);
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
