import type { CallPhase, EstimatedRule, WaitEstimate } from '../../strategies/estimates/index.ts';
import { QueueEstimator } from '../../strategies/estimates/index.ts';
import { createRandom, type Random } from '../../test/support/crash/random.ts';
import { HistoryEstimates } from './historyEstimates.ts';

/** Customers of one kind: they come to one queue with one priority. Times in ms. */
export interface Stream {
  readonly queue: number;
  readonly rule: EstimatedRule;
  readonly betweenMs: number;
  /** Mean time after which a customer gives up; absent: never. */
  readonly patienceMs?: number;
}

export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly streams: readonly Stream[];
  /** Agents who serve the same queues. */
  readonly teams: readonly { readonly agents: number; readonly queues: readonly number[] }[];
  readonly handlingMs: (random: Random, now: number) => number;
  /** The best that can be told with all parameters known; undefined: not known. */
  readonly oracleMs?: (question: OracleQuestion) => number;
  /** Calls that waited before the measurement, and in it. */
  readonly warmUp: number;
  readonly measured: number;
}

export interface OracleQuestion {
  readonly ahead: number;
  readonly now: number;
  readonly stream: Stream;
}

/** A served call that waited, with the estimates of the moment at which it came. */
export interface Served {
  readonly queue: number;
  readonly ahead: number;
  readonly waitMs: number;
  readonly said: WaitEstimate | undefined;
  readonly oracleMs: number | undefined;
  /** By name: what the estimators that are compared said. */
  readonly others: Readonly<Record<string, number | undefined>>;
  /** Number among the calls that waited. */
  readonly number: number;
}

interface Waiting {
  readonly id: string;
  readonly stream: Stream;
  readonly at: number;
  readonly served: Omit<Served, 'waitMs'>;
  isGone: boolean;
}

type Happening =
  | { readonly at: number; readonly kind: 'arrival'; readonly stream: Stream }
  | {
      readonly at: number;
      readonly kind: 'done';
      readonly team: number;
      readonly queue: number;
      readonly tookMs: number;
    }
  | { readonly at: number; readonly kind: 'patience'; readonly call: Waiting };

