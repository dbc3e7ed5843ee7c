import type { Clock, Log } from '../ports/index.ts';
import type { ExpiryIndex } from './expiryIndex.ts';
import type { Overlay } from './overlay.ts';

/**
 * Sweeps happen at multiples of this interval, so that many records with different expiries share one alarm.
 */
export const SWEEP_INTERVAL_MS = 60_000;
/** Pause after a sweep that the store refused. */
const PAUSE_AFTER_FAILURE_MS = 10_000;

export interface SweeperDeps {
  readonly expiry: ExpiryIndex;
  readonly overlay: Overlay;
  readonly clock: Clock;
  readonly log: Log;
  /** Asks for a call of wake() at that time. */
  readonly wakeAt: (time: number) => void;
  /** Called when a sweep has ended. */
  readonly changed: () => void;
}

/** Removes expired records, in bounded parts. */
export class Sweeper {
  readonly #deps: SweeperDeps;
  #sweeping = false;
  #sweepAt: number | undefined;

  constructor(deps: SweeperDeps) {
    this.#deps = deps;
  }

  get sweeping(): boolean {
    return this.#sweeping;
  }

  /** Plans the first sweep. */
  begin(): void {
    this.#planNext();
  }

  /** A record with that expiry has been written. */
  note(expiresAt: number): void {
    this.#plan(boundaryAfter(expiresAt));
  }

  /** Sweeps if a sweep is due. May be called at any time. */
  wake(): void {
    if (this.#sweeping || this.#sweepAt === undefined) return;
    if (this.#sweepAt > this.#deps.clock.now()) {
      // The shared alarm fired for something else.
      this.#deps.wakeAt(this.#sweepAt);
      return;
    }
    this.#sweepAt = undefined;
    void this.#sweep();
  }

  #plan(time: number): void {
    if (this.#sweepAt !== undefined && this.#sweepAt <= time) return;
    this.#sweepAt = time;
    this.#deps.wakeAt(time);
  }

  #planNext(last?: string): void {
    const next = this.#deps.expiry.nextDue(last);
    if (next !== undefined) this.#plan(boundaryAfter(next));
  }

  async #sweep(): Promise<void> {
    const { expiry, overlay, clock, log } = this.#deps;
    this.#sweeping = true;
    try {
      // Each part begins where the one before ended: a scan from the start would pass all that was just
      // removed.
      let last = '';
      for (;;) {
        const swept = expiry.sweepOperations(clock.now(), last);
        if (swept.operations.length === 0) break;
        last = swept.last;
        await overlay.write(swept.operations);
      }
      this.#planNext(last);
    } catch (error) {
      log.error({ err: error }, 'Expired records could not be removed; they stay hidden.');
      this.#plan(clock.now() + PAUSE_AFTER_FAILURE_MS);
    } finally {
      this.#sweeping = false;
      this.#deps.changed();
    }
  }
}

function boundaryAfter(time: number): number {
  return Math.ceil(time / SWEEP_INTERVAL_MS) * SWEEP_INTERVAL_MS;
}
