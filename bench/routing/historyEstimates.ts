/** Calls in the formula `urs`. */
const URS_WINDOW = 32;
/** Handling times in the formula of queue lengths. */
const HANDLING_WINDOW = 500;

/** The estimators that are compared: from the last departures, the handling time, and the oldest wait. */
export class HistoryEstimates {
  readonly #agents: number;
  readonly #distributedAt: number[] = [];
  readonly #handled: number[] = [];
  #handledMs = 0;

  constructor(agents: number) {
    this.#agents = agents;
  }

  distributed(at: number): void {
    this.#distributedAt.push(at);
    if (this.#distributedAt.length > URS_WINDOW) this.#distributedAt.shift();
  }

  handled(ms: number): void {
    this.#handled.push(ms);
    this.#handledMs += ms;
    if (this.#handled.length > HANDLING_WINDOW) this.#handledMs -= this.#handled.shift()!;
  }

  /** `said`: what the estimator of Orsay says. */
  estimates(
    ahead: number,
    oldestWaitMs: number | undefined,
    said: number | undefined,
  ): Readonly<Record<string, number | undefined>> {
    const length = this.#handled.length;
    const ql = length === 0 ? undefined : ((this.#handledMs / length) * (ahead + 1)) / this.#agents;
    const [first] = this.#distributedAt;
    const last = this.#distributedAt.at(-1)!;
    const gaps = this.#distributedAt.length - 1;
    const urs = gaps < 1 ? undefined : ((last - first!) / gaps) * (ahead + 1);
    // The head of the queue has waited for so long; a call that would be the head has nobody to ask.
    const hol = oldestWaitMs ?? ql;
    const mixed = said === undefined || hol === undefined ? undefined : (said + hol) / 2;
    return { ql, urs, hol, mixed };
  }
}
