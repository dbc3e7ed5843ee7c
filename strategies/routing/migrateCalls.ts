import {
  decodeRecord,
  EXPIRY,
  expiryKey,
  expiryOf,
  putOperations,
  type StoreOperation,
  type StorePort,
} from '../../engine/durable/index.ts';
import { CALL, callRecords, type VirtualInteraction } from './virtualInteraction.ts';

/** Entries, counts and revisions of queues, which earlier versions stored. Now they are in memory. */
const EARLIER_TABLES = [
  'routableCall',
  'virtualQueueEntry',
  'virtualQueueBlock',
  'virtualQueueRevision',
  'virtualQueueArrivals',
];

/**
 * In early versions a submit could not be found by its interaction, and could stay after the interaction
 * ended; such submits are removed.
 */
export function* indexCalls(store: StorePort): Iterable<StoreOperation> {
  for (const { text } of store.scan(CALL, {})) {
    const call = decodeRecord<VirtualInteraction>(text).value;
    const records = callRecords(call);
    if (isOver(store, call)) yield* removeOperations(records);
    else for (const record of records) if (record.table !== CALL) yield* putOperations(record);
  }
}

/** The records of a call tell its place in the queue (routingIndex.ts). */
export function* removeQueueRecords(store: StorePort): Iterable<StoreOperation> {
  for (const table of EARLIER_TABLES) {
    for (const { key, text } of store.scan(table, {})) {
      const expiresAt = expiryOf(text);
      if (expiresAt !== undefined) yield { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: null };
      yield { table, key, text: null };
    }
  }
}

function isOver(store: StorePort, { owner }: VirtualInteraction): boolean {
  if (owner.kind !== 'submit') return false;
  const text = store.get('interaction', owner.interactionId);
  return text === undefined || decodeRecord<{ readonly state: string }>(text).value.state === 'ended';
}

/**
 * Its tasks find no call and end. The call is removed last: after a crash, its other records are found again.
 */
function* removeOperations(records: ReturnType<typeof callRecords>): Iterable<StoreOperation> {
  for (const { table, key, expiresAt } of [...records].reverse()) {
    if (expiresAt !== undefined) yield { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: null };
    yield { table, key, text: null };
  }
}
