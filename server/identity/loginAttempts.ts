import type { Clock } from '../../engine/ports/index.ts';
import { recentEntries } from '../../engine/ports/index.ts';

/** Names and addresses whose failures are counted. The one that failed longest ago is forgotten first. */
const MAX_COUNTED = 20_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Failures are forgotten after this time without another one. */
const FORGET_AFTER_MS = 60 * 60_000;

/** A name or an address, and the failures that cost it nothing. */
export interface Counted {
  readonly key: string;
  readonly freeFailures: number;
}

interface Failures {
  readonly count: number;
  readonly lastAt: number;
  /** ms since epoch until which attempts are refused; 0: none are. */
  readonly until: number;
}

const NONE: Failures = { count: 0, lastAt: 0, until: 0 };

/**
 * Failed logins, by name and by address. After the free failures each further one doubles the pause before
 * the next attempt. An attempt counts as a failure until it succeeds, so attempts at the same time count as
 * well. docs/decisions/0012-own-request-rates.md says why this is no library.
 */
export class LoginAttempts {
  readonly #clock: Clock;
  readonly #failures = recentEntries<string, Failures>(MAX_COUNTED);

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** Milliseconds to wait before the next attempt of any of them; 0: it may be made. */
  waitMs(counted: readonly Counted[]): number {
    const now = this.#clock.now();
    return Math.max(0, ...counted.map(({ key }) => this.#of(key).until - now));
  }

  begin(counted: readonly Counted[]): void {
    const now = this.#clock.now();
    for (const { key, freeFailures } of counted) {
      const count = this.#of(key).count + 1;
      const beyond = count - freeFailures;
      const pauseMs = beyond < 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** Math.min(beyond, 30), LONGEST_PAUSE_MS);
      this.#failures.set(key, { count, lastAt: now, until: pauseMs === 0 ? 0 : now + pauseMs });
    }
  }

  /** The attempt was none: it passed, or it was not made. Earlier failures of the address still count. */
  undo({ key }: Counted): void {
    const { count, lastAt } = this.#of(key);
    this.#failures.set(key, { count: Math.max(0, count - 1), lastAt, until: 0 });
  }

  forget({ key }: Counted): void {
    this.#failures.delete(key);
  }

  #of(key: string): Failures {
    const found = this.#failures.get(key);
    return found === undefined || found.lastAt + FORGET_AFTER_MS <= this.#clock.now() ? NONE : found;
  }
}
