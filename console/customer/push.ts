import { type BayeuxMessage, type Link, PollingLink, SocketLink } from './link.ts';
import { pause } from './pause.ts';
import { paceOf, type Settings } from './settings.ts';

export interface PushHandlers {
  /** A message that is no reply. `channel` is that of the message. */
  readonly heard: (channel: string, data: unknown) => void;
  /** The server made a new session of CometD: what an earlier one subscribed is gone. */
  readonly began: () => void;
  readonly reached: (isReached: boolean) => void;
}

/** The server answers a message that it does not hold within this time. */
const ANSWER_MS = 10_000;
/** How long the server holds a connect, where it does not say so. */
const HELD_MS = 60_000;

/**
 * The connection of CometD (Bayeux 1.0), with the extension for acknowledgements. It comes back by itself:
 * after a cut it connects again in the same session, and tells the last delivery that it has. A server that
 * does not know the session any more has heard that, and a new session goes on behind it.
 */
export class Push {
  readonly #settings: Settings;
  readonly #handlers: PushHandlers;
  readonly #closing = new AbortController();
  #link: Link | undefined;
  #clientId: string | undefined;
  #lastId = 0;
  /** The number of the last delivery. */
  #delivery = 0;
  #heldMs = HELD_MS;
  /** Attempts since the server was reached. */
  #failures = 0;
  /** No WebSocket gets through to this server, but long-polling does. */
  #isSocketBlocked = false;

  constructor(settings: Settings, handlers: PushHandlers) {
    this.#settings = settings;
    this.#handlers = handlers;
  }

  open(): void {
    void this.#run().catch(() => {});
  }

  /** Sends data to a service channel. Resolves with false when the server did not confirm it. */
  async publish(channel: string, data: object): Promise<boolean> {
    const clientId = this.#clientId;
    if (clientId === undefined) return false;
    try {
      return (await this.#send({ channel, clientId, data })).successful === true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#closing.abort();
    const left =
      this.#clientId === undefined
        ? Promise.resolve()
        : this.#send({ channel: '/meta/disconnect', clientId: this.#clientId });
    left.catch(() => {}).finally(() => this.#dropLink());
  }

  async #run(): Promise<void> {
    const { firstRetry, lastRetry } = paceOf(this.#settings);
    for (;;) {
      this.#closing.signal.throwIfAborted();
      try {
        if (this.#clientId === undefined) await this.#begin();
        else await this.#connect();
        this.#failures = 0;
        if (this.#prefersSocket && this.#link?.type === 'long-polling') await this.#changeToSocket();
      } catch {
        this.#closing.signal.throwIfAborted();
        this.#dropLink();
        this.#failures += 1;
        this.#handlers.reached(false);
        await pause(Math.min(firstRetry * 2 ** (this.#failures - 1), lastRetry), this.#closing.signal);
      }
    }
  }

  /** A new session, with the notices of the customer. */
  async #begin(): Promise<void> {
    const { identity } = this.#settings;
    const name = identity.kind === 'named' ? { gms_user: identity.user } : {};
    const reply = await this.#send({
      channel: '/meta/handshake',
      version: '1.0',
      supportedConnectionTypes: ['websocket', 'long-polling'],
      ext: { ack: true, ...name },
    });
    const { clientId } = reply;
    if (reply.successful !== true || clientId === undefined) throw new Error(reply.error);
    this.#delivery = 0;
    const subscribed = await this.#send({ channel: '/meta/subscribe', clientId, subscription: '/_genesys' });
    if (subscribed.successful !== true) throw new Error(subscribed.error);
    this.#clientId = clientId;
    this.#takeAdvice(reply);
    this.#handlers.reached(true);
    this.#handlers.began();
  }

  /** One connect, which the server holds until it has news. */
  async #connect(): Promise<void> {
    const clientId = this.#clientId!;
    const connectionType = this.#reach().type;
    // The first one after a cut is not held, so that the server shows itself at once.
    const advice = this.#failures > 0 ? { advice: { timeout: 0 } } : {};
    const ext = { ack: this.#delivery };
    const message = { channel: '/meta/connect', clientId, connectionType, ext, ...advice };
    const reply = await this.#send(message, this.#heldMs + ANSWER_MS);
    if (reply.successful === true) {
      if (typeof reply.ext?.ack === 'number') this.#delivery = reply.ext.ack;
      this.#handlers.reached(true);
      this.#takeAdvice(reply);
      const interval = reply.advice?.interval ?? 0;
      if (interval > 0) await pause(interval, this.#closing.signal);
      return;
    }
    if (reply.advice?.reconnect !== 'handshake') throw new Error(reply.error);
    this.#clientId = undefined;
  }

  #takeAdvice({ advice }: BayeuxMessage): void {
    if (typeof advice?.timeout === 'number') this.#heldMs = advice.timeout;
  }

  async #send(message: Omit<BayeuxMessage, 'id'>, ms = ANSWER_MS): Promise<BayeuxMessage> {
    const link = this.#reach();
    this.#lastId += 1;
    const sent = { ...message, id: String(this.#lastId) } as BayeuxMessage;
    this.#note('sent', link, sent);
    const reply = await link.send(sent, ms);
    this.#note('received', link, reply);
    return reply;
  }

  get #prefersSocket(): boolean {
    const { transport, identity } = this.#settings;
    // A browser cannot send a token with a WebSocket.
    return transport === 'websocket' && identity.kind !== 'token' && !this.#isSocketBlocked;
  }

  /** The present link, or a new one. After a failure the other transport is tried. */
  #reach(): Link {
    if (this.#link !== undefined) return this.#link;
    this.#link = this.#prefersSocket && this.#failures % 2 === 0 ? this.#newSocket() : this.#newPolling();
    return this.#link;
  }

  /** The server is there: a WebSocket that does not open now is blocked on the way. */
  async #changeToSocket(): Promise<void> {
    const socket = this.#newSocket();
    try {
      await socket.opened;
    } catch {
      this.#isSocketBlocked = true;
      return;
    }
    this.#dropLink();
    this.#link = socket;
  }

  #newPolling(): Link {
    return new PollingLink(this.#settings, (message) => this.#take(message));
  }

  #newSocket(): SocketLink {
    const socket: SocketLink = new SocketLink(
      this.#settings,
      (message) => this.#take(message),
      () => {
        if (this.#link === socket) this.#link = undefined;
      },
    );
    return socket;
  }

  #dropLink(): void {
    this.#link?.close();
    this.#link = undefined;
  }

  #take(message: BayeuxMessage): void {
    if (this.#link !== undefined) this.#note('received', this.#link, message);
    if (message.data !== undefined) this.#handlers.heard(message.channel, message.data);
  }

  #note(direction: 'sent' | 'received', { type }: Link, message: BayeuxMessage): void {
    this.#settings.journal?.({
      at: Date.now(),
      wire: 'CometD',
      direction,
      what: message.channel,
      where: type,
      body: JSON.stringify(message),
    });
  }
}
