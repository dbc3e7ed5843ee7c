import { expect } from 'chai';
import fc from 'fast-check';
import { getThrough, Layer, scanThrough } from '../../../engine/durable/layer.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { StoreOperation, StoreRange } from '../../../engine/durable/storePort.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';

const key = fc.constantFrom('', 'a', 'aa', 'b', 'c', 'ca', '\u0000', 'é', '\uffee', '😀', 'z');
const operation: fc.Arbitrary<StoreOperation> = fc.record({
  table: fc.constantFrom('t', 't', 'u'),
  key,
  text: fc.option(fc.string({ maxLength: 3 })),
});
const operations = fc.array(operation, { maxLength: 12 });
const range: fc.Arbitrary<StoreRange> = fc.record(
  { from: key, to: key, reverse: fc.boolean() },
  { requiredKeys: [] },
);

describe('Layers over a store', () => {
  it('show the same as a store that has their changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        operations,
        fc.array(operations, { maxLength: 4 }),
        range,
        async (below, changes, asked) => {
          const store = new MemoryStore();
          const all = new MemoryStore();
          await store.write(below);
          await all.write([...below, ...changes.flat()]);
          // Before and after the first range: from then on a table keeps its keys in order.
          for (const isAskedBetween of [false, true]) {
            const layers = changes.map((change) => {
              const layer = new Layer();
              for (const one of change) {
                layer.apply([one]);
                if (isAskedBetween) [...layer.over([], 't', asked)];
              }
              return layer;
            });
            expect([...scanThrough(layers, store.scan('t', asked), 't', asked)]).to.deep.equal([
              ...all.scan('t', asked),
            ]);
            for (const name of ['', 'a', 'aa', '😀', 'absent']) {
              const text = getThrough(layers, 't', name);
              expect(text === undefined ? store.get('t', name) : (text ?? undefined)).to.equal(
                all.get('t', name),
              );
            }
          }
        },
      ),
      { numRuns: 500, ...fuzzSeed() },
    );
  });

  it('may change while a range is read: no entry is given twice, and none that was there all the time is missing', () => {
    const names = Array.from({ length: 1_000 }, (_, number) => `k${String(2 * number).padStart(4, '0')}`);
    for (const reverse of [false, true]) {
      const layer = new Layer();
      const put = (key: string, text: string | null = key) => layer.apply([{ table: 't', key, text }]);
      for (const name of names) put(name);
      const seen: string[] = [];
      const removed = new Set<string>();
      for (const { key } of layer.over([], 't', { from: 'k0002', to: 'k1998', reverse })) {
        seen.push(key);
        put(`${key}x`);
        const other = names[(seen.length * 7) % names.length]!;
        if (seen.length % 3 === 0 && other > 'k0900' && other < 'k1100') {
          removed.add(other);
          put(other, null);
        }
      }
      expect(seen).to.deep.equal([...new Set(seen)].sort((a, b) => (a < b ? -1 : 1) * (reverse ? -1 : 1)));
      const missing = names.slice(1, -1).filter((name) => !removed.has(name) && !seen.includes(name));
      expect(missing).to.deep.equal([]);
      expect(removed.size).to.be.greaterThan(10);
    }
  });
});
