import { type Branded, type Clock, pushAll } from '../../engine/ports/index.ts';

/** Id of a Bayeux client: 32 hexadecimal digits, made at its handshake. */
export type ClientId = Branded<'ClientId'>;

/** A serialised message that waits for a client. `receipt` is called once, when it has arrived. */
export interface Queued {
  readonly text: string;
  readonly receipt?: () => void;
}

/** Why a held connect ends. */
export type ReleaseReason = 'ready' | 'timeout' | 'displaced' | 'disconnected' | 'stopping';

/**
 * The messages that are sent with one connect reply. Afterwards exactly one of `written` and `lost` is
 * called.
 */
export interface Outbound {
  readonly texts: readonly string[];
  /** Number of this delivery, for clients of the ack extension. */
  readonly batch?: number;
  written(): void;
  lost(): void;
}

/**
 * One Bayeux client: its queue, its held connect, its acknowledgements. It knows no transport.
 *
 * BX1. A message is either in the queue, or in a delivery that is being written, or (ack extension)
 *      unacknowledged.
 * BX2. A lost delivery returns to the front of the queue, in its order.
 * BX3. At most one connect is held.
 */
export class BayeuxSession {
  readonly id: ClientId;
  readonly address: string | undefined;
  readonly browser: string | undefined;
  readonly gmsUser: string | undefined;
  /** True when ext of the handshake named the user, so that later requests do not name one. */
  readonly isNamedInExt: boolean;
  readonly acknowledges: boolean;
  readonly subscriptions = new Set<string>();
  /** False until the first connect, which gets an immediate reply with advice. */
  connected = false;
  /** True when its last connect reply told the client that its browser has other clients. */
  sharesBrowser = false;

  readonly #clock: Clock;
  readonly #maxQueued: number;
  readonly #maxChars: number;
  #queue: Queued[] = [];
  #unacknowledged: { readonly batch: number; readonly item: Queued }[] = [];
  #batch = 0;
  #held: { readonly resume: (why: ReleaseReason) => void; readonly cancelAlarm: () => void } | undefined;

  constructor(init: {
    readonly id: ClientId;
    readonly address: string | undefined;
    readonly browser: string | undefined;
    readonly gmsUser: string | undefined;
    readonly isNamedInExt: boolean;
    readonly acknowledges: boolean;
    readonly clock: Clock;
    readonly maxQueued: number;
    /** Characters of the messages that wait. One longer message is accepted alone. */
    readonly maxChars: number;
  }) {
    this.id = init.id;
    this.address = init.address;
    this.browser = init.browser;
    this.gmsUser = init.gmsUser;
    this.isNamedInExt = init.isNamedInExt;
    this.acknowledges = init.acknowledges;
    this.#clock = init.clock;
    this.#maxQueued = init.maxQueued;
    this.#maxChars = init.maxChars;
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  get hasQueued(): boolean {
    return this.#queue.length > 0;
  }

  /** Messages that wait, or wait for their acknowledgement. */
  get queuedMessages(): number {
    return this.#queue.length + this.#unacknowledged.length;
  }

  /** Characters of these messages. */
  get queuedChars(): number {
    const queued = this.#queue.reduce((sum, { text }) => sum + text.length, 0);
    return this.#unacknowledged.reduce((sum, { item }) => sum + item.text.length, queued);
  }

  /**
   * Adds to the queue without waking the held connect. Returns the number of old messages that it dropped.
   */
  enqueue(items: readonly Queued[]): number {
    pushAll(this.#queue, items);
    let dropped = Math.max(0, Math.min(this.queuedMessages - this.#maxQueued, this.#queue.length));
    let chars = this.queuedChars;
    for (const { text } of this.#queue.slice(0, dropped)) chars -= text.length;
    while (chars > this.#maxChars && dropped < this.#queue.length - 1) {
      chars -= this.#queue[dropped]!.text.length;
      dropped += 1;
    }
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

  /** Forgets the held connect without an answer, because its socket closed. */
  abandonHold(): void {
    this.#held?.cancelAlarm();
    this.#held = undefined;
  }

  /** Takes all waiting messages for a connect reply. */
  take(): Outbound {
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
   * CometD ack extension, server side. `batch` is the number of the last delivery that the client has seen;
   * later ones are sent again. A connect without a number acknowledges everything, so that a client without
   * the extension does not get the same messages again and again.
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
  // With the ack extension only the client's next connect tells whether a delivery arrived.
}
