import type { IncomingMessage } from 'node:http';

/** Time for the rest of a body whose beginning has arrived, in ms. */
const ARRIVAL_MS = 5_000;

/**
 * The text of the body of a request, which stays there for others to read. At most `maxBytes`, and as much as
 * arrives in ARRIVAL_MS.
 */
export async function peekBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const expected = encoding === undefined ? Number(length ?? 0) : maxBytes;
  const wanted = Math.min(expected, maxBytes);
  const until = Date.now() + ARRIVAL_MS;
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes < wanted && !request.destroyed && Date.now() < until) {
    const chunk = request.read() as Buffer | null;
    if (chunk === null) {
      if (request.complete || !(await readable(request, until))) break;
      continue;
    }
    chunks.push(chunk);
    bytes += chunk.length;
    // Before the end is announced: nothing can be put back after it.
    if (request.complete) break;
  }
  const body = Buffer.concat(chunks);
  if (body.length > 0) request.unshift(body);
  return body.toString('latin1');
}

/** False: it did not arrive in time, or the client is gone. */
function readable(request: IncomingMessage, until: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (hasMore: boolean): void => {
      clearTimeout(timer);
      request.off('readable', more).off('close', none).off('end', none);
      resolve(hasMore);
    };
    const more = (): void => settle(true);
    const none = (): void => settle(false);
    const timer = setTimeout(none, until - Date.now());
    request.on('readable', more).on('close', none).on('end', none);
  });
}
