import { VirtualClock } from '../engine/interpreter/index.ts';
import type { Clock } from '../engine/ports/index.ts';

/** Delays that may pass in one run in virtual time. */
const MAX_DELAYS = 100_000;

/** The clock of a run, which knows what is left to do. */
export interface RunClock extends Clock {
  /** Waits for the next alarm that is set for now, or due at or before `until`. False when there is none. */
  next(until: number): Promise<boolean>;
  /** Due time of the next alarm, in ms since epoch. Undefined when none is set. */
  readonly nextAt: number | undefined;
  /** True when an alarm was set without a delay: the session has more to do at once. */
  readonly isBusy: boolean;
  /** The limit that the delays passed, for people. Then `next` gives false. */
  readonly exhausted: string | undefined;
  /** Cancels the remaining alarms. */
  stop(): void;
}

export function createRunClock(real: Clock, virtual: boolean): RunClock {
  return virtual ? new VirtualRunClock(real.now()) : new RealRunClock(real);
}

class VirtualRunClock implements RunClock {
  readonly #clock: VirtualClock;
  #delays = 0;

  constructor(start: number) {
    this.#clock = new VirtualClock(start);
  }

  now(): number {
    return this.#clock.now();
  }

  at(dueAt: number, fire: () => void): () => void {
    return this.#clock.at(dueAt, fire);
  }

  get nextAt(): number | undefined {
    return this.#clock.next;
  }

  get isBusy(): boolean {
    const { nextAt } = this;
    return nextAt !== undefined && nextAt <= this.now();
  }

  get exhausted(): string | undefined {
    return this.#delays >= MAX_DELAYS ? `${MAX_DELAYS} delays (MAX_DELAYS)` : undefined;
  }

  async next(until: number): Promise<boolean> {
    if (this.exhausted !== undefined) return false;
    if (!this.isBusy) this.#delays += 1;
    return this.#clock.fireNext(until);
  }

  stop(): void {}
}

interface PendingAlarm {
  readonly dueAt: number;
  readonly isDelayed: boolean;
}

/**
 * Its time does not pass during an event-loop turn. Thereby a delay that a step asks for is still a delay
 * when the effects of the step are performed, on a slow machine too.
 */
class RealRunClock implements RunClock {
  readonly #real: Clock;
  /** By the functions that cancel. */
  readonly #pending = new Map<() => void, PendingAlarm>();
  #now: number | undefined;
  #waiting: ((fired: boolean) => void) | undefined;

  constructor(real: Clock) {
    this.#real = real;
  }

  readonly exhausted = undefined;

  get nextAt(): number | undefined {
    if (this.#pending.size === 0) return undefined;
    return Math.min(...[...this.#pending.values()].map(({ dueAt }) => dueAt));
  }

  get isBusy(): boolean {
    return [...this.#pending.values()].some(({ isDelayed }) => !isDelayed);
  }

  now(): number {
    if (this.#now !== undefined) return this.#now;
    setImmediate(() => {
      this.#now = undefined;
    });
    this.#now = this.#real.now();
    return this.#now;
  }

  at(dueAt: number, fire: () => void): () => void {
    const cancel = this.#real.at(dueAt, () => {
      this.#pending.delete(cancel);
      fire();
      this.#resume(true);
    });
    this.#pending.set(cancel, { dueAt, isDelayed: dueAt > this.now() });
    return () => {
      cancel();
      this.#pending.delete(cancel);
    };
  }

  /** An alarm that is due by `until` fires, even if the machine is late. */
  next(until: number): Promise<boolean> {
    const { nextAt } = this;
    if (nextAt === undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      const isNext = this.isBusy || nextAt <= until;
      const cancel = isNext ? () => {} : this.#real.at(until, () => this.#resume(false));
      this.#waiting = (fired) => {
        cancel();
        resolve(fired);
      };
    });
  }

  stop(): void {
    for (const cancel of this.#pending.keys()) cancel();
    this.#pending.clear();
  }

  #resume(fired: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(fired);
  }
}
