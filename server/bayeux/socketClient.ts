import type { RawData, WebSocket } from 'ws';
import { type Clock, type Log, pushAll } from '../../engine/ports/index.ts';
import type { BayeuxCore, ConnectOutcome } from './bayeuxCore.ts';
import type { BayeuxSession, Outbound, Outlet } from './bayeuxSession.ts';
import { exchange } from './exchange.ts';
import { type BayeuxReply, parseMessages } from './message.ts';
import type { BayeuxOptions } from './options.ts';
import type { Peer, SessionRegistry } from './sessionRegistry.ts';

/** RFC 6455, 7.4.1. */
export const POLICY_VIOLATION = 1008;
const UNSUPPORTED_DATA = 1003;
const INVALID_PAYLOAD = 1007;
const INTERNAL_ERROR = 1011;
/** Frames that wait for the one before them. Then the socket is not read. */
const MAX_WAITING_FRAMES = 16;
/** RFC 6455, 5.5: a control frame has 125 bytes, two of them for the code. */
const MAX_REASON_CHARS = 120;

/**
 * One WebSocket, and the sessions whose last connect or handshake it carried.
 *
 * SC1. Frames are handled one after the other, and a held connect holds none of them.
 * SC2. The replies to a frame and the messages that wait then are one frame: replies, messages, and the reply
 *      to connect at the end.
 * SC3. Messages that were written and that the operating system did not take return to their queues, in their
 *      order, when the socket closes or the session leaves it.
 * SC4. A client that does not read its replies is not read either, and is cut when nothing of them leaves
 *      between two checks.
 */
export class SocketClient implements Outlet {
  readonly #webSocket: WebSocket;
  readonly #peer: Peer;
  readonly #core: BayeuxCore;
  readonly #registry: SessionRegistry;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #options: BayeuxOptions;
  readonly #attached = new Set<BayeuxSession>();
  /** Sessions whose held connect came over this socket. */
  readonly #held = new Set<BayeuxSession>();
  readonly #frames: string[] = [];
  #isHandling = false;
  #isAlive = true;
  /** Set while frames wait for room (SC4). */
  #onRoom: (() => void) | undefined;
  /** Bytes that waited at the last check. */
  #waitingBytes = 0;
  /** The frame that is being made. */
  #texts: string[] = [];
  #outbounds: Sent[] = [];
  /** Deliveries that the operating system has not taken yet, the oldest first. */
  readonly #inFlight = new Set<Sent>();

