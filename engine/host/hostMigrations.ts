import {
  decodeRecord,
  EXPIRY,
  encodeRecord,
  expiryKey,
  GIVEN_UP_TASK,
  type StoreMigration,
  type StoreOperation,
  type StorePort,
  TASK,
  textOf,
} from '../durable/index.ts';
import { type ExecutionSnapshot, snapshotText } from '../interpreter/index.ts';
import { defined } from '../ports/index.ts';
import { DOCUMENT } from './documentUses.ts';
import { DOCUMENT_USE, indexKeys } from './sessionIndex.ts';
import { SESSION, type SessionRecord } from './sessionRecord.ts';
import { PARKED } from './setAside.ts';

/** The changes of the host's own tables, by the version of the store that they lead to. */
export const HOST_MIGRATIONS: readonly StoreMigration[] = [
  { version: 2, operations: indexDocumentUses },
  { version: 3, operations: indexStatuses },
  { version: 6, operations: keepSnapshotsAsText },
  // The text of a record had a name, which the codec ignores.
  { version: 7, operations: () => [] },
  { version: 8, operations: renameInvokedSessions },
  // The data of a session may be a change of a base (storedSnapshot.ts). Earlier releases read no changes.
  { version: 11, operations: () => [] },
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

/**
 * 8: invoked sessions are a list `invokedSessions` in the record of a session, and have the name `invokedId`
 * in tasks. They were `children`, by invoke id, and `childId`.
 */
function* renameInvokedSessions(store: StorePort): Iterable<StoreOperation> {
  for (const { key, text } of store.scan(SESSION, {})) {
    const { value, expiresAt } = decodeRecord<SessionRecord & { children?: object }>(text);
    const { children, ...record } = value;
    if (children === undefined) continue;
    const invokedSessions = Object.values(children);
    const renamed = invokedSessions.length > 0 ? { ...record, invokedSessions } : record;
    yield { table: SESSION, key, text: encodeRecord(renamed, expiresAt, textOf(text)) };
  }
  for (const table of [TASK, PARKED, GIVEN_UP_TASK]) {
    for (const { key, text } of store.scan(table, {})) {
      if (!text.includes('"childId"')) continue;
      const { value: task, expiresAt } = decodeRecord<StoredTask>(text);
      const payload = renamedPayload(task);
      if (payload !== undefined) yield { table, key, text: encodeRecord({ ...task, payload }, expiresAt) };
    }
  }
}

interface StoredTask {
  readonly kind: string;
  readonly payload: { readonly childId?: string; readonly effect?: { readonly childId?: string } };
}

/** Undefined: the task does not name an invoked session. Other tasks may have a `childId` in their data. */
function renamedPayload({ kind, payload }: StoredTask): object | undefined {
  if (kind === 'session.uninvoke') {
    const { childId, ...others } = payload;
    return { ...others, ...defined({ invokedId: childId }) };
  }
  if (kind !== 'session.invoke') return undefined;
  const { childId, ...effect } = payload.effect ?? {};
  return { ...payload, effect: { ...effect, ...defined({ invokedId: childId }) } };
}
