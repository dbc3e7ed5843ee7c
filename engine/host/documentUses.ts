import type { Batch, Durable } from '../durable/index.ts';
import { DOCUMENT_USE, type IndexedSession, useKey } from './sessionIndex.ts';

/** Sources of the versions of documents, by content hash. */
export const DOCUMENT = 'document';
/**
 * URLs of the versions, by the same hash, to be read without the long sources. Earlier releases stored none.
 */
export const DOCUMENT_URL = 'documentUrl';

/**
 * Removes the sources of a version with its last session. `session`: the record before the end.
 *
 * U1. A session that is scheduled, runs or is set aside has a use of its version (SI1 in sessionIndex.ts).
 * U2. The commit that removes the last use of a version removes its sources. Make the batch right before the
 *     commit: nothing may await in between.
 */
export function lastUseBatch(durable: Durable, session: IndexedSession): Batch {
  const { documentHash } = session;
  const own = useKey(session);
  for (const { key } of durable.scan(DOCUMENT_USE, { prefix: `${documentHash}:`, limit: 2 })) {
    if (key !== own) return {};
  }
  return { remove: [DOCUMENT, DOCUMENT_URL].map((table) => ({ table, key: documentHash })) };
}

/** Undefined: the version is not stored. */
export function urlOfVersion(durable: Durable, documentHash: string): string | undefined {
  return (
    durable.get<string>(DOCUMENT_URL, documentHash) ??
    durable.get<{ readonly url: string }>(DOCUMENT, documentHash)?.url
  );
}