/** Plays a scenario with discrete events and a seeded generator, and drives one estimator for each queue. */
export class QueueModel {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #free: number[];
  readonly #happenings = new EventHeap();
  readonly #lanes = new Map<Stream, Waiting[]>();
  readonly #estimators: readonly QueueEstimator[];
  readonly #histories: readonly HistoryEstimates[];
  #waited = 0;
  #serial = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#random = createRandom(scenario.seed);
    this.#free = scenario.teams.map(({ agents }) => agents);
    const queues = Math.max(...scenario.streams.map(({ queue }) => queue)) + 1;
    this.#estimators = Array.from({ length: queues }, () => new QueueEstimator());
    this.#histories = Array.from(
      { length: queues },
      (_, queue) => new HistoryEstimates(this.#agentsOf(queue)),
    );
    for (const stream of scenario.streams) {
      this.#lanes.set(stream, []);
      this.#arriveLater(stream, 0);
    }
  }

  /** Calls `see` for each served call that waited, after the warm-up. */
  run(see: (served: Served) => void): void {
    const { warmUp, measured } = this.#scenario;
    const report = (served: Served): void => {
      if (served.number > warmUp) see(served);
    };
    while (this.#waited < warmUp + measured) this.#next(report);
  }

  #next(report: (served: Served) => void): void {
    const happening = this.#happenings.take();
    const { at } = happening;
    switch (happening.kind) {
      case 'arrival':
        this.#arriveLater(happening.stream, at);
        this.#arrive(happening.stream, at);
        return;
      case 'patience':
        this.#giveUp(happening.call, at);
        return;
      case 'done':
        this.#estimators[happening.queue]!.handled(happening.tookMs);
        this.#histories[happening.queue]!.handled(happening.tookMs);
        this.#free[happening.team]! += 1;
        this.#serveNext(happening.team, at, report);
    }
  }

  #arriveLater(stream: Stream, now: number): void {
    const at = now + this.#random.exponential(stream.betweenMs);
    this.#happenings.add({ at, kind: 'arrival', stream });
  }

  #arrive(stream: Stream, at: number): void {
    const { queue, rule } = stream;
    const id = String(this.#serial++);
    const call = { id, enteredAt: at, rule };
    const team = this.#scenario.teams.findIndex(
      ({ queues }, index) => this.#free[index]! > 0 && queues.includes(queue),
    );
    if (team >= 0) {
      this.#move(queue, call, { from: 'outside', to: 'waiting', at });
      this.#move(queue, call, { from: 'waiting', to: 'served', at });
      this.#histories[queue]!.distributed(at);
      this.#begin(team, queue, at);
      return;
    }
    this.#waited += 1;
    const ahead = this.#ahead(stream, at);
    const agents = (): number => this.#agentsOf(queue);
    const said = this.#estimators[queue]!.estimate({ ahead, rule, ageMs: 0, now: at, agents });
    const oracleMs = this.#scenario.oracleMs?.({ ahead, now: at, stream });
    const others = this.#histories[queue]!.estimates(ahead, this.#oldestWait(queue, at), said?.meanMs);
    const served = { queue, ahead, said, oracleMs, others, number: this.#waited };
    const waiting: Waiting = { id, stream, at, served, isGone: false };
    this.#move(queue, call, { from: 'outside', to: 'waiting', at });
    this.#lanes.get(stream)!.push(waiting);
    if (stream.patienceMs !== undefined) {
      const until = at + this.#random.exponential(stream.patienceMs);
      this.#happenings.add({ at: until, kind: 'patience', call: waiting });
    }
  }

  #giveUp(call: Waiting, at: number): void {
    if (call.isGone) return;
    const lane = this.#lanes.get(call.stream)!;
    lane.splice(lane.indexOf(call), 1);
    call.isGone = true;
    this.#move(call.stream.queue, this.#callOf(call), { from: 'waiting', to: 'gone', at });
  }

  #serveNext(team: number, at: number, report: (served: Served) => void): void {
    const { queues } = this.#scenario.teams[team]!;
    const heads = [...this.#lanes.values()].flatMap((lane) => lane[0] ?? []);
    const eligible = heads.filter(({ stream }) => queues.includes(stream.queue));
    const [call] = eligible.sort(
      (a, b) => priority(b.stream.rule, at - b.at) - priority(a.stream.rule, at - a.at) || a.at - b.at,
    );
    if (call === undefined) return;
    this.#lanes.get(call.stream)!.shift();
    call.isGone = true;
    const { queue } = call.stream;
    const waitMs = at - call.at;
    this.#move(queue, this.#callOf(call), { from: 'waiting', to: 'served', at });
    this.#histories[queue]!.distributed(at);
    report({ ...call.served, waitMs });
    this.#begin(team, queue, at);
  }

  #begin(team: number, queue: number, at: number): void {
    this.#free[team]! -= 1;
    const tookMs = this.#scenario.handlingMs(this.#random, at);
    this.#happenings.add({ at: at + tookMs, kind: 'done', team, queue, tookMs });
  }

  #move(
    queue: number,
    call: { readonly id: string; readonly enteredAt: number; readonly rule: EstimatedRule },
    move: { readonly from: CallPhase; readonly to: CallPhase; readonly at: number },
  ): void {
    this.#estimators[queue]!.moved(call, { ...move, agents: () => this.#agentsOf(queue) });
  }

  #callOf({ id, at, stream }: Waiting): { id: string; enteredAt: number; rule: EstimatedRule } {
    return { id, enteredAt: at, rule: stream.rule };
  }

  /** Waiting calls of the queue that would be served before one that comes now. */
  #ahead({ queue, rule }: Stream, now: number): number {
    let ahead = 0;
    for (const [stream, lane] of this.#lanes) {
      if (stream.queue !== queue) continue;
      if (stream.rule === rule) ahead += lane.length;
      else ahead += lane.filter(({ at }) => priority(stream.rule, now - at) >= rule.base).length;
    }
    return ahead;
  }

  #oldestWait(queue: number, now: number): number | undefined {
    const heads = [...this.#lanes].flatMap(([stream, lane]) =>
      stream.queue === queue ? (lane[0] ?? []) : [],
    );
    return heads.length === 0 ? undefined : Math.max(...heads.map(({ at }) => now - at));
  }

  #agentsOf(queue: number): number {
    return this.#scenario.teams.reduce(
      (sum, { agents, queues }) => sum + (queues.includes(queue) ? agents : 0),
      0,
    );
  }
}

function priority({ base, increment, everyMs }: EstimatedRule, ageMs: number): number {
  return everyMs <= 0 ? base : base + Math.floor(ageMs / everyMs) * increment;
}

/** Coming events, the earliest first. */
class EventHeap {
  readonly #heap: Happening[] = [];

  add(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.at <= happening.at) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = happening;
  }

  take(): Happening {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child += 1;
      if (heap[child]!.at >= last.at) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}
