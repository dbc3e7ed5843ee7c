import type { IncomingMessage, ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, defined, type Ids, type Log } from '../../engine/ports/index.ts';
import type { Cookies } from '../access/index.ts';
import { RefusalLog, WireError } from '../errors/index.ts';
import type { BayeuxCore } from './bayeuxCore.ts';
import { BROWSER_COOKIE, browserOf } from './browserCookie.ts';
import { type BayeuxOptions, LIMIT_NAMES } from './options.ts';
import type { BayeuxCustomer, Peer, SessionRegistry } from './sessionRegistry.ts';
import { POLICY_VIOLATION, SocketClient } from './socketClient.ts';

const RETRY_AFTER = { 'Retry-After': '5' };
/** RFC 6455, 7.4.1: the server goes away. */
const GOING_AWAY = 1001;
const NORMAL = 1000;

/** A request that asks for a WebSocket. Its response is attached to its socket. */
export interface UpgradeRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Bytes that came after the request. */
  readonly head: Buffer;
}

/**
 * The transport websocket: text frames with arrays of messages. The facts of the upgrade request (the user,
 * the BAYEUX_BROWSER cookie) hold for all messages of the socket.
 */
export class WebSockets {
  readonly #core: BayeuxCore;
  readonly #sessions: SessionRegistry;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #options: BayeuxOptions;
  readonly #cookies: Cookies;
  readonly #refusals: RefusalLog;
  readonly #server: WebSocketServer;
  readonly #clients = new Map<WebSocket, SocketClient>();
  readonly #ofAddress = new Map<string, number>();
  /** Set-Cookie of the replies to requests that are being upgraded. */
  readonly #newCookies = new WeakMap<IncomingMessage, string>();
  #cancelCheck: (() => void) | undefined;
  #closed = false;

  constructor(deps: {
    readonly core: BayeuxCore;
    readonly sessions: SessionRegistry;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly options: BayeuxOptions;
    readonly cookies: Cookies;
  }) {
    this.#core = deps.core;
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#options = deps.options;
    this.#cookies = deps.cookies;
    this.#refusals = new RefusalLog(deps);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: deps.options.maxBodyBytes,
      // A compressor for each socket takes more memory than all else of a client.
      perMessageDeflate: false,
    });
    this.#server.on('headers', (headers, req) => {
      const cookie = this.#newCookies.get(req);
      if (cookie !== undefined) headers.push(`Set-Cookie: ${cookie}`);
    });
  }

  get count(): number {
    return this.#clients.size;
  }

  /** Makes the connection of the request a WebSocket. Throws a WireError when there are too many. */
  accept({ req, res, head }: UpgradeRequest, customer: BayeuxCustomer): void {
    this.#requireRoom(customer.address);
    const known = browserOf(req);
    const browser = known ?? `${this.#ids.prefix}${this.#ids.hex(32)}`;
    if (known === undefined) {
      this.#newCookies.set(req, this.#cookies.header(req, BROWSER_COOKIE, browser));
    }
    const peer: Peer = { ...customer, transport: 'websocket', ...defined({ browser }) };
    const { socket } = req;
    res.detachSocket(socket);
    this.#server.handleUpgrade(req, socket, head, (webSocket) => this.#opened(webSocket, peer));
  }

  #requireRoom(address: string | undefined): void {
    const { maxSockets, maxSocketsOfAddress } = this.#options;
    if (this.#closed) {
      throw new WireError('SERVER_BUSY', { message: 'The server stops.', headers: RETRY_AFTER });
    }
    if (this.#clients.size >= maxSockets) {
      const message = this.#refusal('maxSockets', address);
      throw new WireError('SERVER_BUSY', { message, headers: RETRY_AFTER });
    }
    if (address !== undefined && (this.#ofAddress.get(address) ?? 0) >= maxSocketsOfAddress) {
      const message = this.#refusal('maxSocketsOfAddress', address);
      throw new WireError('TOO_MANY_REQUESTS', { message, headers: RETRY_AFTER });
    }
  }

  /** Logs a refusal, and returns its message. */
  #refusal(limit: 'maxSockets' | 'maxSocketsOfAddress', address: string | undefined): string {
    const [name, value] = [LIMIT_NAMES[limit], this.#options[limit]];
    this.#refusals.warn({ limit: name, value, address }, 'A WebSocket was refused: there are too many.');
    return `There are too many WebSockets: ${name} is ${value}.`;
  }

  #opened(webSocket: WebSocket, peer: Peer): void {
    const client = new SocketClient({
      webSocket,
      peer,
      core: this.#core,
      sessions: this.#sessions,
      clock: this.#clock,
      log: this.#log,
      options: this.#options,
    });
    this.#clients.set(webSocket, client);
    this.#count(peer.address, 1);
    const keep = this.#endAt(peer.validUntil, webSocket);
    webSocket.once('close', () => {
      keep();
      this.#clients.delete(webSocket);
      this.#count(peer.address, -1);
      client.closed();
    });
    if (this.#closed) webSocket.close(GOING_AWAY, 'The server stops.');
    else if (this.#cancelCheck === undefined) this.#checkLater();
  }

  /** Ends a socket whose credentials count no longer. Returns a function that cancels this. */
  #endAt(validUntil: number | undefined, webSocket: WebSocket): () => void {
    if (validUntil === undefined) return () => {};
    return this.#clock.at(validUntil, () => webSocket.close(POLICY_VIOLATION, 'The token has expired.'));
  }

  #count(address: string | undefined, change: number): void {
    if (address === undefined) return;
    const count = (this.#ofAddress.get(address) ?? 0) + change;
    if (count === 0) this.#ofAddress.delete(address);
    else this.#ofAddress.set(address, count);
  }

  /** A socket whose other end has vanished is closed within two of these intervals. */
  #checkLater(): void {
    this.#cancelCheck = this.#clock.at(this.#clock.now() + this.#options.pingMs, () => {
      this.#cancelCheck = undefined;
      for (const [webSocket, client] of this.#clients) {
        if (client.isIdle) webSocket.close(NORMAL, 'No client uses this connection.');
        client.check();
      }
      if (this.#clients.size > 0) this.#checkLater();
    });
  }

  /** Tells every client that the server stops, and cuts those that do not end in time. */
  close(): void {
    this.#closed = true;
    this.#cancelCheck?.();
    const clients = [...this.#clients.keys()];
    for (const webSocket of clients) webSocket.close(GOING_AWAY, 'The server stops.');
    if (clients.length === 0) return;
    this.#clock.at(this.#clock.now() + this.#options.closeGraceMs, () => {
      for (const webSocket of clients) webSocket.terminate();
    });
  }
}
