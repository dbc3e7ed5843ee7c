import type { Clock } from '../../ports/index.ts';

interface Alarm {
  readonly dueAt: number;
  readonly fire: () => void;
}

/**
 * A clock whose time changes only when a caller moves it. Alarms fire in the order of their due times, each
 * at its own time. Alarms with the same due time keep their order.
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();

  /** `start`: ms since epoch. */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Due time of the next alarm, in ms since epoch. Undefined when no alarm is set. */
  get next(): number | undefined {
    return this.#first()?.dueAt;
  }

  at(dueAt: number, fire: () => void): () => void {
    const alarm = { dueAt, fire };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /**
   * Moves to the next alarm and fires it. False when no alarm is due at or before `until` (ms since epoch).
   */
  fireNext(until: number): boolean {
    const alarm = this.#first();
    if (!alarm || alarm.dueAt > until) return false;
    this.#alarms.delete(alarm);
    this.moveTo(alarm.dueAt);
    alarm.fire();
    return true;
  }

  /** Moves forward to `time` (ms since epoch) without firing alarms. Never moves back. */
  moveTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  #first(): Alarm | undefined {
    let found: Alarm | undefined;
    for (const alarm of this.#alarms) if (!found || alarm.dueAt < found.dueAt) found = alarm;
    return found;
  }
}
