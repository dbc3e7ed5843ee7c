import type { Clock, Log } from '../ports/index.ts';
import type { Expiry } from './expiry.ts';
import type { Overlay } from './overlay.ts';

/** Sweeps happen at multiples of it, so that many records with different ends share one alarm. */
export const SWEEP_INTERVAL_MS = 60_000;
/** Pause after a sweep that the store refused. */
const PAUSE_AFTER_FAILURE_MS = 10_000;

/** Frees the space of expired records, a bounded part at a time. */
export interface Sweeper {
  /** A record that ends then has been written: a sweep is due at or after it. */
  note(expiresAt: number): void;
  /** Sweeps when a sweep is due; to be called at the times asked for by wakeAt, and may be at others. */
  wake(): void;
  /** Looks into the index for the next sweep, at start. */
  begin(): void;
  readonly sweeping: boolean;
}

export function createSweeper(deps: {
  readonly expiry: Expiry;
  readonly overlay: Overlay;
  readonly clock: Clock;
  readonly log: Log;
  readonly wakeAt: (time: number) => void;
  readonly changed: () => void;
}): Sweeper {
  const { expiry, overlay, clock, log } = deps;
  let sweeping = false;
  let sweepAt: number | undefined;

  function plan(time: number): void {
    if (sweepAt !== undefined && sweepAt <= time) return;
    sweepAt = time;
    deps.wakeAt(time);
  }

  function planNext(last?: string): void {
    const next = expiry.nextDue(last);
    if (next !== undefined) plan(boundaryAfter(next));
  }

  async function sweep(): Promise<void> {
    sweeping = true;
    try {
      // From where the one before ended: a store may walk over what was removed a moment ago.
      let last = '';
      for (;;) {
        const swept = expiry.sweepOperations(clock.now(), last);
        if (swept.operations.length === 0) break;
        last = swept.last;
        await overlay.write(swept.operations);
      }
      planNext(last);
    } catch (error) {
      log.error({ err: error }, 'Expired records could not be removed; they stay hidden.');
      plan(clock.now() + PAUSE_AFTER_FAILURE_MS);
    } finally {
      sweeping = false;
      deps.changed();
    }
  }

  return {
    note: (expiresAt) => plan(boundaryAfter(expiresAt)),
    begin: () => planNext(),
    wake() {
      if (sweeping || sweepAt === undefined) return;
      if (sweepAt > clock.now()) {
        // The alarm, of which there is one for all, went for something else.
        deps.wakeAt(sweepAt);
        return;
      }
      sweepAt = undefined;
      void sweep();
    },
    get sweeping() {
      return sweeping;
    },
  };
}

function boundaryAfter(time: number): number {
  return Math.ceil(time / SWEEP_INTERVAL_MS) * SWEEP_INTERVAL_MS;
}
