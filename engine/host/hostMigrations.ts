import {
  decodeRecord,
  EXPIRY,
  encodeRecord,
  expiryKey,
  type StoreMigration,
  type StoreOperation,
  type StorePort,
} from '../durable/index.ts';
import { type ExecutionSnapshot, snapshotText } from '../interpreter/index.ts';
import { DOCUMENT } from './documentUses.ts';
import { DOCUMENT_USE, indexKeys } from './sessionIndex.ts';
import { SESSION, type SessionRecord } from './sessionRecord.ts';

/** The changes of the host's own tables, by the version of the store that they lead to. */
export const HOST_MIGRATIONS: readonly StoreMigration[] = [
  { version: 2, operations: indexDocumentUses },
  { version: 3, operations: indexStatuses },
  { version: 6, operations: keepSnapshotsAsText },
  // The text of a record had a name, which the codec ignores.
  { version: 7, operations: () => [] },
];

/** 2: the sources of a document are removed with its last session (documentUses.ts). */
function* indexDocumentUses(store: StorePort): Iterable<StoreOperation> {
  const used = new Set<string>();
  for (const { text } of store.scan(SESSION, {})) {
    const { sessionId, documentHash, endedAt } = decodeRecord<SessionRecord>(text).value;
    if (endedAt !== undefined) continue;
    used.add(documentHash);
    yield { table: DOCUMENT_USE, key: `${documentHash}:${sessionId}`, text: encodeRecord(1) };
  }
  for (const { key } of store.scan(DOCUMENT, {})) {
    if (!used.has(key)) yield { table: DOCUMENT, key, text: null };
  }
}

/**
 * 3: sessions are indexed by status, and by version and status (sessionIndex.ts). Table 'setAside' was the
 * index of one status.
 */
function* indexStatuses(store: StorePort): Iterable<StoreOperation> {
  for (const { text } of store.scan(SESSION, {})) {
    const { value: session, expiresAt } = decodeRecord<SessionRecord>(text);
    yield { table: DOCUMENT_USE, key: `${session.documentHash}:${session.sessionId}`, text: null };
    for (const { table, key } of indexKeys(session)) {
      yield { table, key, text: encodeRecord(1, expiresAt) };
      if (expiresAt !== undefined) yield { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: '' };
    }
  }
  for (const { key } of store.scan('setAside', {})) yield { table: 'setAside', key, text: null };
}

/** 6: the snapshot is the text of its session's record; it was JSON inside the record. */
function* keepSnapshotsAsText(store: StorePort): Iterable<StoreOperation> {
  for (const { key, text } of store.scan(SESSION, {})) {
    const { value, expiresAt } = decodeRecord<{ snapshot?: ExecutionSnapshot }>(text);
    const { snapshot, ...record } = value;
    if (snapshot === undefined) continue;
    yield { table: SESSION, key, text: encodeRecord(record, expiresAt, snapshotText(snapshot)) };
  }
}
