import type { Batch, Durable } from '../durable/index.ts';
import { DOCUMENT_USE, type IndexedSession, useKey } from './sessionIndex.ts';

/** Sources of versions of documents, by content hash. */
export const DOCUMENT = 'document';
/** Their URLs, by the same hash: the sources are long. Earlier releases stored none. */
export const DOCUMENT_URL = 'documentUrl';

/**
 * Versions of documents and the sessions that stand on them.
 *
 * U1. A session that is scheduled, runs or is set aside has a use (sessionIndex.ts, I1).
 * U2. The commit that removes the last use of a version removes its sources. The batch is therefore made right
 *     before it is committed: nothing may await in between.
 *
 * `session` is one whose use goes, as it was until now.
 */
export function lastUseBatch(durable: Durable, session: IndexedSession): Batch {
  const { documentHash } = session;
  const own = useKey(session);
  for (const { key } of durable.scan(DOCUMENT_USE, { prefix: `${documentHash}:`, limit: 2 })) {
    if (key !== own) return {};
  }
  return { remove: [DOCUMENT, DOCUMENT_URL].map((table) => ({ table, key: documentHash })) };
}

/** Undefined: no such version is stored. */
export function urlOfVersion(durable: Durable, documentHash: string): string | undefined {
  return (
    durable.get<string>(DOCUMENT_URL, documentHash) ??
    durable.get<{ readonly url: string }>(DOCUMENT, documentHash)?.url
  );
}
