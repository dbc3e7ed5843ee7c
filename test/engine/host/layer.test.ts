import { expect } from 'chai';
import fc from 'fast-check';
import { createLayer, getThrough, scanThrough } from '../../../engine/host/layer.ts';
import type { StoreOperation, StoreRange } from '../../../engine/host/storePort.ts';
import { createMemoryStore } from '../../../server/adapters/memoryStore.ts';
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
  it('show what the store would have if their changes were in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        operations,
        fc.array(operations, { maxLength: 4 }),
        range,
        async (below, changes, asked) => {
          const store = createMemoryStore();
          const all = createMemoryStore();
          await store.write(below);
          await all.write([...below, ...changes.flat()]);
          // Before and after a range was asked for: from then on a table keeps its order.
          for (const isAskedBetween of [false, true]) {
            const layers = changes.map((change) => {
              const layer = createLayer();
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

  it('may change while a range is read: what is not read yet is found as it is then', () => {
    const layer = createLayer();
    const put = (name: string, text: string | null = name) => layer.apply([{ table: 't', key: name, text }]);
    for (const name of ['a', 'c', 'e']) put(name);
    const seen: string[] = [];
    for (const { key: name } of layer.over([{ key: 'd', text: 'd' }], 't', {})) {
      seen.push(name);
      if (name === 'a') put('b');
      if (name === 'c') put('e', null);
      if (name === 'd') put('f');
    }
    expect(seen).to.deep.equal(['a', 'b', 'c', 'd', 'f']);
  });
});
