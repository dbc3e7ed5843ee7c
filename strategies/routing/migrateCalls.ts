import type { PutRecord } from '../../engine/host/durable.ts';
import { expiryKey } from '../../engine/host/expiry.ts';
import { decodeRecord, encodeRecord } from '../../engine/host/recordCodec.ts';
import type { StoreOperation, StorePort } from '../../engine/host/storePort.ts';
import { EXPIRY } from '../../engine/host/systemTables.ts';
import { CALL, callRecords, entryOf, type VirtualInteraction } from './virtualInteraction.ts';
import {
  arrivalsRecord,
  BLOCK,
  blockKey,
  CALLS_IN_BLOCK,
  ENTRY,
  entryRecord,
  expiryOfCall,
  nextRevision,
  QUEUE,
  queuePrefix,
  type Revision,
  revisionRecord,
} from './virtualQueueTables.ts';

/** Of all blocks and queues: only a change must give another one. */
const FIRST_REVISION = 1;

/**
 * Brings stored calls into blocks (virtualQueueIndex.ts). Earlier the key of an entry was `vq/id`, a routable call
 * had no entry of its own, and still earlier a submit was not found by its interaction.
 */
export function* indexCalls(store: StorePort): Iterable<StoreOperation> {
  for (const [vq, ids] of idsByQueue(store)) {
    let queue: Revision | undefined;
    let lastAt = 0;
    for (let from = 0; from < ids.length; from += CALLS_IN_BLOCK) {
      const block = from / CALLS_IN_BLOCK;
      const calls = ids
        .slice(from, from + CALLS_IN_BLOCK)
        .map((id) => ({ ...decodeRecord<VirtualInteraction>(store.get(CALL, id)!).value, block }));
      for (const call of calls) yield* callOperations(call);
      const revision = nextRevision(FIRST_REVISION, calls, undefined);
      yield* putOperations(revisionRecord(BLOCK, blockKey({ vq, block }), revision));
      queue = nextRevision(FIRST_REVISION, calls, queue);
      lastAt = Math.max(lastAt, ...calls.map(({ enteredAt }) => enteredAt));
    }
    if (queue !== undefined) yield* putOperations(revisionRecord(QUEUE, vq, queue));
    yield* putOperations(arrivalsRecord(vq, ids.length, lastAt));
  }
}

/** Ids of the calls of each queue, in order of arrival. */
function idsByQueue(store: StorePort): ReadonlyMap<string, readonly string[]> {
  const queues = new Map<string, Pick<VirtualInteraction, 'id' | 'serial'>[]>();
  for (const { text } of store.scan(CALL, {})) {
    const { id, vq, serial } = decodeRecord<VirtualInteraction>(text).value;
    const known = queues.get(vq);
    if (known === undefined) queues.set(vq, [{ id, serial }]);
    else known.push({ id, serial });
  }
  return new Map(
    [...queues].map(([vq, calls]) => [vq, calls.sort((a, b) => a.serial - b.serial).map(({ id }) => id)]),
  );
}

function* callOperations(call: VirtualInteraction): Iterable<StoreOperation> {
  const earlierKey = `${queuePrefix(call.vq)}${call.id}`;
  yield { table: ENTRY, key: earlierKey, text: null };
  yield { table: EXPIRY, key: expiryKey(ENTRY, earlierKey, expiryOfCall(call)), text: null };
  const entry = entryOf(call);
  const records = [...callRecords(call), ...(entry === undefined ? [] : [entryRecord(call, entry)])];
  for (const record of records) yield* putOperations(record);
}

function putOperations({ table, key, value, expiresAt }: PutRecord): readonly StoreOperation[] {
  const put = { table, key, text: encodeRecord(value, expiresAt) };
  if (expiresAt === undefined) return [put];
  return [put, { table: EXPIRY, key: expiryKey(table, key, expiresAt), text: '' }];
}
