import type { Clock, Log } from '../../engine/ports/index.ts';

const PAUSE_MS = 60_000;

/** Log lines about refusals: at most one a minute, with the number of refusals since the last line. */
export class RefusalLog {
  readonly #log: Log;
  readonly #clock: Clock;
  #refused = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: { readonly log: Log; readonly clock: Clock }) {
    this.#log = deps.log;
    this.#clock = deps.clock;
  }

  /** `fields` of the latest refusal. */
  warn(fields: Record<string, unknown>, message: string): void {
    this.#refused += 1;
    const now = this.#clock.now();
    if (now - this.#loggedAt < PAUSE_MS) return;
    this.#log.warn({ ...fields, refused: this.#refused }, message);
    this.#loggedAt = now;
    this.#refused = 0;
  }
}
