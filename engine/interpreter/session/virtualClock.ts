import type { Clock } from '../../ports/index.ts';

/** A clock that stands still until it is moved. */
export interface VirtualClock extends Clock {
  /** ms since epoch of the next alarm; undefined when none is set. */
  readonly next: number | undefined;
  /** Moves to the next alarm and fires it, when one is due at or before `until` (ms since epoch). False when none is. */
  fireNext(until: number): boolean;
  /** Moves to `time` without firing; never back. */
  moveTo(time: number): void;
}

interface Alarm {
  readonly dueAt: number;
  readonly fire: () => void;
}

/** Alarms fire in due order, those of one instant in the order in which they were set, each at its own time. */
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
