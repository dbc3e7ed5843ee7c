import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { expect } from 'chai';
import type { Log } from '../../../engine/ports/log.ts';
import { limitsSchema } from '../../../server/process/config/limits.ts';
import { ConnectionLimits } from '../../../server/process/connectionLimits.ts';
import { HttpServer } from '../../../server/process/httpServer.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

interface Client {
  readonly socket: Socket;
  /** Everything that the server sent, when it has closed the connection. */
  readonly received: Promise<string>;
  send(text: string): void;
  /** Resolves when the server has sent this text. */
  sees(text: string): Promise<void>;
}

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('the limits of connections', () => {
  const servers: HttpServer[] = [];
  const clients: Client[] = [];
  let warnings: (readonly [Readonly<Record<string, unknown>>, string])[] = [];

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => server.close()));
    warnings = [];
  });

  /** Clients from 127.0.0.N count as clients of another machine when `limits.ofAddress` is given. */
  async function listen(limits: Record<string, number>): Promise<(localAddress?: string) => Client> {
    const clock = createSimulatedClock();
    const log: Log = { debug() {}, info() {}, warn: (...line) => warnings.push(line), error() {} };
    const server = new HttpServer({
      listener: { address: '127.0.0.1', port: 0, audiences: [] },
      handler: (request, response) => request.on('end', () => response.end('{}')).resume(),
      clock,
      log,
      limits: new ConnectionLimits({
        limits: limitsSchema.parse({ connections: limits }).connections,
        addresses: {
          ofSocket: (socket) => (limits.ofAddress === undefined ? undefined : socket.remoteAddress),
        },
        clock,
        log,
      }),
    });
    servers.push(server);
    const { port } = await server.listen();
    return (localAddress = '127.0.0.1') => {
      const client = clientOf(connect({ port, host: '127.0.0.1', localAddress }));
      clients.push(client);
      return client;
    };
  }

  it('refuse one connection too many of an address, and no connection of another address', async () => {
    const open = await listen({ ofAddress: 2 });
    const held = [open('127.0.0.2'), open('127.0.0.2')];
    for (const client of held) await served(client);

    const refused = replyOf(await open('127.0.0.2').received);
    expect(refused).to.deep.equal({
      status: 429,
      retryAfter: '5',
      body: {
        message: 'There are too many connections: limits.connections.ofAddress is 2.',
        exception: 'orsay.TooManyRequestsException',
        code: 'TOO_MANY_REQUESTS',
      },
    });
    await served(open('127.0.0.3'));

    held[0]!.socket.destroy();
    await eventually(async () => served(open('127.0.0.2')));
  });

  it('refuse one connection too many in all, and accept one again when one has ended', async () => {
    const open = await listen({ total: 2 });
    const held = [open(), open()];
    for (const client of held) await served(client);
    expect(replyOf(await open().received)).to.deep.equal({
      status: 503,
      retryAfter: '5',
      body: {
        message: 'There are too many connections: limits.connections.total is 2.',
        exception: 'orsay.UnavailableException',
        code: 'SERVER_BUSY',
      },
    });
    held[0]!.socket.destroy();
    await eventually(async () => served(open()));
  });

  it('are written to the log once a minute, however many connections are refused', async () => {
    const open = await listen({ total: 1 });
    await served(open());
    for (let count = 0; count < 5; count += 1) await open().received;
    expect(warnings).to.deep.equal([
      [
        { limit: 'limits.connections.total', value: 1, address: '127.0.0.1', refused: 1 },
        'A connection was refused.',
      ],
    ]);
  });

  it('end a request whose headers or body come too slowly, with 408', async () => {
    const open = await listen({ requestSeconds: 1 });
    for (const late of [
      'POST / HTTP/1.1\r\nHost:',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nslow',
    ]) {
      const client = open();
      client.send(late);
      expect(replyOf(await client.received)).to.deep.equal({
        status: 408,
        retryAfter: undefined,
        body: {
          message:
            'The request did not arrive in time: limits.connections.headersSeconds is 20, limits.connections.requestSeconds is 1.',
          exception: 'orsay.RequestTooSlowException',
          code: 'REQUEST_TOO_SLOW',
        },
      });
    }
  }).timeout(20_000);

  it('close a connection that sends nothing without a reply', async () => {
    const open = await listen({ headersSeconds: 1 });
    expect(await open().received).to.equal('');
  }).timeout(10_000);

  it('refuse headers that are too large, with 431, and headers that are no HTTP, with 400', async () => {
    const open = await listen({ headerBytes: 4096 });
    const client = open();
    client.send(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(5000)}\r\n\r\n`);
    expect(replyOf(await client.received)).to.deep.equal({
      status: 431,
      retryAfter: undefined,
      body: {
        message: 'The headers are larger than limits.connections.headerBytes (4096).',
        exception: 'orsay.HeadersTooLargeException',
        code: 'HEADERS_TOO_LARGE',
      },
    });
    const wrong = open();
    wrong.send('no HTTP\r\n\r\n');
    expect(replyOf(await wrong.received)).to.deep.include({ status: 400 });
  });
});

function clientOf(socket: Socket): Client {
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', () => {});
  return {
    socket,
    received: new Promise((resolve) => socket.on('close', () => resolve(text))),
    send: (sent) => socket.write(sent),
    sees: (expected) =>
      new Promise((resolve, reject) => {
        socket.on('data', () => text.includes(expected) && resolve());
        socket.on('close', () => reject(new Error(`Closed after '${text}'.`)));
      }),
  };
}

async function served(client: Client): Promise<void> {
  client.send(GET);
  await client.sees('200 OK');
}

/** The server notices the end of a connection after its client. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

function replyOf(text: string): unknown {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return {
    status: Number(head.split(' ')[1]),
    retryAfter: /^Retry-After: (.*)$/m.exec(head)?.[1]?.trim(),
    body: JSON.parse(body),
  };
}
