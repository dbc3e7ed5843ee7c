import type { Batch, Durable } from '../../engine/durable/index.ts';

/** `last`: the highest number of arrival over all queues. */
export const SERIAL = 'routingSerial';

/** The number of arrival of a new call, and the batch that takes it. */
export function nextArrival(durable: Durable): { readonly serial: number; readonly batch: Batch } {
  const serial = (durable.get<number>(SERIAL, 'last') ?? 0) + 1;
  return { serial, batch: { put: [{ table: SERIAL, key: 'last', value: serial }] } };
}

/** Before the numbers of all calls of this millennium that come after the others. */
const HEAD = -Number.MAX_SAFE_INTEGER;
/** Numbers for the calls that wait since the same ms. */
const NUMBERS_OF_MS = 1_000;

/**
 * The number of arrival of a call that goes to the head of its queue, because its customer waits since
 * `since` (ms since epoch), and the batch that takes it. The call that waits longest is the first of them.
 */
export function headArrival(
  durable: Durable,
  since: number,
): { readonly serial: number; readonly batch: Batch } {
  const { serial, batch } = nextArrival(durable);
  return { serial: HEAD + since * NUMBERS_OF_MS + (serial % NUMBERS_OF_MS), batch };
}
