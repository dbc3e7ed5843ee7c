import type { Clock } from '../../engine/ports/index.ts';

/** A message that waits for a client, already serialised; `receipt` is called once when it has arrived. */
export interface Queued {
  readonly text: string;
  readonly receipt?: () => void;
}

/** Why a held connect ends. */
export type ReleaseReason = 'ready' | 'timeout' | 'displaced' | 'disconnected' | 'stopping';

/** What goes out with one connect reply. Exactly one of `written` and `lost` is called afterwards. */
export interface Delivery {
  readonly texts: readonly string[];
  /** Number of this batch, for clients of the ack extension. */
  readonly batch?: number;
  written(): void;
  lost(): void;
}

/**
 * One Bayeux client: its queue, its held connect, its acknowledgements. Knows no transport.
 *
 * B1. A message is in exactly one place: the queue, a delivery under way, or (ack extension) unacknowledged.
 * B2. A lost delivery goes back to the front of the queue, in its order.
 * B3. At most one connect is held.
 */
export class BayeuxSession {
  readonly id: string;
  readonly browser: string | undefined;
  readonly gmsUser: string | undefined;
  readonly acknowledges: boolean;
  readonly subscriptions = new Set<string>();
  /** False until the first connect, which is answered at once with advice. */
  connected = false;
  /** True while it was told that its browser has other clients. */
  sharesBrowser = false;

  readonly #clock: Clock;
  readonly #maxQueued: number;
  #queue: Queued[] = [];
  #unacknowledged: { readonly batch: number; readonly item: Queued }[] = [];
  #batch = 0;
  #held: { readonly resume: (why: ReleaseReason) => void; readonly cancelAlarm: () => void } | undefined;

  constructor(init: {
    readonly id: string;
    readonly browser: string | undefined;
    readonly gmsUser: string | undefined;
    readonly acknowledges: boolean;
    readonly clock: Clock;
    readonly maxQueued: number;
  }) {
    this.id = init.id;
    this.browser = init.browser;
    this.gmsUser = init.gmsUser;
    this.acknowledges = init.acknowledges;
    this.#clock = init.clock;
    this.#maxQueued = init.maxQueued;
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  get hasQueued(): boolean {
    return this.#queue.length > 0;
  }

  /** Adds to the queue without waking the held connect. Returns how many old messages had to go. */
  enqueue(items: readonly Queued[]): number {
    this.#queue.push(...items);
    const excess = this.#queue.length + this.#unacknowledged.length - this.#maxQueued;
    if (excess <= 0) return 0;
    const dropped = Math.min(excess, this.#queue.length);
    this.#queue.splice(0, dropped);
    return dropped;
  }

  /** Ends the held connect when there is something to deliver. */
  wake(): void {
    if (this.hasQueued) this.release('ready');
  }

  /** Waits until there is something to deliver, but at most `forMs`; `resume` is called once. */
  hold(forMs: number, resume: (why: ReleaseReason) => void): void {
    this.release('displaced');
    if (forMs <= 0 || this.hasQueued) {
      resume('ready');
      return;
    }
    const cancelAlarm = this.#clock.at(this.#clock.now() + forMs, () => this.release('timeout'));
    this.#held = { resume, cancelAlarm };
  }

  release(why: ReleaseReason): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    held.cancelAlarm();
    held.resume(why);
  }

  /** Forgets the held connect without answering it: its socket closed. */
  abandonHold(): void {
    this.#held?.cancelAlarm();
    this.#held = undefined;
  }

  /** Takes everything that waits, for the connect reply that is about to be written. */
  take(): Delivery {
    const items = this.#queue;
    this.#queue = [];
    const texts = items.map((item) => item.text);
    if (this.acknowledges) return { texts, batch: this.#openBatch(items), written: nothing, lost: nothing };
    return {
      texts,
      written: () => {
        for (const item of items) item.receipt?.();
      },
      lost: () => {
        this.#queue.unshift(...items);
        this.wake();
      },
    };
  }

  /**
   * CometD ack extension, server side: `batch` is the last one the client has seen. What came later goes
   * out again; a connect that says nothing acknowledges everything, or it would get the same for ever.
   */
  acknowledge(batch: number | undefined): void {
    if (!this.acknowledges || this.#unacknowledged.length === 0) return;
    const seen = this.#unacknowledged.filter((entry) => batch === undefined || entry.batch <= batch);
    const unseen = this.#unacknowledged.filter((entry) => batch !== undefined && entry.batch > batch);
    this.#unacknowledged = [];
    this.#queue.unshift(...unseen.map((entry) => entry.item));
    for (const entry of seen) entry.item.receipt?.();
  }

  #openBatch(items: readonly Queued[]): number {
    this.#batch += 1;
    for (const item of items) this.#unacknowledged.push({ batch: this.#batch, item });
    return this.#batch;
  }
}

function nothing(): void {
  // With the ack extension only the client's next connect tells whether a batch arrived.
}
