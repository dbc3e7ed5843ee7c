import type { DevicePush, PushConnection, PushResult } from '../../strategies/notification/index.ts';

/** How much one connection may use. The names are those of the configuration. */
export interface PushLimits {
  /** Seconds for the answer of a push service. */
  readonly requestSeconds: number;
  /** Notifications that are under way at one time. */
  readonly concurrent: number;
  /** Notifications that wait for those. */
  readonly waiting: number;
}

export const PUSH_LIMITS: PushLimits = { requestSeconds: 10, concurrent: 64, waiting: 256 };

const FULL_RETRY_MS = 1_000;

/** A connection with bounded work, so that a slow push service fills no memory. */
export class BoundedConnection implements PushConnection {
  readonly #connection: PushConnection;
  readonly #limits: PushLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #isClosing = false;

  constructor(connection: PushConnection, limits: PushLimits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  async send(push: DevicePush): Promise<PushResult> {
    const { concurrent, waiting } = this.#limits;
    if (this.#running >= concurrent) {
      if (this.#waiting.length >= waiting) {
        const reason = `${waiting} notifications wait for this push service (limits.push.waiting)`;
        return { kind: 'failed', reason, retry: true, retryAfterMs: FULL_RETRY_MS };
      }
      await new Promise<void>((begin) => this.#waiting.push(begin));
    } else {
      this.#running += 1;
    }
    try {
      return await this.#connection.send(push);
    } finally {
      const next = this.#waiting.shift();
      // The next one takes over the position of this one.
      if (next === undefined) this.#running -= 1;
      else next();
      if (this.#isClosing && this.#running === 0) this.#connection.close?.();
    }
  }

  close(): void {
    this.#isClosing = true;
    if (this.#running === 0) this.#connection.close?.();
  }
}
