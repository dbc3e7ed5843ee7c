/**
 * Writes until the store has refused 50 times, removes records until it accepts a write again, and prints the
 * outcome. Started with a limit on the size of files. Argument: data directory.
 */

import { openLmdbStore } from '../../../engine/durable/lmdb/lmdbStore.ts';
import type { StoreOperation } from '../../../engine/durable/storePort.ts';

const [path = ''] = process.argv.slice(2);
const store = openLmdbStore({ path });
/** Texts of many sizes, so that pages are split, and filled by one value or by a part of one. */
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
    if (store.get('one', key) !== undefined || store.get('two', key) !== undefined) {
      console.log(`torn ${key}`);
    }
  }
}
const lost = acked.filter(
  (key) => store.get('one', key) === undefined || store.get('two', key) === undefined,
);
const again = { table: 'one', key: 'again', text: 'x'.repeat(3_000) };
let removed = 0;
for (; removed < acked.length; removed++) {
  await store.write([{ table: 'one', key: acked[removed]!, text: null }]);
  if (removed % 50 === 49 && (await isTaken(again))) break;
}
await store.close();
const opened = openLmdbStore({ path });
const kept = acked.filter((key) => opened.get('two', key) === '');
const outcome = {
  lost,
  again: opened.get('one', 'again')?.length,
  kept: kept.length === acked.length,
  inOne: [...opened.scan('one', {})].length === acked.length - removed,
};
console.log(`result ${JSON.stringify(outcome)}`);
await opened.close();

async function isTaken(operation: StoreOperation): Promise<boolean> {
  try {
    await store.write([operation]);
    return true;
  } catch {
    return false;
  }
}
