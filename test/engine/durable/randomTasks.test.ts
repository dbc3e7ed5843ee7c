import { expect } from 'chai';
import fc from 'fast-check';
import { DurableStore, STOP_GRACE_MS } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { FIRST_PAUSE_MS } from '../../../engine/durable/taskRunner.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTaskModel, type ModelKind, type ModelPayload, type ModelTask } from './taskModel.ts';

const RUNS = 300;
const MAX_LOADED_PER_KIND = 4;
const KINDS: Readonly<Record<string, ModelKind>> = {
  narrow: { maxRunning: 1, maxAttempts: Number.POSITIVE_INFINITY },
  wide: { maxRunning: 2, maxAttempts: Number.POSITIVE_INFINITY },
  hopeless: { maxRunning: 2, maxAttempts: 2 },
};
/** Macrotasks in which everything happens that waits only for promises. */
const TURNS = 12;
/** Rounds in which everything left is done. */
const LAST_ROUNDS = 500;

interface DrawnTask {
  readonly key: string;
  readonly kind: string;
  readonly lane: string | undefined;
  readonly delay: number;
  readonly fails: number;
  readonly consumes: boolean;
}

type Move =
  | { readonly kind: 'commit'; readonly schedule: readonly DrawnTask[]; readonly cancel: readonly string[] }
  /** This many running tasks end. */
  | { readonly kind: 'end'; readonly count: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'crash' }
  /** The next write is refused. */
  | { readonly kind: 'refuse' };

const key = fc.nat({ max: 30 }).map((n) => `k${n}`);
const drawnTask: fc.Arbitrary<DrawnTask> = fc.record({
  key,
  kind: fc.constantFrom(...Object.keys(KINDS)),
  lane: fc.constantFrom(undefined, 'L', 'L', 'M'),
  delay: fc.constantFrom(-5, 0, 0, 0, 1, 5, 200, 450),
  fails: fc.constantFrom(0, 0, 0, 1, 2, 3),
  consumes: fc.boolean(),
});
const commit = fc.record({
  kind: fc.constant('commit' as const),
  schedule: fc.array(drawnTask, { maxLength: 12 }),
  cancel: fc.array(key, { maxLength: 2 }),
});
const end = fc.record({ kind: fc.constant('end' as const), count: fc.integer({ min: 1, max: 4 }) });
const wait = fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 4, 200, 1_000) });
const crash = fc.constant({ kind: 'crash' as const });
const refuse = fc.constant({ kind: 'refuse' as const });
const common = [
  { weight: 4, arbitrary: commit },
  { weight: 8, arbitrary: end },
  { weight: 4, arbitrary: wait },
  { weight: 1, arbitrary: crash },
];
const moves = fc.array(fc.oneof(...common), { maxLength: 60 });
const movesWithRefusals = fc.array(fc.oneof(...common, { weight: 2, arbitrary: refuse }), { maxLength: 60 });

/** Observes the tasks. `end` returns whether the attempt is to fail. */
interface Observer {
  commit(schedule: readonly ModelTask[], cancel: readonly string[], done: Promise<void>): Promise<void>;
  begin(task: ModelPayload, attempt: number): void;
  end(task: ModelPayload): boolean;
  crash(): void;
  settled(): void;
}

