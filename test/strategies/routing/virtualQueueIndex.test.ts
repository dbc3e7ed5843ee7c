import { expect } from 'chai';
import fc from 'fast-check';
import { type Durable, joinBatches } from '../../../engine/durable/durable.ts';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../../engine/durable/storePort.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import { compareCalls, type PriorityRule, priorityAt } from '../../../strategies/routing/priority.ts';
import {
  countAhead,
  type QueueBlock,
  type VirtualQueueEntry,
} from '../../../strategies/routing/queueBlock.ts';
import { VirtualQueueIndex } from '../../../strategies/routing/virtualQueueIndex.ts';
import {
  BLOCK,
  ENTRY,
  MAX_CALL_AGE_MS,
  type QueuedCall,
} from '../../../strategies/routing/virtualQueueTables.ts';
import { silentLog } from '../../support/silentLog.ts';

interface Waiting {
  readonly call: QueuedCall;
  readonly entry: VirtualQueueEntry;
}

const CALLS_IN_BLOCK = 4;
const DAY_MS = 86_400_000;
const QUEUES = ['VQ', 'VQ/2'];

const target = fc.constantFrom('A@S.GA', 'B@S.GA', 'C@S.GA');
const rule: fc.Arbitrary<PriorityRule> = fc.constantFrom(
  { base: 0, increment: 0, everyMs: 0 },
  { base: 3, increment: 0, everyMs: 7_000 },
  { base: 1, increment: 2, everyMs: 1_000 },
  { base: -4, increment: 1, everyMs: 3_000 },
  { base: 9, increment: -1, everyMs: 2_000 },
  { base: 0.5, increment: 0.25, everyMs: 1_500 },
  { base: 2, increment: 1, everyMs: 0.7 },
);
const ages = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 9_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: -20_000, max: -1 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      MAX_CALL_AGE_MS,
      MAX_CALL_AGE_MS - 5_000,
      -MAX_CALL_AGE_MS,
      2 * DAY_MS,
      -2 * DAY_MS,
    ),
  },
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('enter' as const),
      rule,
      target,
      vq: fc.constantFrom(...QUEUES),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('leave' as const),
      at: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('comeBack' as const), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retarget' as const), at: fc.nat(), target }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: ages }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('look' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('failNext' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

/** An index over a store whose next write may fail, with a clock that the test sets. */
function openIndex(given: { readonly callsInBlock?: number } = {}) {
  const memory = new MemoryStore();
  const clock = { time: 1_767_603_600_000, now: () => clock.time, at: () => () => {} };
  const failing = { next: false };
  const store: StorePort = {
    get: (table, key) => memory.get(table, key),
    scan: (table, range) => memory.scan(table, range),
    close: () => memory.close(),
    write: (operations) => {
      const fails = failing.next;
      failing.next = false;
      return fails ? Promise.reject(new Error('disk full')) : memory.write(operations);
    },
  };
  const durable = new DurableStore({ store, clock, log: silentLog });
  return {
    clock,
    failing,
    durable,
    index: () => new VirtualQueueIndex({ durable, clock, callsInBlock: CALLS_IN_BLOCK, ...given }),
  };
}

