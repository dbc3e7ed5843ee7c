/**
 * Opens changed copies of a store's files, one after the other. Prints a line for each before it opens it, so
 * that a signal names its cause. At the end it prints the number of each outcome: `refused` (a coded error),
 * `right` (all records), or a description of a wrong answer. Arguments: image, its records as JSON, work
 * folder, changes as JSON.
 */
import {
  closeSync,
  cpSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspectStore } from '../../../engine/durable/lmdb/inspectStore.ts';
import { openLmdbStore } from '../../../engine/durable/lmdb/lmdbStore.ts';
import { storeFiles } from '../../../engine/durable/lmdb/storeFiles.ts';
import { readAll, TABLE } from '../storeImage.ts';

/** A change of a file. */
export type Damage =
  | {
      readonly kind: 'flip';
      readonly file: string;
      readonly bits: readonly number[];
      /** Number of bits that are opened at once, if no check refuses one of them alone. Absent: one. */
      readonly together?: number;
    }
  | { readonly kind: 'cut'; readonly file: string; readonly lengths: readonly number[] }
  | { readonly kind: 'delete'; readonly file: string };

const [image = '', recordsFile = '', work = '', damagesFile = ''] = process.argv.slice(2);
const expected = JSON.stringify(Object.entries(JSON.parse(readFileSync(recordsFile, 'utf8'))).sort());
const damages = JSON.parse(readFileSync(damagesFile, 'utf8')) as readonly Damage[];
const WRITTEN = 5;
let outcomes = new Map<string, number>();
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

/** Opens the store with these bits changed, and tells the outcome. */
async function flip(file: string, content: Buffer, bits: readonly number[]): Promise<void> {
  refresh();
  const changed = Buffer.from(content);
  for (const bit of bits) changed[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(join(work, file), changed);
  await play(`flip ${file} ${bits.join(' ')}`, file, bits.length);
}

/**
 * Checks the files with each bit alone, which maps nothing. Most bits that pass are in bytes that nobody
 * reads. Opening a store is the expensive part, so the bits that pass are opened in groups; a group that does
 * not answer right is opened bit by bit.
 */
async function flipTogether(
  file: string,
  content: Buffer,
  { bits, together }: { readonly bits: readonly number[]; readonly together: number },
): Promise<void> {
  const passed: number[] = [];
  refresh();
  const written = openSync(join(work, file), 'r+');
  for (const bit of bits) {
    const at = bit >> 3;
    writeSync(written, Buffer.of(content[at]! ^ (1 << (bit & 7))), 0, 1, at);
    console.log(`check ${file} ${bit}`);
    if (isRefused()) count('refused', 1);
    else passed.push(bit);
    writeSync(written, content, at, 1, at);
  }
  closeSync(written);
  for (let first = 0; first < passed.length; first += together) {
    const group = passed.slice(first, first + together);
    const before = new Map(outcomes);
    await flip(file, content, group);
    if ((outcomes.get('right') ?? 0) === (before.get('right') ?? 0) + group.length) continue;
    outcomes = before;
    for (const bit of group) await flip(file, content, [bit]);
  }
}

/** Whether the checks before the tree is mapped refuse the files. */
function isRefused(): boolean {
  try {
    return inspectStore(storeFiles(work)).problems.length > 0;
  } catch (error) {
    if (isDamaged(error)) return true;
    throw error;
  }
}

function isDamaged(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'STORE_DAMAGED';
}

function count(outcome: string, number: number): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + number);
}

async function play(label: string, file: string, number = 1): Promise<void> {
  console.log(label);
  let outcome: string;
  try {
    outcome = await outcomeOf();
  } catch (error) {
    isFresh = false;
    outcome = isDamaged(error) ? 'refused' : `${label}: ${error}`;
  }
  if (outcome === 'wrong') outcome = `${label}: wrong records`;
  count(outcome, number);
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
  const { bits, together = 1 } = damage;
  if (together === 1) for (const bit of bits) await flip(file, content, [bit]);
  else await flipTogether(file, content, { bits, together });
}
console.log(`result ${JSON.stringify(Object.fromEntries(outcomes))}`);
