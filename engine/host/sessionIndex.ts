import { type Batch, compareKeys, type Durable } from '../durable/index.ts';
import { defined, ownId, type SessionId } from '../ports/index.ts';
import type { SessionRecord } from './sessionRecord.ts';
import type { SessionListFilter, SessionStatus } from './sessions.ts';

/** Sessions by their status: `${status}:${sessionId}`. */
export const SESSION_STATUS = 'sessionStatus';
/** Sessions by the version of the document that they need: `${hash}:${status}:${sessionId}`. */
export const DOCUMENT_USE = 'documentUse';

/** Sessions by the session from which they follow: `${root}:${status}:${sessionId}`. */
export const LINEAGE_SESSION = 'lineageSession';

/** A session with one of these statuses needs its document. */
const LIVE_STATUSES: readonly SessionStatus[] = ['scheduled', 'running', 'setAside'];
export const SESSION_STATUSES: readonly SessionStatus[] = [
  ...LIVE_STATUSES,
  'completed',
  'terminated',
  'failed',
];

export type IndexedSession = Pick<SessionRecord, 'sessionId' | 'documentHash' | 'status' | 'lineage'>;

/**
 * The index entries of a session. They find it without reading records.
 *
 * SI1. Every session has an entry under its status, and until it ends one under the version of its document,
 *      and one under its lineage, if it has one.
 * SI2. Entries change only in commits that change the status: a step after which the session continues writes
 *      none. The entry of a session that has ended expires with its record.
 */
export function indexKeys(
  session: IndexedSession,
): readonly { readonly table: string; readonly key: string }[] {
  const { sessionId, status, lineage } = session;
  const keys = [{ table: SESSION_STATUS, key: `${status}:${sessionId}` }];
  if (!isLive(status)) return keys;
  keys.push({ table: DOCUMENT_USE, key: useKey(session) });
  if (lineage !== undefined) {
    keys.push({ table: LINEAGE_SESSION, key: `${lineage.root}:${status}:${sessionId}` });
  }
  return keys;
}

/**
 * Replaces the entries for the status `was` (absent: a new session) by the entries for the present status.
 */
export function indexBatch(
  session: IndexedSession,
  change: { readonly was?: SessionStatus | undefined; readonly expiresAt?: number } = {},
): Batch {
  const { was, expiresAt } = change;
  const put = indexKeys(session).map((entry) => ({ ...entry, value: 1, ...defined({ expiresAt }) }));
  return was === undefined ? { put } : { remove: indexKeys({ ...session, status: was }), put };
}

export function useKey({ documentHash, status, sessionId }: IndexedSession): string {
  return `${documentHash}:${status}:${sessionId}`;
}

/** The first ids after `after`, in the order of keys; at most `limit`. */
export function sessionIds(
  durable: Durable,
  filter: Pick<SessionListFilter, 'status' | 'documentHash'>,
  page: { readonly after: SessionId | undefined; readonly limit: number },
): readonly SessionId[] {
  const { after, limit } = page;
  return rangesOf(filter)
    .flatMap(({ table, prefix }) => {
      const from = after === undefined ? {} : { after: `${prefix}${after}` };
      return [...durable.scan(table, { prefix, limit, ...from })].map(({ key }) =>
        ownId<SessionId>(key.slice(prefix.length)),
      );
    })
    .sort(compareKeys)
    .slice(0, limit);
}

/** One range of entries for each status. */
function rangesOf({
  status,
  documentHash,
}: Pick<SessionListFilter, 'status' | 'documentHash'>): readonly { table: string; prefix: string }[] {
  const possible = documentHash === undefined ? SESSION_STATUSES : LIVE_STATUSES;
  return possible
    .filter((one) => status === undefined || one === status)
    .map((one) =>
      documentHash === undefined
        ? { table: SESSION_STATUS, prefix: `${one}:` }
        : { table: DOCUMENT_USE, prefix: `${documentHash}:${one}:` },
    );
}

export function isLive(status: SessionStatus): boolean {
  return LIVE_STATUSES.includes(status);
}
