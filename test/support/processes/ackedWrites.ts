/**
 * Commits through Durable over lmdb until it is killed, 16 at a time. Each commit has a record, its twin in
 * another table, and a task; the twin is large, so that journal segments are filled. Prints `acked <n>` when
 * the commit of n has resolved. Arguments: data directory, first number.
 */
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { openLmdbStore } from '../../../engine/durable/lmdb/lmdbStore.ts';
import { systemClock } from '../../../engine/ports/systemClock.ts';
import { silentLog } from '../silentLog.ts';

const [path = '', first = '0'] = process.argv.slice(2);
const durable = new DurableStore({ store: openLmdbStore({ path }), clock: systemClock, log: silentLog });
let next = Number(first);

async function writeUntilKilled(): Promise<void> {
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

await Promise.all(Array.from({ length: 16 }, writeUntilKilled));
