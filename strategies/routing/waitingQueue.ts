import type { DemandClass } from './demandClass.ts';
import type { CallsAhead, Lane, LaneCall } from './lane.ts';
import { LaneSet } from './laneSet.ts';
import type { QueuePosition } from './priority.ts';
import { growsSince, priorityAt, priorityOf } from './priority.ts';

/** The fields of a call that a queue reads. */
interface QueuedCall extends LaneCall {
  /** The position at which its session is told. */
  readonly tellPosition: number | undefined;
}

/** The calls that wait in a virtual queue. */
export class WaitingQueue<C extends QueuedCall> {
  readonly key: string;
  readonly lanes = new LaneSet<C>('sums');
  /** Number of its calls of each class. */
  readonly demands = new Map<DemandClass<C>, number>();
  /** The positions at which sessions are told, and the number of calls for each. */
  readonly #watched = new Map<number, number>();
  #calls = 0;
  #version = 0;

  constructor(key: string) {
    this.key = key;
  }

  get calls(): number {
    return this.#calls;
  }

  /** Another one after each call that came or left. */
  get version(): number {
    return this.#version;
  }

  /** A call of the class came (1) or left (-1). */
  count(demand: DemandClass<C>, change: 1 | -1): void {
    this.#calls += change;
    this.#version += 1;
    const left = (this.demands.get(demand) ?? 0) + change;
    if (left === 0) this.demands.delete(demand);
    else this.demands.set(demand, left);
  }

  /** A call whose session is told of this position came (1) or left (-1). */
  watch(position: number, change: 1 | -1): void {
    const left = (this.#watched.get(position) ?? 0) + change;
    if (left === 0) this.#watched.delete(position);
    else this.#watched.set(position, left);
  }

  /** The last position of which a session is told; 0: none is. */
  get farthest(): number {
    return Math.max(0, ...this.#watched.keys());
  }

  /** The calls whose sessions are to be told now. */
  reached(now: number): readonly C[] {
    const { farthest } = this;
    if (farthest === 0) return [];
    return this.first(farthest, now).filter(({ tellPosition = 0 }, place) => place < tellPosition);
  }

  /** The first calls of the queue, in their order. */
  first(count: number, now: number): readonly C[] {
    const heads = this.lanes.lanes
      .flatMap((lane) => headOf(lane, 0, now) ?? [])
      .sort(compareHeads)
      .slice(0, count);
    const found: C[] = [];
    while (found.length < count) {
      const [next] = heads.splice(0, 1);
      if (next === undefined) break;
      found.push(next.call);
      const after = headOf(next.lane, next.skipped + 1, now);
      if (after === undefined) continue;
      const place = heads.findIndex((one) => compareHeads(after, one) < 0);
      heads.splice(place < 0 ? heads.length : place, 0, after);
    }
    return found;
  }

  /** The calls of this queue that are ahead of a call. */
  countAhead(self: QueuePosition, now: number): CallsAhead {
    const position = { serial: self.serial, priority: priorityAt(self, now) };
    let calls = 0;
    let priorities = 0;
    for (const lane of this.lanes.lanes) {
      const ahead = lane.countAhead(position, now);
      calls += ahead.calls;
      priorities += ahead.priorities;
    }
    return { calls, priorities };
  }
}

/** The queues in which calls wait, by their keys. */
export class WaitingQueues<C extends QueuedCall> {
  readonly #byKey = new Map<string, WaitingQueue<C>>();
  #version = 0;

  /** Another one after each call that came or left. */
  get version(): number {
    return this.#version;
  }

  /** The keys of the queues with calls. */
  get keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  get(key: string): WaitingQueue<C> | undefined {
    return this.#byKey.get(key);
  }

  /** The queue for one more call. */
  make(key: string): WaitingQueue<C> {
    this.#version += 1;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const queue = new WaitingQueue<C>(key);
    this.#byKey.set(key, queue);
    return queue;
  }

  /** A call has left the queue. */
  left(queue: WaitingQueue<C>): void {
    this.#version += 1;
    if (queue.calls === 0) this.#byKey.delete(queue.key);
  }
}

/** The next call of a lane. */
interface LaneHead<C extends LaneCall> {
  readonly lane: Lane<C>;
  readonly skipped: number;
  readonly call: C;
  readonly priority: number;
}

/** Undefined: the lane has no more calls. */
function headOf<C extends LaneCall>(lane: Lane<C>, skipped: number, now: number): LaneHead<C> | undefined {
  const call = lane.nth(skipped, now);
  return call && { lane, skipped, call, priority: priorityOf(lane.rule, growsSince(call), now) };
}

function compareHeads<C extends LaneCall>(a: LaneHead<C>, b: LaneHead<C>): number {
  return b.priority - a.priority || a.call.serial - b.call.serial;
}
