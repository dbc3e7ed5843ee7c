/**
 * Writes until the store refuses 50 times, makes room, writes again, and prints what became of it. Started with
 * a limit on the size of files. Argument: data directory.
 */
import { openLmdbStore } from '../../../server/adapters/lmdbStore.ts';

const [path = ''] = process.argv.slice(2);
const store = openLmdbStore({ path });
/** Of all sizes, so that pages are split, and filled by one value or by a part of it. */
const paddingOf = (number: number): string => 'x'.repeat((number * 7_919) % 12_000);
const acked: string[] = [];
let refused = 0;

for (let number = 0; refused < 50; number++) {
  const key = String(number);
  try {
    await store.write([
      { table: 'one', key, text: paddingOf(number) },
      { table: 'two', key, text: '' },
    ]);
    acked.push(key);
  } catch {
    refused++;
    if (store.get('one', key) !== undefined || store.get('two', key) !== undefined)
      console.log(`torn ${key}`);
  }
}
const lost = acked.filter(
  (key) => store.get('one', key) === undefined || store.get('two', key) === undefined,
);
// One at a time: lmdb copies the pages that it changes, so a large removal needs room itself.
for (const key of acked.slice(0, 150)) await store.write([{ table: 'one', key, text: null }]);
await store.write([{ table: 'one', key: 'again', text: 'x'.repeat(3_000) }]);
await store.close();
const again = openLmdbStore({ path });
console.log(
  `result ${JSON.stringify({ acked: acked.length > 150, lost, again: again.get('one', 'again')?.length })}`,
);
await again.close();
