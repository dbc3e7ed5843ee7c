import type { Clock } from '../ports/index.ts';

/** One pending alarm for many due times: the earliest of them. */
export class Alarm {
  readonly #clock: Clock;
  readonly #fire: () => void;
  #armed: { readonly time: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock, fire: () => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /**
   * Makes the alarm fire at `time` (ms since epoch) at the latest. An earlier pending alarm stays as it is.
   */
  atMost(time: number): void {
    if (this.#armed !== undefined && this.#armed.time <= time) return;
    this.cancel();
    const cancel = this.#clock.at(time, () => {
      this.#armed = undefined;
      this.#fire();
    });
    this.#armed = { time, cancel };
  }

  cancel(): void {
    this.#armed?.cancel();
    this.#armed = undefined;
  }
}
