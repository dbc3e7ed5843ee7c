import type { Durable } from '../../engine/durable/index.ts';
import { type Clock, type Log, nextMacrotask } from '../../engine/ports/index.ts';
import { Look } from './look.ts';
import { matchBatch } from './matchTask.ts';
import type { WaitingCalls } from './waitingCalls.ts';

/** ms after which thresholds and statistics of waiting calls are looked at again. */
export const CONDITION_INTERVAL_MS = 1_000;
/** Calls that are looked at in one interval, or together when their time has come. */
export const MAX_CALLS_LOOKED_AT = 1_000;
/** The same for their targets; a long condition counts for several. */
export const MAX_TARGETS_LOOKED_AT = 4_000;
const LIMITS = { calls: MAX_CALLS_LOOKED_AT, targets: MAX_TARGETS_LOOKED_AT };

/**
 * Looks at the conditions of waiting calls again, because time or a statistic may open a target when no agent
 * and no call changes. It runs while calls with conditions wait, and matches only when a call can be routed.
 */
export class ConditionWatch {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #closing: AbortSignal | undefined;
  #isArmed = false;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    /** Nothing is looked at after it is aborted. */
    readonly closing?: AbortSignal;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#closing = deps.closing;
  }

  /** Called after each match, and when the index was read. */
  watch(calls: WaitingCalls): void {
    if (this.#isArmed || !calls.routes.isWatched || this.#closing?.aborted === true) return;
    this.#isArmed = true;
    const cancel = this.#clock.at(this.#clock.now() + CONDITION_INTERVAL_MS, () => {
      this.#closing?.removeEventListener('abort', cancel);
      this.#isArmed = false;
      void this.#look(calls);
    });
    this.#closing?.addEventListener('abort', cancel, { once: true });
  }

  /** Never rejects: the next interval looks again. */
  async #look(calls: WaitingCalls): Promise<void> {
    try {
      await lookAtDue(calls, this.#clock);
      const now = this.#clock.now();
      calls.routes.lookInTurn(now, LIMITS);
      if (calls.next(new Look(now)) !== undefined) await this.#durable.commit(matchBatch(now));
    } catch (error) {
      if (this.#closing?.aborted === true) return;
      this.#log.warn({ err: error }, 'The conditions of waiting calls could not be looked at.');
    }
    this.watch(calls);
  }
}

/** Moves all calls whose age opens or closes targets; other work comes in between. */
export async function lookAtDue(calls: WaitingCalls, clock: Clock): Promise<void> {
  while (calls.routes.lookAgain(clock.now(), LIMITS) === 'more') {
    await nextMacrotask();
  }
}
