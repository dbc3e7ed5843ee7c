import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_LISTED_SESSIONS, SESSION_STATUSES, type SessionStatus } from '../../engine/host/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import { wrongUse } from '../commandFault.ts';
import { addGroup, addList } from '../commandGroup.ts';
import type { CommandIo, ProgramParts } from '../commandIo.ts';
import { readNumberTo } from '../readNumber.ts';
import { addServerOptions, type ServerFlags, targetOf } from '../serverOptions.ts';
import {
  allowDocumentCommand,
  blockDocumentCommand,
  blockedDocumentsCommand,
  documentsCommand,
  retryCommand,
  sendEventCommand,
  sessionsCommand,
  showSessionCommand,
  terminateSessionCommand,
} from './sessionCommands.ts';
import type { TraceFileForm } from './traceCommand.ts';

interface SessionsFlags extends ServerFlags {
  readonly status?: SessionStatus;
  readonly document?: string;
  readonly limit: number;
  readonly after?: string;
}

const SESSION = ['<session>', 'id of the session'] as const;

/** The commands for the sessions of a running server, and for the documents that they run. */
export function addSessionCommands(program: Command, { io }: ProgramParts): void {
  const sessions = addGroup(program, {
    name: 'sessions',
    description: 'List, show and end the sessions of a running server, and send events to them.',
  });
  addSessionList(sessions, io);
  addSessionChanges(sessions, io);
  addTrace(sessions, io);
  addDocuments(program, io);
  addRetry(program.command('retry').description('The same as `sessions retry`.'), io);
}

function addSessionList(sessions: Command, io: CommandIo): void {
  const list = addList(sessions, 'List sessions, ordered by id.')
    .addOption(new Option('--status <status>', 'only sessions with this status').choices(SESSION_STATUSES))
    .option('--document <hash>', 'only sessions that need this version of a document')
    .option(
      '--limit <number>',
      `maximum number of sessions, at most ${MAX_LISTED_SESSIONS}`,
      readNumberTo(MAX_LISTED_SESSIONS),
      MAX_LISTED_SESSIONS,
    )
    .option('--after <session>', 'only sessions after this id, to continue a list')
    .action(async (flags: SessionsFlags) => {
      const { status, document: documentHash, limit, after } = flags;
      await sessionsCommand(targetOf(io, flags), { status, documentHash, limit, after });
    });
  addServerOptions(list, io);

  const show = sessions
    .command('show')
    .description('Show a session with its configuration and its data.')
    .argument(...SESSION)
    .action(async (session: string, flags: ServerFlags) => {
      await showSessionCommand(targetOf(io, flags), session);
    });
  addServerOptions(show, io);
}

function addSessionChanges(sessions: Command, io: CommandIo): void {
  const send = sessions
    .command('send')
    .description('Send an event to a session.')
    .argument(...SESSION)
    .argument('<event>', 'name of the event')
    .option('--data <json>', 'data of the event', readJson)
    .action(async (session: string, event: string, flags: ServerFlags & { readonly data?: Json }) => {
      await sendEventCommand(targetOf(io, flags), { session, event, ...defined({ data: flags.data }) });
    });
  addServerOptions(send, io);

  const terminate = sessions
    .command('terminate')
    .description('End a session, or all sessions of a document and let no session start on it.')
    .argument('[session]', 'id of the session')
    .option('--document <hash|url>', 'version or URL of the document, as `orsay documents` lists them')
    .option('--allow', 'let sessions start on the document again')
    .action(async (session: string | undefined, flags: TerminateFlags) => {
      await terminateCommand(targetOf(io, flags), session, flags);
    });
  addServerOptions(terminate, io);
  addRetry(sessions.command('retry').description('Try again to restore a session that is set aside.'), io);
}

interface TerminateFlags extends ServerFlags {
  readonly document?: string;
  readonly allow?: true;
}

async function terminateCommand(
  target: ReturnType<typeof targetOf>,
  session: string | undefined,
  { document, allow }: TerminateFlags,
): Promise<void> {
  if ((session === undefined) === (document === undefined)) {
    throw wrongUse('Expected the id of a session, or --document, and not both.');
  }
  if (session !== undefined && allow) throw wrongUse('Expected --allow only with --document.');
  if (session !== undefined) await terminateSessionCommand(target, session);
  else if (allow) await allowDocumentCommand(target, document!);
  else await blockDocumentCommand(target, document!);
}

function addRetry(retry: Command, io: CommandIo): void {
  retry.argument(...SESSION).action(async (session: string, flags: ServerFlags) => {
    await retryCommand(targetOf(io, flags), session);
  });
  addServerOptions(retry, io);
}

function addTrace(sessions: Command, io: CommandIo): void {
  const trace = sessions
    .command('trace')
    .description('Print the trace of a session and of those that it invoked, for the other commands.')
    .argument(...SESSION)
    .addOption(
      new Option('--format <form>', 'the trace file, or the lines METRIC of the log of ORS')
        .choices(['json', 'metric'])
        .default('json'),
    )
    .action(async (session: string, flags: ServerFlags & { readonly format: TraceFileForm }) => {
      const { traceCommand } = await import('./traceCommand.ts');
      await traceCommand(targetOf(io, flags), { session, format: flags.format });
    });
  addServerOptions(trace, io);
}

function addDocuments(program: Command, io: CommandIo): void {
  const documents = program
    .command('documents')
    .description(
      'List the versions of documents on a running server, with the number of sessions that need each.',
    )
    .option('--blocked', 'list the blocked documents instead')
    .action(async (flags: ServerFlags & { readonly blocked?: true }) => {
      if (flags.blocked === true) await blockedDocumentsCommand(targetOf(io, flags));
      else await documentsCommand(targetOf(io, flags));
    });
  addServerOptions(documents, io);
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new InvalidArgumentError(`Expected JSON, got '${text}': ${(error as Error).message}.`);
  }
}
