/** Opens a store, prints `open`, and keeps it until it is killed. Argument: data directory. */
import { openLmdbStore } from '../../../engine/durable/lmdb/lmdbStore.ts';

openLmdbStore({ path: process.argv[2] ?? '' });
console.log('open');
setInterval(() => {}, 60_000);
