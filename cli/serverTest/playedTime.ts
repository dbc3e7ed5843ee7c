/** Delays that documents usually have are whole multiples of one of these, in ms. */
const ROUND_MS = [60_000, 1_000, 500, 100, 50, 10];

/** A timer of a session on the server. */
export interface ServerTimer {
  readonly key: string;
  readonly event: string;
  /** ms since epoch, on the clock of the server. */
  readonly dueAt: number;
}

interface PlayedTimer {
  /** Delay in ms. */
  readonly delay: number;
  /** In virtual time, in ms from the start. */
  readonly due: number;
  /** On the clock of the server. */
  readonly dueAt: number;
}

/**
 * The time of a scenario that a server plays. It stands still between two `advance` steps; in them the timers
 * that become due are fired one by one.
 */
export class PlayedTime {
  #now = 0;
  #timers = new Map<string, PlayedTimer>();

  get now(): number {
    return this.#now;
  }

  /**
   * The pending timers after an action that took place between two times of the server's clock. A new one
   * was set in between.
   */
  observe(pending: readonly ServerTimer[], between: { readonly from: number; readonly to: number }): void {
    this.#timers = new Map(
      pending.map(({ key, dueAt }) => {
        const known = this.#timers.get(key);
        // A timer of the same key that was set again has another time.
        if (known?.dueAt === dueAt) return [key, known];
        const delay = Math.max(0, roundest(dueAt - between.to, dueAt - between.from));
        return [key, { delay, dueAt, due: this.#now + delay }];
      }),
    );
  }

  /** The key of the timer that is due first, at `until` at the latest. Time goes on to it. */
  next(until: number): string | undefined {
    let first: [string, PlayedTimer] | undefined;
    for (const one of this.#timers) if (first === undefined || one[1].due < first[1].due) first = one;
    if (first === undefined || first[1].due > until) return undefined;
    this.#now = Math.max(this.#now, first[1].due);
    this.#timers.delete(first[0]);
    return first[0];
  }

  advanceTo(time: number): void {
    this.#now = time;
  }

  /** The delay of a timer that fires by itself at this time of the server, too early for the scenario. */
  early(serverNow: number): number | undefined {
    for (const { dueAt, due, delay } of this.#timers.values()) {
      if (dueAt <= serverNow && due > this.#now) return delay;
    }
    return undefined;
  }
}

/** The roundest number of an interval: the delay of a timer, which was set at a time known only roughly. */
function roundest(low: number, high: number): number {
  for (const unit of ROUND_MS) {
    const number = Math.ceil(low / unit) * unit;
    if (number <= high) return number;
  }
  return low;
}
