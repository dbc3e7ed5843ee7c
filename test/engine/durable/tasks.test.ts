import { expect } from 'chai';
import type { Task } from '../../../engine/durable/durable.ts';
import { STOP_GRACE_MS } from '../../../engine/durable/durableStore.ts';
import { drain } from '../../support/drain.ts';
import { overEachStore, rejection } from '../../support/durableBench.ts';

overEachStore('Tasks of Durable', (bench) => {
  it('are performed once when due, and then gone', async () => {
    const noted = bench.noting();
    bench.durable.start();
    await bench.durable.commit({
      schedule: [bench.task('now'), bench.task('later', { dueAt: bench.clock.now() + 500 })],
    });
    await bench.durable.idle();
    expect(noted).to.deep.equal(['now']);
    await bench.clock.advance(499, () => bench.durable.idle());
    expect(noted).to.deep.equal(['now']);
    await bench.clock.advance(1, () => bench.durable.idle());
    expect(noted).to.deep.equal(['now', 'later']);
    expect([...bench.store.scan('_task', {}), ...bench.store.scan('_taskKey', {})]).to.deep.equal([]);
    await bench.reopen();
    const afterwards = bench.noting();
    bench.durable.start();
    await bench.durable.idle();
    expect(afterwards).to.deep.equal([]);
  });

  it('are not performed before the commit is durable', async () => {
    const noted = bench.noting();
    bench.durable.start();
    const release = bench.store.hold();
    const done = bench.durable.commit({
      schedule: [bench.task('a'), bench.task('b', { dueAt: bench.clock.now() + 10 })],
    });
    await bench.clock.advance(20, async () => {});
    expect(noted).to.deep.equal([]);
    release();
    await done;
    await bench.clock.advance(0, () => bench.durable.idle());
    expect(noted).to.have.members(['a', 'b']);
  });

  it('of a failed commit are never performed, and those that it cancelled are', async () => {
    const noted = bench.noting();
    bench.durable.start();
    await bench.durable.commit({ schedule: [bench.task('kept', { dueAt: bench.clock.now() + 10 })] });
    bench.store.failNext();
    await rejection(bench.durable.commit({ schedule: [bench.task('lost')], cancel: ['kept'] }));
    await bench.clock.advance(10, () => bench.durable.idle());
    expect(noted).to.deep.equal(['kept']);
  });

  it('of one lane are performed one after the other in the order of their commits; others overtake them', async () => {
    const trace: string[] = [];
    const gates = new Map<string, () => void>();
    bench.durable.onTask<string>('gated', async (payload) => {
      trace.push(`begin ${payload}`);
      await new Promise<void>((resolve) => gates.set(payload, resolve));
      trace.push(`end ${payload}`);
    });
    bench.durable.start();
    const gated = (key: string, lane?: string): Task => ({
      ...bench.task(key, { kind: 'gated' }),
      ...(lane === undefined ? {} : { lane }),
    });
    await bench.durable.commit({
      schedule: [gated('a1', 'A'), gated('a2', 'A'), gated('b1', 'B'), gated('free')],
    });
    await bench.durable.commit({ schedule: [gated('a3', 'A')] });
    expect(trace).to.deep.equal(['begin a1', 'begin b1', 'begin free']);
    for (const key of ['a1', 'a2', 'a3']) {
      gates.get(key)!();
      await drain();
    }
    gates.get('b1')!();
    gates.get('free')!();
    await bench.durable.idle();
    expect(trace).to.deep.equal([
      ...['begin a1', 'begin b1', 'begin free', 'end a1', 'begin a2', 'end a2', 'begin a3', 'end a3'],
      ...['end b1', 'end free'],
    ]);
  });

  it('that fail are tried again after growing pauses, delay their lane, and get the number of the attempt', async () => {
    const start = bench.clock.now();
    const tries: string[] = [];
    bench.durable.onTask<string>('shaky', async (payload, info) => {
      tries.push(`${payload} ${info.attempt} +${bench.clock.now() - start}`);
      if (payload === 'a' && info.attempt < 4) throw new Error('not yet');
    });
    bench.durable.start();
    const shaky = (key: string, lane: string): Task => bench.task(key, { kind: 'shaky', lane });
    await bench.durable.commit({ schedule: [shaky('a', 'L'), shaky('b', 'L'), shaky('c', 'M')] });
    await bench.clock.advance(5_000, () => bench.durable.idle());
    expect(tries).to.deep.equal(['a 1 +0', 'c 1 +0', 'a 2 +200', 'a 3 +600', 'a 4 +1400', 'b 1 +1400']);
  });

  it('keep the number of failed attempts over a restart', async () => {
    const tries: number[] = [];
    const register = () =>
      bench.durable.onTask('shaky', async (_payload, info) => {
        tries.push(info.attempt);
        throw new Error('down');
      });
    register();
    bench.durable.start();
    await bench.durable.commit({ schedule: [bench.task('a', { kind: 'shaky' })] });
    await bench.durable.idle();
    await bench.reopen();
    register();
    bench.durable.start();
    await bench.durable.idle();
    expect(tries).to.deep.equal([1]);
    await bench.clock.advance(200, () => bench.durable.idle());
    expect(tries).to.deep.equal([1, 2]);
  });

  it('are given up after the last attempt, are listed as such, and free their lane', async () => {
    const noted: string[] = [];
    bench.durable.onTask<string>(
      'bad',
      async (payload) => {
        noted.push(payload);
        if (payload === 'a') throw new Error('never');
      },
      { maxAttempts: 2 },
    );
    bench.durable.start();
    const bad = (key: string): Task => bench.task(key, { kind: 'bad', lane: 'L' });
    const dueAt = bench.clock.now();
    await bench.durable.commit({ schedule: [bad('a'), bad('b')] });
    await bench.clock.advance(1_000, () => bench.durable.idle());
    expect(noted).to.deep.equal(['a', 'a', 'b']);
    expect(bench.durable.givenUpTasks()).to.deep.equal([
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
    expect([...bench.store.scan('_task', {})]).to.deep.equal([]);
  });

  it('of a kind with an onGiveUp are passed to it instead of being listed as given up', async () => {
    const given: unknown[] = [];
    bench.durable.onTask('bad', () => Promise.reject(new Error('never')), {
      maxAttempts: 1,
      onGiveUp: async (payload, error) => {
        given.push([payload, (error as Error).message]);
      },
    });
    bench.durable.start();
    await bench.durable.commit({ schedule: [bench.task('a', { kind: 'bad' })] });
    await bench.durable.idle();
    expect(given).to.deep.equal([['a', 'never']]);
    expect(bench.durable.givenUpTasks()).to.deep.equal([]);
    expect([...bench.store.scan('_task', {})]).to.deep.equal([]);
  });

  it('can be cancelled and replaced by key until they begin', async () => {
    const noted = bench.noting();
    bench.durable.start();
    const soon = bench.clock.now() + 100;
    await bench.durable.commit({
      schedule: [bench.task('a', { dueAt: soon }), bench.task('b', { dueAt: soon })],
    });
    await bench.durable.commit({
      cancel: ['a', 'unknown'],
      schedule: [bench.task('b', { dueAt: soon + 100, payload: 'b2' })],
    });
    await bench.clock.advance(100, () => bench.durable.idle());
    expect(noted).to.deep.equal([]);
    await bench.clock.advance(100, () => bench.durable.idle());
    expect(noted).to.deep.equal(['b2']);
  });

  it('that are replaced while they run are performed again with the new payload', async () => {
    const noted: unknown[] = [];
    bench.durable.onTask('note', async (payload) => {
      noted.push(payload);
      if (payload === 'first') {
        await bench.durable.commit({ schedule: [bench.task('a', { payload: 'second' })] });
      }
    });
    bench.durable.start();
    await bench.durable.commit({ schedule: [bench.task('a', { payload: 'first' })] });
    await bench.durable.idle();
    expect(noted).to.deep.equal(['first', 'second']);
    expect([...bench.store.scan('_task', {}), ...bench.store.scan('_taskKey', {})]).to.deep.equal([]);
  });

  it('left by an earlier process are performed after start(), lanes in order', async () => {
    await bench.durable.commit({ schedule: [bench.task('timer', { dueAt: bench.clock.now() + 50 })] });
    await bench.durable.commit({
      schedule: [bench.task('one', { lane: 'L' }), bench.task('two', { lane: 'L' })],
    });
    await bench.durable.commit({ schedule: [bench.task('far', { dueAt: bench.clock.now() + 10_000 })] });
    await bench.reopen();
    const noted = bench.noting();
    await bench.clock.advance(1_000, () => bench.durable.idle());
    bench.durable.start();
    await bench.durable.commit({ schedule: [bench.task('three', { lane: 'L' })] });
    await bench.durable.idle();
    expect(noted).to.deep.equal(['one', 'timer', 'two', 'three']);
    await bench.clock.advance(9_000, () => bench.durable.idle());
    expect(noted).to.deep.equal(['one', 'timer', 'two', 'three', 'far']);
  });

  it('that were running when the process ended are performed again', async () => {
    const abandoned: (() => void)[] = [];
    bench.durable.onTask('note', () => new Promise<void>((resolve) => abandoned.push(resolve)));
    bench.durable.start();
    await bench.durable.commit({ schedule: [bench.task('a')] });
    expect(abandoned).to.have.length(1);
    const stopping = bench.durable.stop();
    await bench.clock.advance(STOP_GRACE_MS, drain);
    await stopping;
    bench.open();
    const noted = bench.noting();
    bench.durable.start();
    await bench.durable.idle();
    expect(noted).to.deep.equal(['a']);
  });

  it('are repeated later when their removal failed', async () => {
    const noted: unknown[] = [];
    bench.durable.onTask('note', async (payload) => {
      noted.push(payload);
      if (noted.length === 1) bench.store.failNext();
    });
    bench.durable.start();
    await bench.durable.commit({ schedule: [bench.task('a')] });
    await bench.durable.idle();
    expect(noted).to.deep.equal(['a']);
    await bench.clock.advance(60_000, () => bench.durable.idle());
    expect(noted).to.deep.equal(['a', 'a']);
    expect([...bench.store.scan('_task', {})]).to.deep.equal([]);
  });

  it('that a failed commit cancelled when they were due are performed nevertheless', async () => {
    const noted: unknown[] = [];
    let endFirst = (): void => {};
    bench.durable.onTask(
      'narrow',
      async (payload) => {
        noted.push(payload);
        if (noted.length === 1) await new Promise<void>((resolve) => (endFirst = resolve));
      },
      { maxRunning: 1 },
    );
    bench.durable.start();
    await bench.durable.commit({
      schedule: ['a', 'b', 'c'].map((key) => bench.task(key, { kind: 'narrow' })),
    });
    const release = bench.store.hold();
    const cancelling = rejection(bench.durable.commit({ cancel: ['a', 'b'] }));
    await drain();
    endFirst();
    await drain();
    expect(noted).to.deep.equal(['a', 'c']);
    bench.store.failNext();
    release();
    await cancelling;
    await bench.durable.idle();
    expect(noted).to.deep.equal(['a', 'c', 'a', 'b']);
    // Its removal was part of the write that failed.
    await bench.clock.advance(60_000, () => bench.durable.idle());
    expect(noted).to.deep.equal(['a', 'c', 'a', 'b', 'c']);
    expect([...bench.store.scan('_task', {})]).to.deep.equal([]);
  });

  for (const isCancelledAfter of [false, true]) {
    const after = isCancelledAfter ? 'a commit' : 'none';
    it(`are in time when a failed commit cancelled a later task, and ${after} did so after it`, async () => {
      const noted = bench.noting();
      bench.durable.start();
      const begun = bench.clock.now();
      await bench.durable.commit({
        schedule: [bench.task('later', { dueAt: begun + 450 }), bench.task('sooner', { dueAt: begun + 200 })],
      });
      bench.store.failNext();
      await rejection(bench.durable.commit({ cancel: ['later'] }));
      if (isCancelledAfter) await bench.durable.commit({ cancel: ['later'] });
      await bench.durable.idle();
      await bench.clock.advance(200, () => bench.durable.idle());
      expect(noted).to.deep.equal(['sooner']);
      await bench.clock.advance(250, () => bench.durable.idle());
      expect(noted).to.deep.equal(isCancelledAfter ? ['sooner'] : ['sooner', 'later']);
    });
  }

  it('that are cancelled delay no task of their lane, whether they wait for a retry or for the lane', async () => {
    const noted = bench.noting();
    bench.durable.onTask('dead', () => Promise.reject(new Error('away')));
    bench.durable.onTask('hang', () => new Promise<void>(() => {}), { maxRunning: 1 });
    bench.durable.start();
    await bench.durable.commit({
      schedule: [
        ...[bench.task('dead', { kind: 'dead', lane: 'D' }), bench.task('behind it', { lane: 'D' })],
        ...[bench.task('hangs', { kind: 'hang' }), bench.task('next', { kind: 'hang', lane: 'N' })],
        bench.task('behind that', { lane: 'N' }),
      ],
    });
    await drain();
    expect(noted).to.deep.equal([]);
    await bench.durable.commit({ cancel: ['dead'] });
    await drain();
    expect(noted).to.deep.equal(['behind it']);
    await bench.durable.commit({ cancel: ['next'] });
    await drain();
    expect(noted).to.deep.equal(['behind it', 'behind that']);
  });

  it('of an unknown kind wait in the store for a process that knows it', async () => {
    bench.durable.start();
    await bench.durable.commit({ schedule: [bench.task('a')] });
    await bench.durable.idle();
    await bench.reopen();
    const noted = bench.noting();
    bench.durable.start();
    await bench.durable.idle();
    expect(noted).to.deep.equal(['a']);
  });

  it('of a kind that is registered after start() are performed too', async () => {
    await bench.durable.commit({ schedule: [bench.task('a')] });
    bench.durable.start();
    await bench.durable.idle();
    const noted = bench.noting();
    await bench.durable.idle();
    expect(noted).to.deep.equal(['a']);
  });

  it('of one kind are performed together up to its limit', async () => {
    let running = 0;
    let most = 0;
    bench.durable.onTask(
      'narrow',
      async () => {
        running++;
        most = Math.max(most, running);
        await drain();
        running--;
      },
      { maxRunning: 3 },
    );
    bench.durable.start();
    const schedule = Array.from({ length: 20 }, (_, index) => bench.task(`t${index}`, { kind: 'narrow' }));
    await bench.durable.commit({ schedule });
    await bench.durable.idle();
    expect(most).to.equal(3);
    expect([...bench.store.scan('_task', {})]).to.deep.equal([]);
  });
});
