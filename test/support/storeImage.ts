import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLmdbStore } from '../../engine/durable/lmdb/lmdbStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';

export const TABLE = 't';
/** Short and long records, so that the tree has branches, and pages for single values. */
const RECORDS = 260;

function textOf(number: number): string {
  return `${number} ${'x'.repeat((number * 7_919) % 700)}${number % 20 === 0 ? 'y'.repeat(9_000) : ''}`;
}

/**
 * Makes the files of a store as a killed process leaves them: the tree has most records, and the journal has
 * the latest ones. Returns the records.
 */
export async function makeStoreImage(folder: string): Promise<Readonly<Record<string, string>>> {
  const path = join(folder, 'live');
  mkdirSync(path, { recursive: true });
  const expected: Record<string, string> = {};
  let store = openLmdbStore({ path });
  async function put(number: number, text: string | null): Promise<void> {
    const key = `key-${number}`;
    await store.write([{ table: TABLE, key, text }]);
    if (text === null) delete expected[key];
    else expected[key] = text;
  }
  for (let round = 0; round < 2; round++) {
    for (let number = 0; number < RECORDS; number++) await put(number, textOf(number + round));
    for (let number = 0; number < RECORDS; number += 7) await put(number, null);
    await store.close();
    store = openLmdbStore({ path });
  }
  for (let number = 0; number < 5; number++) await put(RECORDS + number, `in the journal ${number}`);
  await put(1, 'changed in the journal');
  cpSync(path, join(folder, 'image'), { recursive: true });
  await store.close();
  return expected;
}

export function readAll(store: StorePort): Readonly<Record<string, string>> {
  return Object.fromEntries([...store.scan(TABLE, {})].map(({ key, text }) => [key, text]));
}
