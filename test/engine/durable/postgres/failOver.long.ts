import { expect } from 'chai';
import { Overlay } from '../../../../engine/durable/overlay.ts';
import { CellBench, put, records } from '../../../support/cellBench.ts';
import { requirePostgres, TestPostgres } from '../../../support/postgres.ts';

const FAIL_OVERS = 10;
const WRITERS = 8;
/** Writes that are acknowledged before the primary dies. */
const ACKED = 100;

describe('a cell whose PostgreSQL fails over to a replica', function () {
  this.timeout(120_000);

  before(async function () {
    await requirePostgres(this);
  });

  /** Keys whose writes were acknowledged, until the store refuses or is closed. */
  async function writeUntilEnd(
    store: Overlay,
    { acked, prefix }: { acked: string[]; prefix: string },
  ): Promise<void> {
    for (let number = 0; ; number++) {
      const key = `${prefix}-${number}`;
      try {
        await store.write([{ table: 't', key, text: key }]);
      } catch {
        return;
      }
      acked.push(key);
    }
  }

  for (let run = 1; run <= FAIL_OVERS; run++) {
    it(`loses nothing with a synchronous replica, ${run} of ${FAIL_OVERS}`, async () => {
      const primary = await TestPostgres.start({ synchronous_standby_names: 'ANY 1 (r1)' });
      const replica = await primary.replica('r1');
      const bench = await CellBench.create(primary);
      const owner = await bench.open('a', { ttlMs: 2_000, endMs: 100 });
      const acked: string[] = [];
      const overlay = new Overlay(owner);
      const writing = Array.from({ length: WRITERS }, (_, at) =>
        writeUntilEnd(overlay, { acked, prefix: `w${at}` }),
      );
      while (acked.length < ACKED) await new Promise((next) => setTimeout(next, 5));
      await primary.kill();
      await owner.close();
      primary.remove();
      await replica.promote();
      await Promise.all(writing);
      const after = await bench.open('b', {
        database: replica.urlOf(new URL(bench.database).pathname.slice(1)),
      });
      const found = new Set(records(after).map((entry) => entry.split('=')[0]!));
      expect(acked.filter((key) => !found.has(key))).to.deep.equal([]);
      await put(after, 'later');
      console.log(`        ${JSON.stringify({ acked: acked.length, found: found.size })}`);
      await bench.close();
      await replica.stop();
    });
  }

  it('discards a copy by name that has frames which an asynchronous replica did not get', async () => {
    const primary = await TestPostgres.start();
    const replica = await primary.replica('r1');
    const bench = await CellBench.create(primary);
    const database = replica.urlOf(new URL(bench.database).pathname.slice(1));
    const owner = await bench.open('a', { ttlMs: 60_000, endMs: 100 });
    await put(owner, 'k1');
    await replica.has(primary);
    await replica.kill();
    await put(owner, 'k2');
    await primary.kill();
    await owner.close();
    primary.remove();
    await replica.restart();
    await replica.promote();
    const after = await bench.open('a', { database });
    expect(records(after)).to.deep.equal(['k1=k1']);
    expect(bench.errors.at(-1)).to.equal(
      'The copy of the cell is removed and built anew: it ends with frame 2, the log with another frame, 1.',
    );
    await bench.close();
    await replica.stop();
  });
});
