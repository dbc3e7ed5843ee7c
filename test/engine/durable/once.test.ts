import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type KeyedEffect, keyedBy, Once, recordKey } from '../../../engine/durable/once.ts';
import { StoreError } from '../../../engine/durable/storeError.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

const HOUR_MS = 3_600_000;
const KEYED = keyedBy('k1', 'test', 'anna');

describe('effects under an idempotency key', () => {
  let store: BrittleStore;
  let clock: SimulatedClock;
  let durable: DurableStore;
  let once: Once;
  let made: number;

  beforeEach(() => {
    store = createBrittleStore(new MemoryStore());
    clock = createSimulatedClock();
    durable = new DurableStore({ store, clock, log: silentLog });
    durable.start();
    once = new Once({ durable, clock });
    made = 0;
  });

  afterEach(() => durable.stop());

  /** Waits longer than anything takes that does not wait for a write. */
  async function turns(): Promise<void> {
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  }

  function make(keyed: KeyedEffect | undefined): Promise<number> {
    return once.commit(keyed, () => {
      made++;
      return { batch: { put: [{ table: 'made', key: String(made), value: made }] }, answer: made };
    });
  }

  it('are one commit with their key, and repetitions get its answer', async () => {
    const before = store.writes;
    expect(await make(KEYED)).to.equal(1);
    expect(store.writes - before).to.equal(1);
    expect(await make(KEYED)).to.equal(1);
    expect(store.writes - before).to.equal(1);
    expect([...durable.scan('made')]).to.have.length(1);
  });

  it('are different under another key or scope, and each time without a key', async () => {
    expect(await make(KEYED)).to.equal(1);
    expect(await make(keyedBy('k2', 'test', 'anna'))).to.equal(2);
    expect(await make(keyedBy('k1', 'test', 'bob'))).to.equal(3);
    // The parts of scope and key are kept apart.
    expect(await make(keyedBy('anna', 'test', 'k1'))).to.equal(4);
    expect(await make(keyedBy(undefined, 'test'))).to.equal(5);
    expect(await make(keyedBy(undefined, 'test'))).to.equal(6);
    expect(recordKey(KEYED!)).to.match(/^[0-9a-f]{64}$/);
  });

  it('answer a repetition only when the first one is durable', async () => {
    const release = store.hold();
    const answered: number[] = [];
    const first = make(KEYED);
    const second = make(KEYED).then((answer) => answered.push(answer));
    await turns();
    expect(answered).to.deep.equal([]);
    release();
    await Promise.all([first, second]);
    expect(answered).to.deep.equal([1]);
    expect(made).to.equal(1);
  });

  it('answer or refuse because of another effect only when that effect is durable', async () => {
    const answered: unknown[] = [];
    const seen = () => [...durable.scan('made')].length;
    const release = store.hold();
    const first = make(undefined).catch(() => answered.push('first failed'));
    const others = [
      once.commit(undefined, () => ({ batch: {}, answer: seen() })),
      once.commit(KEYED, () => {
        throw new Error(`there is ${seen()}`);
      }),
    ].map((promise) =>
      promise.then(
        (answer) => answered.push(answer),
        (error: Error) => answered.push(error instanceof StoreError ? error.code : error.message),
      ),
    );
    await turns();
    expect(answered).to.deep.equal([]);
    store.failNext();
    release();
    await Promise.all([first, ...others]);
    expect(answered).to.have.members(['first failed', 'STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
  });

  it('leave no trace when their commit fails, and repetitions made meanwhile fail as well', async () => {
    store.failNext();
    const outcomes = await Promise.allSettled([make(KEYED), make(KEYED)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect((outcomes[1] as PromiseRejectedResult).reason).to.be.instanceOf(StoreError);
    expect(await make(KEYED)).to.equal(2);
    expect([...durable.scan('made')]).to.have.length(1);
  });

  it('are remembered for a day from the first time, however often they are repeated', async () => {
    await make(KEYED);
    await clock.advance(23 * HOUR_MS, () => durable.idle());
    expect(await make(KEYED)).to.equal(1);
    await clock.advance(2 * HOUR_MS, () => durable.idle());
    expect(await make(KEYED)).to.equal(2);
    await clock.advance(25 * HOUR_MS, () => durable.idle());
    expect([...store.scan('idempotency.key', {})]).to.deep.equal([]);
  });

  it('of several commits have their key in the last one, if they know their answer before it', async () => {
    let performed = 0;
    const perform = (): Promise<string> =>
      once.perform(KEYED, async (doneBatch) => {
        performed++;
        const put = [{ table: 'made', key: 'a', value: performed }];
        await durable.commit({ put: [...put, ...(doneBatch('done').put ?? [])] });
        return 'done';
      });
    store.failNext();
    expect(await perform().catch((error: unknown) => error)).to.be.instanceOf(StoreError);
    const before = store.writes;
    expect([await perform(), await perform()]).to.deep.equal(['done', 'done']);
    expect([performed, durable.get('made', 'a'), store.writes - before]).to.deep.equal([2, 2, 1]);
  });

  it('of several commits are performed once; repetitions made meanwhile wait for the outcome; after a failure they are performed again', async () => {
    let release: (outcome: Promise<string>) => void = () => {};
    let performed = 0;
    const perform = (): Promise<string> =>
      once.perform(KEYED, () => {
        performed++;
        return new Promise((resolve) => {
          release = resolve;
        });
      });
    const failing = [perform(), perform()];
    await durable.idle();
    release(Promise.reject(new Error('no')));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).to.deep.equal([
      'rejected',
      'rejected',
    ]);
    const succeeding = [perform(), perform()];
    await durable.idle();
    release(Promise.resolve('done'));
    expect(await Promise.all([...succeeding, perform()])).to.deep.equal(['done', 'done', 'done']);
    expect(await perform()).to.equal('done');
    expect(performed).to.equal(2);
  });
});
