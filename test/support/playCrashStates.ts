import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLmdbStore } from '../../engine/durable/lmdb/lmdbStore.ts';
import { createRandom } from './crash/random.ts';
import { recordLoad, recordsAfter, recordsIn, SimulatedDisk } from './crashStates.ts';

/** Each of so many states is also opened by lmdb, written to and opened again. */
const OPENED = 25;

/** Records a load of so many writes, and opens so many states of its files after a power failure. */
export async function playCrashStates(
  folder: string,
  given: { readonly writes: number; readonly states: number },
): Promise<void> {
  const events = await recordLoad(folder, given.writes);
  const numbers = createRandom(7);
  const random = (): number => numbers.below(1e9) / 1e9;
  const first = events.findIndex(({ kind }) => kind === 'acked');
  /** A tenth of the states is from the first start of the store. */
  const momentOf = (state: number): number =>
    state % 10 === 0 ? Math.floor(random() * first) : first + Math.floor(random() * (events.length - first));
  expect(events.filter(({ kind }) => kind === 'acked')).to.have.length(given.writes);
  const moments = Array.from({ length: given.states }, (_, state) => momentOf(state)).sort((x, y) => x - y);
  const disk = new SimulatedDisk();
  const crashed = join(folder, 'crashed');
  let at = 0;
  let played = 0;
  const expected = new Map<number, string>();
  for (const moment of moments) {
    for (; at <= moment; at++) disk.apply(events[at]!);
    disk.crash(crashed, random);
    const found = recordsIn(crashed);
    const label = `state ${played} at event ${moment}, after ${disk.acked} acknowledged writes`;
    if ('problems' in found) throw new Error(`${label}: ${found.problems}`);
    // The write under way may be there, but no part of it.
    expect(found.number, label).to.be.within(disk.acked, disk.acked + 1);
    if (!expected.has(found.number)) expected.set(found.number, recordsAfter(found.number));
    expect(found.text === expected.get(found.number), label).to.equal(true);
    if (played % OPENED === 0) await open(crashed, found.text);
    played++;
  }
  rmSync(crashed, { recursive: true });
}

async function open(path: string, before: string): Promise<void> {
  const store = openLmdbStore({ path });
  await store.write([{ table: 'v', key: 'later', text: 'later' }]);
  await store.write([{ table: 'v', key: 'later', text: null }]);
  await store.close();
  const found = recordsIn(path);
  expect(found).to.have.property('text', before);
}
