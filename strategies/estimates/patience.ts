/** Calls after which an earlier one counts 1/e. */
const MEMORY = 2_000;

/**
 * How soon customers give up: those who did, divided by all the time that customers waited. That is the most
 * likely rate when patience is exponential.
 */
export class Patience {
  #gaveUp: number;
  #waitedMs: number;

  constructor([gaveUp, waitedMs]: readonly [gaveUp: number, waitedMs: number] = [0, 0]) {
    this.#gaveUp = gaveUp;
    this.#waitedMs = waitedMs;
  }

  /** A call left the queue. `gaveUp`: 1 if it got no agent, otherwise 0. */
  left(waitedMs: number, gaveUp: number): void {
    const kept = 1 - 1 / MEMORY;
    this.#gaveUp = this.#gaveUp * kept + gaveUp;
    this.#waitedMs = this.#waitedMs * kept + Math.max(0, waitedMs);
  }

  /** Per ms. */
  get rate(): number {
    return this.#waitedMs === 0 ? 0 : this.#gaveUp / this.#waitedMs;
  }

  get state(): readonly [gaveUp: number, waitedMs: number] {
    return [this.#gaveUp, this.#waitedMs];
  }
}