  constructor(deps: {
    readonly webSocket: WebSocket;
    readonly peer: Peer;
    readonly core: BayeuxCore;
    readonly sessions: SessionRegistry;
    readonly clock: Clock;
    readonly log: Log;
    readonly options: BayeuxOptions;
  }) {
    this.#webSocket = deps.webSocket;
    this.#peer = deps.peer;
    this.#core = deps.core;
    this.#registry = deps.sessions;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#options = deps.options;
    this.#webSocket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    this.#webSocket.on('pong', () => {
      this.#isAlive = true;
    });
    // A close follows.
    this.#webSocket.on('error', (error) => this.#log.debug({ err: error }, 'A WebSocket failed.'));
  }

  /** True when no session uses the socket. */
  get isIdle(): boolean {
    return this.#attached.size === 0 && !this.#isHandling;
  }

  /**
   * Ends the socket when its credentials were revoked. Cuts it when its client did not answer the last ping,
   * and sends the next one.
   */
  check(): void {
    if (this.#endRevoked()) return;
    const { bufferedAmount } = this.#webSocket;
    const isStuck = this.#onRoom !== undefined && bufferedAmount === this.#waitingBytes;
    // A socket that is not read hears no pong.
    if (isStuck || (!this.#isAlive && !this.#webSocket.isPaused)) {
      this.#webSocket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#waitingBytes = bufferedAmount;
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.ping();
  }

  closed(): void {
    this.#frames.length = 0;
    this.#onRoom?.();
    for (const session of this.#held) {
      session.abandonHold();
      this.#registry.expectConnect(session);
    }
    this.#held.clear();
    for (const session of [...this.#attached]) session.attach(undefined);
  }

  flush(session: BayeuxSession): void {
    if (this.#isHandling || this.#webSocket.bufferedAmount > this.#options.maxBufferedBytes) return;
    if (this.#endRevoked()) return;
    this.#take(session);
    this.#send();
  }

  release(session: BayeuxSession): void {
    this.#attached.delete(session);
    const lost = [...this.#inFlight, ...this.#outbounds].filter((sent) => sent.session === session);
    for (const sent of lost.reverse()) {
      this.#inFlight.delete(sent);
      sent.outbound.lost();
    }
    this.#outbounds = this.#outbounds.filter((sent) => sent.session !== session);
  }

  /** True when the credentials of the request for the socket were revoked. */
  #endRevoked(): boolean {
    const isRevoked = this.#peer.isRevoked?.() === true;
    if (isRevoked) this.#webSocket.close(POLICY_VIOLATION, 'The credentials count no longer.');
    return isRevoked;
  }

  #receive(data: RawData, isBinary: boolean): void {
    // A client may send on after the server began to close. Its replies could not reach it.
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#isAlive = true;
    if (isBinary) {
      this.#webSocket.close(UNSUPPORTED_DATA, 'Expected text frames.');
      return;
    }
    this.#frames.push(String(data));
    if (this.#frames.length >= MAX_WAITING_FRAMES) this.#webSocket.pause();
    if (!this.#isHandling) void this.#handleFrames();
  }

  async #handleFrames(): Promise<void> {
    this.#isHandling = true;
    try {
      for (let text = this.#frames.shift(); text !== undefined; text = this.#frames.shift()) {
        if (this.#webSocket.isPaused && this.#frames.length === 0) this.#webSocket.resume();
        await this.#room();
        await this.#admission();
        await this.#handleFrame(text);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isHandling = false;
    }
    this.#send();
    for (const session of this.#attached) session.wake();
  }

  /** SC4. */
  async #room(): Promise<void> {
    const { maxBufferedBytes } = this.#options;
    const isFull = (): boolean =>
      this.#webSocket.readyState === this.#webSocket.OPEN &&
      this.#webSocket.bufferedAmount > maxBufferedBytes;
    if (!isFull()) return;
    this.#webSocket.pause();
    while (isFull()) {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
    }
    this.#onRoom = undefined;
    if (this.#frames.length < MAX_WAITING_FRAMES) this.#webSocket.resume();
  }

  /** Waits until the rates of requests allow one more. Until then the socket is not read. */
  async #admission(): Promise<void> {
    for (;;) {
      const waitMs = this.#peer.admission?.() ?? 0;
      if (waitMs <= 0) return;
      this.#webSocket.pause();
      await new Promise<void>((resolve) => this.#clock.at(this.#clock.now() + Math.ceil(waitMs), resolve));
      this.#webSocket.resume();
    }
  }

  async #handleFrame(text: string): Promise<void> {
    if (this.#endRevoked()) return;
    const parsed = parseMessages(text, this.#options.maxMessagesPerBody);
    if (parsed.kind === 'malformed') {
      this.#webSocket.close(INVALID_PAYLOAD, parsed.reason.slice(0, MAX_REASON_CHARS));
      return;
    }
    const { replies, opened, connect } = await exchange(this.#core, parsed.messages, this.#peer);
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) {
      if (connect) this.#registry.expectConnect(connect.session);
      return;
    }
    pushAll(this.#texts, replies.map(stringify));
    if (opened) this.#attach(opened);
    if (connect) this.#attach(connect.session);
    for (const session of this.#attached) if (session.isDirect) this.#take(session);
    if (connect) this.#hold(connect);
    this.#send();
  }

  #attach(session: BayeuxSession): void {
    this.#attached.add(session);
    session.attach(this);
  }

  #hold({ session, reply, holdMs }: ConnectOutcome): void {
    // A displaced connect may have set an expiry just now. It must not end the session during this connect.
    this.#registry.connecting(session);
    this.#held.add(session);
    session.hold(holdMs, (why) => {
      this.#held.delete(session);
      if (why === 'displaced') {
        const error = '500::Displaced by a later connect of the same client';
        this.#answerConnect(session, { ...reply, successful: false, error });
      } else if (why === 'disconnected') {
        this.#answerConnect(session, { ...reply, advice: { reconnect: 'none' } });
      } else if (session.acknowledges) {
        void this.#deliver(session, reply);
      } else {
        this.#take(session);
        this.#answerConnect(session, reply);
      }
    });
  }

  /** Answers the connect of a client of the ack extension. */
  async #deliver(session: BayeuxSession, reply: BayeuxReply): Promise<void> {
    try {
      const { texts, batch } = await this.#core.take(session);
      pushAll(this.#texts, texts);
      this.#answerConnect(session, { ...reply, ext: { ack: batch } });
    } catch (error) {
      this.#registry.expectConnect(session);
      this.#fail(error);
    }
  }

  #answerConnect(session: BayeuxSession, reply: BayeuxReply): void {
    this.#texts.push(stringify(reply));
    this.#registry.expectConnect(session);
    if (!this.#isHandling) this.#send();
  }

  #fail(error: unknown): void {
    this.#log.error({ err: error }, 'A Bayeux frame failed.');
    this.#webSocket.close(INTERNAL_ERROR, 'The server failed to answer. Its log has the error.');
  }

  /** Adds the queue of a session to the frame. */
  #take(session: BayeuxSession): void {
    const outbound = session.take();
    pushAll(this.#texts, outbound.texts);
    if (outbound.texts.length > 0) this.#outbounds.push({ session, outbound });
  }

  #send(): void {
    const texts = this.#texts;
    const sent = this.#outbounds;
    if (texts.length === 0) return;
    this.#texts = [];
    this.#outbounds = [];
    for (const one of sent) this.#inFlight.add(one);
    this.#webSocket.send(`[${texts.join(',')}]`, (error) => {
      // A close follows, which returns them to their queues (SC3).
      if (error) return;
      this.#onRoom?.();
      for (const one of sent) if (this.#inFlight.delete(one)) one.outbound.written();
      for (const session of this.#attached) session.wake();
    });
  }
}

/** A delivery to a session, in a frame. */
interface Sent {
  readonly session: BayeuxSession;
  readonly outbound: Outbound;
}

function stringify(reply: BayeuxReply): string {
  return JSON.stringify(reply);
}
