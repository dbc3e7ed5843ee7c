import { type Server, type ServerOptions, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { ClientAddresses } from '../access/index.ts';
import { RefusalLog, WireError } from '../errors/index.ts';
import type { Limits } from './config/limits.ts';

/** How often Node.js ends connections whose request is late. */
const CHECK_MS = 1000;
const RETRY_AFTER = { 'Retry-After': '5' };
/** Time in which the client of a refused connection can read the reply. A reset would discard it. */
const LINGER_MS = 500;

/** The limits of the connections of all listeners together. */
export class ConnectionLimits {
  readonly #limits: Limits['connections'];
  readonly #addresses: Pick<ClientAddresses, 'ofSocket'>;
  readonly #refusals: RefusalLog;
  readonly #ofAddress = new Map<string, number>();
  /** The address for which each connection counts. */
  readonly #addressOf = new Map<string, string>();
  #total = 0;

  constructor(deps: {
    readonly limits: Limits['connections'];
    readonly addresses: Pick<ClientAddresses, 'ofSocket'>;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#limits = deps.limits;
    this.#addresses = deps.addresses;
    this.#refusals = new RefusalLog(deps);
  }

  /** For the constructor of a server of Node.js. */
  get serverOptions(): ServerOptions {
    const { headerBytes, headersSeconds, requestSeconds } = this.#limits;
    return {
      maxHeaderSize: headerBytes,
      headersTimeout: Math.min(headersSeconds, requestSeconds) * 1000,
      requestTimeout: requestSeconds * 1000,
      connectionsCheckingInterval: CHECK_MS,
    };
  }

  /** Limits the connections of a server that was made with serverOptions. */
  guard(server: Server): void {
    // Node.js reads from a connection as soon as its own listener has it.
    const accept = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (this.#admits(socket)) for (const listener of accept) listener.call(server, socket);
    });
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#refuse(error, socket as Socket));
  }

  /** The connections of another node have requests of many clients, so they do not count for its address. */
  trust(socket: Socket): void {
    this.#uncount(endsOf(socket));
  }

  /** Counts the connection, or refuses it. */
  #admits(socket: Socket): boolean {
    const { total, ofAddress } = this.#limits;
    const address = this.#addresses.ofSocket(socket);
    const count = address === undefined ? 0 : (this.#ofAddress.get(address) ?? 0);
    if (address !== undefined && count >= ofAddress) {
      const message = this.#refusal(socket, 'ofAddress');
      endWith(socket, new WireError('TOO_MANY_REQUESTS', { message, headers: RETRY_AFTER }));
      return false;
    }
    if (this.#total >= total) {
      const message = this.#refusal(socket, 'total');
      endWith(socket, new WireError('SERVER_BUSY', { message, headers: RETRY_AFTER }));
      return false;
    }
    this.#total += 1;
    const ends = endsOf(socket);
    if (address !== undefined) {
      this.#ofAddress.set(address, count + 1);
      this.#addressOf.set(ends, address);
    }
    socket.once('close', () => {
      this.#total -= 1;
      this.#uncount(ends);
    });
    return true;
  }

  #uncount(ends: string): void {
    const address = this.#addressOf.get(ends);
    if (address === undefined) return;
    this.#addressOf.delete(ends);
    const count = this.#ofAddress.get(address)! - 1;
    if (count === 0) this.#ofAddress.delete(address);
    else this.#ofAddress.set(address, count);
  }

  /** Logs the refusal, and returns its message. */
  #refusal(socket: Socket, limit: 'total' | 'ofAddress'): string {
    const name = `limits.connections.${limit}`;
    const value = this.#limits[limit];
    const fields = { limit: name, value, address: socket.remoteAddress };
    this.#refusals.warn(fields, 'A connection was refused.');
    return `There are too many connections: ${name} is ${value}.`;
  }

  /** Answers a request that Node.js could not read or that came too slowly. */
  #refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    // A connection that sent nothing gets no reply: a client would take it for the reply to its next request.
    const isSilent = socket.bytesRead === 0 || error.code === 'ECONNRESET';
    const running = (socket as { _httpMessage?: { headersSent: boolean } })._httpMessage;
    if (isSilent || !socket.writable || running?.headersSent === true) {
      socket.destroy();
      return;
    }
    endWith(socket, this.#errorOf(error));
  }

  #errorOf({ code, message }: NodeJS.ErrnoException): WireError {
    const { headerBytes, headersSeconds, requestSeconds } = this.#limits;
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      return new WireError('REQUEST_TOO_SLOW', {
        message: `The request did not arrive in time: limits.connections.headersSeconds is ${headersSeconds}, limits.connections.requestSeconds is ${requestSeconds}.`,
      });
    }
    if (code === 'HPE_HEADER_OVERFLOW') {
      return new WireError('HEADERS_TOO_LARGE', {
        message: `The headers are larger than limits.connections.headerBytes (${headerBytes}).`,
      });
    }
    return new WireError('BODY_MALFORMED', { message: `The request is not valid HTTP: ${message}` });
  }
}

/** The two ends of a connection, which are the same for the socket of TLS over it. */
function endsOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`;
}

/** Sends a reply for which no response object exists, and closes the connection. */
function endWith(socket: Socket, error: WireError): void {
  const body = JSON.stringify(error.body());
  const headers = {
    'Content-Type': 'application/json;charset=UTF-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...error.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
