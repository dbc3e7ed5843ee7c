import type { Batch, Durable } from '../../engine/durable/index.ts';

/** `last`: the highest number of arrival over all queues. */
export const SERIAL = 'routingSerial';

/** The number of arrival of a new call, and the batch that takes it. */
export function nextArrival(durable: Durable): { readonly serial: number; readonly batch: Batch } {
  const serial = (durable.get<number>(SERIAL, 'last') ?? 0) + 1;
  return { serial, batch: { put: [{ table: SERIAL, key: 'last', value: serial }] } };
}
