import { uptime } from 'node:os';
import type { Clock } from './clock.ts';

/** Longest delay of setTimeout: a longer one fires at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The computer's clock. */
export const systemClock: Clock = clockOf(() => Date.now());

/** Monotonic clock for waits on disks and processes. Setting the computer's clock does not change it. */
export const steadyClock: Clock = clockOf(() => performance.timeOrigin + performance.now());

/**
 * Milliseconds since the machine was started, in steps of 10. The time in which it was suspended counts,
 * unlike for steadyClock (Linux: CLOCK_BOOTTIME, CLOCK_MONOTONIC).
 */
export function sinceBoot(): number {
  return uptime() * 1_000;
}

/** Alarms beyond 24.8 days are set in parts. None fires before its time. */
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
