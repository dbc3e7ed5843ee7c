import { expect } from 'chai';
import { Overlay } from '../../../engine/durable/overlay.ts';

/** Microtasks in which everything happens that waits only for promises. */
const TURNS = 20;

async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
}

describe('The overlay', () => {
  let overlay: Overlay;
  /** The keys of each write that the store got. */
  let given: string[][];
  /** Each ends one write, in their order. */
  let finish: ((fault?: Error) => Promise<void>)[];

  beforeEach(() => {
    given = [];
    finish = [];
    const store = {
      get: () => undefined,
      scan: () => [],
      close: async () => {},
      write(operations: readonly { readonly key: string }[]) {
        given.push(operations.map(({ key }) => key));
        return new Promise<void>((resolve, reject) => {
          finish.push((fault) => {
            if (fault === undefined) resolve();
            else reject(fault);
            return settled();
          });
        });
      },
    };
    overlay = new Overlay(store);
  });

  function put(...keys: readonly string[]): Promise<void> {
    return overlay.write(keys.map((key) => ({ table: 't', key, text: key })));
  }

  function many(name: string): string[] {
    return Array.from({ length: 32 }, (_, index) => `${name}${index}`);
  }

  it('writes together the commits of the same moment, and those that are made during a write', async () => {
    void put('a');
    void put('b');
    await settled();
    void put('c');
    void put('d');
    await settled();
    await finish[0]!();
    expect(given).to.deep.equal([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('rejects everything that is not durable when a write fails, and goes on', async () => {
    const failure = (promise: Promise<void>) => promise.catch((error: { code?: string }) => error.code);
    const failed = failure(put('a'));
    await settled();
    const behind = failure(put('b'));
    await finish[0]!(new Error('no room'));
    expect([await failed, await behind]).to.deep.equal(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
    expect(overlay.pending).to.equal(undefined);
    void put('c');
    await settled();
    expect(given).to.deep.equal([['a'], ['c']]);
  });

  it('gives the store one write at a time, however much has gathered', async () => {
    void put('a');
    await settled();
    void put(...many('b'));
    await settled();
    expect(given).to.have.length(1);
    await finish[0]!();
    expect(given).to.have.length(2);
  });
});
