import { expect } from 'chai';
import { StoreError } from '../../../engine/durable/storeError.ts';
import { drain } from '../../support/drain.ts';
import { overEachStore, rejection } from '../../support/durableBench.ts';

overEachStore('Commits of Durable', (bench) => {
  it('are visible at once and durable when they resolve', async () => {
    const release = bench.store.hold();
    const done = bench.durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] });
    expect(bench.durable.get('t', 'a')).to.equal(1);
    expect(bench.store.get('t', 'a')).to.equal(undefined);
    release();
    await done;
    expect(bench.store.get('t', 'a')).to.be.a('string');
  });

  it('that fail reject with STORE_UNAVAILABLE and disappear, with everything that came after them', async () => {
    await bench.durable.commit({ put: [{ table: 't', key: 'a', value: 'old' }] });
    const release = bench.store.hold();
    const first = bench.durable.commit({ put: [{ table: 't', key: 'a', value: 'new' }] });
    await Promise.resolve();
    await Promise.resolve();
    const second = bench.durable.commit({ put: [{ table: 't', key: 'b', value: 'built on a' }] });
    expect(bench.durable.get('t', 'a')).to.equal('new');
    bench.store.failNext();
    const outcomes = Promise.allSettled([first, second]);
    release();
    for (const outcome of await outcomes) {
      expect(outcome.status).to.equal('rejected');
      expect((outcome as PromiseRejectedResult).reason)
        .to.be.instanceOf(StoreError)
        .with.property('code', 'STORE_UNAVAILABLE');
    }
    expect(bench.durable.get('t', 'a')).to.equal('old');
    expect(bench.durable.get('t', 'b')).to.equal(undefined);
    await bench.durable.commit({ put: [{ table: 't', key: 'b', value: 'again' }] });
    expect(bench.durable.get('t', 'b')).to.equal('again');
  });

  it('are told to the listeners of their tables at once, and again when they fail', async () => {
    const told: unknown[] = [];
    bench.durable.onChange(['t'], ({ table, key, value }) => told.push([table, key, value]));
    await bench.durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] });
    bench.store.failNext();
    const failed = bench.durable.commit({
      put: [
        { table: 't', key: 'b', value: 2 },
        { table: 'other', key: 'c', value: 3 },
      ],
      remove: [{ table: 't', key: 'a' }],
    });
    expect(told).to.deep.equal([
      ['t', 'a', 1],
      ['t', 'a', undefined],
      ['t', 'b', 2],
    ]);
    expect(await rejection(failed)).to.be.instanceOf(StoreError);
    expect(told.slice(3)).to.deep.equal([
      ['t', 'a', 1],
      ['t', 'b', undefined],
    ]);
  });

  /** Makes commits of one record at the same time. Returns the number of records in each write. */
  async function sizesOf(commits: number): Promise<readonly number[]> {
    const before = bench.store.writes;
    await Promise.all(
      Array.from({ length: commits }, (_, index) =>
        bench.durable.commit({ put: [{ table: 't', key: `k${index}`, value: index }] }),
      ),
    );
    return bench.store.sizes.slice(before);
  }

  it('that are made at the same time share one write', async () => {
    expect(await sizesOf(15)).to.deep.equal([15]);
    expect(await sizesOf(64)).to.deep.equal([64]);
    expect(bench.keys('t')).to.have.length(64);
  });

  it('that are made during a write share the next one', async () => {
    const before = bench.store.writes;
    const release = bench.store.hold();
    const first = bench.durable.commit({ put: [{ table: 't', key: 'first', value: 1 }] });
    await drain();
    const next = sizesOf(20);
    await drain();
    release();
    await Promise.all([first, next]);
    expect(bench.store.sizes.slice(before)).to.deep.equal([1, 20]);
  });

  it('that are not durable disappear together when a write fails', async () => {
    const release = bench.store.hold();
    const put = (key: string) => bench.durable.commit({ put: [{ table: 't', key, value: 1 }] });
    const first = Array.from({ length: 16 }, (_, index) => put(`a${index}`));
    const second = Array.from({ length: 16 }, (_, index) => put(`b${index}`));
    const third = put('c');
    expect(bench.keys('t')).to.have.length(33);
    bench.store.failNext();
    const outcomes = Promise.allSettled([...first, ...second, third]);
    release();
    expect(new Set((await outcomes).map(({ status }) => status))).to.deep.equal(new Set(['rejected']));
    expect(bench.keys('t')).to.deep.equal([]);
    await put('again');
    expect(bench.keys('t')).to.deep.equal(['again']);
  });

  it('of empty batches, and whenDurable(), resolve when everything that reads see is durable, and write nothing', async () => {
    for (const wait of [() => bench.durable.whenDurable(), () => bench.durable.commit({})]) {
      const before = bench.store.writes;
      await wait();
      const release = bench.store.hold();
      const order: string[] = [];
      const note = (what: string, promise: Promise<void>) => promise.then(() => void order.push(what));
      const first = note('first', bench.durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] }));
      const gathered = note('seen while gathered', wait());
      await drain();
      const inFlight = note('seen in flight', wait());
      await drain();
      expect(order).to.deep.equal([]);
      const second = note('second', bench.durable.commit({ put: [{ table: 't', key: 'b', value: 2 }] }));
      const both = note('both seen', wait());
      release();
      await Promise.all([first, gathered, inFlight, second, both]);
      expect(order).to.deep.equal(['first', 'seen while gathered', 'seen in flight', 'second', 'both seen']);
      expect(bench.store.writes - before).to.equal(2);
    }
  });

  it('of empty batches, and whenDurable(), reject when a write that reads saw fails', async () => {
    for (const wait of [() => bench.durable.whenDurable(), () => bench.durable.commit({})]) {
      const release = bench.store.hold();
      const first = rejection(bench.durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] }));
      await drain();
      const inFlight = rejection(wait());
      const second = rejection(bench.durable.commit({ put: [{ table: 't', key: 'b', value: 2 }] }));
      const both = rejection(wait());
      bench.store.failNext();
      release();
      for (const error of await Promise.all([first, inFlight, second, both])) {
        expect(error).to.be.instanceOf(StoreError).with.property('code', 'STORE_UNAVAILABLE');
      }
      await wait();
    }
  });

  it('remove before they put', async () => {
    await bench.durable.commit({
      put: [{ table: 't', key: 'a', value: 1 }],
      remove: [{ table: 't', key: 'a' }],
    });
    expect(bench.durable.get('t', 'a')).to.equal(1);
  });

  it('are refused after stop()', async () => {
    await bench.durable.stop();
    const error = await rejection(bench.durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] }));
    expect(error).to.be.instanceOf(StoreError).with.property('code', 'STORE_UNAVAILABLE');
  });
});
