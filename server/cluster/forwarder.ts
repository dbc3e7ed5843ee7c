import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ForwardedBody } from './forwardedBody.ts';
import { replyHeaders, requestHeaders } from './forwardedHeaders.ts';

/** Time for a connection to another node, in ms. */
const CONNECT_MS = 2_000;
/** Time without a byte from the other node, in ms. Polls are held for 60 s, streams have a beat each 15 s. */
const SILENCE_MS = 180_000;
/** Connections to one node that are kept open without a request. */
const MAX_IDLE_CONNECTIONS = 64;
/** Less than the time after which a node closes a silent connection. */
const IDLE_MS = 50_000;
/** In the reply of a node that did nothing with the request, because it does not have the cell. */
export const NOT_TAKEN = 'x-orsay-not-taken';

/** The outcome of one attempt to forward a request. */
export type Attempt =
  /** The reply went to the client, or the client is gone. */
  | { readonly kind: 'answered' }
  /** The other node did nothing with the request. */
  | { readonly kind: 'not-taken'; readonly reason: string }
  /** The other node may have done it. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface ForwardedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: ForwardedBody;
  /** Set for a request for a WebSocket: the bytes that came after it. */
  readonly upgradeHead: Buffer | undefined;
  /** URL of the other node. */
  readonly address: string;
  readonly mark: string;
  /** Aborted when the other node no longer has the cell. */
  readonly moved: AbortSignal;
}

/** Sends requests of clients to another node, and its replies to the clients, as both arrive. */
export class Forwarder {
  readonly #agents: Readonly<Record<string, http.Agent>>;

  constructor() {
    const options = { keepAlive: true, maxFreeSockets: MAX_IDLE_CONNECTIONS, timeout: IDLE_MS };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  /** One attempt. */
  attempt(forwarded: ForwardedRequest): Promise<Attempt> {
    return new ForwardedExchange(forwarded, (options) => this.#send(forwarded, options)).outcome;
  }

  /** Closes the connections. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #send({ address, request }: ForwardedRequest, headers: string[]): ClientRequest {
    const { protocol, hostname, port } = new URL(address);
    const client = protocol === 'https:' ? https : http;
    return client.request({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || (protocol === 'https:' ? 443 : 80),
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers,
      setHost: false,
      agent: this.#agents[protocol],
    });
  }
}

/** One request to another node, and its reply. */
class ForwardedExchange {
  readonly outcome: Promise<Attempt>;
  readonly #deps: ForwardedRequest;
  readonly #sent: ClientRequest;
  #settle: (outcome: Attempt) => void = () => {};
  #isConnected = false;
  #isReplying = false;
  #isOver = false;
  #connecting: NodeJS.Timeout | undefined;

  constructor(deps: ForwardedRequest, send: (headers: string[]) => ClientRequest) {
    this.#deps = deps;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#sent = send(this.#headers());
    this.#begin();
  }

  #headers(): string[] {
    const { request, mark, upgradeHead } = this.#deps;
    const headers = requestHeaders(request, mark);
    if (upgradeHead !== undefined) {
      headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
    } else if (request.headers['transfer-encoding'] !== undefined) {
      headers.push('Transfer-Encoding', 'chunked');
    } else if (request.headers['content-length'] === undefined && !/^(GET|HEAD)$/.test(request.method!)) {
      // Otherwise Node.js would announce a body.
      headers.push('Content-Length', '0');
    }
    return headers;
  }

  #begin(): void {
    const sent = this.#sent;
    const { response, moved, body } = this.#deps;
    sent.on('socket', (socket) => {
      if (!socket.connecting) {
        this.#isConnected = true;
        return;
      }
      this.#connecting = setTimeout(() => this.#fail(`no connection within ${CONNECT_MS} ms`), CONNECT_MS);
      socket.once(this.#isTls ? 'secureConnect' : 'connect', () => {
        this.#isConnected = true;
        clearTimeout(this.#connecting);
      });
    });
    sent.setTimeout(SILENCE_MS, () => this.#fail(`no byte within ${SILENCE_MS} ms`));
    sent.on('error', (error) => this.#fail(error.message));
    sent.on('response', (reply) => this.#reply(reply));
    sent.on('upgrade', (reply, socket, head) => this.#upgrade(reply, socket, head));
    response.once('close', this.#closed);
    moved.addEventListener('abort', this.#moved, { once: true });
    if (moved.aborted) this.#moved();
    else body.sendTo(sent);
  }

  get #isTls(): boolean {
    return this.#deps.address.startsWith('https:');
  }

  readonly #closed = (): void => this.#finish({ kind: 'answered' });

  readonly #moved = (): void => this.#fail('another node has the cell now');

  /** A request that went over an old connection, which the other node has closed, may have been done. */
  #fail(reason: string): void {
    // The client learns by the end of its connection that the reply is not whole.
    if (this.#isReplying) this.#deps.response.destroy();
    else this.#finish({ kind: this.#isConnected ? 'unknown' : 'not-taken', reason });
  }

  #reply(reply: IncomingMessage): void {
    const { response } = this.#deps;
    if (reply.statusCode === 503 && reply.headers[NOT_TAKEN] !== undefined) {
      this.#finish({ kind: 'not-taken', reason: 'it does not have the cell' });
      return;
    }
    this.#isReplying = true;
    writeHead(response, reply);
    response.flushHeaders();
    reply.on('error', () => response.destroy());
    reply.on('aborted', () => response.destroy());
    reply.pipe(response);
  }

  /** RFC 6455: from here on, bytes go both ways. */
  #upgrade(reply: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { response, upgradeHead } = this.#deps;
    const client = response.socket;
    if (client === null || upgradeHead === undefined) {
      socket.destroy();
      this.#fail('it answered with an upgrade that nobody asked for');
      return;
    }
    this.#isReplying = true;
    response.detachSocket(client);
    for (const one of [client, socket as Socket]) one.setTimeout(0);
    client.setNoDelay(true);
    const lines = [`HTTP/1.1 ${reply.statusCode} ${reply.statusMessage}`];
    for (let at = 0; at < reply.rawHeaders.length; at += 2) {
      lines.push(`${reply.rawHeaders[at]}: ${reply.rawHeaders[at + 1]}`);
    }
    client.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    if (head.length > 0) client.write(head);
    if (upgradeHead.length > 0) socket.write(upgradeHead);
    const end = (): void => {
      client.destroy();
      socket.destroy();
      this.#finish({ kind: 'answered' });
    };
    for (const one of [client, socket]) one.on('error', end).on('close', end);
    this.#deps.moved.addEventListener('abort', end, { once: true });
    client.pipe(socket);
    socket.pipe(client);
    client.resume();
  }

  #finish(outcome: Attempt): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#connecting);
    const { response, moved, body } = this.#deps;
    response.off('close', this.#closed);
    moved.removeEventListener('abort', this.#moved);
    body.stop();
    if (!this.#isReplying || !this.#sent.writableEnded || response.destroyed) this.#sent.destroy();
    this.#settle(outcome);
  }
}

/** The status and the headers of the other node replace those that were set here. */
function writeHead(response: ServerResponse, reply: IncomingMessage): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.sendDate = false;
  response.writeHead(reply.statusCode!, reply.statusMessage!, replyHeaders(reply));
}
