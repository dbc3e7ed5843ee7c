import type { DemandClass } from './demandClass.ts';
import type { CallsAhead, LaneCall } from './lane.ts';
import { LaneSet } from './laneSet.ts';
import type { QueuePosition } from './priority.ts';
import { priorityAt } from './priority.ts';

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

  constructor(key: string) {
    this.key = key;
  }

  get calls(): number {
    return this.#calls;
  }

  /** A call of the class came (1) or left (-1). */
  count(demand: DemandClass<C>, change: 1 | -1): void {
    this.#calls += change;
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
    const found: C[] = [];
    const { farthest } = this;
    for (const lane of this.lanes.lanes) {
      // No call of a lane has a better position than its place in the lane.
      for (let skipped = 0; skipped < farthest; skipped += 1) {
        const call = lane.nth(skipped, now);
        if (call === undefined) break;
        if (call.tellPosition === undefined || call.tellPosition <= skipped) continue;
        const ahead = this.countAhead({ ...call, priority: lane.rule }, now);
        if (ahead.calls < call.tellPosition) found.push(call);
      }
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
