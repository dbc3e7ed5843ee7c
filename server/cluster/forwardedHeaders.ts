import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { NODE_MARK } from './nodeIdentity.ts';

/** Headers of one connection, RFC 9110, 7.6.1. `expect` is answered by the node that the client reaches. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
]);
/**
 * The headers of a request for another node, as names and values in turn: the mark, and those of the client
 * without the ones of the connection. Others that Connection names stay, as at a node that is reached
 * directly: a client could take away what a gateway has set, for example gms_user.
 */
export function requestHeaders(request: IncomingMessage, mark: string): string[] {
  // A request that the server sends to itself has no lines.
  const lines = request.rawHeaders.length > 0 ? request.rawHeaders : linesOf(request.headers);
  const headers = [NODE_MARK, mark, ...endToEnd(lines, new Set([NODE_MARK]))];
  // HTTP/1.0 has requests without Host. An empty one says that there was none.
  if (request.headers.host === undefined) headers.push('Host', '');
  return headers;
}

/** The headers of a reply of another node for the client, as names and values in turn. */
export function replyHeaders(reply: IncomingMessage): string[] {
  return endToEnd(reply.rawHeaders, new Set(tokensOf(reply.headers.connection)));
}

function endToEnd(rawHeaders: readonly string[], others: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!OF_CONNECTION.has(name) && !others.has(name)) kept.push(rawHeaders[at]!, rawHeaders[at + 1]!);
  }
  return kept;
}

function linesOf(headers: IncomingHttpHeaders): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [name, Array.isArray(value) ? value.join(', ') : value],
  );
}

function tokensOf(connection: string | undefined): readonly string[] {
  return (connection ?? '')
    .split(',')
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '');
}
