import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Damage } from './processes/openDamaged.ts';
import { startStoreProcess } from './storeProcess.ts';

const PAGE_BYTES = 4_096;
/** Position of the number of the last page in a meta page. */
const LAST_PAGE_AT = 144;

/** The number of each outcome of the damages (openDamaged.ts). Rejects when the process ends by a signal. */
export async function outcomesOf(
  folder: string,
  records: Readonly<Record<string, string>>,
  damages: readonly Damage[],
): Promise<Readonly<Record<string, number>>> {
  const [recordsFile, damagesFile] = ['records.json', 'damages.json'].map((name) => join(folder, name));
  writeFileSync(recordsFile!, JSON.stringify(records));
  writeFileSync(damagesFile!, JSON.stringify(damages));
  const opener = startStoreProcess('openDamaged', [
    join(folder, 'image'),
    recordsFile!,
    join(folder, 'work'),
    damagesFile!,
  ]);
  try {
    const line = await opener.line('result ');
    return JSON.parse(line.slice('result '.length)) as Record<string, number>;
  } catch (error) {
    throw new Error(`After '${opener.lines.at(-1)}': ${error}`, { cause: error });
  } finally {
    await opener.kill();
  }
}

/** The files of the image that hold data, with their sizes. */
export function imageFiles(folder: string): readonly { readonly file: string; readonly size: number }[] {
  return readdirSync(join(folder, 'image'))
    .filter((file) => file !== 'orsay.lock')
    .map((file) => ({ file, size: statSync(join(folder, 'image', file)).size }));
}

/** Bytes of the image's tree up to its last page in use. The rest of the file is room for later. */
export function usedTreeBytes(folder: string): number {
  const tree = readFileSync(join(folder, 'image', 'orsay.mdb'));
  const [first, second] = [0, PAGE_BYTES].map((meta) => Number(tree.readBigUInt64LE(meta + LAST_PAGE_AT)));
  return (Math.max(first!, second!) + 1) * PAGE_BYTES;
}

/** Bits of a file, spread over all of it. */
export function spreadBits(size: number, count: number, offset = 0): readonly number[] {
  const all = size * 8;
  return Array.from(
    { length: Math.min(count, all) },
    (_, index) => Math.floor(((index + 0.5) * all) / count + offset) % all,
  );
}

/** A folder in memory where there is one: these tests sync very often. */
export function fastFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
