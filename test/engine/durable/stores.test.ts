import { expect } from 'chai';
import type { StoreOperation, StorePort, StoreRange } from '../../../engine/durable/storePort.ts';
import { CONTRACT_STORES, type ContractPlace } from '../../support/eachStore.ts';

for (const { name, require, make } of CONTRACT_STORES) {
  describe(`StorePort: the ${name}`, () => {
    let place: ContractPlace;
    let store: StorePort;

    before(async function () {
      await require(this);
    });

    beforeEach(async () => {
      place = await make();
      store = await place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    function put(table: string, key: string, text: string | null = key): StoreOperation {
      return { table, key, text };
    }

    function keys(table: string, range: StoreRange = {}): string[] {
      return [...store.scan(table, range)].map(({ key }) => key);
    }

    it('reads what was written, also after it is opened again', async () => {
      await store.write([put('t', 'a', 'ü😀'), put('t', 'b', ''), put('t', 'c', 'x'.repeat(200_000))]);
      await store.close();
      store = await place.open();
      expect(store.get('t', 'a')).to.equal('ü😀');
      expect(store.get('t', 'b')).to.equal('');
      expect(store.get('t', 'c')).to.have.length(200_000);
      expect(store.get('t', 'd')).to.equal(undefined);
    });

    it('applies the operations of a write in their order', async () => {
      await store.write([put('t', 'a', '1'), put('t', 'a', null), put('t', 'b', '1'), put('t', 'b', '2')]);
      await store.write([put('t', 'c', null), put('t', 'c', '3')]);
      expect([...store.scan('t', {})]).to.deep.equal([
        { key: 'b', text: '2' },
        { key: 'c', text: '3' },
      ]);
    });

    it('keeps tables apart, whatever their names begin with', async () => {
      await store.write([put('t', 'z'), put('t2', 'a'), put('', 'b'), put('t', ''), put('s', 'y')]);
      expect(keys('t')).to.deep.equal(['', 'z']);
      expect(keys('t2')).to.deep.equal(['a']);
      expect(keys('')).to.deep.equal(['b']);
      expect(keys('t', { reverse: true })).to.deep.equal(['z', '']);
    });

    it('finds nothing by a key longer than any record has, and goes on to find the others', async () => {
      const long = 'b'.repeat(1_890);
      await store.write([put('t', 'a'), put('t', long), put('t', 'c')]);
      await store.close();
      store = await place.open();
      for (const size of [1_978, 2_700, 4_000, 9_000, 100_000]) {
        for (const key of ['b'.repeat(size), `b${'€'.repeat(size)}`]) {
          expect(store.get('t', key)).to.equal(undefined);
          expect(keys('t', { from: key })).to.deep.equal(['c']);
          expect(keys('t', { to: key, reverse: true })).to.deep.equal([long, 'a']);
          expect(keys('t', { from: key, to: `${key}z` })).to.deep.equal([]);
        }
      }
      expect(keys('t')).to.deep.equal(['a', long, 'c']);
    });

    it('orders keys by their UTF-8 bytes', async () => {
      const ordered = [
        '',
        '\u0000',
        '\u0001',
        ' ',
        '0',
        'A',
        'a',
        'a\u0000',
        'aa',
        'é',
        '\ud7ff',
        '\uffee',
        '😀',
      ];
      await store.write([...ordered].reverse().map((key) => put('t', key)));
      expect(keys('t')).to.deep.equal(ordered);
      expect(keys('t', { reverse: true })).to.deep.equal([...ordered].reverse());
    });

    it('scans from a key that is included to one that is not, in both directions', async () => {
      await store.write(['a', 'b', 'c', 'd'].map((key) => put('t', key)));
      for (const reverse of [false, true]) {
        const turned = (expected: string[]): string[] => (reverse ? expected.reverse() : expected);
        expect(keys('t', { from: 'b', to: 'd', reverse })).to.deep.equal(turned(['b', 'c']));
        expect(keys('t', { from: 'bb', to: 'cc', reverse })).to.deep.equal(turned(['c']));
        expect(keys('t', { from: 'c', reverse })).to.deep.equal(turned(['c', 'd']));
        expect(keys('t', { to: 'b', reverse })).to.deep.equal(turned(['a']));
        expect(keys('t', { from: 'x', reverse })).to.deep.equal([]);
      }
    });

    it('lets the reader of a scan stop early, and write while it reads', async () => {
      await store.write(['a', 'b', 'c'].map((key) => put('t', key)));
      for (const { key } of store.scan('t', {})) {
        expect(key).to.equal('a');
        break;
      }
      const seen: string[] = [];
      for (const { key } of store.scan('t', {})) {
        seen.push(key);
        await store.write([put('t', key, null)]);
      }
      expect(seen).to.deep.equal(['a', 'b', 'c']);
      expect(keys('t')).to.deep.equal([]);
    });
  });
}
