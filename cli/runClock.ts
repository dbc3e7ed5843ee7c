import { VirtualClock } from '../engine/interpreter/index.ts';
import type { Clock } from '../engine/ports/index.ts';

/** Alarms that may fire in one run in virtual time. */
const MAX_ALARMS = 100_000;

/** The clock of a run, which knows whether an alarm is left. */
export interface RunClock extends Clock {
  /** Waits for the next alarm that is due at or before `until`. False when there is none. */
  next(until: number): Promise<boolean>;
  /** Due time of the next alarm, in ms since epoch. Undefined when none is set. */
  readonly nextAt: number | undefined;
  /** The limit that the alarms passed, for people. Then `next` gives false. */
  readonly exhausted: string | undefined;
  /** Cancels the remaining alarms. */
  stop(): void;
}

export function createRunClock(real: Clock, virtual: boolean): RunClock {
  return virtual ? new VirtualRunClock(real.now()) : new RealRunClock(real);
}

class VirtualRunClock implements RunClock {
  readonly #clock: VirtualClock;
  #fired = 0;

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

  get exhausted(): string | undefined {
    return this.#fired >= MAX_ALARMS ? `${MAX_ALARMS} delays (MAX_ALARMS)` : undefined;
  }

  async next(until: number): Promise<boolean> {
    if (this.exhausted !== undefined) return false;
    this.#fired += 1;
    return this.#clock.fireNext(until);
  }

  stop(): void {}
}

class RealRunClock implements RunClock {
  readonly #real: Clock;
  /** Due times by the functions that cancel. */
  readonly #pending = new Map<() => void, number>();
  #waiting: ((fired: boolean) => void) | undefined;

  constructor(real: Clock) {
    this.#real = real;
  }

  readonly exhausted = undefined;

  get nextAt(): number | undefined {
    return this.#pending.size === 0 ? undefined : Math.min(...this.#pending.values());
  }

  now(): number {
    return this.#real.now();
  }

  at(dueAt: number, fire: () => void): () => void {
    const cancel = this.#real.at(dueAt, () => {
      this.#pending.delete(cancel);
      fire();
      this.#resume(true);
    });
    this.#pending.set(cancel, dueAt);
    return () => {
      cancel();
      this.#pending.delete(cancel);
    };
  }

  next(until: number): Promise<boolean> {
    // A session that never rests sets alarms that are due at once, after `until` too.
    if (this.#pending.size === 0 || this.#real.now() > until) return Promise.resolve(false);
    return new Promise((resolve) => {
      const cancel = this.#real.at(until, () => this.#resume(false));
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
