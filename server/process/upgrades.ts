import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Arrival, markArrival } from '../access/index.ts';

type ConnectionListener = (this: Server, socket: Socket) => void;

/**
 * Handles requests with the header Upgrade. Those for a WebSocket pass the middleware and the guard as all
 * requests do, with a response that the route replaces by the WebSocket. Other upgrades (`h2c` of some Java
 * clients) are ignored, as RFC 9110, 7.8 allows: Node.js would leave their connection to this server alone.
 * A connection ends on which an earlier request has no reply yet: no client has a reason to change the
 * protocol before it has that, and the connection has no place for a second response. `server`: before
 * anything else handles its connections.
 */
export function handleUpgrades(deps: {
  readonly server: Server;
  readonly arrival: Arrival;
  readonly handler: RequestListener;
}): void {
  const { server, arrival, handler } = deps;
  const event = arrival.isSecure ? 'secureConnection' : 'connection';
  // The listeners of Node.js, which read requests from a connection.
  const accept = server.listeners(event) as ConnectionListener[];
  server.on('upgrade', (request, duplex, head) => {
    const socket = duplex as Socket;
    if (hasUnanswered(socket)) {
      socket.destroy();
      return;
    }
    if (!isForWebSocket(request)) {
      // Node.js reads the request again, without the header.
      socket.unshift(Buffer.concat([Buffer.from(withoutUpgrade(request), 'latin1'), head]));
      for (const listener of accept) listener.call(server, socket);
      return;
    }
    markArrival(request, { ...arrival, upgradeHead: head });
    handler(request, responseOn(socket, request));
  });
}

/**
 * Whether a request of the connection has no whole reply. Node.js has no event for some replies, such as 417
 * of its own.
 */
function hasUnanswered(socket: Socket): boolean {
  return ((socket as { _httpMessage?: object | null })._httpMessage ?? null) !== null;
}

/** A response for which Node.js made none. The connection ends with it. */
function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  return response;
}

function isForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** The first line and the headers of a request. */
function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at]!, rawHeaders[at + 1]!];
    const kept = /^connection$/i.test(name) ? withoutToken(value) : value;
    if (!/^(?:upgrade|http2-settings)$/i.test(name) && kept !== '') lines.push(`${name}: ${kept}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function withoutToken(value: string): string {
  const tokens = value.split(',').map((token) => token.trim());
  return tokens.filter((token) => !/^(?:upgrade|http2-settings)$/i.test(token)).join(', ');
}
