import type { Clock } from '../../engine/ports/clock.ts';

/** Alarms that one advance() may fire. A test whose alarms set new alarms without end fails here. */
const MAX_ALARMS = 1_000_000;

export interface SimulatedClock extends Clock {
  /**
   * Moves time by `ms`. Alarms fire in due order, each at its own time; `settle` (usually durable.idle) is
   * awaited before the first, after each, and at the end.
   */
  advance(ms: number, settle: () => Promise<void>): Promise<void>;
}

/** A clock that moves only when it is advanced. */
export function createSimulatedClock(startMs = Date.UTC(2026, 0, 5, 9, 0, 0)): SimulatedClock {
  let now = startMs;
  let sequence = 0;
  const alarms = new Map<number, { readonly dueAt: number; readonly fire: () => void }>();

  function takeFirst(until: number): { readonly dueAt: number; readonly fire: () => void } | undefined {
    let first: number | undefined;
    for (const [id, alarm] of alarms) {
      if (alarm.dueAt > until) continue;
      if (first === undefined || alarm.dueAt < alarms.get(first)!.dueAt) first = id;
    }
    if (first === undefined) return undefined;
    const alarm = alarms.get(first)!;
    alarms.delete(first);
    return alarm;
  }

  return {
    now: () => now,

    at(dueAt, fire) {
      const id = sequence++;
      alarms.set(id, { dueAt, fire });
      return () => alarms.delete(id);
    },

    async advance(ms, settle) {
      const until = now + ms;
      await settle();
      for (let fired = 0; fired < MAX_ALARMS; fired++) {
        const alarm = takeFirst(until);
        if (alarm === undefined) {
          now = until;
          return settle();
        }
        now = Math.max(now, alarm.dueAt);
        alarm.fire();
        await settle();
      }
      throw new Error(`advance(${ms}) fired ${MAX_ALARMS} alarms and there were more.`);
    },
  };
}
