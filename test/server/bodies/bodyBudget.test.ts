import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import Koa from 'koa';
import type { BodyBudget } from '../../../server/bodies/bodyBudget.ts';
import { parseBody } from '../../../server/bodies/parseBody.ts';
import { WireError } from '../../../server/errors/wireErrors.ts';
import { errorBoundary } from '../../../server/middleware/errorBoundary.ts';
import { createBodyBudget } from '../../support/bodyBudget.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { sendRaw } from '../../support/rawHttp.ts';
import { silentLog } from '../../support/silentLog.ts';

const MIB = 1024 * 1024;
const BOUNDARY = 'border';
const FILE_PART = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="f.png"\r\nContent-Type: image/png\r\n\r\n`;
const FIELD_PART = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="f"\r\n\r\n`;

/** The kinds of bodies that have a reader of their own, each with the start of a body of the kind. */
const KINDS: readonly { readonly type: string; readonly start: string; readonly encoding?: string }[] = [
  { type: 'application/x-www-form-urlencoded', start: 'a=' },
  { type: 'application/json', start: '{"a":"' },
  { type: 'text/plain', start: '' },
  { type: 'application/zip', start: '' },
  { type: `multipart/form-data; boundary=${BOUNDARY}`, start: FILE_PART },
  { type: `multipart/form-data; boundary=${BOUNDARY}`, start: FIELD_PART },
];

describe('the budget of bodies', () => {
  let server: Server;
  let budget: BodyBudget;
  const sockets: Socket[] = [];

  async function start(limits: Parameters<typeof createBodyBudget>[0]): Promise<number> {
    budget = createBodyBudget(limits);
    const app = new Koa();
    // Requests that their client breaks off would be printed.
    app.silent = true;
    app.use(errorBoundary({ log: silentLog }));
    app.use((ctx, next) => {
      // The client tells its address, so that one machine can be many clients.
      ctx.state.client = { address: ctx.get('x-client') || undefined, verifiesUsers: false };
      return next();
    });
    app.use(parseBody(budget, () => true));
    app.use((ctx) => {
      ctx.body = 'read';
    });
    const handle = app.callback();
    server = createServer((request, response) => {
      response.once('finish', () => {
        if (!request.complete) request.unpipe().resume();
      });
      void handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  function head(kind: (typeof KINDS)[number], client: string, length = 32 * MIB): string {
    const encoding = kind.encoding === undefined ? '' : `Content-Encoding: ${kind.encoding}\r\n`;
    const type = `Content-Type: ${kind.type}\r\nContent-Length: ${length}\r\n`;
    return `POST / HTTP/1.1\r\nHost: x\r\nX-Client: ${client}\r\n${encoding}${type}\r\n`;
  }

  /** Sends the beginning of a body, and resolves when the server has it. */
  async function hold(
    port: number,
    kind: (typeof KINDS)[number],
    { client = '', bytes = 100_000 } = {},
  ): Promise<Socket> {
    const before = budget.bytes;
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    const isText = kind.type !== 'application/zip' && !kind.type.startsWith('multipart');
    socket.write(head(kind, client, isText ? MIB : 16 * MIB) + kind.start + 'x'.repeat(bytes));
    // A parser of multipart keeps the bytes that may begin a border.
    await until(() => budget.bytes >= before + bytes - BOUNDARY.length - 8);
    return socket;
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  }

  for (const kind of KINDS) {
    const name = `${kind.type.split(';')[0]}${kind.start === FIELD_PART ? ' (a field)' : ''}`;
    it(`counts ${name} while it arrives, refuses what is too much, and gives back`, async () => {
      const port = await start({ bytes: 250_000 });
      const first = await hold(port, kind);
      await hold(port, kind);
      const refused = await sendRaw(
        port,
        `${head(kind, '', 400_000)}${kind.start}${'x'.repeat(400_000 - kind.start.length)}`,
      );
      expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.body)]).to.deep.equal([
        503,
        '5',
        {
          message: 'The bodies of all requests have more bytes than limits.bodies.bytes (250000).',
          exception: 'orsay.UnavailableException',
          code: 'SERVER_BUSY',
        },
      ]);
      const before = budget.bytes;
      first.destroy();
      await until(() => budget.bytes < before);
      await hold(port, kind);
    });
  }

  it('refuses the address that has too much, and no other', async () => {
    const port = await start({ bytes: 10 * MIB, bytesOfAddress: 150_000 });
    const [form] = KINDS;
    await hold(port, form!, { client: '192.0.2.1' });
    const body = `a=${'x'.repeat(100_000)}`;
    const refused = await sendRaw(port, head(form!, '192.0.2.1', body.length) + body);
    expect([refused.status, JSON.parse(refused.body)]).to.deep.equal([
      429,
      {
        message:
          'The bodies of address 192.0.2.1 have more bytes than limits.bodies.bytesOfAddress (150000).',
        exception: 'orsay.TooManyRequestsException',
        code: 'TOO_MANY_REQUESTS',
      },
    ]);
    expect((await sendRaw(port, head(form!, '192.0.2.2', body.length) + body)).status).to.equal(200);
    await until(() => budget.bytes < 101_000);
  });

  it('leaves the connection of a refused request usable', async () => {
    const port = await start({ bytes: 1000 });
    for (const kind of KINDS) {
      const body = kind.start + 'x'.repeat(50_000);
      const next = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.write(head(kind, '', body.length) + body);
      await until(() => text.includes('SERVER_BUSY'));
      socket.write(next);
      await closed;
      expect(text.match(/HTTP\/1\.1 \d+/g), kind.type).to.deep.equal(['HTTP/1.1 503', 'HTTP/1.1 200']);
    }
    expect(budget.bytes).to.equal(0);
  });

  it('counts a compressed body as large as it may become', async () => {
    const port = await start({ bytes: 100_000 });
    const bytes = gzipSync('{}');
    const request = head({ type: 'application/json', start: '', encoding: 'gzip' }, '', bytes.length);
    const reply = await sendRaw(port, Buffer.concat([Buffer.from(request), bytes]));
    expect([reply.status, JSON.parse(reply.body).code]).to.deep.equal([503, 'SERVER_BUSY']);
  });

  it('is exact after any bodies that are taken and released', () => {
    const step = fc.record({
      address: fc.constantFrom('a', 'b', undefined),
      bytes: fc.nat(60),
      releases: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const exact = createBodyBudget({ bytes: 200, bytesOfAddress: 100 });
        const open: { readonly address: string | undefined; bytes: number; release(): void }[] = [];
        const sum = (address?: string): number =>
          open
            .filter((one) => address === undefined || one.address === address)
            .reduce((total, one) => total + one.bytes, 0);
        for (const { address, bytes, releases } of steps) {
          if (releases) open.shift()?.release();
          const count = exact.open(address);
          const fits = sum() + bytes <= 200 && (address === undefined || sum(address) + bytes <= 100);
          let isTaken = true;
          try {
            count.take(bytes);
          } catch (error) {
            if (!(error instanceof WireError)) throw error;
            isTaken = false;
          }
          expect(isTaken).to.equal(fits);
          if (isTaken) open.push({ address, bytes, release: () => count.release() });
          expect(exact.bytes).to.equal(sum());
        }
        for (const one of open.splice(0)) one.release();
        expect(exact.bytes).to.equal(0);
      }),
      { ...fuzzSeed(), numRuns: 200 },
    );
  });
});
