import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

/** Statuses of all replies on one connection, in order. */
class Connection {
  readonly #socket: Socket;
  #received = '';
  #changed = (): void => {};

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
      this.#changed();
    });
    this.#socket.on('error', () => {});
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Resolves when `count` replies have begun. */
  async statuses(count: number): Promise<readonly number[]> {
    for (;;) {
      const found = [...this.#received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

function requestOf(line: string, headers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

const NEXT = requestOf('GET /genesys/1/admin/node/status', {});

describe('a reply that is sent before the whole body was read', () => {
  let orsay: TestOrsay;
  let connection: Connection;

  beforeEach(async () => {
    orsay = await startOrsay();
    connection = new Connection(orsay.port);
  });
  afterEach(async () => {
    connection.close();
    await orsay.close();
  });

  /** Sends a body and then another request on the same connection. */
  async function statusesWith(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<readonly number[]> {
    connection.send(
      requestOf(`POST ${path}`, {
        ...headers,
        host: `127.0.0.1:${orsay.port}`,
        'content-length': body.length,
      }),
    );
    connection.send(body);
    connection.send(NEXT.replace('127.0.0.1', `127.0.0.1:${orsay.port}`));
    return connection.statuses(2);
  }

  it('leaves the connection usable after a compressed body that unpacks to too much', async () => {
    // Random bytes in hexadecimal, so that much of the compressed body is still on its way.
    const noise = Buffer.from(Array.from({ length: 8_000_000 }, (_, at) => (at * 2_654_435_761) >>> 24));
    const json = Buffer.from(`{"a":"${noise.toString('hex')}"}`);
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(
      await statusesWith('/genesys/1/service/hello', headers, gzipSync(json, { level: 0 })),
    ).to.deep.equal([413, 200]);
  });

  it('leaves the connection usable after a compressed body that cannot be unpacked', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const body = Buffer.alloc(2_000_000, 7);
    expect(await statusesWith('/genesys/1/service/hello', headers, body)).to.deep.equal([400, 200]);
  });

  it('leaves the connection usable after a form, bytes or a multipart body that are too large', async () => {
    for (const [type, status] of [
      ['application/x-www-form-urlencoded', 413],
      ['application/octet-stream', 415],
    ] as const) {
      const headers = { 'content-type': type };
      expect(
        await statusesWith('/genesys/1/service/hello', headers, Buffer.alloc(33 * 1024 * 1024, 97)),
      ).to.deep.equal([status, 200]);
      connection.close();
      connection = new Connection(orsay.port);
    }
    const multipart = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
      Buffer.alloc(3_000_000, 97),
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    expect(await statusesWith('/genesys/1/service/hello', headers, multipart)).to.deep.equal([413, 200]);
  });

  it('comes at once for an unknown path, a wrong method and a refused caller, whose bodies are not read', async () => {
    await orsay.close();
    orsay = await startOrsay({
      change: (config) => {
        config.administrator = { user: 'admin', passwordHash: hashPassword('secret') };
      },
    });
    const statusOf = async (
      line: string,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<number> => {
      connection.close();
      connection = new Connection(orsay.port);
      const host = `127.0.0.1:${orsay.port}`;
      connection.send(requestOf(line, { ...headers, host, 'content-length': 31 * 1024 * 1024 }));
      const [status] = await connection.statuses(1);
      return status!;
    };
    expect(await statusOf('POST /nothing')).to.equal(404);
    expect(await statusOf('POST /agent/1/agents')).to.equal(405);
    expect(await statusOf('PUT /genesys/1/admin/templates/a')).to.equal(401);
    expect(await statusOf('POST /genesys/1/service/hello', { origin: 'https://evil.example' })).to.equal(403);
  });
});
