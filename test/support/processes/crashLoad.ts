/**
 * Writes to a store, and prints `acked <n>` after each write. Half of the writes are before a close and a
 * second opening; the end is that of a killed process. Arguments: data directory, number of writes.
 */
import { writeSync } from 'node:fs';
import { openLmdbStore } from '../../../engine/durable/lmdb/lmdbStore.ts';
import { crashOperations } from '../crashStates.ts';

const [path = '', count = '0'] = process.argv.slice(2);
const writes = Number(count);
let store = openLmdbStore({ path });
for (let number = 1; number <= writes; number++) {
  await store.write(crashOperations(number));
  // Synchronous, so that the system call is in the record before the next write.
  writeSync(1, `acked ${number}\n`);
  if (number !== Math.floor(writes / 2)) continue;
  await store.close();
  store = openLmdbStore({ path });
}
// An exit would abort where the thread of the tree has not finished its start.
process.kill(process.pid, 'SIGKILL');
