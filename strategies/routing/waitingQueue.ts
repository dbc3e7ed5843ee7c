import type { DemandClass } from './demandClass.ts';
import type { CallsAhead, LaneCall } from './lane.ts';
import { LaneSet } from './laneSet.ts';
import type { QueuePosition } from './priority.ts';
import { priorityAt } from './priority.ts';

/** The calls that wait in a virtual queue. */
export class WaitingQueue<C extends LaneCall> {
  readonly key: string;
  readonly lanes = new LaneSet<C>('sums');
  /** Number of its calls of each class. */
  readonly demands = new Map<DemandClass<C>, number>();
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
