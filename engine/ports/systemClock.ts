import type { Clock } from './clock.ts';

/** setTimeout takes 31 bits of milliseconds; beyond it fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The computer's clock. */
export const systemClock: Clock = clockOf(() => Date.now());

/** Goes on evenly when the computer's clock is set: for how long something takes, not for when it is due. */
export const steadyClock: Clock = clockOf(() => performance.timeOrigin + performance.now());

/** Alarms beyond 24.8 days are set in parts; none fires before its time. */
function clockOf(now: () => number): Clock {
  return {
    now,

    at(dueAt, fire) {
      let timer: NodeJS.Timeout;

      function arm(): void {
        const left = Math.max(0, dueAt - now());
        timer = setTimeout(check, Math.min(Math.ceil(left), LONGEST_TIMEOUT_MS));
      }

      function check(): void {
        // A timer may run a millisecond early, and the wall clock may have been set back.
        if (now() < dueAt) arm();
        else fire();
      }

      arm();
      return () => clearTimeout(timer);
    },
  };
}
