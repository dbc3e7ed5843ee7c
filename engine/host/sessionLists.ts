import type { Durable } from '../durable/index.ts';
import { defined, nextMacrotask } from '../ports/index.ts';
import { urlOfVersion } from './documentUses.ts';
import { DOCUMENT_USE, sessionIds } from './sessionIndex.ts';
import { readSession, toView } from './sessionRecord.ts';
import type { DocumentVersion, SessionListFilter, SessionView } from './sessions.ts';

/** Sessions in one result of list(), unless the caller asks for fewer. */
export const MAX_LISTED_SESSIONS = 1_000;
/** Sessions of one version that versions() counts. Counting takes some 30 ms of the process. */
export const MAX_COUNTED_SESSIONS = 10_000;
/** Records that list() reads in one macrotask: a record may be long. */
const MAX_READ_AT_ONCE = 100;
/** After a hash, this sorts behind all uses of that version. */
const BEHIND_COLON = ';';

/** See Sessions.list. Yields to other work, so that a long list does not block the process. */
export async function listSessions(
  durable: Durable,
  { status, documentHash, after, limit = MAX_LISTED_SESSIONS }: SessionListFilter = {},
): Promise<readonly SessionView[]> {
  const filter = defined({ status, documentHash });
  const most = Math.min(limit, MAX_LISTED_SESSIONS);
  const views: SessionView[] = [];
  let last = after;
  for (;;) {
    const atOnce = Math.min(most - views.length, MAX_READ_AT_ONCE);
    const found = sessionIds(durable, filter, { after: last, limit: atOnce });
    for (const sessionId of found) {
      const record = readSession(durable, sessionId);
      if (record !== undefined) views.push(toView(record, undefined));
    }
    last = found.at(-1);
    if (found.length < atOnce || views.length === most) return views;
    await nextMacrotask();
  }
}

/** See AdministeredSessions.versions. Yields to other work as well. */
export async function listVersions(durable: Durable): Promise<readonly DocumentVersion[]> {
  const versions: DocumentVersion[] = [];
  for (let from = ''; ; await nextMacrotask()) {
    const [use] = durable.scan(DOCUMENT_USE, { from, limit: 1 });
    if (use === undefined) return versions;
    const documentHash = use.key.slice(0, use.key.indexOf(':'));
    from = `${documentHash}${BEHIND_COLON}`;
    const src = urlOfVersion(durable, documentHash);
    if (src !== undefined) versions.push({ documentHash, src, ...countUses(durable, documentHash) });
  }
}

function countUses(durable: Durable, documentHash: string): Pick<DocumentVersion, 'sessions' | 'more'> {
  let sessions = 0;
  const range = { prefix: `${documentHash}:`, limit: MAX_COUNTED_SESSIONS + 1 };
  for (const _ of durable.scan(DOCUMENT_USE, range)) {
    if (sessions === MAX_COUNTED_SESSIONS) return { sessions, more: true };
    sessions++;
  }
  return { sessions };
}
