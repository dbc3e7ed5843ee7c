import { expect } from 'chai';
import fc from 'fast-check';
import { joinBatches } from '../../../engine/durable/durable.ts';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../../engine/durable/storePort.ts';
import { compareCalls } from '../../../strategies/routing/priority.ts';
import { countAhead, type VirtualQueueEntry } from '../../../strategies/routing/queueBlock.ts';
import { VirtualQueueIndex } from '../../../strategies/routing/virtualQueueIndex.ts';
import { ENTRY, type QueuedCall } from '../../../strategies/routing/virtualQueueTables.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { silentLog } from '../../support/silentLog.ts';

const CALLS_IN_BLOCK = 4;
const BLOCKS_IN_MACROTASK = 2;
const MOST_IN_MACROTASK = CALLS_IN_BLOCK * BLOCKS_IN_MACROTASK;
/** A view that is not answered after this many turns never ends. */
const MAX_TURNS = 1_000;

interface Waiting {
  readonly call: QueuedCall;
  readonly entry: VirtualQueueEntry;
}

/** A queue, an index that has not read it, and macrotasks that the test triggers. */
function openQueue(given: { readonly maxKnownBlocks?: number; readonly closing?: AbortSignal } = {}) {
  const alarms: (() => void)[] = [];
  const clock = {
    now: () => 1_767_603_600_000,
    at: (_: number, fire: () => void) => {
      alarms.push(fire);
      return () => {};
    },
  };
  const memory = new MemoryStore();
  /** Fails the open writes. */
  const failures: (() => void)[] = [];
  const disk = { hangs: false };
  const store: StorePort = {
    get: (table, key) => memory.get(table, key),
    scan: (table, range) => memory.scan(table, range),
    close: () => memory.close(),
    write: (operations) =>
      disk.hangs
        ? new Promise((_, reject) => failures.push(() => reject(new Error('disk full'))))
        : memory.write(operations),
  };
  const durable = new DurableStore({ store, clock, log: silentLog });
  const sizes = { callsInBlock: CALLS_IN_BLOCK, blocksInMacrotask: BLOCKS_IN_MACROTASK, ...given };
  const writer = new VirtualQueueIndex({ durable, clock, ...sizes });
  /** Entries read in each turn so far. */
  const read = [0];
  function* countingScan(table: string, range?: Parameters<typeof durable.scan>[1]) {
    for (const found of durable.scan(table, range)) {
      if (table === ENTRY) read[read.length - 1]! += 1;
      yield found;
    }
  }
  const counting = new Proxy(durable, {
    get(_, name: keyof DurableStore) {
      return name === 'scan' ? countingScan : durable[name].bind(durable);
    },
  });
  const waiting: Waiting[] = [];
  return {
    read,
    waiting,
    alarms,
    disk,
    failures,
    /** A call leaves, visible at once; the caller updates its own list. */
    tryToLeave: ({ call }: Waiting) => durable.commit(writer.changeBatch(call, undefined)),
    index: new VirtualQueueIndex({ durable: counting, clock, ...sizes }),
    async enter(base: number, vq = 'VQ'): Promise<void> {
      const { location, batch } = writer.enter(vq);
      const call = { vq, enteredAt: clock.now(), ...location };
      const { serial, enteredAt } = call;
      const entry = { serial, enteredAt, priority: { base, increment: 0, everyMs: 0 }, targets: [] };
      waiting.push({ call, entry });
      await durable.commit(joinBatches(batch, writer.changeBatch(call, entry)));
    },
    async leave(at: number): Promise<void> {
      const [gone] = waiting.splice(at % Math.max(1, waiting.length), 1);
      if (gone !== undefined) await durable.commit(writer.changeBatch(gone.call, undefined));
    },
    /** The next turn: one alarm, and all its consequences. */
    async turn(): Promise<void> {
      await new Promise(setImmediate);
      read.push(0);
      alarms.shift()?.();
      await new Promise(setImmediate);
    },
  };
}

type Queue = ReturnType<typeof openQueue>;

/** Positions of all calls that wait, by a view and by the sorted queue. */
function look({ index, waiting }: Queue, vq = 'VQ') {
  return index.read(vq, (blocks) => {
    const queue = waiting.filter(({ call }) => call.vq === vq).map(({ entry }) => entry);
    const sorted = [...queue].sort((a, b) => compareCalls(a, b, 0));
    return {
      seen: sorted.map((self) => countAhead(blocks, self, 0).calls),
      calls: blocks.reduce((sum, block) => sum + block.calls, 0),
      expected: sorted.map((_, at) => at),
    };
  });
}

async function fill(queue: Queue, calls: number, vq?: string): Promise<void> {
  for (let count = 0; count < calls; count += 1) await queue.enter(count % 3, vq);
}

/** Runs turns until all views are answered; `between` runs before each. */
async function finish<T>(queue: Queue, looks: readonly Promise<T>[], between = async () => {}): Promise<T[]> {
  let answers: T[] | undefined;
  const all = Promise.all(looks).then((given) => {
    answers = given;
  });
  for (let turns = 0; answers === undefined && turns < MAX_TURNS; turns += 1) {
    await between();
    await queue.turn();
  }
  if (answers === undefined) throw new Error(`Expected an answer within ${MAX_TURNS} turns, got none.`);
  await all;
  return answers;
}

