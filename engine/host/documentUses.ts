import { type Batch, type Durable, joinBatches } from './durable.ts';

/** Which session needs which version of a document: `${hash}:${sessionId}`. */
export const DOCUMENT_USE = 'documentUse';
export const DOCUMENT = 'document';

/**
 * Versions of documents and the sessions that stand on them.
 *
 * U1. A session that is scheduled, runs or is set aside has a use; it is written and removed in the commits that
 *     make and end the session.
 * U2. The commit that removes the last use of a version removes its sources. Batches are therefore made right
 *     before they are committed: nothing may await in between.
 */
export interface DocumentUses {
  useBatch(hash: string, sessionId: string): Batch;
  releaseBatch(hash: string, sessionId: string): Batch;
  /** Ids of the sessions on this version, at most `limit`. */
  sessionsOf(hash: string, limit: number): readonly string[];
}

export function createDocumentUses(durable: Durable): DocumentUses {
  return {
    useBatch: (hash, sessionId) => ({
      put: [{ table: DOCUMENT_USE, key: useKey(hash, sessionId), value: 1 }],
    }),

    releaseBatch(hash, sessionId) {
      const own = useKey(hash, sessionId);
      const removed: Batch = { remove: [{ table: DOCUMENT_USE, key: own }] };
      for (const { key } of durable.scan(DOCUMENT_USE, { prefix: `${hash}:`, limit: 2 })) {
        if (key !== own) return removed;
      }
      return joinBatches(removed, { remove: [{ table: DOCUMENT, key: hash }] });
    },

    sessionsOf(hash, limit) {
      const prefix = `${hash}:`;
      return [...durable.scan(DOCUMENT_USE, { prefix, limit })].map(({ key }) => key.slice(prefix.length));
    },
  };
}

export function useKey(hash: string, sessionId: string): string {
  return `${hash}:${sessionId}`;
}
