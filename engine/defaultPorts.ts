import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from './ports.ts';

/** The longest pause that setTimeout takes: longer ones are slept in parts. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** One alarm of the process's clock. */
class Alarm {
  readonly #dueAt: number;
  readonly #fire: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(dueAt: number, fire: () => void) {
    this.#dueAt = dueAt;
    this.#fire = fire;
    this.#sleep();
  }

  #sleep(): void {
    const left = Math.max(0, this.#dueAt - Date.now());
    this.#timer =
      left <= MAX_TIMEOUT_MS ? setTimeout(this.#fire, left) : setTimeout(() => this.#sleep(), MAX_TIMEOUT_MS);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}

/** The process's own clock, for a session that is given none. */
export const realClock: Clock = {
  now: () => Date.now(),
  at(dueAt, fire) {
    const alarm = new Alarm(dueAt, fire);
    return () => alarm.cancel();
  },
};

/** A session id for a session that is given none. */
export function randomSessionId(): string {
  return randomUUID().toUpperCase().replaceAll('-', '');
}

/** Random bytes are drawn many at a time: one draw costs as much as the rest of a new session. */
const SEED_BYTES = 4096;
let seeds = Buffer.alloc(0);
let nextSeed = 0;

export function randomSeed(): number {
  if (nextSeed === seeds.length) {
    seeds = randomBytes(SEED_BYTES);
    nextSeed = 0;
  }
  nextSeed += 4;
  return seeds.readUInt32LE(nextSeed - 4);
}
