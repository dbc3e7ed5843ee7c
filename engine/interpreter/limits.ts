import type { Limits } from './execution.ts';

/** Every loop that a document can drive, bounded. A session that passes one ends with status 'failed' and its name. */
export const DEFAULT_LIMITS: Limits = {
  /** Rounds of one macrostep: transitions taken plus internal events looked at. */
  MAX_MICROSTEPS_PER_MACROSTEP: 10_000,
  /** Gas of one step: loop passes and calls in expressions and scripts. */
  MAX_CODE_STEPS: 5_000_000,
  /** Events waiting on the internal queue. */
  MAX_INTERNAL_EVENTS: 10_000,
  /** Own external events handled in one step; the rest waits for the next ('more'). */
  MAX_EVENTS_PER_STEP: 100,
  /** Delayed sends waiting at a time. */
  MAX_PENDING_SENDS: 10_000,
};

/** The session cannot go on: its status becomes 'failed'. Only the interpreter throws and catches it. */
export class SessionFailure extends Error {
  readonly limit: string;

  constructor(limit: string, message: string) {
    super(`${limit}: ${message}`);
    this.name = 'SessionFailure';
    this.limit = limit;
  }
}
