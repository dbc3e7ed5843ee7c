import type { DocumentVersion, SessionStatus } from '../engine/host/index.ts';
import { defined, type Json, pushAll } from '../engine/ports/index.ts';
import { type CommandIo, print, printError } from './commandIo.ts';
import type { ServerClient } from './serverClient.ts';
import { table } from './table.ts';

const ROOT = '/genesys/1/admin';

/** A running server, and where the command prints. */
export interface AdminTarget {
  readonly io: CommandIo;
  readonly client: ServerClient;
}

export interface SessionsRequest {
  readonly status: SessionStatus | undefined;
  readonly documentHash: string | undefined;
  readonly limit: number;
  /** The list begins after the session with this id. */
  readonly after: string | undefined;
  readonly json: boolean;
}

/** Prints the sessions of a server, one on each line. */
export async function sessionsCommand({ io, client }: AdminTarget, request: SessionsRequest): Promise<void> {
  const { status, documentHash, limit, after } = request;
  const query = new URLSearchParams({
    ...defined({ status, documentHash, after }),
    limit: String(limit),
  });
  const found = (await client.ask('GET', `${ROOT}/sessions?${query}`)) as Record<string, Json>[];
  if (request.json) {
    print(io, JSON.stringify(found));
    return;
  }
  const columns = ['_id', 'status', 'startedAt', 'documentHash', 'src', 'reason'];
  const rows = found.map((session) => columns.map((name) => String(session[name] ?? '')));
  print(io, table(['SESSION', 'STATUS', 'STARTED', 'VERSION', 'DOCUMENT', 'REASON'], rows));
  if (found.length === limit) {
    printError(io, `There may be more sessions. Continue with --after ${String(found.at(-1)?._id)}`);
  }
}

/** Prints the versions of documents on a server, with the number of sessions that need each. */
export async function documentsCommand({ io, client }: AdminTarget, json: boolean): Promise<void> {
  const found = (await client.ask('GET', `${ROOT}/documents`)) as unknown as readonly DocumentVersion[];
  if (json) {
    print(io, JSON.stringify(found));
    return;
  }
  const rows = found.map(({ documentHash, sessions, more, src }) => [
    documentHash,
    `${sessions}${more === true ? '+' : ''}`,
    src,
  ]);
  print(io, table(['VERSION', 'SESSIONS', 'DOCUMENT'], rows));
}

export interface AuditRequest {
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly who: string | undefined;
  readonly object: string | undefined;
  readonly action: string | undefined;
  /** The list begins after the entry with this id. */
  readonly before: string | undefined;
  readonly limit: number;
  readonly json: boolean;
}

/** Prints entries of the audit log of a server, newest first, one on each line. */
export async function auditCommand({ io, client }: AdminTarget, request: AuditRequest): Promise<void> {
  const { limit, json, before, ...filter } = request;
  const entries: Record<string, Json>[] = [];
  let next = before;
  // A page that found nothing may have a next one.
  do {
    const query = new URLSearchParams({
      ...defined({ ...filter, before: next }),
      limit: String(limit - entries.length),
    });
    const page = (await client.ask('GET', `${ROOT}/audit?${query}`)) as unknown as AuditPage;
    pushAll(entries, page.entries);
    next = page.next;
  } while (next !== undefined && entries.length < limit);
  if (json) {
    print(io, JSON.stringify(entries));
    return;
  }
  const rows = entries.map(({ at, who, address, action, object, details }) =>
    [at, who, address, action, object, details && JSON.stringify(details)].map((cell) => String(cell ?? '')),
  );
  print(io, table(['TIME', 'WHO', 'ADDRESS', 'ACTION', 'OBJECT', 'DETAILS'], rows));
  if (next !== undefined) {
    printError(io, `There may be more entries. Continue with --before ${next}`);
  }
}

interface AuditPage {
  readonly entries: readonly Record<string, Json>[];
  readonly next?: string;
}

/** Ends all sessions of a document, and lets none start on it. */
export async function blockDocumentCommand({ io, client }: AdminTarget, document: string): Promise<void> {
  const blocked = (await client.ask('POST', `${ROOT}/documents/block`, { document })) as Record<string, Json>;
  print(
    io,
    `The document ${String(blocked.document)} is blocked. Sessions that the server ends: ${String(blocked.sessions)}.`,
  );
}

export async function allowDocumentCommand({ io, client }: AdminTarget, document: string): Promise<void> {
  await client.ask('POST', `${ROOT}/documents/allow`, { document });
  print(io, `Sessions may start on the document ${document} again.`);
}

/** Prints the documents on which no session may start. */
export async function blockedDocumentsCommand(
  { io, client }: AdminTarget,
  { json }: { readonly json: boolean },
): Promise<void> {
  const found = (await client.ask('GET', `${ROOT}/documents/blocked`)) as Record<string, Json>[];
  const rows = found.map(({ at, document }) => [String(at), String(document)]);
  print(io, json ? JSON.stringify(found) : table(['SINCE', 'DOCUMENT'], rows));
}

/** Makes the server try again to restore a session that is set aside. */
export async function retryCommand({ io, client }: AdminTarget, sessionId: string): Promise<void> {
  await client.ask('POST', `${ROOT}/sessions/${encodeURIComponent(sessionId)}/retry`);
  print(io, `Session ${sessionId} is restored.`);
}
