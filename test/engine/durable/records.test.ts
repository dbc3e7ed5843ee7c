import { expect } from 'chai';
import { drain } from '../../support/drain.ts';
import { overEachStore, rejection } from '../../support/durableBench.ts';

overEachStore('Records of Durable', (bench) => {
  it('are read as they were put, including bytes, also after the store is opened again', async () => {
    const value = {
      text: 'ü',
      list: [1, null, true],
      bytes: new Uint8Array([0, 255]),
      odd: '\u0000base64:x',
    };
    await bench.durable.commit({ put: [{ table: 'thing', key: 'a', value }] });
    await bench.reopen();
    expect(bench.durable.get('thing', 'a')).to.deep.equal(value);
    expect(bench.durable.get('thing', 'b')).to.equal(undefined);
    expect(bench.durable.get('other', 'a')).to.equal(undefined);
  });

  it('can be checked for existence without reading them', async () => {
    const expiresAt = bench.clock.now() + 1_000;
    const put = ['stays', 'goes'].map((key) => ({ table: 'thing', key, value: { long: key } }));
    await bench.durable.commit({ put: [...put, { table: 'thing', key: 'expires', value: 1, expiresAt }] });
    const there = () =>
      ['stays', 'goes', 'expires', 'never'].filter((key) => bench.durable.has('thing', key));
    expect(there()).to.deep.equal(['stays', 'goes', 'expires']);
    const removed = bench.durable.commit({ remove: [{ table: 'thing', key: 'goes' }] });
    expect(there()).to.deep.equal(['stays', 'expires']);
    await removed;
    await bench.clock.advance(1_000, drain);
    expect(there()).to.deep.equal(['stays']);
    expect(bench.durable.has('other', 'stays')).to.equal(false);
  });

  it('do not change when the object that was put is changed later', async () => {
    const value = { count: 1 };
    const done = bench.durable.commit({ put: [{ table: 'thing', key: 'a', value }] });
    value.count = 2;
    expect(bench.durable.get('thing', 'a')).to.deep.equal({ count: 1 });
    await done;
    expect(bench.durable.get('thing', 'a')).to.deep.equal({ count: 1 });
  });

  it('are scanned in key order by prefix, bounds, limit and direction', async () => {
    const put = ['b/2', 'a', 'b/1', 'c', 'b/10', 'b/😀', 'b/\uffee'].map((key) => ({
      table: 't',
      key,
      value: key,
    }));
    await bench.durable.commit({ put });
    expect(bench.keys('t')).to.deep.equal(['a', 'b/1', 'b/10', 'b/2', 'b/\uffee', 'b/😀', 'c']);
    expect(bench.keys('t', { prefix: 'b/' })).to.deep.equal(['b/1', 'b/10', 'b/2', 'b/\uffee', 'b/😀']);
    expect(bench.keys('t', { from: 'b/1', to: 'b/2' })).to.deep.equal(['b/1', 'b/10']);
    expect(bench.keys('t', { from: 'b/1', to: 'b/2', reverse: true })).to.deep.equal(['b/10', 'b/1']);
    expect(bench.keys('t', { prefix: 'b/', reverse: true, limit: 2 })).to.deep.equal(['b/😀', 'b/\uffee']);
    expect(bench.keys('none')).to.deep.equal([]);
  });

  it('are scanned with pending puts, and without pending removals', async () => {
    await bench.durable.commit({ put: ['a', 'c', 'e'].map((key) => ({ table: 't', key, value: 1 })) });
    const release = bench.store.hold();
    const done = bench.durable.commit({
      put: ['b', 'c', 'f'].map((key) => ({ table: 't', key, value: 2 })),
      remove: [{ table: 't', key: 'e' }],
    });
    const seen = [...bench.durable.scan<number>('t')].map(({ key, value }) => `${key}${value}`);
    expect(seen).to.deep.equal(['a1', 'b2', 'c2', 'f2']);
    expect(bench.keys('t', { reverse: true })).to.deep.equal(['f', 'c', 'b', 'a']);
    release();
    await done;
    expect(bench.keys('t')).to.deep.equal(['a', 'b', 'c', 'f']);
  });

  it('are hidden from the time at which they expire, and swept from the store a little later', async () => {
    bench.durable.start();
    const expiresAt = bench.clock.now() + 1_000;
    await bench.durable.commit({ put: [{ table: 't', key: 'a', value: 1, expiresAt }] });
    await bench.durable.commit({ put: [{ table: 't', key: 'b', value: 1, expiresAt }] });
    await bench.durable.commit({ put: [{ table: 't', key: 'b', value: 2 }] });
    await bench.clock.advance(999, () => bench.durable.idle());
    expect(bench.keys('t')).to.deep.equal(['a', 'b']);
    await bench.clock.advance(1, () => bench.durable.idle());
    expect(bench.durable.get('t', 'a')).to.equal(undefined);
    expect(bench.keys('t')).to.deep.equal(['b']);
    await bench.clock.advance(120_000, () => bench.durable.idle());
    expect(bench.store.get('t', 'a')).to.equal(undefined);
    expect(bench.store.get('t', 'b')).to.be.a('string');
    expect([...bench.store.scan('_expiry', {})]).to.deep.equal([]);
  });

  it('are swept also when a task is due before them', async () => {
    bench.noting();
    bench.durable.start();
    await bench.durable.commit({
      put: [{ table: 't', key: 'a', value: 1, expiresAt: bench.clock.now() + 5_000 }],
      schedule: [bench.task('first', { dueAt: bench.clock.now() + 1_000 })],
    });
    await bench.clock.advance(120_000, () => bench.durable.idle());
    expect([...bench.store.scan('t', {})]).to.deep.equal([]);
  });

  it('with an expiry are written again only when they change, and then keep their place in the index', async () => {
    const expiresAt = bench.clock.now() + 1_000;
    const put = (...values: number[]) =>
      bench.durable.commit({ put: values.map((value) => ({ table: 't', key: 'a', value, expiresAt })) });
    await put(1);
    const before = bench.store.writes;
    await put(1);
    await put(2);
    await put(3, 2);
    expect(bench.store.sizes.slice(before)).to.deep.equal([1, 3]);
    expect(bench.durable.get('t', 'a')).to.equal(2);
    await bench.durable.commit({
      remove: [{ table: 't', key: 'a' }],
      put: [{ table: 't', key: 'a', value: 2, expiresAt }],
    });
    expect(bench.durable.get('t', 'a')).to.equal(2);
    expect([...bench.store.scan('_expiry', {})]).to.have.length(1);
    await bench.clock.advance(1_000, drain);
    expect(bench.durable.get('t', 'a')).to.equal(undefined);
  });

  it('expire at the time of their last put', async () => {
    bench.durable.start();
    const put = (ttl: number) =>
      bench.durable.commit({ put: [{ table: 't', key: 'a', value: 1, expiresAt: bench.clock.now() + ttl }] });
    await put(1_000);
    await put(600_000);
    expect([...bench.store.scan('_expiry', {})]).to.have.length(1);
    await bench.clock.advance(500_000, () => bench.durable.idle());
    expect(bench.durable.get('t', 'a')).to.equal(1);
    await bench.clock.advance(200_000, () => bench.durable.idle());
    expect(bench.store.get('t', 'a')).to.equal(undefined);
  });

  it('that cannot be stored have the whole batch rejected before anything changes', async () => {
    const bad = [
      { table: 't', key: 'k'.repeat(3_000), value: 1 },
      { table: '_task', key: 'k', value: 1 },
      { table: 't', key: 'k', value: undefined },
      { table: 't', key: 'k', value: 1, expiresAt: Number.NaN },
    ];
    for (const record of bad) {
      const error = await rejection(
        bench.durable.commit({ put: [{ table: 't', key: 'good', value: 1 }, record] }),
      );
      expect(error).to.be.instanceOf(TypeError);
    }
    expect(bench.keys('t')).to.deep.equal([]);
  });
});
