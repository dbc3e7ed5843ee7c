import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { WireError } from '../errors/index.ts';
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
 * Headers that tell who sends a request, and its content. A client that names one in Connection would take it
 * away between two nodes, for example the gms_user that a gateway has set.
 */
const KEPT: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'cookie',
  'gms_user',
  'gms_user_signature',
  'x-forwarded-for',
  'origin',
  'referer',
  'sec-fetch-site',
  'sec-fetch-dest',
  'content-length',
  'content-type',
  'idempotency-key',
  'last-event-id',
  'if-match',
  'if-none-match',
]);

/**
 * The headers of a request for another node, as names and values in turn: those of the client without the
 * ones of the connection, and the mark. Throws PARAMETER_INVALID when Connection names a header of KEPT.
 */
export function requestHeaders(request: IncomingMessage, mark: string): string[] {
  const named = tokensOf(request.headers.connection);
  const taken = named.find((name) => KEPT.has(name));
  if (taken !== undefined) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected Connection to name only headers of the connection, got '${taken}'.`,
    });
  }
  // A request that the server sends to itself has no lines.
  const lines = request.rawHeaders.length > 0 ? request.rawHeaders : linesOf(request.headers);
  const headers = endToEnd(lines, new Set([...named, NODE_MARK]));
  headers.push(NODE_MARK, mark);
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