describe('the index of virtual queues', () => {
  it('agrees with sorting the whole queue, for all sequences of changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const { clock, failing, durable, ...opened } = openIndex();
        let index = opened.index();
        let waiting: Waiting[] = [];
        let left: Waiting[] = [];
        const isAlive = ({ call }: Waiting) => call.enteredAt + MAX_CALL_AGE_MS > clock.now();

        /** Also views the queue during the commit, and reverts the expected change when the commit fails. */
        async function commit(batch: Parameters<typeof durable.commit>[0], after: Waiting[]): Promise<void> {
          const before = waiting;
          const committed = durable.commit(batch).catch(() => {
            waiting = before;
          });
          waiting = after;
          look();
          await committed;
        }

        /** Expired records are removed, so that an earlier time does not bring them back. */
        function wait(ms: number): void {
          const ends = [...waiting, ...left].map(({ call }) => call.enteredAt + MAX_CALL_AGE_MS);
          const passed = ends.filter((end) => end <= clock.time);
          clock.time = Math.max(clock.time + ms, ...passed);
        }

        function look(): void {
          for (const vq of QUEUES) {
            const queue = waiting
              .filter((one) => one.call.vq === vq && isAlive(one))
              .map(({ entry }) => entry);
            const blocks = blocksOf(index, vq);
            expect(blocks.reduce((sum, { calls }) => sum + calls, 0)).to.equal(queue.length);
            const targets = blocks.flatMap((block) => [...block.targets]);
            expect(new Set(targets)).to.deep.equal(new Set(queue.flatMap((entry) => entry.targets)));
            for (const self of queue) {
              const counted = countAhead(blocks, self, clock.now());
              const expected = countPlainly(queue, self, clock.now());
              expect(counted.calls).to.equal(expected.calls);
              // Only fractions depend on the order in which they are summed.
              const isWhole = queue.every(({ priority }) => Object.values(priority).every(Number.isInteger));
              const tolerance = isWhole ? 0 : 1e-9 * (1 + Math.abs(expected.priorities));
              expect(counted.priorities).to.be.closeTo(expected.priorities, tolerance);
            }
          }
        }

        for (const one of steps) {
          const alive = waiting.filter(isAlive);
          if (one.kind === 'wait') wait(one.ms);
          if (one.kind === 'look') look();
          if (one.kind === 'failNext') failing.next = true;
          if (one.kind === 'restart') index = opened.index();
          if (one.kind === 'enter') {
            const { location, batch } = index.enter(one.vq);
            const call = { vq: one.vq, enteredAt: clock.now(), ...location };
            const { serial, enteredAt } = call;
            const entry = { serial, enteredAt, priority: one.rule, targets: [one.target] };
            await commit(joinBatches(batch, index.changeBatch(call, entry)), [...waiting, { call, entry }]);
          }
          if (one.kind === 'leave' && alive.length > 0) {
            const going = new Set(one.at.map((at) => alive[at % alive.length]!));
            const batches = [...going].map(({ call }) => index.changeBatch(call, undefined));
            const before = waiting;
            await commit(
              joinBatches(...batches),
              waiting.filter((other) => !going.has(other)),
            );
            if (waiting !== before) left.push(...going);
          }
          if (one.kind === 'comeBack' && left.some(isAlive)) {
            const back = left.filter(isAlive)[one.at % left.filter(isAlive).length]!;
            const before = waiting;
            await commit(index.changeBatch(back.call, back.entry), [...waiting, back]);
            if (waiting !== before) left = left.filter((other) => other !== back);
          }
          if (one.kind === 'retarget' && alive.length > 0) {
            const old = alive[one.at % alive.length]!;
            const changed = { call: old.call, entry: { ...old.entry, targets: [one.target, 'D@S.GA'] } };
            const after = waiting.map((other) => (other === old ? changed : other));
            await commit(index.changeBatch(changed.call, changed.entry), after);
          }
        }
        look();
      }),
      { numRuns: 300 },
    );
  });

  it('forgets each call when it expires', async () => {
    const { clock, durable, ...opened } = openIndex({ callsInBlock: 2 });
    const index = opened.index();
    const start = clock.now();
    const enterOn = async (day: number) => {
      clock.time = start + day * DAY_MS;
      return enterCall({ index, durable, clock });
    };
    const first = await enterOn(0);
    await enterOn(2);
    await enterOn(20);
    await durable.commit(index.changeBatch(first, undefined));
    const countOn = (day: number) => {
      clock.time = start + day * DAY_MS;
      return blocksOf(index, 'VQ').reduce((sum, { calls }) => sum + calls, 0);
    };
    expect([20, 31.9, 32, 34, 49.9, 50].map(countOn)).to.deep.equal([2, 2, 1, 1, 1, 0]);
  });

  it('removes the record of an empty block when the next block begins', async () => {
    const { clock, durable, ...opened } = openIndex();
    const index = opened.index();
    const calls: QueuedCall[] = [];
    for (let count = 0; count < 8; count += 1) calls.push(await enterCall({ index, durable, clock }));
    await durable.commit(joinBatches(...calls.slice(0, 4).map((call) => index.changeBatch(call, undefined))));
    await enterCall({ index, durable, clock });
    expect([...durable.scan(BLOCK)].map(({ key }) => key)).to.deep.equal(['VQ/0000000001', 'VQ/0000000002']);
  });

  it('reads only the entries of the changed block, and none without a change', async () => {
    const { clock, durable, ...opened } = openIndex();
    const index = opened.index();
    const calls: QueuedCall[] = [];
    for (let count = 0; count < 10; count += 1) calls.push(await enterCall({ index, durable, clock }));
    blocksOf(index, 'VQ');
    const read: string[] = [];
    const scan = durable.scan.bind(durable);
    durable.scan = (table, range) => {
      read.push(`${table} ${range?.prefix}`);
      return scan(table, range);
    };
    blocksOf(index, 'VQ');
    expect(read).to.deep.equal([]);
    await durable.commit(index.changeBatch(calls[5]!, undefined));
    expect(blocksOf(index, 'VQ').map((block) => block.calls)).to.deep.equal([4, 3, 2]);
    expect(read).to.deep.equal([`${BLOCK} VQ/`, `${ENTRY} VQ/0000000001/`]);
  });
});

/** The blocks of a view that has few blocks to sum up, and so answers at once. */
function blocksOf(index: VirtualQueueIndex, vq: string): readonly QueueBlock[] {
  let seen: readonly QueueBlock[] | undefined;
  void index.read(vq, (blocks) => {
    seen = blocks;
  });
  if (seen === undefined) throw new Error(`Expected the look at ${vq} to be answered at once.`);
  return seen;
}

function countPlainly(queue: readonly VirtualQueueEntry[], self: VirtualQueueEntry, now: number) {
  const ahead = queue.filter((entry) => compareCalls(entry, self, now) < 0);
  return {
    calls: ahead.length,
    priorities: ahead.reduce((sum, entry) => sum + priorityAt(entry, now), 0),
  };
}

async function enterCall(given: {
  readonly index: VirtualQueueIndex;
  readonly durable: Durable;
  readonly clock: Clock;
}): Promise<QueuedCall> {
  const { index, durable, clock } = given;
  const { location, batch } = index.enter('VQ');
  const call = { vq: 'VQ', enteredAt: clock.now(), ...location };
  const priority = { base: 0, increment: 0, everyMs: 0 };
  const entry = { serial: call.serial, enteredAt: call.enteredAt, priority, targets: [] };
  await durable.commit(joinBatches(batch, index.changeBatch(call, entry)));
  return call;
}
