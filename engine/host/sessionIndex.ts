import { type Batch, compareKeys, type Durable } from '../durable/index.ts';
import type { SessionRecord, SessionStatus } from './sessionRecord.ts';

/** Sessions by their status: `${status}:${sessionId}`. */
export const SESSION_STATUS = 'sessionStatus';
/** Sessions by the version of a document that they need: `${hash}:${status}:${sessionId}`. */
export const DOCUMENT_USE = 'documentUse';

/** A session with one of these still needs its document. */
const LIVE_STATUSES: readonly SessionStatus[] = ['scheduled', 'running', 'setAside'];
export const SESSION_STATUSES: readonly SessionStatus[] = [
  ...LIVE_STATUSES,
  'completed',
  'terminated',
  'failed',
];

export type IndexedSession = Pick<SessionRecord, 'sessionId' | 'documentHash' | 'status'>;

/** `documentHash`: only sessions that need this version, of which none has ended. */
export interface SessionFilter {
  readonly status?: string | undefined;
  readonly documentHash?: string | undefined;
}

/**
 * The entries by which a session is found among others without reading their records.
 *
 * I1. Every session has one under its status, and until it ends one under the version of its document.
 * I2. They change in the commits that change the status, and in no other: the steps of a session that goes on
 *     running write none. Those of a session that has ended expire with its record.
 */
export function indexKeys(
  session: IndexedSession,
): readonly { readonly table: string; readonly key: string }[] {
  const { sessionId, status } = session;
  const byStatus = { table: SESSION_STATUS, key: `${status}:${sessionId}` };
  return isLive(status) ? [byStatus, { table: DOCUMENT_USE, key: useKey(session) }] : [byStatus];
}

/** Entries of a session as it is now, in place of those that it had with the status `was` (absent: it is new). */
export function indexBatch(
  session: IndexedSession,
  change: { readonly was?: SessionStatus | undefined; readonly expiresAt?: number } = {},
): Batch {
  const { was, expiresAt } = change;
  const expiry = expiresAt === undefined ? {} : { expiresAt };
  return {
    ...(was !== undefined && { remove: indexKeys({ ...session, status: was }) }),
    put: indexKeys(session).map((entry) => ({ ...entry, value: 1, ...expiry })),
  };
}

export function useKey({ documentHash, status, sessionId }: IndexedSession): string {
  return `${documentHash}:${status}:${sessionId}`;
}

/** The first ids behind `after`, in the order of keys; at most `limit`. */
export function sessionIds(
  durable: Durable,
  filter: SessionFilter,
  page: { readonly after: string | undefined; readonly limit: number },
): readonly string[] {
  const { after, limit } = page;
  return placesOf(filter)
    .flatMap(({ table, prefix }) => {
      const from = after === undefined ? {} : { after: `${prefix}${after}` };
      return [...durable.scan(table, { prefix, limit, ...from })].map(({ key }) => key.slice(prefix.length));
    })
    .sort(compareKeys)
    .slice(0, limit);
}

/** One place for each status: an entry of the version says the status too. */
function placesOf({ status, documentHash }: SessionFilter): readonly { table: string; prefix: string }[] {
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
