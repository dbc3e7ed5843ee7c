import { VirtualClock } from '../engine/interpreter/index.ts';
import type { Clock } from '../engine/ports/index.ts';

/** Alarms that may fire in one run in virtual time. */
const MAX_ALARMS = 100_000;

/** The clock of a run, which knows whether an alarm is left. */
export interface RunClock extends Clock {
  /** Waits for the next alarm that is due at or before `until`. False when there is none. */
  next(until: number): Promise<boolean>;
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

  async next(until: number): Promise<boolean> {
    this.#fired += 1;
    if (this.#fired > MAX_ALARMS) {
      throw new Error(`More than ${MAX_ALARMS} delays passed (MAX_ALARMS). Set a shorter --max-time.`);
    }
    return this.#clock.fireNext(until);
  }

  stop(): void {}
}

class RealRunClock implements RunClock {
  readonly #real: Clock;
  readonly #pending = new Set<() => void>();
  #waiting: ((fired: boolean) => void) | undefined;

  constructor(real: Clock) {
    this.#real = real;
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
    this.#pending.add(cancel);
    return () => {
      cancel();
      this.#pending.delete(cancel);
    };
  }

  next(until: number): Promise<boolean> {
    if (this.#pending.size === 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const cancel = this.#real.at(until, () => this.#resume(false));
      this.#waiting = (fired) => {
        cancel();
        resolve(fired);
      };
    });
  }

  stop(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }

  #resume(fired: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(fired);
  }
}
