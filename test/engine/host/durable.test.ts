import { expect } from 'chai';
import { createDurable, type DurableStore, STOP_GRACE_MS } from '../../../engine/host/createDurable.ts';
import type { Task } from '../../../engine/host/durable.ts';
import { HostError } from '../../../engine/host/sessions.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { drain } from '../../support/drain.ts';
import { STORES, type StorePlace } from '../../support/eachStore.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

for (const { name, make } of STORES) {
  describe(`Durable over the ${name}`, () => {
    let place: StorePlace;
    let clock: SimulatedClock;
    let store: BrittleStore;
    let durable: DurableStore;

    beforeEach(async () => {
      place = await make();
      clock = createSimulatedClock();
      open();
    });

    afterEach(async () => {
      const stopped = durable.stop();
      await clock.advance(STOP_GRACE_MS, drain);
      await stopped;
      await place.remove();
    });

    function open(): void {
      store = createBrittleStore(place.open());
      durable = createDurable({ store, clock, log: silentLog });
    }

    async function reopen(): Promise<void> {
      await durable.stop();
      open();
    }

    function keys(table: string, range = {}): string[] {
      return [...durable.scan(table, range)].map((entry) => entry.key);
    }

    function task(key: string, more: Partial<Task> = {}): Task {
      return { key, kind: 'note', payload: key, dueAt: clock.now(), ...more };
    }

    /** Registers the kind 'note', whose tasks write down their payloads. */
    function noting(): unknown[] {
      const noted: unknown[] = [];
      durable.onTask('note', async (payload) => {
        noted.push(payload);
      });
      return noted;
    }

    async function rejection(promise: Promise<unknown>): Promise<unknown> {
      return promise.then(
        () => expect.fail('expected a rejection'),
        (error: unknown) => error,
      );
    }

    describe('records', () => {
      it('are read back as they were, bytes included, also after the store was opened again', async () => {
        const value = {
          text: 'ü',
          list: [1, null, true],
          bytes: new Uint8Array([0, 255]),
          odd: '\u0000base64:x',
        };
        await durable.commit({ put: [{ table: 'thing', key: 'a', value }] });
        await reopen();
        expect(durable.get('thing', 'a')).to.deep.equal(value);
        expect(durable.get('thing', 'b')).to.equal(undefined);
        expect(durable.get('other', 'a')).to.equal(undefined);
      });

      it('are there or not, which can be asked without reading them', async () => {
        const expiresAt = clock.now() + 1_000;
        const put = ['stays', 'goes'].map((key) => ({ table: 'thing', key, value: { long: key } }));
        await durable.commit({ put: [...put, { table: 'thing', key: 'expires', value: 1, expiresAt }] });
        const there = () => ['stays', 'goes', 'expires', 'never'].filter((key) => durable.has('thing', key));
        expect(there()).to.deep.equal(['stays', 'goes', 'expires']);
        const removed = durable.commit({ remove: [{ table: 'thing', key: 'goes' }] });
        expect(there()).to.deep.equal(['stays', 'expires']);
        await removed;
        await clock.advance(1_000, drain);
        expect(there()).to.deep.equal(['stays']);
        expect(durable.has('other', 'stays')).to.equal(false);
      });

      it('do not change when the object that was put is changed later', async () => {
        const value = { count: 1 };
        const done = durable.commit({ put: [{ table: 'thing', key: 'a', value }] });
        value.count = 2;
        expect(durable.get('thing', 'a')).to.deep.equal({ count: 1 });
        await done;
        expect(durable.get('thing', 'a')).to.deep.equal({ count: 1 });
      });

      it('are scanned in key order by prefix, bounds, limit and direction', async () => {
        const put = ['b/2', 'a', 'b/1', 'c', 'b/10', 'b/😀', 'b/\uffee'].map((key) => ({
          table: 't',
          key,
          value: key,
        }));
        await durable.commit({ put });
        expect(keys('t')).to.deep.equal(['a', 'b/1', 'b/10', 'b/2', 'b/\uffee', 'b/😀', 'c']);
        expect(keys('t', { prefix: 'b/' })).to.deep.equal(['b/1', 'b/10', 'b/2', 'b/\uffee', 'b/😀']);
        expect(keys('t', { from: 'b/1', to: 'b/2' })).to.deep.equal(['b/1', 'b/10']);
        expect(keys('t', { from: 'b/1', to: 'b/2', reverse: true })).to.deep.equal(['b/10', 'b/1']);
        expect(keys('t', { prefix: 'b/', reverse: true, limit: 2 })).to.deep.equal(['b/😀', 'b/\uffee']);
        expect(keys('none')).to.deep.equal([]);
      });

      it('are scanned with what is on its way to the store, without what it removes', async () => {
        await durable.commit({ put: ['a', 'c', 'e'].map((key) => ({ table: 't', key, value: 1 })) });
        const release = store.hold();
        const done = durable.commit({
          put: ['b', 'c', 'f'].map((key) => ({ table: 't', key, value: 2 })),
          remove: [{ table: 't', key: 'e' }],
        });
        const seen = [...durable.scan<number>('t')].map(({ key, value }) => `${key}${value}`);
        expect(seen).to.deep.equal(['a1', 'b2', 'c2', 'f2']);
        expect(keys('t', { reverse: true })).to.deep.equal(['f', 'c', 'b', 'a']);
        release();
        await done;
        expect(keys('t')).to.deep.equal(['a', 'b', 'c', 'f']);
      });

      it('are hidden from the time at which they expire, and swept from the store a little later', async () => {
        durable.start();
        const expiresAt = clock.now() + 1_000;
        await durable.commit({ put: [{ table: 't', key: 'a', value: 1, expiresAt }] });
        await durable.commit({ put: [{ table: 't', key: 'b', value: 1, expiresAt }] });
        await durable.commit({ put: [{ table: 't', key: 'b', value: 2 }] });
        await clock.advance(999, durable.idle);
        expect(keys('t')).to.deep.equal(['a', 'b']);
        await clock.advance(1, durable.idle);
        expect(durable.get('t', 'a')).to.equal(undefined);
        expect(keys('t')).to.deep.equal(['b']);
        await clock.advance(120_000, durable.idle);
        expect(store.get('t', 'a')).to.equal(undefined);
        expect(store.get('t', 'b')).to.be.a('string');
        expect([...store.scan('_expiry', {})]).to.deep.equal([]);
      });

      it('are swept also when a task is due before them', async () => {
        noting();
        durable.start();
        await durable.commit({
          put: [{ table: 't', key: 'a', value: 1, expiresAt: clock.now() + 5_000 }],
          schedule: [task('first', { dueAt: clock.now() + 1_000 })],
        });
        await clock.advance(120_000, durable.idle);
        expect([...store.scan('t', {})]).to.deep.equal([]);
      });

      it('live as long as their last put says', async () => {
        durable.start();
        const put = (ttl: number) =>
          durable.commit({ put: [{ table: 't', key: 'a', value: 1, expiresAt: clock.now() + ttl }] });
        await put(1_000);
        await put(600_000);
        expect([...store.scan('_expiry', {})]).to.have.length(1);
        await clock.advance(500_000, durable.idle);
        expect(durable.get('t', 'a')).to.equal(1);
        await clock.advance(200_000, durable.idle);
        expect(store.get('t', 'a')).to.equal(undefined);
      });

      it('that cannot be stored reject the whole batch before anything changes', async () => {
        const bad = [
          { table: 't', key: 'k'.repeat(3_000), value: 1 },
          { table: '_task', key: 'k', value: 1 },
          { table: 't', key: 'k', value: undefined },
          { table: 't', key: 'k', value: 1, expiresAt: Number.NaN },
        ];
        for (const record of bad) {
          const error = await rejection(
            durable.commit({ put: [{ table: 't', key: 'good', value: 1 }, record] }),
          );
          expect(error).to.be.instanceOf(TypeError);
        }
        expect(keys('t')).to.deep.equal([]);
      });
    });

    describe('commits', () => {
      it('are visible at once and durable when they resolve', async () => {
        const release = store.hold();
        const done = durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] });
        expect(durable.get('t', 'a')).to.equal(1);
        expect(store.get('t', 'a')).to.equal(undefined);
        release();
        await done;
        expect(store.get('t', 'a')).to.be.a('string');
      });

      it('that fail reject with STORE_UNAVAILABLE and vanish, with everything that came after them', async () => {
        await durable.commit({ put: [{ table: 't', key: 'a', value: 'old' }] });
        const release = store.hold();
        const first = durable.commit({ put: [{ table: 't', key: 'a', value: 'new' }] });
        await Promise.resolve();
        await Promise.resolve();
        const second = durable.commit({ put: [{ table: 't', key: 'b', value: 'built on a' }] });
        expect(durable.get('t', 'a')).to.equal('new');
        store.failNext();
        const outcomes = Promise.allSettled([first, second]);
        release();
        for (const outcome of await outcomes) {
          expect(outcome.status).to.equal('rejected');
          expect((outcome as PromiseRejectedResult).reason)
            .to.be.instanceOf(HostError)
            .with.property('code', 'STORE_UNAVAILABLE');
        }
        expect(durable.get('t', 'a')).to.equal('old');
        expect(durable.get('t', 'b')).to.equal(undefined);
        await durable.commit({ put: [{ table: 't', key: 'b', value: 'again' }] });
        expect(durable.get('t', 'b')).to.equal('again');
      });

      /** Records of each write for commits of the same moment, of one record each. */
      async function sizesOf(commits: number): Promise<readonly number[]> {
        const before = store.writes;
        await Promise.all(
          Array.from({ length: commits }, (_, index) =>
            durable.commit({ put: [{ table: 't', key: `k${index}`, value: index }] }),
          ),
        );
        return store.sizes.slice(before);
      }

      it('of the same moment share one write; when they are many, two are under way at a time', async () => {
        expect(await sizesOf(15)).to.deep.equal([15]);
        expect(await sizesOf(64)).to.deep.equal([16, 16, 32]);
        expect(await sizesOf(20)).to.deep.equal([16, 4]);
        expect(keys('t')).to.have.length(64);
      });

      it('of many who wait for theirs go in halves', async () => {
        const before = store.sizes.length;
        const rounds = 10;
        await Promise.all(
          Array.from({ length: 64 }, async (_, index) => {
            for (let round = 0; round < rounds; round++) {
              await durable.commit({ put: [{ table: 't', key: `k${index}`, value: round }] });
            }
          }),
        );
        const sizes = store.sizes.slice(before);
        expect(sizes.reduce((sum, size) => sum + size, 0)).to.equal(64 * rounds);
        expect(sizes.slice(-6, -2)).to.deep.equal([32, 32, 32, 32]);
      });

      it('under way together vanish together when the first fails, with what was gathered behind', async () => {
        const release = store.hold();
        const put = (key: string) => durable.commit({ put: [{ table: 't', key, value: 1 }] });
        const first = Array.from({ length: 16 }, (_, index) => put(`a${index}`));
        const second = Array.from({ length: 16 }, (_, index) => put(`b${index}`));
        const third = put('c');
        expect(keys('t')).to.have.length(33);
        store.failNext();
        const outcomes = Promise.allSettled([...first, ...second, third]);
        release();
        expect(new Set((await outcomes).map(({ status }) => status))).to.deep.equal(new Set(['rejected']));
        expect(keys('t')).to.deep.equal([]);
        await put('again');
        expect(keys('t')).to.deep.equal(['again']);
      });

      it('of nothing resolve when all that reads see is durable, as does whenDurable(), and write nothing', async () => {
        for (const wait of [() => durable.whenDurable(), () => durable.commit({})]) {
          const before = store.writes;
          await wait();
          const release = store.hold();
          const order: string[] = [];
          const note = (what: string, promise: Promise<void>) => promise.then(() => void order.push(what));
          const first = note('first', durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] }));
          const gathered = note('seen while gathered', wait());
          await drain();
          const inFlight = note('seen in flight', wait());
          await drain();
          expect(order).to.deep.equal([]);
          const second = note('second', durable.commit({ put: [{ table: 't', key: 'b', value: 2 }] }));
          const both = note('both seen', wait());
          release();
          await Promise.all([first, gathered, inFlight, second, both]);
          expect(order).to.deep.equal([
            'first',
            'seen while gathered',
            'seen in flight',
            'second',
            'both seen',
          ]);
          expect(store.writes - before).to.equal(2);
        }
      });

      it('of nothing reject when a write of what reads saw fails, as does whenDurable()', async () => {
        for (const wait of [() => durable.whenDurable(), () => durable.commit({})]) {
          const release = store.hold();
          const first = rejection(durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] }));
          await drain();
          const inFlight = rejection(wait());
          const second = rejection(durable.commit({ put: [{ table: 't', key: 'b', value: 2 }] }));
          const both = rejection(wait());
          store.failNext();
          release();
          for (const error of await Promise.all([first, inFlight, second, both])) {
            expect(error).to.be.instanceOf(HostError).with.property('code', 'STORE_UNAVAILABLE');
          }
          await wait();
        }
      });

      it('put after they remove', async () => {
        await durable.commit({
          put: [{ table: 't', key: 'a', value: 1 }],
          remove: [{ table: 't', key: 'a' }],
        });
        expect(durable.get('t', 'a')).to.equal(1);
      });

      it('after stop() are refused', async () => {
        await durable.stop();
        const error = await rejection(durable.commit({ put: [{ table: 't', key: 'a', value: 1 }] }));
        expect(error).to.be.instanceOf(HostError).with.property('code', 'STORE_UNAVAILABLE');
      });
    });

    describe('tasks', () => {
      it('are performed once when due, and then gone', async () => {
        const noted = noting();
        durable.start();
        await durable.commit({ schedule: [task('now'), task('later', { dueAt: clock.now() + 500 })] });
        await durable.idle();
        expect(noted).to.deep.equal(['now']);
        await clock.advance(499, durable.idle);
        expect(noted).to.deep.equal(['now']);
        await clock.advance(1, durable.idle);
        expect(noted).to.deep.equal(['now', 'later']);
        expect([...store.scan('_task', {}), ...store.scan('_taskKey', {})]).to.deep.equal([]);
        await reopen();
        const afterwards = noting();
        durable.start();
        await durable.idle();
        expect(afterwards).to.deep.equal([]);
      });

      it('are not performed before the commit is durable', async () => {
        const noted = noting();
        durable.start();
        const release = store.hold();
        const done = durable.commit({ schedule: [task('a'), task('b', { dueAt: clock.now() + 10 })] });
        await clock.advance(20, async () => {});
        expect(noted).to.deep.equal([]);
        release();
        await done;
        await clock.advance(0, durable.idle);
        expect(noted).to.have.members(['a', 'b']);
      });

      it('of a failed commit never happen, and those it cancelled do', async () => {
        const noted = noting();
        durable.start();
        await durable.commit({ schedule: [task('kept', { dueAt: clock.now() + 10 })] });
        store.failNext();
        await rejection(durable.commit({ schedule: [task('lost')], cancel: ['kept'] }));
        await clock.advance(10, durable.idle);
        expect(noted).to.deep.equal(['kept']);
      });

      it('of one lane go one after the other in the order of their commit, others overtake', async () => {
        const trace: string[] = [];
        const gates = new Map<string, () => void>();
        durable.onTask<string>('gated', async (payload) => {
          trace.push(`begin ${payload}`);
          await new Promise<void>((resolve) => gates.set(payload, resolve));
          trace.push(`end ${payload}`);
        });
        durable.start();
        const gated = (key: string, lane?: string): Task => ({
          ...task(key, { kind: 'gated' }),
          ...(lane === undefined ? {} : { lane }),
        });
        await durable.commit({
          schedule: [gated('a1', 'A'), gated('a2', 'A'), gated('b1', 'B'), gated('free')],
        });
        await durable.commit({ schedule: [gated('a3', 'A')] });
        expect(trace).to.deep.equal(['begin a1', 'begin b1', 'begin free']);
        for (const key of ['a1', 'a2', 'a3']) {
          gates.get(key)!();
          await drain();
        }
        gates.get('b1')!();
        gates.get('free')!();
        await durable.idle();
        expect(trace).to.deep.equal([
          ...['begin a1', 'begin b1', 'begin free', 'end a1', 'begin a2', 'end a2', 'begin a3', 'end a3'],
          ...['end b1', 'end free'],
        ]);
      });

      it('that fail are tried again with growing pauses, hold up their lane, and are told the attempt', async () => {
        const start = clock.now();
        const tries: string[] = [];
        durable.onTask<string>('shaky', async (payload, info) => {
          tries.push(`${payload} ${info.attempt} +${clock.now() - start}`);
          if (payload === 'a' && info.attempt < 4) throw new Error('not yet');
        });
        durable.start();
        const shaky = (key: string, lane: string): Task => task(key, { kind: 'shaky', lane });
        await durable.commit({ schedule: [shaky('a', 'L'), shaky('b', 'L'), shaky('c', 'M')] });
        await clock.advance(5_000, durable.idle);
        expect(tries).to.deep.equal(['a 1 +0', 'c 1 +0', 'a 2 +200', 'a 3 +600', 'a 4 +1400', 'b 1 +1400']);
      });

      it('remember their failed tries over a restart', async () => {
        const tries: number[] = [];
        const register = () =>
          durable.onTask('shaky', async (_payload, info) => {
            tries.push(info.attempt);
            throw new Error('down');
          });
        register();
        durable.start();
        await durable.commit({ schedule: [task('a', { kind: 'shaky' })] });
        await durable.idle();
        await reopen();
        register();
        durable.start();
        await durable.idle();
        expect(tries).to.deep.equal([1]);
        await clock.advance(200, durable.idle);
        expect(tries).to.deep.equal([1, 2]);
      });

      it('are set aside after the last try, where they can be seen, and free their lane', async () => {
        const noted: string[] = [];
        durable.onTask<string>(
          'bad',
          async (payload) => {
            noted.push(payload);
            if (payload === 'a') throw new Error('never');
          },
          { maxAttempts: 2 },
        );
        durable.start();
        const bad = (key: string): Task => task(key, { kind: 'bad', lane: 'L' });
        const dueAt = clock.now();
        await durable.commit({ schedule: [bad('a'), bad('b')] });
        await clock.advance(1_000, durable.idle);
        expect(noted).to.deep.equal(['a', 'a', 'b']);
        expect(durable.failedTasks()).to.deep.equal([
          {
            key: 'a',
            kind: 'bad',
            payload: 'a',
            dueAt,
            attempts: 2,
            error: 'Error: never',
            failedAt: dueAt + 200,
          },
        ]);
        expect([...store.scan('_task', {})]).to.deep.equal([]);
      });

      it('that have an onGiveUp are handed to it instead of being set aside', async () => {
        const given: unknown[] = [];
        durable.onTask('bad', () => Promise.reject(new Error('never')), {
          maxAttempts: 1,
          onGiveUp: async (payload, error) => {
            given.push([payload, (error as Error).message]);
          },
        });
        durable.start();
        await durable.commit({ schedule: [task('a', { kind: 'bad' })] });
        await durable.idle();
        expect(given).to.deep.equal([['a', 'never']]);
        expect(durable.failedTasks()).to.deep.equal([]);
        expect([...store.scan('_task', {})]).to.deep.equal([]);
      });

      it('can be cancelled and replaced by key until they begin', async () => {
        const noted = noting();
        durable.start();
        const soon = clock.now() + 100;
        await durable.commit({ schedule: [task('a', { dueAt: soon }), task('b', { dueAt: soon })] });
        await durable.commit({
          cancel: ['a', 'unknown'],
          schedule: [task('b', { dueAt: soon + 100, payload: 'b2' })],
        });
        await clock.advance(100, durable.idle);
        expect(noted).to.deep.equal([]);
        await clock.advance(100, durable.idle);
        expect(noted).to.deep.equal(['b2']);
      });

      it('that are replaced while they run run again with what replaced them', async () => {
        const noted: unknown[] = [];
        durable.onTask('note', async (payload) => {
          noted.push(payload);
          if (payload === 'first') await durable.commit({ schedule: [task('a', { payload: 'second' })] });
        });
        durable.start();
        await durable.commit({ schedule: [task('a', { payload: 'first' })] });
        await durable.idle();
        expect(noted).to.deep.equal(['first', 'second']);
        expect([...store.scan('_task', {}), ...store.scan('_taskKey', {})]).to.deep.equal([]);
      });

      it('left by an earlier process are performed after start(), lanes in order', async () => {
        await durable.commit({ schedule: [task('timer', { dueAt: clock.now() + 50 })] });
        await durable.commit({ schedule: [task('one', { lane: 'L' }), task('two', { lane: 'L' })] });
        await durable.commit({ schedule: [task('far', { dueAt: clock.now() + 10_000 })] });
        await reopen();
        const noted = noting();
        await clock.advance(1_000, durable.idle);
        durable.start();
        await durable.commit({ schedule: [task('three', { lane: 'L' })] });
        await durable.idle();
        expect(noted).to.deep.equal(['one', 'timer', 'two', 'three']);
        await clock.advance(9_000, durable.idle);
        expect(noted).to.deep.equal(['one', 'timer', 'two', 'three', 'far']);
      });

      it('that were running when the process ended are performed again', async () => {
        const abandoned: (() => void)[] = [];
        durable.onTask('note', () => new Promise<void>((resolve) => abandoned.push(resolve)));
        durable.start();
        await durable.commit({ schedule: [task('a')] });
        expect(abandoned).to.have.length(1);
        const stopping = durable.stop();
        await clock.advance(STOP_GRACE_MS, drain);
        await stopping;
        open();
        const noted = noting();
        durable.start();
        await durable.idle();
        expect(noted).to.deep.equal(['a']);
      });

      it('are repeated later when their removal failed', async () => {
        const noted: unknown[] = [];
        durable.onTask('note', async (payload) => {
          noted.push(payload);
          if (noted.length === 1) store.failNext();
        });
        durable.start();
        await durable.commit({ schedule: [task('a')] });
        await durable.idle();
        expect(noted).to.deep.equal(['a']);
        await clock.advance(60_000, durable.idle);
        expect(noted).to.deep.equal(['a', 'a']);
        expect([...store.scan('_task', {})]).to.deep.equal([]);
      });

      it('that a failed commit cancelled while their turn came are performed all the same', async () => {
        const noted: unknown[] = [];
        let endFirst = (): void => {};
        durable.onTask(
          'narrow',
          async (payload) => {
            noted.push(payload);
            if (noted.length === 1) await new Promise<void>((resolve) => (endFirst = resolve));
          },
          { maxRunning: 1 },
        );
        durable.start();
        await durable.commit({ schedule: ['a', 'b', 'c'].map((key) => task(key, { kind: 'narrow' })) });
        const release = store.hold();
        const cancelling = rejection(durable.commit({ cancel: ['a', 'b'] }));
        await drain();
        endFirst();
        await drain();
        expect(noted).to.deep.equal(['a', 'c']);
        store.failNext();
        release();
        await cancelling;
        await durable.idle();
        expect(noted).to.deep.equal(['a', 'c', 'a', 'b']);
        // Its removal was part of the write that failed.
        await clock.advance(60_000, durable.idle);
        expect(noted).to.deep.equal(['a', 'c', 'a', 'b', 'c']);
        expect([...store.scan('_task', {})]).to.deep.equal([]);
      });

      for (const isCancelledAfter of [false, true]) {
        const after = isCancelledAfter ? 'a commit' : 'none';
        it(`are in time when a failed commit cancelled a later one, and ${after} did after it`, async () => {
          const noted = noting();
          durable.start();
          const begun = clock.now();
          await durable.commit({
            schedule: [task('later', { dueAt: begun + 450 }), task('sooner', { dueAt: begun + 200 })],
          });
          store.failNext();
          await rejection(durable.commit({ cancel: ['later'] }));
          if (isCancelledAfter) await durable.commit({ cancel: ['later'] });
          await durable.idle();
          await clock.advance(200, durable.idle);
          expect(noted).to.deep.equal(['sooner']);
          await clock.advance(250, durable.idle);
          expect(noted).to.deep.equal(isCancelledAfter ? ['sooner'] : ['sooner', 'later']);
        });
      }

      it('that are cancelled hold up nobody in their lane, whether they rest or wait for a turn', async () => {
        const noted = noting();
        durable.onTask('dead', () => Promise.reject(new Error('away')));
        durable.onTask('hang', () => new Promise<void>(() => {}), { maxRunning: 1 });
        durable.start();
        await durable.commit({
          schedule: [
            ...[task('dead', { kind: 'dead', lane: 'D' }), task('behind it', { lane: 'D' })],
            ...[task('hangs', { kind: 'hang' }), task('next', { kind: 'hang', lane: 'N' })],
            task('behind that', { lane: 'N' }),
          ],
        });
        await drain();
        expect(noted).to.deep.equal([]);
        await durable.commit({ cancel: ['dead'] });
        await drain();
        expect(noted).to.deep.equal(['behind it']);
        await durable.commit({ cancel: ['next'] });
        await drain();
        expect(noted).to.deep.equal(['behind it', 'behind that']);
      });

      it('of an unknown kind wait in the store for a process that knows it', async () => {
        durable.start();
        await durable.commit({ schedule: [task('a')] });
        await durable.idle();
        await reopen();
        const noted = noting();
        durable.start();
        await durable.idle();
        expect(noted).to.deep.equal(['a']);
      });

      it('of a kind that is registered after start() are performed too', async () => {
        await durable.commit({ schedule: [task('a')] });
        durable.start();
        await durable.idle();
        const noted = noting();
        await durable.idle();
        expect(noted).to.deep.equal(['a']);
      });

      it('of one kind are performed together up to its limit', async () => {
        let running = 0;
        let most = 0;
        durable.onTask(
          'narrow',
          async () => {
            running++;
            most = Math.max(most, running);
            await drain();
            running--;
          },
          { maxRunning: 3 },
        );
        durable.start();
        const schedule = Array.from({ length: 20 }, (_, index) => task(`t${index}`, { kind: 'narrow' }));
        await durable.commit({ schedule });
        await durable.idle();
        expect(most).to.equal(3);
        expect([...store.scan('_task', {})]).to.deep.equal([]);
      });
    });
  });
}
