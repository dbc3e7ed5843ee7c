import type { DocumentVersion, SessionStatus } from '../../engine/host/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import { printNote, printResult } from '../commandIo.ts';
import type { AdminTarget } from '../serverOptions.ts';
import { fieldLines, table } from '../table.ts';

const ROOT = '/genesys/1/admin';

export interface SessionsRequest {
  readonly status: SessionStatus | undefined;
  readonly documentHash: string | undefined;
  readonly limit: number;
  /** The list begins after the session with this id. */
  readonly after: string | undefined;
}

/** Prints the sessions of a server, one on each line. */
export async function sessionsCommand({ io, client }: AdminTarget, request: SessionsRequest): Promise<void> {
  const { status, documentHash, limit, after } = request;
  const query = new URLSearchParams({
    ...defined({ status, documentHash, after }),
    limit: String(limit),
  });
  const found = (await client.ask('GET', `${ROOT}/sessions?${query}`)) as Record<string, Json>[];
  const columns = ['_id', 'status', 'startedAt', 'documentHash', 'src', 'reason'];
  const rows = found.map((session) => columns.map((name) => String(session[name] ?? '')));
  printResult(io, found, () =>
    table(['SESSION', 'STATUS', 'STARTED', 'VERSION', 'DOCUMENT', 'REASON'], rows),
  );
  if (found.length === limit) {
    printNote(io, `There may be more sessions. Continue with --after ${String(found.at(-1)?._id)}`);
  }
}

/** Prints the versions of documents on a server, with the number of sessions that need each. */
export async function documentsCommand({ io, client }: AdminTarget): Promise<void> {
  const found = (await client.ask('GET', `${ROOT}/documents`)) as unknown as readonly DocumentVersion[];
  const rows = found.map(({ documentHash, sessions, more, src }) => [
    documentHash,
    `${sessions}${more === true ? '+' : ''}`,
    src,
  ]);
  printResult(io, found, () => table(['VERSION', 'SESSIONS', 'DOCUMENT'], rows));
}

/** Ends all sessions of a document, and lets none start on it. */
export async function blockDocumentCommand({ io, client }: AdminTarget, document: string): Promise<void> {
  const blocked = (await client.ask('POST', `${ROOT}/documents/block`, { document })) as Record<string, Json>;
  printResult(
    io,
    blocked,
    () =>
      `The document ${String(blocked.document)} is blocked. Sessions that the server ends: ${String(blocked.sessions)}.`,
  );
}

export async function allowDocumentCommand({ io, client }: AdminTarget, document: string): Promise<void> {
  await client.ask('POST', `${ROOT}/documents/allow`, { document });
  printResult(io, { document }, () => `Sessions may start on the document ${document} again.`);
}

/** Prints the documents on which no session may start. */
export async function blockedDocumentsCommand({ io, client }: AdminTarget): Promise<void> {
  const found = (await client.ask('GET', `${ROOT}/documents/blocked`)) as Record<string, Json>[];
  const rows = found.map(({ at, document }) => [String(at), String(document)]);
  printResult(io, found, () => table(['SINCE', 'DOCUMENT'], rows));
}

/** Makes the server try again to restore a session that is set aside. */
export async function retryCommand({ io, client }: AdminTarget, sessionId: string): Promise<void> {
  await client.ask('POST', `${ROOT}/sessions/${encodeURIComponent(sessionId)}/retry`);
  printResult(io, { session: sessionId }, () => `Session ${sessionId} is restored.`);
}

/** Prints one session with its configuration and its data. */
export async function showSessionCommand({ io, client }: AdminTarget, sessionId: string): Promise<void> {
  const found = (await client.ask('GET', `${pathOf(sessionId)}/query`)) as Record<string, Json>;
  printResult(io, found, () => fieldLines(found));
}

/** Sends an event to a session. `data` absent: none. */
export async function sendEventCommand(
  { io, client }: AdminTarget,
  { session, event, data = {} }: { readonly session: string; readonly event: string; readonly data?: Json },
): Promise<void> {
  await client.ask('POST', `${pathOf(session)}/event/${encodeURIComponent(event)}`, data);
  printResult(io, { session, event }, () => `Session ${session} has taken the event ${event}.`);
}

export async function terminateSessionCommand({ io, client }: AdminTarget, session: string): Promise<void> {
  await client.ask('POST', `${pathOf(session)}/terminate`);
  printResult(io, { session }, () => `Session ${session} has ended.`);
}

function pathOf(session: string): string {
  return `/scxml/session/${encodeURIComponent(session)}`;
}
