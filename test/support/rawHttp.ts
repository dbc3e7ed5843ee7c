import { connect } from 'node:net';

export interface RawReply {
  readonly status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Sends bytes unchanged to a server on loopback and reads one reply (Content-Length or chunked). */
export function sendRaw(port: number, request: string | Buffer): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = Buffer.alloc(0);
    const finish = (ended: boolean): void => {
      const reply = parseReply(received, ended);
      if (!reply) return;
      socket.destroy();
      resolve(reply);
    };
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      finish(false);
    });
    socket.on('end', () => {
      finish(true);
      if (!socket.destroyed) reject(new Error(`the reply ended early: ${received.toString('latin1')}`));
    });
    socket.on('error', reject);
  });
}

function parseReply(received: Buffer, ended: boolean): RawReply | undefined {
  const split = received.indexOf('\r\n\r\n');
  if (split === -1) return undefined;
  const [statusLine, ...lines] = received.subarray(0, split).toString('latin1').split('\r\n');
  const headers: { [name: string]: string } = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const status = Number(statusLine!.split(' ')[1]);
  const rest = received.subarray(split + 4);
  const length = headers['content-length'];
  if (length !== undefined) {
    if (rest.length < Number(length)) return undefined;
    return { status, headers, body: rest.subarray(0, Number(length)).toString('utf8') };
  }
  if (headers['transfer-encoding'] === 'chunked') {
    const body = readChunks(rest);
    return body === undefined ? undefined : { status, headers, body };
  }
  if (status === 204 || status === 304) return { status, headers, body: '' };
  return ended ? { status, headers, body: rest.toString('utf8') } : undefined;
}

function readChunks(bytes: Buffer): string | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(parts).toString('utf8');
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return undefined;
    parts.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
