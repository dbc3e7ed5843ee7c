import type { Clock } from '../../engine/ports/index.ts';

/** The times of a machine on which each reading of the time takes as long as it says. */
export interface Machine {
  readonly clock: Clock;
  readonly elapsed: () => number;
}

/** A simulated machine. It does not wait: its time is that of the next alarm as soon as nothing else runs. */
export function createMachine(msPerReading: number): Machine {
  const alarms = new Set<{ readonly dueAt: number; readonly fire: () => void }>();
  let now = Date.UTC(2026, 0, 5);
  const read = (): number => {
    now += msPerReading;
    return now;
  };

  function fireNext(): void {
    const [alarm] = [...alarms].sort((one, other) => one.dueAt - other.dueAt);
    if (alarm === undefined) return;
    alarms.delete(alarm);
    now = Math.max(now, alarm.dueAt);
    alarm.fire();
  }

  return {
    elapsed: read,
    clock: {
      now: read,
      at(dueAt, fire) {
        const alarm = { dueAt, fire };
        alarms.add(alarm);
        // One firing for each alarm: a cancelled one leaves a firing too many, which finds none.
        setImmediate(fireNext);
        return () => void alarms.delete(alarm);
      },
    },
  };
}
