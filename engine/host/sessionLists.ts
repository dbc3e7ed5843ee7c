import type { Durable } from '../durable/index.ts';
import { urlOfVersion } from './documentUses.ts';
import { DOCUMENT_USE, sessionIds } from './sessionIndex.ts';
import { readSession, toView } from './sessionRecord.ts';
import type { AdministeredSessions, DocumentVersion, SessionView } from './sessions.ts';

/** Sessions that list() gives at a time, unless asked for fewer. */
export const MAX_LISTED_SESSIONS = 1_000;
/** Sessions of one version that versions() counts: some 30 ms of the process. */
export const MAX_COUNTED_SESSIONS = 10_000;
/** Records that list() reads before others have their turn: a record holds a whole snapshot. */
const MAX_READ_AT_ONCE = 100;
/** Behind a hash, it comes after all of that version's uses. */
const BEHIND_COLON = ';';

/** What an administrator is shown of many sessions; however many there are, others get their turn in between. */
export function createSessionLists(durable: Durable): Pick<AdministeredSessions, 'list' | 'versions'> {
  return {
    async list({ status, documentHash, after, limit = MAX_LISTED_SESSIONS } = {}) {
      const most = Math.min(limit, MAX_LISTED_SESSIONS);
      const views: SessionView[] = [];
      let last = after;
      for (;;) {
        const atOnce = Math.min(most - views.length, MAX_READ_AT_ONCE);
        const found = sessionIds(durable, { status, documentHash }, { after: last, limit: atOnce });
        for (const sessionId of found) {
          const record = readSession(durable, sessionId);
          if (record !== undefined) views.push(toView(record, undefined));
        }
        last = found.at(-1);
        if (found.length < atOnce || views.length === most) return views;
        await turn();
      }
    },

    async versions() {
      const versions: DocumentVersion[] = [];
      for (let from = ''; ; await turn()) {
        const [use] = durable.scan(DOCUMENT_USE, { from, limit: 1 });
        if (use === undefined) return versions;
        const documentHash = use.key.slice(0, use.key.indexOf(':'));
        from = `${documentHash}${BEHIND_COLON}`;
        const src = urlOfVersion(durable, documentHash);
        if (src !== undefined) versions.push({ documentHash, src, ...countUses(durable, documentHash) });
      }
    },
  };
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

/** Lets what waits for the process go first. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
