import type { SharedTime } from '../sharedTime.ts';

const SECONDS_PER_CALL = 60;

/** A call of the test in a queue. */
export interface QueuedCall {
  /** Neither routed nor removed. */
  readonly isWaiting: boolean;
}

export interface QueueSettings {
  /** Other callers ahead. Absent: none. */
  readonly ahead?: number;
  /** Seconds after which the first caller leaves the queue. Absent: 60. */
  readonly secondsPerCall?: number;
  /** False: URS has no estimates for this queue. */
  readonly estimates?: boolean;
}

/** A virtual queue: other callers, who leave it one after the other, then the calls of the test. */
export class FakeQueue {
  readonly name: string;
  readonly calls: QueuedCall[] = [];
  readonly #time: SharedTime;
  readonly #onMoved: () => void;
  #ahead = 0;
  #secondsPerCall = SECONDS_PER_CALL;
  #hasEstimates = true;
  /** When the first of the other callers leaves, in ms since epoch. */
  #nextAt = 0;
  #stop: () => void = () => {};

  constructor(name: string, time: SharedTime, onMoved: () => void) {
    this.name = name;
    this.#time = time;
    this.#onMoved = onMoved;
  }

  /** All who wait. */
  get length(): number {
    return this.#ahead + this.#waiting.length;
  }

  set({ ahead = 0, secondsPerCall = SECONDS_PER_CALL, estimates = true }: QueueSettings): void {
    this.#stop();
    this.#ahead = ahead;
    this.#secondsPerCall = secondsPerCall;
    this.#hasEstimates = estimates;
    this.#arm();
  }

  /** From 1; of a call that waits in another queue, the position that it would have here. */
  positionOf(call: QueuedCall): number {
    const index = this.#waiting.indexOf(call);
    return this.#ahead + (index === -1 ? this.#waiting.length : index) + 1;
  }

  /** Seconds until an agent comes to a position. Undefined: no estimate. */
  estimate(position: number): number | undefined {
    if (!this.#hasEstimates) return undefined;
    if (this.#ahead === 0) return position * this.#secondsPerCall;
    const first = Math.max(0, Math.round((this.#nextAt - this.#time.now) / 1000));
    return first + (position - 1) * this.#secondsPerCall;
  }

  get #waiting(): readonly QueuedCall[] {
    return this.calls.filter(({ isWaiting }) => isWaiting);
  }

  #arm(): void {
    if (this.#ahead === 0) return;
    this.#nextAt = this.#time.now + this.#secondsPerCall * 1000;
    this.#stop = this.#time.at(this.#nextAt, () => {
      this.#ahead -= 1;
      this.#arm();
      this.#onMoved();
    });
  }
}
