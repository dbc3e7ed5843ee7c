import {
  countedUntil,
  countKey,
  decodeRecord,
  putOperations,
  type StoreOperation,
  type StorePort,
} from '../../engine/durable/index.ts';
import { defined } from '../../engine/ports/index.ts';
import { BOOKED, bookedRecord, cellOf, dayKey } from './bookings.ts';
import { INSTANCES, timeKeys, WAITING } from './instanceTable.ts';
import { CallbackState, isWaiting, type ServiceInstance } from './serviceInstance.ts';

/** The counts, by the keys of their records. */
interface Counts {
  /** Key of a day: callbacks that are booked in each of its cells. */
  readonly booked: Map<string, Record<string, number>>;
  readonly waiting: Map<string, { readonly until: number; readonly count: number }>;
}

/**
 * Counts the callbacks of a store that was written before callbacks had places, before the waiting ones were
 * counted, or before they were found by their desired times. A scheduled callback gets its place, also if its
 * time slot has too many then. All counts are made anew, so this may run again after a crash in its middle.
 */
export function* countCallbacks(store: StorePort): Iterable<StoreOperation> {
  const counts: Counts = { booked: new Map(), waiting: new Map() };
  for (const { text } of store.scan(INSTANCES, {})) {
    const { value: stored, expiresAt } = decodeRecord<ServiceInstance>(text);
    if (stored.kind !== 'callback') continue;
    const callback = withPlaces(stored, expiresAt ?? stored.expiresAt);
    count(counts, callback);
    const isChanged =
      callback.bookedFor !== stored.bookedFor || callback.countedUntil !== stored.countedUntil;
    const expiry = defined({ expiresAt });
    if (isChanged) yield* putOperations({ table: INSTANCES, key: stored.id, value: callback, ...expiry });
    for (const { table, key } of timeKeys(stored)) {
      if (store.get(table, key) !== undefined) continue;
      yield* putOperations({ table, key, value: { id: stored.id }, ...expiry });
    }
  }
  yield* removed(store, BOOKED, counts.booked);
  yield* removed(store, WAITING, counts.waiting);
  for (const [key, cells] of counts.booked) yield* putOperations(bookedRecord(key, cells));
  for (const [key, { until, count: value }] of counts.waiting) {
    yield* putOperations({ table: WAITING, key, value: { count: value, bytes: 0 }, expiresAt: until });
  }
}

function withPlaces(stored: ServiceInstance, expiresAt: number): ServiceInstance {
  const { bookedFor, countedUntil: until, ...others } = stored;
  const isScheduled = stored.state === CallbackState.SCHEDULED;
  return {
    ...others,
    ...defined({
      bookedFor: bookedFor ?? (isScheduled ? stored.desiredTime : undefined),
      countedUntil: isWaiting(stored) ? (until ?? countedUntil(expiresAt, stored.createdAt)) : undefined,
    }),
  };
}

function count({ booked, waiting }: Counts, { name, bookedFor, countedUntil: until }: ServiceInstance): void {
  if (bookedFor !== undefined) {
    const key = dayKey(name, bookedFor);
    const cells = booked.get(key) ?? {};
    const cell = String(cellOf(bookedFor));
    cells[cell] = (cells[cell] ?? 0) + 1;
    booked.set(key, cells);
  }
  if (until !== undefined) {
    const key = countKey(name, until);
    waiting.set(key, { until, count: (waiting.get(key)?.count ?? 0) + 1 });
  }
}

/** Records with counts of callbacks that are not there any more. */
function* removed(
  store: StorePort,
  table: string,
  kept: ReadonlyMap<string, unknown>,
): Iterable<StoreOperation> {
  for (const { key } of store.scan(table, {})) {
    if (!kept.has(key)) yield { table, key, text: null };
  }
}
