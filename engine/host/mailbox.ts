/**
 * The work that waits for one session, in the order of arrival.
 *
 * MB1. One piece of work is performed at a time: a session has one writer.
 * MB2. The loop awaits at one point. Work never rejects; it reports faults to its own caller.
 */
export class Mailbox {
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #onIdle: () => void;
  #busy = false;

  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  put(work: () => Promise<void>): void {
    this.#waiting.push(work);
    if (this.#busy) return;
    this.#busy = true;
    void this.#run();
  }

  /** True when no work waits or is performed. */
  get idle(): boolean {
    return !this.#busy;
  }

  /** Pieces of work that wait. */
  get length(): number {
    return this.#waiting.length;
  }

  async #run(): Promise<void> {
    for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
      await work();
    }
    this.#busy = false;
    this.#onIdle();
  }
}
