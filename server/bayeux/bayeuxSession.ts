import { type Branded, type Clock, defined, pushAll } from '../../engine/ports/index.ts';

/**
 * Deliveries that are repeated for a client of the ack extension before it counts as one that sends no
 * numbers.
 */
const MAX_REPEATS = 2;

/** Id of a Bayeux client: 32 hexadecimal digits, made at its handshake. */
export type ClientId = Branded<'ClientId'>;

/** A serialised message that waits for a client. */
export interface Queued {
  readonly text: string;
  /** Set when the message is durable until the client has it. */
  readonly notice?: {
    /** Its key in the queue of the user. */
    readonly key: string;
    /** Called once, when the message has arrived. */
    received(): void;
  };
  /** Called once, when the message has arrived. Its sender bounds such messages, so none is dropped. */
  readonly received?: () => void;
}

/** Why a held connect ends. */
export type ReleaseReason = 'ready' | 'timeout' | 'displaced' | 'disconnected' | 'stopping';

/** A transport that takes the messages of a session as soon as there are any, without a connect. */
export interface Outlet {
  /** Sends the queue of the session, or leaves it there while the client is too slow. */
  flush(session: BayeuxSession): void;
  /** The session uses another transport now, or has ended. */
  release(session: BayeuxSession): void;
}

/**
 * The messages that are sent at once: with one connect reply, or to an outlet. Afterwards exactly one of
 * `written` and `lost` is called.
 */
export interface Outbound {
  readonly texts: readonly string[];
  /** Number of this delivery, for clients of the ack extension. */
  readonly batch?: number;
  /** Key of its last message that is durable; absent: none is. */
  readonly lastNotice?: string;
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
 * BX4. With the ack extension, messages leave only with a reply to connect.
 */
export class BayeuxSession {
  readonly id: ClientId;
  readonly address: string | undefined;
  readonly browser: string | undefined;
  readonly gmsUser: string | undefined;
  /** True when ext of the handshake named the user, so that later requests do not name one. */
  readonly isNamedInExt: boolean;
  readonly acknowledges: boolean;
  /** True while its last connect came by a polling transport, which uses a connection of the browser. */
  polls = true;
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
  #acknowledgedBatch = 0;
  /** True when one of its connects had a number. */
  #sendsNumbers = false;
  /** Deliveries that were repeated because a client has sent no number yet. */
  #repeats = 0;
  #outlet: Outlet | undefined;
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

  /** The number of the last delivery that the client has acknowledged. */
  get acknowledgedBatch(): number {
    return this.#acknowledgedBatch;
  }

  /** True when its messages leave without a connect (BX4). */
  get isDirect(): boolean {
    return this.#outlet !== undefined && !this.acknowledges;
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
   * Durable ones are never dropped: an acknowledgement of later ones would count for them too.
   */
  enqueue(items: readonly Queued[]): number {
    pushAll(this.#queue, items);
    let excess = this.queuedMessages - this.#maxQueued;
    let chars = this.queuedChars;
    if (excess <= 0 && chars <= this.#maxChars) return 0;
    const before = this.#queue.length;
    const last = this.#queue.at(-1);
    this.#queue = this.#queue.filter((item) => {
      // One message that is longer than the limit is accepted alone.
      const isExcess = excess > 0 || (chars > this.#maxChars && item !== last);
      if (!isExcess || item.notice !== undefined || item.received !== undefined) return true;
      excess -= 1;
      chars -= item.text.length;
      return false;
    });
    return before - this.#queue.length;
  }

  /** Delivers what waits, if a transport can take it now. */
  wake(): void {
    if (!this.hasQueued) return;
    if (this.isDirect) this.#outlet!.flush(this);
    else this.release('ready');
  }

  /** Its messages leave by `outlet` from now on; undefined: by the replies to its connects. */
  attach(outlet: Outlet | undefined): void {
    const before = this.#outlet;
    if (before === outlet) return;
    this.#outlet = outlet;
    before?.release(this);
  }

  /** Waits until there is something to deliver, but at most `forMs`; `resume` is called once. */
  hold(forMs: number, resume: (why: ReleaseReason) => void): void {
    this.release('displaced');
    if (forMs <= 0 || (this.hasQueued && !this.isDirect)) {
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

  /** Takes all waiting messages for a connect reply or for the outlet. */
  take(): Outbound {
    const items = this.#queue;
    this.#queue = [];
    const texts = items.map((item) => item.text);
    if (this.acknowledges) {
      const lastNotice = items.findLast((item) => item.notice !== undefined)?.notice?.key;
      const batch = this.#openBatch(items);
      return { texts, batch, ...defined({ lastNotice }), written: nothing, lost: nothing };
    }
    return {
      texts,
      written: () => {
        for (const item of items) reportReceived(item);
      },
      lost: () => {
        this.#queue.unshift(...items);
        this.wake();
      },
    };
  }

  /**
   * CometD ack extension, server side. `batch` is the number of the last delivery that the client has seen;
   * later ones are sent again. A page of version 3 that was reloaded sends no number until a reply reaches
   * it, and has seen nothing new. Its first connects, which had numbers, may have been lost. A client that
   * never sends one does not use numbers; after MAX_REPEATS a connect acknowledges everything, so that the
   * same messages do not come again and again.
   */
  acknowledge(given: number | undefined): void {
    if (!this.acknowledges) return;
    this.#sendsNumbers ||= given !== undefined;
    const batch = given ?? (this.#expectsNumber() ? this.#acknowledgedBatch : undefined);
    this.#acknowledgedBatch = Math.max(this.#acknowledgedBatch, Math.min(batch ?? this.#batch, this.#batch));
    if (this.#unacknowledged.length === 0) return;
    const seen = this.#unacknowledged.filter((entry) => batch === undefined || entry.batch <= batch);
    const unseen = this.#unacknowledged.filter((entry) => batch !== undefined && entry.batch > batch);
    this.#unacknowledged = [];
    this.#queue.unshift(...unseen.map((entry) => entry.item));
    for (const { item } of seen) reportReceived(item);
  }

  /** True when a connect without a number has seen nothing new. */
  #expectsNumber(): boolean {
    if (this.#sendsNumbers) return true;
    if (this.#unacknowledged.length === 0 || this.#repeats === MAX_REPEATS) return false;
    this.#repeats += 1;
    return true;
  }

  #openBatch(items: readonly Queued[]): number {
    this.#batch += 1;
    for (const item of items) this.#unacknowledged.push({ batch: this.#batch, item });
    return this.#batch;
  }
}

function reportReceived({ notice, received }: Queued): void {
  notice?.received();
  received?.();
}

function nothing(): void {
  // With the ack extension only the client's next connect tells whether a delivery arrived.
}
