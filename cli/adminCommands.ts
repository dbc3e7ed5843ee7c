import type { DocumentVersion } from '../engine/host/index.ts';
import type { Json } from '../engine/ports/index.ts';
import type { ServerClient } from './serverClient.ts';
import { table } from './table.ts';

const ROOT = '/genesys/1/admin';

export interface SessionsRequest {
  readonly status: string | undefined;
  readonly documentHash: string | undefined;
  readonly limit: number;
  /** Id of the session behind which the list begins. */
  readonly after: string | undefined;
  readonly json: boolean;
}

/** Prints the sessions of a server, one a line. */
export async function sessionsCommand(client: ServerClient, request: SessionsRequest): Promise<void> {
  const { status, documentHash, limit, after } = request;
  const query = new URLSearchParams({
    ...(status !== undefined && { status }),
    ...(documentHash !== undefined && { documentHash }),
    ...(after !== undefined && { after }),
    limit: String(limit),
  });
  const found = (await client.ask('GET', `${ROOT}/sessions?${query}`)) as Record<string, Json>[];
  if (request.json) {
    print(JSON.stringify(found));
    return;
  }
  const columns = ['_id', 'status', 'startedAt', 'documentHash', 'src', 'reason'];
  const rows = found.map((session) => columns.map((name) => String(session[name] ?? '')));
  print(table(['SESSION', 'STATUS', 'STARTED', 'VERSION', 'DOCUMENT', 'REASON'], rows));
  if (found.length === limit) {
    process.stderr.write(`There may be more: --after ${String(found.at(-1)?._id)}\n`);
  }
}

/** Prints the versions of documents that sessions of a server need, with how many do. */
export async function documentsCommand(client: ServerClient, json: boolean): Promise<void> {
  const found = (await client.ask('GET', `${ROOT}/documents`)) as unknown as readonly DocumentVersion[];
  if (json) {
    print(JSON.stringify(found));
    return;
  }
  const rows = found.map(({ documentHash, sessions, more, src }) => [
    documentHash,
    `${sessions}${more === true ? '+' : ''}`,
    src,
  ]);
  print(table(['VERSION', 'SESSIONS', 'DOCUMENT'], rows));
}

/** Has a session that was set aside tried again. */
export async function retryCommand(client: ServerClient, sessionId: string): Promise<void> {
  await client.ask('POST', `${ROOT}/sessions/${encodeURIComponent(sessionId)}/retry`);
  print(`Session ${sessionId} goes on.`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
