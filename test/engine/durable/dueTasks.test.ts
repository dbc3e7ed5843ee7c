import { expect } from 'chai';
import { Alarm } from '../../../engine/durable/alarm.ts';
import type { Task, TaskOptions } from '../../../engine/durable/durable.ts';
import { MAX_READ_AT_ONCE } from '../../../engine/durable/kindQueue.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { Overlay } from '../../../engine/durable/overlay.ts';
import type { StorePort } from '../../../engine/durable/storePort.ts';
import { TASK } from '../../../engine/durable/systemTables.ts';
import { FIRST_PAUSE_MS, type Perform, TaskRunner } from '../../../engine/durable/taskRunner.ts';
import { TaskTable } from '../../../engine/durable/taskTable.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

const COUNT = 5 * MAX_READ_AT_ONCE;
const MAX_LOADED = 500;

interface CountingStore extends StorePort {
  /** Entries of TASK that were scanned. */
  readonly scanned: number;
}

function createCountingStore(store: StorePort): CountingStore {
  let scanned = 0;
  return {
    get: (table, key) => store.get(table, key),
    write: (operations) => store.write(operations),
    close: () => store.close(),
    *scan(table, range) {
      for (const entry of store.scan(table, range)) {
        if (table === TASK) scanned++;
        yield entry;
      }
    },
    get scanned() {
      return scanned;
    },
  };
}

describe('Very many due tasks', () => {
  let clock: SimulatedClock;
  let store: CountingStore;

  beforeEach(() => {
    clock = createSimulatedClock();
    store = createCountingStore(new MemoryStore());
  });

  /** A runner over the store, not started. */
  function open() {
    const overlay = new Overlay(store);
    const table = new TaskTable(overlay);
    const alarm = new Alarm(clock, () => {
      runner.pump();
      const due = runner.nextDue;
      if (due !== undefined) alarm.atMost(due);
    });
    const shared = { table, overlay, clock, log: silentLog };
    const runner = new TaskRunner({
      ...shared,
      maxLoadedPerKind: MAX_LOADED,
      wakeAt: (time) => alarm.atMost(time),
      changed: () => {},
    });
    return {
      runner,
      async schedule(tasks: readonly Task[]): Promise<void> {
        const change = table.change({ schedule: tasks, cancel: [], now: clock.now() });
        await overlay.write(change.operations);
        runner.committed(change.scheduled, change.removed);
      },
    };
  }

  /** A runner as after a restart, with the kind 'many' and one that notes its tasks. */
  async function reopened(perform: Perform, options: TaskOptions = {}) {
    await open().schedule(many());
    const opened = open();
    const noted: string[] = [];
    opened.runner.register('many', perform, { maxAttempts: Number.POSITIVE_INFINITY, ...options });
    opened.runner.register('note', async (_, { key }) => void noted.push(key), {});
    return { ...opened, noted };
  }

  let lane: ((index: number) => string) | undefined;

  function many(): Task[] {
    return Array.from({ length: COUNT }, (_, index) => ({
      key: `many${index}`,
      kind: 'many',
      payload: index,
      dueAt: clock.now(),
      ...(lane !== undefined && { lane: lane(index) }),
    }));
  }

  function note(delay: number): Task {
    return { key: `+${delay}`, kind: 'note', payload: null, dueAt: clock.now() + delay };
  }

  it('that wait for the retry of an earlier task of their lane are read once, in parts, and not kept in memory', async () => {
    lane = () => 'L';
    const { runner, schedule, noted } = await reopened(() => Promise.reject(new Error('away')));
    const parts: number[] = [];
    let before = store.scanned;
    function count(): void {
      parts.push(store.scanned - before);
      before = store.scanned;
    }
    runner.start();
    count();
    runner.pump();
    count();
    expect(runner.quiet).to.equal(false);
    // Other macrotasks run between the parts.
    while (!runner.quiet) {
      await turn();
      count();
      expect(runner.loaded).to.be.at.most(1);
    }
    expect(Math.max(...parts)).to.equal(MAX_READ_AT_ONCE);
    expect(store.scanned).to.be.within(COUNT, COUNT + 2 * parts.length);
    // Later tasks are found without reading those again.
    before = store.scanned;
    await schedule([note(0), note(5), note(10)]);
    await clock.advance(FIRST_PAUSE_MS - 1, turn);
    expect(noted).to.deep.equal(['+0', '+5', '+10']);
    await clock.advance(10 * FIRST_PAUSE_MS, turn);
    expect(store.scanned - before).to.be.below(100);
    expect(runner.loaded).to.equal(0);
    runner.halt();
  });

  it('that wait for their retry are not kept in memory; each is tried again at its time', async () => {
    lane = (index) => `L${index}`;
    const tries = new Array<number>(COUNT).fill(0);
    let most = 0;
    const { runner } = await reopened(async (payload) => {
      tries[payload as number]!++;
      most = Math.max(most, runner.loaded);
      throw new Error('away');
    });
    async function settle(): Promise<void> {
      do await turn();
      while (!runner.quiet);
    }
    runner.start();
    runner.pump();
    await settle();
    expect(tries.every((count) => count === 1)).to.equal(true);
    expect(runner.loaded).to.equal(0);
    await clock.advance(FIRST_PAUSE_MS, settle);
    expect(tries.every((count) => count === 2)).to.equal(true);
    expect(runner.loaded).to.equal(0);
    expect(most).to.be.within(MAX_LOADED / 2, MAX_LOADED);
    runner.halt();
  });

  it('of a busy kind are kept in memory up to its limit, and each is read a few times until all are done', async () => {
    lane = (index) => `L${index % 7}`;
    let hanging: (() => void)[] = [];
    const performed: number[] = [];
    const { runner, schedule, noted } = await reopened(
      async (payload) => {
        await new Promise<void>((resolve) => hanging.push(resolve));
        performed.push(payload as number);
      },
      { maxRunning: 3 },
    );
    runner.start();
    runner.pump();
    await schedule([note(0), note(1)]);
    await clock.advance(1, turn);
    expect(noted).to.deep.equal(['+0', '+1']);
    let most = 0;
    while (performed.length < COUNT) {
      most = Math.max(most, runner.loaded);
      const ended = hanging;
      hanging = [];
      for (const end of ended) end();
      await turn();
    }
    expect([...performed].sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: COUNT }, (_, index) => index),
    );
    for (let each = 0; each < 7; each++) {
      const ofLane = performed.filter((index) => index % 7 === each);
      expect(ofLane).to.deep.equal([...ofLane].sort((a, b) => a - b));
    }
    expect(most).to.be.at.most(MAX_LOADED);
    expect(store.scanned).to.be.below(2 * COUNT);
    runner.halt();
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
