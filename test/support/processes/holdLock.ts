/** Opens a store, prints `open`, and keeps it until it is killed. Argument: data directory. */
import { openLmdbStore } from '../../../server/adapters/lmdb/lmdbStore.ts';

openLmdbStore({ path: process.argv[2] ?? '' });
console.log('open');
setInterval(() => {}, 60_000);