/** Durable and its surroundings, driven by a random sequence of moves. */
function createWorld(observer: Observer) {
  const base = new MemoryStore();
  const clock = createSimulatedClock();
  const faults: unknown[] = [];
  let store = createBrittleStore(base);
  let durable: DurableStore;
  let underWay: (() => void)[] = [];
  let lastId = 0;

  function open(): void {
    store = createBrittleStore(base);
    durable = new DurableStore({ store, clock, log: silentLog, maxLoadedPerKind: MAX_LOADED_PER_KIND });
    const opened = durable;
    for (const [kind, options] of Object.entries(KINDS)) {
      opened.onTask<ModelPayload>(
        kind,
        async (payload, info) => {
          observing(() => observer.begin(payload, info.attempt));
          await new Promise<void>((resolve) => underWay.push(resolve));
          if (payload.consumes) await commitTo(opened, [], [info.key]).catch(() => {});
          if (observing(() => observer.end(payload)) === true) throw new Error('as told');
        },
        options,
      );
    }
    opened.start();
  }

  /** Keeps the exception of an observer: thrown inside a task, it would count as the task's failure. */
  function observing<Result>(tell: () => Result): Result | undefined {
    try {
      return tell();
    } catch (error) {
      faults.push(error);
      return undefined;
    }
  }

  function commitTo(to: DurableStore, schedule: readonly ModelTask[], cancel: readonly string[]) {
    return observer.commit(schedule, cancel, to.commit({ schedule, cancel }));
  }

  function toTask({ key, kind, lane, delay, fails, consumes }: DrawnTask): ModelTask {
    lastId++;
    const payload = { id: lastId, fails, consumes };
    return { key, kind, payload, dueAt: clock.now() + delay, ...(lane !== undefined && { lane }) };
  }

  function endSome(count: number): void {
    for (const finish of underWay.splice(0, count)) finish();
  }

  async function settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async function comeToRest(): Promise<void> {
    await settle();
    observing(observer.settled);
    if (faults.length > 0) throw faults[0];
  }

  async function make(move: Move): Promise<void> {
    if (move.kind === 'commit') {
      await commitTo(durable, move.schedule.map(toTask), move.cancel).catch(() => {});
    }
    if (move.kind === 'end') endSome(move.count);
    if (move.kind === 'wait') await clock.advance(move.ms, settle);
    if (move.kind === 'refuse') store.failNext();
    if (move.kind === 'crash') {
      store.kill();
      void durable.stop();
      underWay = [];
      observer.crash();
      open();
    }
    await comeToRest();
  }

  open();
  return {
    now: clock.now,
    make,
    /** Lets everything end that still can. Returns the tasks left in the tables, and those given up. */
    async finish() {
      for (let round = 0; round < LAST_ROUNDS && tasksLeft() > 0; round++) {
        endSome(Number.POSITIVE_INFINITY);
        await clock.advance(1_000, settle);
        await comeToRest();
      }
      const setAside = durable.givenUpTasks().map(({ payload }) => (payload as unknown as ModelPayload).id);
      const stopped = durable.stop();
      await clock.advance(STOP_GRACE_MS, settle);
      await stopped;
      return { left: tasksLeft(), setAside };
    },
  };

  function tasksLeft(): number {
    return ['_task', '_taskKey', '_lane'].reduce((sum, table) => sum + [...base.scan(table, {})].length, 0);
  }
}

describe('Tasks in random sequences of commits, failures, delays and crashes', () => {
  it('are each performed once, in their order, and no task waits that could run', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(moves, async (sequence) => {
        const model = createTaskModel(KINDS, () => world.now());
        const world = createWorld({
          commit(schedule, cancel, done) {
            model.commit({ schedule, cancel });
            return done;
          },
          begin: model.begin,
          end: (task) => model.end(task, (failures) => FIRST_PAUSE_MS * 2 ** (failures - 1)),
          crash: model.crash,
          settled: model.checkNoneIsForgotten,
        });
        for (const move of sequence) await world.make(move);
        const { left, setAside } = await world.finish();
        const outcome = model.outcome();
        expect({ left, open: outcome.open }).to.deep.equal({ left: 0, open: [] });
        expect(setAside).to.have.members(outcome.setAside);
      }),
      { numRuns: RUNS, ...fuzzSeed() },
    );
  });

  it('are performed at least once, one of a lane at a time, when the store refuses writes too', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(movesWithRefusals, async (sequence) => {
        /** Tasks that were committed and that no later batch tried to cancel, by key. */
        const certain = new Map<string, number>();
        const lanes = new Map<number, string | undefined>();
        const performed = new Set<number>();
        const tries = new Map<number, number>();
        const running = new Set<number>();
        const world = createWorld({
          async commit(schedule, cancel, done) {
            const taken = [...cancel, ...schedule.map((task) => task.key)].flatMap((each) => {
              const id = certain.get(each);
              certain.delete(each);
              return id === undefined ? [] : [[each, id] as const];
            });
            for (const { payload, lane } of schedule) lanes.set(payload.id, lane);
            try {
              await done;
            } catch (error) {
              for (const [each, id] of taken) certain.set(each, id);
              throw error;
            }
            for (const task of new Map(schedule.map((each) => [each.key, each])).values()) {
              if (!performed.has(task.payload.id)) certain.set(task.key, task.payload.id);
            }
          },
          begin({ id }) {
            const lane = lanes.get(id);
            expect(
              [...running].filter((other) => lane !== undefined && lanes.get(other) === lane),
            ).to.deep.equal([]);
            running.add(id);
          },
          end({ id, fails }) {
            running.delete(id);
            const count = (tries.get(id) ?? 0) + 1;
            tries.set(id, count);
            if (count > fails) performed.add(id);
            return count <= fails;
          },
          crash: () => running.clear(),
          settled: () => {},
        });
        for (const move of sequence) await world.make(move);
        const { left, setAside } = await world.finish();
        expect(left).to.equal(0);
        expect([...performed, ...setAside]).to.include.members([...certain.values()]);
      }),
      { numRuns: RUNS, ...fuzzSeed() },
    );
  });
});
