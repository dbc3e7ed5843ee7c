import type { Limits } from './execution.ts';

/**
 * Bounds of everything that a document can repeat. A session that passes one fails; the reason names the
 * limit.
 */
export const DEFAULT_LIMITS: Limits = {
  /** Rounds of one macrostep: microsteps, and internal events without a transition. */
  MAX_MICROSTEPS_PER_MACROSTEP: 10_000,
  /** Gas of one step: loop iterations and calls in expressions and scripts. */
  MAX_CODE_STEPS: 5_000_000,
  /** Events waiting on the internal queue. */
  MAX_INTERNAL_EVENTS: 10_000,
  /** Events of the external queue that one step processes. The others wait for the next step ('more'). */
  MAX_EVENTS_PER_STEP: 100,
  /** Pending delayed sends. */
  MAX_PENDING_SENDS: 10_000,
};

/** Ends the session with status 'failed'. Only the interpreter throws and catches it. */
export class SessionFailure extends Error {
  readonly limit: string;

  constructor(limit: string, message: string) {
    super(`${limit}: ${message}`);
    this.name = 'SessionFailure';
    this.limit = limit;
  }
}
