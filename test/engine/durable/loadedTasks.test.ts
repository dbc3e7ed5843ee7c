import { expect } from 'chai';
import type { Task } from '../../../engine/durable/durable.ts';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { drain } from '../../support/drain.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

describe('Durable with more due tasks than it holds in memory', () => {
  it('performs all of them, each lane in its order', async () => {
    const store = new MemoryStore();
    const clock = createSimulatedClock();
    const maxLoadedPerKind = 1_000;
    const count = 5 * maxLoadedPerKind;
    const scheduling = new DurableStore({ store, clock, log: silentLog });
    const schedule = Array.from({ length: count }, (_, index) => ({
      key: `t${index}`,
      kind: 'note',
      payload: index,
      dueAt: clock.now(),
      lane: `lane${index % 100}`,
    }));
    await scheduling.commit({ schedule });
    await scheduling.stop();

    const durable = new DurableStore({ store, clock, log: silentLog, maxLoadedPerKind });
    const last = new Map<number, number>();
    let performed = 0;
    durable.onTask<number>('note', async (payload) => {
      expect(payload).to.be.greaterThan(last.get(payload % 100) ?? -1);
      last.set(payload % 100, payload);
      performed++;
    });
    durable.start();
    await durable.commit({ schedule: [{ ...schedule[0]!, key: 'late', payload: count * 100 }] });
    await durable.idle();
    expect(performed).to.equal(count + 1);
    expect(last.get(0)).to.equal(count * 100);
    expect([...store.scan('_task', {})]).to.deep.equal([]);
    await durable.stop();
  });

  it('performs tasks that become due while many that were loaded before are still running', async () => {
    const clock = createSimulatedClock();
    const durable = new DurableStore({
      store: new MemoryStore(),
      clock,
      log: silentLog,
      maxLoadedPerKind: 10,
    });
    const performed: number[] = [];
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    durable.onTask<number>('note', async (payload) => {
      await gate;
      performed.push(payload);
    });
    durable.start();
    const now = clock.now();
    await durable.commit({
      schedule: Array.from({ length: 16 }, (_, index) => ({
        key: `t${index}`,
        kind: 'note',
        payload: index,
        dueAt: now + (index < 8 ? 1_000 : 2_000),
      })),
    });
    await clock.advance(1_000, drain);
    await clock.advance(1_000, drain);
    open();
    await durable.idle();
    expect(performed).to.deep.equal(Array.from({ length: 16 }, (_, index) => index));
    await durable.stop();
  });

  for (const [what, lane] of [
    ['rest after a failure', undefined],
    ['wait in the lane of one that rests', 'dead'],
  ] as const) {
    it(`is not delayed by as many tasks that ${what}`, async () => {
      const clock = createSimulatedClock();
      const durable = new DurableStore({
        store: new MemoryStore(),
        clock,
        log: silentLog,
        maxLoadedPerKind: 10,
      });
      const performed: number[] = [];
      durable.onTask('dead', () => Promise.reject(new Error('the partner is away')), {
        maxAttempts: Number.POSITIVE_INFINITY,
      });
      durable.onTask<number>('note', async (payload) => {
        performed.push(payload);
      });
      durable.start();
      const now = clock.now();
      await durable.commit({
        schedule: Array.from({ length: 30 }, (_, index) => ({
          key: `dead${index}`,
          kind: 'dead',
          payload: index,
          dueAt: now,
          ...(lane !== undefined && { lane }),
        })),
      });
      await clock.advance(0, drain);
      await durable.commit({
        schedule: [0, 50, 100].map((delay) => ({
          key: `note${delay}`,
          kind: 'note',
          payload: delay,
          dueAt: now + delay,
        })),
      });
      await clock.advance(50, drain);
      await clock.advance(50, drain);
      expect(performed).to.deep.equal([0, 50, 100]);
      await durable.stop();
    });
  }

  it('performs a timer at once while far more tasks of another kind wait for a partner that hangs', async () => {
    const clock = createSimulatedClock();
    const durable = new DurableStore({
      store: new MemoryStore(),
      clock,
      log: silentLog,
      maxLoadedPerKind: 10,
    });
    const performed: number[] = [];
    const sent: number[] = [];
    const hanging: (() => void)[] = [];
    durable.onTask<number>(
      'hang',
      async (payload) => {
        sent.push(payload);
        await new Promise<void>((resolve) => hanging.push(resolve));
      },
      { maxRunning: 2 },
    );
    durable.onTask<number>('timer', async (payload) => {
      performed.push(payload);
    });
    durable.start();
    const now = clock.now();
    const hang = (index: number, dueAt: number): Task => ({
      key: `hang${index}`,
      kind: 'hang',
      payload: index,
      dueAt,
      lane: `lane${index}`,
    });
    const timer = (delay: number): Task => ({
      key: `timer${delay}`,
      kind: 'timer',
      payload: delay,
      dueAt: now + delay,
    });
    await durable.commit({ schedule: [timer(1), timer(50), timer(60)] });
    await durable.commit({ schedule: Array.from({ length: 50 }, (_, index) => hang(index, now)) });
    await durable.commit({ schedule: [timer(0)] });
    await clock.advance(50, drain);
    await durable.commit({ schedule: [timer(10), timer(100)] });
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
