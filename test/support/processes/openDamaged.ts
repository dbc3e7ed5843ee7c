/**
 * Opens changed copies of a store's files, one after the other. Prints a line for each before it opens it, so
 * that a signal names its cause. At the end it prints the number of each outcome: `refused` (a coded error),
 * `right` (all records), or a description of a wrong answer. Arguments: image, its records as JSON, work
 * folder, changes as JSON.
 */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectStore } from '../../../engine/durable/lmdb/inspectStore.ts';
import { openLmdbStore } from '../../../engine/durable/lmdb/lmdbStore.ts';
import { storeFiles } from '../../../engine/durable/lmdb/storeFiles.ts';
import { readAll, TABLE } from '../storeImage.ts';

/** A change of a file. */
export type Damage =
  | { readonly kind: 'flip'; readonly file: string; readonly bits: readonly number[] }
  | { readonly kind: 'cut'; readonly file: string; readonly lengths: readonly number[] }
  | { readonly kind: 'delete'; readonly file: string };

const [image = '', recordsFile = '', work = '', damagesFile = ''] = process.argv.slice(2);
const expected = JSON.stringify(Object.entries(JSON.parse(readFileSync(recordsFile, 'utf8'))).sort());
const damages = JSON.parse(readFileSync(damagesFile, 'utf8')) as readonly Damage[];
const WRITTEN = 5;
const outcomes = new Map<string, number>();
let isFresh = false;
let opened = 0;

function refresh(): void {
  if (isFresh) return;
  rmSync(work, { recursive: true, force: true });
  cpSync(image, work, { recursive: true });
  isFresh = true;
}

/** Reads the store as the server does. Every WRITTEN-th one is also written to, and read again. */
async function outcomeOf(): Promise<string> {
  if (inspectStore(storeFiles(work)).problems.length > 0) return 'refused';
  isFresh = false;
  const texts: string[] = [];
  const extras =
    opened++ % WRITTEN === 0 ? [{ table: TABLE, key: 'later', text: 'later' }, undefined] : [undefined];
  for (const extra of extras) {
    const store = openLmdbStore({ path: work, failed: (error) => texts.push(String(error)) });
    const { later, ...records } = readAll(store);
    texts.push(JSON.stringify(Object.entries(records).sort()));
    if (extra !== undefined) await store.write([extra, { ...extra, text: null }]);
    await store.close();
    if (later !== undefined) texts.push('a removed record came back');
  }
  return texts.every((text) => text === expected) ? 'right' : 'wrong';
}

async function play(label: string, file: string): Promise<void> {
  console.log(label);
  let outcome: string;
  try {
    outcome = await outcomeOf();
  } catch (error) {
    isFresh = false;
    outcome =
      error instanceof Error && 'code' in error && error.code === 'STORE_DAMAGED'
        ? 'refused'
        : `${label}: ${error}`;
  }
  if (outcome === 'wrong') outcome = `${label}: wrong records`;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (isFresh) cpSync(join(image, file), join(work, file));
}

for (const damage of damages) {
  const { file } = damage;
  if (damage.kind === 'delete') {
    refresh();
    rmSync(join(work, file));
    await play(`delete ${file}`, file);
    continue;
  }
  const content = readFileSync(join(image, file));
  if (damage.kind === 'cut') {
    for (const length of damage.lengths) {
      refresh();
      truncateSync(join(work, file), length);
      await play(`cut ${file} ${length}`, file);
    }
    continue;
  }
  for (const bit of damage.bits) {
    refresh();
    const changed = Buffer.from(content);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(join(work, file), changed);
    await play(`flip ${file} ${bit}`, file);
  }
}
console.log(`result ${JSON.stringify(Object.fromEntries(outcomes))}`);
