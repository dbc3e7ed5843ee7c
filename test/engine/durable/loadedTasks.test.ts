import { expect } from 'chai';
import type { Task } from '../../../engine/durable/durable.ts';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { drain } from '../../support/drain.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

describe('Durable with more due tasks than it holds in memory', () => {
  let store: MemoryStore;
  let clock: SimulatedClock;
  /** Payloads of the tasks of kind 'note', in the order in which they were performed. */
  let performed: number[];

  beforeEach(() => {
    store = new MemoryStore();
    clock = createSimulatedClock();
    performed = [];
  });

  /** Not started. `ready`: each note waits for it. */
  function open({ maxLoadedPerKind = 10, ready = Promise.resolve() } = {}): DurableStore {
    const durable = new DurableStore({ store, clock, log: silentLog, maxLoadedPerKind });
    durable.onTask<number>('note', async (payload) => {
      await ready;
      performed.push(payload);
    });
    return durable;
  }

  /** `count` tasks with the payloads 0, 1, 2 ... */
  function tasks(count: number, fields: (index: number) => Pick<Task, 'kind' | 'dueAt' | 'lane'>): Task[] {
    return Array.from({ length: count }, (_, index) => {
      const task = fields(index);
      return { key: `${task.kind}${index}`, payload: index, ...task };
    });
  }

  /** Notes that are due after these times, which are their payloads. */
  function notesAfter(...delays: readonly number[]): Task[] {
    const now = clock.now();
    return delays.map((delay) => ({ key: `note${delay}`, kind: 'note', payload: delay, dueAt: now + delay }));
  }

  it('performs all of them, each lane in its order', async () => {
    const maxLoadedPerKind = 1_000;
    const count = 5 * maxLoadedPerKind;
    const schedule = tasks(count, (index) => ({
      kind: 'note',
      dueAt: clock.now(),
      lane: `lane${index % 100}`,
    }));
    const scheduling = new DurableStore({ store, clock, log: silentLog });
    await scheduling.commit({ schedule });
    await scheduling.stop();

    const durable = open({ maxLoadedPerKind });
    durable.start();
    const last = { ...schedule[0]!, key: 'late', payload: count * 100 };
    await durable.commit({ schedule: [last] });
    await durable.idle();
    expect(performed.length).to.equal(count + 1);
    for (let lane = 0; lane < 100; lane++) {
      const expected = Array.from({ length: count / 100 }, (_, index) => index * 100 + lane);
      if (lane === 0) expected.push(last.payload);
      expect(performed.filter((payload) => payload % 100 === lane)).to.deep.equal(expected);
    }
    expect([...store.scan('_task', {})]).to.deep.equal([]);
    await durable.stop();
  });

  it('performs tasks that become due while many that were loaded before are still running', async () => {
    let release = (): void => {};
    const durable = open({ ready: new Promise<void>((resolve) => (release = resolve)) });
    durable.start();
    const now = clock.now();
    const schedule = tasks(16, (index) => ({ kind: 'note', dueAt: now + (index < 8 ? 1_000 : 2_000) }));
    await durable.commit({ schedule });
    await clock.advance(1_000, drain);
    await clock.advance(1_000, drain);
    release();
    await durable.idle();
    expect(performed).to.deep.equal(Array.from({ length: 16 }, (_, index) => index));
    await durable.stop();
  });

  for (const [what, lanes] of [
    ['wait after a failure', {}],
    ['wait in the lane of a task that failed', { lane: 'dead' }],
  ] as const) {
    it(`is not delayed by as many tasks that ${what}`, async () => {
      const durable = open();
      durable.onTask('dead', () => Promise.reject(new Error('the partner is away')), {
        maxAttempts: Number.POSITIVE_INFINITY,
      });
      durable.start();
      const now = clock.now();
      await durable.commit({ schedule: tasks(30, () => ({ kind: 'dead', dueAt: now, ...lanes })) });
      await clock.advance(0, drain);
      await durable.commit({ schedule: notesAfter(0, 50, 100) });
      await clock.advance(50, drain);
      await clock.advance(50, drain);
      expect(performed).to.deep.equal([0, 50, 100]);
      await durable.stop();
    });
  }

  it('performs a timer at once while far more tasks of another kind wait for a partner that hangs', async () => {
    const sent: number[] = [];
    const hanging: (() => void)[] = [];
    const durable = open();
    durable.onTask<number>(
      'hang',
      async (payload) => {
        sent.push(payload);
        await new Promise<void>((resolve) => hanging.push(resolve));
      },
      { maxRunning: 2 },
    );
    durable.start();
    const now = clock.now();
    const [at0, at10, ...others] = notesAfter(0, 10, 1, 50, 60, 100);
    const at100 = others.pop();
    await durable.commit({ schedule: others });
    await durable.commit({
      schedule: tasks(50, (index) => ({ kind: 'hang', dueAt: now, lane: `lane${index}` })),
    });
    await durable.commit({ schedule: [at0!] });
    await clock.advance(50, drain);
    await durable.commit({ schedule: [at10!, at100!] });
    await clock.advance(50, drain);
    expect(performed).to.deep.equal([0, 1, 50, 10, 60, 100]);
    expect(sent).to.deep.equal([0, 1]);
    while (hanging.length > 0) {
      hanging.shift()!();
      await drain();
    }
    expect(sent).to.deep.equal(Array.from({ length: 50 }, (_, index) => index));
    await durable.idle();
    await durable.stop();
  });
});
