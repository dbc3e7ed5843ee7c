/**
 * The longest time that the event loop was held. Measured in processor time of this process, so that other
 * work of the machine does not count.
 */
export class HeldTime {
  #longestMs = 0;
  #last = process.cpuUsage();
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.#next();
  }

  /** ms. */
  stop(): number {
    clearTimeout(this.#timer);
    return Math.round(this.#longestMs);
  }

  #next(): void {
    this.#last = process.cpuUsage();
    this.#timer = setTimeout(() => {
      const { user, system } = process.cpuUsage(this.#last);
      this.#longestMs = Math.max(this.#longestMs, (user + system) / 1_000);
      this.#next();
    }, 1);
  }
}
