/**
 * Writes records through Durable over lmdb for ever, 16 at a time, each with its twin in another table, large enough
 * that segments of the journal are filled, and a task; prints `acked <n>` when the commit of n has resolved.
 * Arguments: data directory, first number.
 */
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { openLmdbStore } from '../../../engine/durable/lmdb/lmdbStore.ts';
import { systemClock } from '../../../engine/ports/systemClock.ts';
import { silentLog } from '../silentLog.ts';

const [path = '', first = '0'] = process.argv.slice(2);
const durable = new DurableStore({ store: openLmdbStore({ path }), clock: systemClock, log: silentLog });
let next = Number(first);

async function writeForEver(): Promise<void> {
  for (;;) {
    const number = next++;
    const key = String(number);
    await durable.commit({
      put: [
        { table: 'one', key, value: { number } },
        { table: 'two', key, value: { number, padding: 'x'.repeat(40_000) } },
      ],
      schedule: [{ key, kind: 'count', payload: number, dueAt: 0 }],
    });
    console.log(`acked ${number}`);
  }
}

await Promise.all(Array.from({ length: 16 }, writeForEver));
