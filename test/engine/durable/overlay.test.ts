import { expect } from 'chai';
import { createOverlay, type Overlay } from '../../../engine/durable/overlay.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

/** Turns of the microtask queue in which all that can happen has happened. */
const TURNS = 20;

async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
}

describe('What is written together', () => {
  let clock: SimulatedClock;
  let overlay: Overlay;
  /** Of each write given to the store, the keys. */
  let given: string[][];
  /** Ends the oldest write under way. */
  let finish: ((fault?: Error) => Promise<void>)[];

  beforeEach(() => {
    clock = createSimulatedClock();
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
    overlay = createOverlay(store, clock);
  });

  function put(...keys: readonly string[]): Promise<void> {
    return overlay.write(keys.map((key) => ({ table: 't', key, text: key })));
  }

  function many(name: string): string[] {
    return Array.from({ length: 32 }, (_, index) => `${name}${index}`);
  }

  it('what comes in one turn, and what comes while the store is at work', async () => {
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

  it('waits for what is expected, as long as that may come (O5)', async () => {
    const first = overlay.expect();
    const second = overlay.expect();
    void put('a');
    await settled();
    void put('b');
    first();
    await settled();
    expect(given).to.deep.equal([]);
    void put('c');
    second();
    await settled();
    expect(given).to.deep.equal([['a', 'b', 'c']]);
    // Nothing is left of this wait that would end the next one.
    await finish[0]!();
    await clock.advance(1, settled);
    const third = overlay.expect();
    void put('d');
    await settled();
    await clock.advance(1, settled);
    expect(given).to.have.length(1);
    third();
    await settled();
    expect(given).to.have.length(2);
  });

  it('does not wait for what is expected when it waits already', async () => {
    const first = overlay.expect();
    void put('a');
    await settled();
    const second = overlay.expect();
    void put('b');
    first();
    await settled();
    expect(given).to.deep.equal([['a', 'b']]);
    void put('c');
    await finish[0]!();
    expect(given).to.have.length(1);
    second();
    await settled();
    expect(given).to.deep.equal([['a', 'b'], ['c']]);
  });

  it('goes on when what was expected comes to nothing', async () => {
    const expected = overlay.expect();
    void put('a');
    await settled();
    expected();
    await settled();
    expect(given).to.deep.equal([['a']]);
  });

  it('waits two milliseconds at most, and no second time for the same', async () => {
    const late = overlay.expect();
    void put('a');
    await settled();
    await clock.advance(2, settled);
    expect(given).to.deep.equal([['a']]);
    await finish[0]!();
    void put('b');
    await settled();
    await finish[1]!();
    const next = overlay.expect();
    void put('c');
    late();
    await settled();
    expect(given).to.deep.equal([['a'], ['b']]);
    next();
    await settled();
    expect(given).to.deep.equal([['a'], ['b'], ['c']]);
  });

  it('waits also with what has gathered behind a write', async () => {
    void put('a');
    await settled();
    const expected = overlay.expect();
    void put('b');
    await finish[0]!();
    expect(given).to.deep.equal([['a']]);
    await clock.advance(2, settled);
    expect(given).to.deep.equal([['a'], ['b']]);
    expected();
  });

  it('ends its wait when a write fails', async () => {
    const failure = (promise: Promise<void>) => promise.catch((error: { code?: string }) => error.code);
    const failed = failure(put('a'));
    await settled();
    overlay.expect();
    const behind = failure(put(...many('b')));
    await settled();
    await clock.advance(1, settled);
    await finish[0]!(new Error('no room'));
    expect([await failed, await behind]).to.deep.equal(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
    expect(overlay.underWay).to.equal(undefined);
    // The next one's is its own.
    overlay.expect();
    void put('c');
    await settled();
    await clock.advance(1, settled);
    expect(given).to.deep.equal([['a']]);
    await clock.advance(1, settled);
    expect(given).to.deep.equal([['a'], ['c']]);
  });

  it('gives a half of many to a store that is at work, but not while more is expected', async () => {
    void put(...many('a'));
    await settled();
    const expected = overlay.expect();
    void put(...many('b'));
    await settled();
    expect(given).to.have.length(1);
    expected();
    await settled();
    expect(given).to.have.length(2);
  });
});
