import type { Clock } from '../../ports/index.ts';

/** A clock whose time changes only when a caller moves it. */
export interface VirtualClock extends Clock {
  /** Due time of the next alarm, in ms since epoch. Undefined when no alarm is set. */
  readonly next: number | undefined;
  /** Moves to the next alarm and fires it. False when no alarm is due at or before `until` (ms since epoch). */
  fireNext(until: number): boolean;
  /** Moves forward to `time` (ms since epoch) without firing alarms. Never moves back. */
  moveTo(time: number): void;
}

interface Alarm {
  readonly dueAt: number;
  readonly fire: () => void;
}

/** Alarms fire in the order of their due times, each at its own time. Alarms with the same due time keep their order. */
export function createVirtualClock(startMs: number): VirtualClock {
  let now = startMs;
  const alarms = new Set<Alarm>();

  function first(): Alarm | undefined {
    let found: Alarm | undefined;
    for (const alarm of alarms) if (!found || alarm.dueAt < found.dueAt) found = alarm;
    return found;
  }

  return {
    now: () => now,
    get next() {
      return first()?.dueAt;
    },
    at(dueAt, fire) {
      const alarm = { dueAt, fire };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    fireNext(until) {
      const alarm = first();
      if (!alarm || alarm.dueAt > until) return false;
      alarms.delete(alarm);
      now = Math.max(now, alarm.dueAt);
      alarm.fire();
      return true;
    },
    moveTo(time) {
      now = Math.max(now, time);
    },
  };
}