describe('a view of a long queue', () => {
  it('reads at most its limit in a turn, once for all views meanwhile, and nothing the next time', async () => {
    const queue = openQueue();
    await fill(queue, 50);
    const looks = [look(queue), look(queue)];
    await queue.turn();
    const answers = await finish(queue, [...looks, look(queue)]);
    for (const { seen, expected } of answers) expect(seen).to.deep.equal(expected);
    expect(queue.read).to.deep.equal([8, 8, 8, 8, 8, 8, 2, 0]);
    const again = await look(queue);
    expect(again.seen).to.deep.equal(again.expected);
    expect([queue.read.length, queue.read.at(-1), queue.alarms.length]).to.deep.equal([8, 0, 0]);
  });

  it('finds the long queues that were read ahead, up to the limit of memory', async () => {
    const queue = openQueue({ maxKnownBlocks: 9 });
    await fill(queue, 24, 'A');
    await fill(queue, 8, 'B');
    await fill(queue, 12, 'C');
    await fill(queue, 12, 'D');
    await finish(queue, [queue.index.readAhead()]);
    const total = () => queue.read.reduce((sum, entries) => sum + entries, 0);
    // Six blocks of A, two of B (at most what one turn may read), and three of C.
    expect(total()).to.equal(24 + 12);
    const answers = await finish(queue, [look(queue, 'A'), look(queue, 'C')]);
    for (const { seen, expected } of answers) expect(seen).to.deep.equal(expected);
    expect(total()).to.equal(24 + 12);
  });

  it('stops reading when the server closes', async () => {
    const closing = new AbortController();
    const queue = openQueue({ closing: closing.signal });
    await fill(queue, 50);
    const ahead = queue.index.readAhead().then(
      () => 'done',
      (error: Error) => error.message,
    );
    await queue.turn();
    await queue.turn();
    closing.abort(new Error('closing'));
    await queue.turn();
    expect(await ahead).to.equal('closing');
    const total = queue.read.reduce((sum, entries) => sum + entries, 0);
    expect(total).to.be.greaterThan(0).and.lessThan(50);
  });

  it('takes turns with views of other queues', async () => {
    const queue = openQueue();
    await fill(queue, 24, 'A');
    await fill(queue, 24, 'B');
    const answers = await finish(queue, [look(queue, 'A'), look(queue, 'B')]);
    expect(answers.map(({ calls }) => calls)).to.deep.equal([24, 24]);
    // Both start in the turn of their request.
    expect(queue.read).to.deep.equal([16, 8, 8, 8, 8, 0, 0]);
  });

  it('reads again only the blocks that exceed the limit of memory', async () => {
    const queue = openQueue({ maxKnownBlocks: 8 });
    await fill(queue, 48);
    const total = () => queue.read.reduce((sum, entries) => sum + entries, 0);
    await finish(queue, [look(queue)]);
    expect(total()).to.equal(48);
    const [answer] = await finish(queue, [look(queue)]);
    expect(answer!.seen).to.deep.equal(answer!.expected);
    expect(total()).to.equal(48 + 16);
  });

  it('is answered although every block changes in every turn', async () => {
    const queue = openQueue();
    await fill(queue, 40);
    const [answer] = await finish(queue, [look(queue)], async () => {
      for (let at = 0; at < queue.waiting.length; at += CALLS_IN_BLOCK - 1) await queue.leave(at);
      await fill(queue, 16);
    });
    expect(answer!.seen).to.deep.equal(answer!.expected);
  });

  it('ignores a change that failed before the view ended', async () => {
    const queue = openQueue();
    await fill(queue, 40);
    const looks = [look(queue)];
    await queue.turn();
    queue.disk.hangs = true;
    const left = queue.tryToLeave(queue.waiting.at(-18)!).catch((error: Error) => error.message);
    for (let turns = 0; turns < 3; turns += 1) await queue.turn();
    for (const fail of queue.failures) fail();
    expect(await left).to.contain('did not accept the change');
    const [answer] = await finish(queue, looks);
    expect([answer!.calls, answer!.seen]).to.deep.equal([40, answer!.expected]);
  });

  it('agrees with sorting the whole queue, whatever calls come and go between its parts', async () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('enter' as const), value: fc.nat({ max: 3 }) }),
      fc.record({ kind: fc.constant('leave' as const), value: fc.nat() }),
      fc.record({ kind: fc.constant('look' as const), value: fc.constant(0) }),
    );
    const plans = fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 60 }), plans, async (calls, parts) => {
        const queue = openQueue();
        await fill(queue, calls);
        const looks = [look(queue)];
        for (const part of parts) {
          for (const { kind, value } of part) {
            if (kind === 'enter') await queue.enter(value);
            if (kind === 'leave') await queue.leave(value);
            if (kind === 'look') looks.push(look(queue));
          }
          await queue.turn();
        }
        for (const { seen, expected, calls: counted } of await finish(queue, looks)) {
          expect(seen).to.deep.equal(expected);
          expect(counted).to.equal(expected.length);
        }
        if (parts.every((part) => part.every(({ kind }) => kind === 'look'))) {
          expect(Math.max(...queue.read)).to.be.at.most(MOST_IN_MACROTASK);
        }
      }),
      { numRuns: 200, ...fuzzSeed() },
    );
  });
});
