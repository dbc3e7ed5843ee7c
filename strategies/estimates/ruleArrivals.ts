/** Arrivals that are remembered of one priority rule. */
const WINDOW = 200;

/** The calls of one priority rule in a queue: how many wait, and when the last ones came. */
export class RuleArrivals {
  readonly #times = new Float64Array(WINDOW);
  #next = 0;
  #length = 0;
  waiting = 0;

  add(at: number): void {
    this.#times[this.#next] = at;
    this.#next = (this.#next + 1) % WINDOW;
    this.#length = Math.min(this.#length + 1, WINDOW);
  }

  /** Arrivals per ms. */
  rate(now: number): number {
    if (this.#length < 2) return 0;
    const first = this.#times[this.#length < WINDOW ? 0 : this.#next]!;
    return now > first ? (this.#length - 1) / (now - first) : 0;
  }

  /** The waiting calls that came before `time`. The waiting ones are the last that came. */
  waitingBefore(time: number): number {
    if (!Number.isFinite(time)) return 0;
    let since = 0;
    for (; since < this.#length; since += 1) {
      const at = (this.#next - 1 - since + WINDOW) % WINDOW;
      if (this.#times[at]! < time) break;
    }
    return Math.max(0, this.waiting - since);
  }
}
