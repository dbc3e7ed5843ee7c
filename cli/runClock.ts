import { createVirtualClock } from '../engine/interpreter/index.ts';
import type { Clock } from '../engine/ports/index.ts';

/** Alarms that one run may fire in virtual time. */
const MAX_ALARMS = 100_000;

/** The clock of a run, which knows whether anything is still to come. */
export interface RunClock extends Clock {
  /** Waits for the next alarm that is due at or before `until`. False when none is set, or none comes in time. */
  next(until: number): Promise<boolean>;
  /** Cancels what is left. */
  stop(): void;
}

export function createRunClock(real: Clock, virtual: boolean): RunClock {
  return virtual ? virtualRunClock(real.now()) : realRunClock(real);
}

function virtualRunClock(start: number): RunClock {
  const clock = createVirtualClock(start);
  let fired = 0;
  return {
    now: clock.now,
    at: clock.at,
    next: async (until) => {
      fired += 1;
      if (fired > MAX_ALARMS) {
        throw new Error(`More than ${MAX_ALARMS} delays passed (MAX_ALARMS): give a shorter --max-time.`);
      }
      return clock.fireNext(until);
    },
    stop: () => undefined,
  };
}

function realRunClock(real: Clock): RunClock {
  const pending = new Set<() => void>();
  let waiting: ((fired: boolean) => void) | undefined;
  const tell = (fired: boolean): void => {
    const waiter = waiting;
    waiting = undefined;
    waiter?.(fired);
  };
  return {
    now: real.now,
    at(dueAt, fire) {
      const stop = real.at(dueAt, () => {
        pending.delete(stop);
        fire();
        tell(true);
      });
      pending.add(stop);
      return () => {
        stop();
        pending.delete(stop);
      };
    },
    next(until) {
      if (pending.size === 0) return Promise.resolve(false);
      return new Promise((resolve) => {
        const stop = real.at(until, () => tell(false));
        waiting = (fired) => {
          stop();
          resolve(fired);
        };
      });
    },
    stop() {
      for (const stop of pending) stop();
      pending.clear();
    },
  };
}
