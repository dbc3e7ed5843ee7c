import {
  decodeRecord,
  EXPIRY,
  expiryKey,
  putOperations,
  type StoreOperation,
  type StorePort,
} from '../../engine/durable/index.ts';
import type { ConnId } from './callIds.ts';
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
  type Revision,
  revisionRecord,
} from './virtualQueueTables.ts';

/** The revision of all blocks and queues; every later change gives a higher one. */
const FIRST_REVISION = 1;

/**
 * Puts stored calls into blocks (virtualQueueIndex.ts). In earlier versions the key of an entry was `vq/id`,
 * and a routable call had no entry of its own. In still earlier versions a submit could not be found by its
 * interaction, and could stay after the interaction ended; such submits are removed.
 */
export function* indexCalls(store: StorePort): Iterable<StoreOperation> {
  const { queues, over } = readCalls(store);
  for (const call of over) yield* removeOperations(call);
  for (const [vq, ids] of queues) {
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

/**
 * Ids of the calls of each queue, in the order of arrival; and the submits of interactions that have ended.
 */
function readCalls(store: StorePort): {
  readonly queues: ReadonlyMap<string, readonly ConnId[]>;
  readonly over: readonly VirtualInteraction[];
} {
  const arrivals: Pick<VirtualInteraction, 'id' | 'vq' | 'serial'>[] = [];
  const over: VirtualInteraction[] = [];
  for (const { text } of store.scan(CALL, {})) {
    const call = decodeRecord<VirtualInteraction>(text).value;
    if (isOver(store, call)) over.push(call);
    else arrivals.push({ id: call.id, vq: call.vq, serial: call.serial });
  }
  const queues = new Map<string, ConnId[]>();
  for (const { id, vq } of arrivals.sort((a, b) => a.serial - b.serial)) {
    const ids = queues.get(vq);
    if (ids === undefined) queues.set(vq, [id]);
    else ids.push(id);
  }
  return { queues, over };
}

function isOver(store: StorePort, { owner }: VirtualInteraction): boolean {
  if (owner.kind !== 'submit') return false;
  const text = store.get('interaction', owner.interactionId);
  return text === undefined || decodeRecord<{ readonly state: string }>(text).value.state === 'ended';
}

function* callOperations(call: VirtualInteraction): Iterable<StoreOperation> {
  yield* removeEarlierEntry(call);
  const entry = entryOf(call);
  const records = [...callRecords(call), ...(entry === undefined ? [] : [entryRecord(call, entry)])];
  for (const record of records) yield* putOperations(record);
}

/**
 * Its tasks find no call and end. The call is removed last: after a crash, its other records are found again.
 */
function* removeOperations(call: VirtualInteraction): Iterable<StoreOperation> {
  yield* removeEarlierEntry(call);
  for (const { table, key } of [...callRecords(call)].reverse()) {
    yield { table: EXPIRY, key: expiryKey(table, key, expiryOfCall(call)), text: null };
    yield { table, key, text: null };
  }
}

function* removeEarlierEntry(call: VirtualInteraction): Iterable<StoreOperation> {
  const key = `${encodeURIComponent(call.vq)}/${call.id}`;
  yield { table: EXPIRY, key: expiryKey(ENTRY, key, expiryOfCall(call)), text: null };
  yield { table: ENTRY, key, text: null };
}
