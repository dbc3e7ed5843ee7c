import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { sendRaw } from '../../support/rawHttp.ts';
import { sampleOf } from '../../support/runLength.ts';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'PURGE',
  'SEARCH',
];
/** The statuses of a request whose sender nobody knows. None shows or changes anything. */
const REFUSALS = [400, 401, 403, 404, 405, 421];
const BASIC = `Authorization: Basic ${Buffer.from('olga:secret').toString('base64')}\r\n`;

/** Other spellings of a path that something in front of the server may let through. */
const SPELLINGS: readonly (readonly [string, (path: string) => string])[] = [
  ['as it is', (path) => path],
  ['with two slashes at its beginning', (path) => `/${path}`],
  ['with a doubled slash', (path) => path.replace(/(?<=.)\//, '//')],
  ['with an encoded slash', (path) => path.replace(/(?<=.)\//, '%2f')],
  ['with a backslash', (path) => path.replace(/(?<=.)\//, '\\')],
  ['with a slash at its end', (path) => `${path}/`],
  ['with a dot at its end', (path) => `${path}.`],
  ['with a dot segment', (path) => `/.${path}`],
  ['with a detour', (path) => `/genesys/cometd/..${path}`],
  ['with an encoded detour', (path) => `/genesys/1/service/%2e%2e/%2e%2e/..${path}`],
  ['with a path parameter', (path) => `${path};a=b`],
  [
    'with an encoded letter',
    (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  ],
  ['in capitals', (path) => path.toUpperCase()],
  ['with a NUL', (path) => `${path}%00`],
  ['with a fragment', (path) => `${path}#x`],
  ['as an absolute URL', (path) => `http://127.0.0.1${path}`],
  ['as an absolute URL of another server', (path) => `http://elsewhere.test${path}`],
  ['as a URL with a user', (path) => `http://olga:secret@127.0.0.1${path}`],
];

describe('a request of nobody', () => {
  let orsay: TestOrsay;
  let port: number;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });

  before(async () => {
    const passwordHash = hashPassword('secret');
    orsay = await startOrsay({
      change(config) {
        config.users = { olga: { role: 'administrator', passwordHash } };
        config.security = {
          gateways: ['192.0.2.1'],
          customers: { mode: 'gateway', anonymous: false, signatureMaxAge: 300 },
        };
      },
    });
    port = orsay.port;
  });
  after(async () => {
    agent.destroy();
    await orsay.close();
  });

  /** Paths of all routes but those for everybody, which have no secrets. */
  const guarded = (): readonly { readonly method: string; readonly path: string }[] =>
    orsay.routes
      .filter(({ audience }) => audience !== 'everybody')
      .map(({ method, path }) => ({ method, path: path.replace(/\{[^}]*\}/g, '').replace(/[:*]\w+/g, 'x') }));

  function send(method: string, path: string): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, agent });
      sent.on('response', (reply: IncomingMessage) => {
        void text(reply).then((body) => resolve({ status: reply.statusCode!, body }), reject);
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  const methods = sampleOf(METHODS, 2);

  it(`is refused on every route, with ${methods.length} methods`, async () => {
    const paths = new Set(guarded().map(({ path }) => path));
    const accepted: string[] = [];
    for (const path of paths) {
      const replies = await Promise.all(methods.map((method) => send(method, path)));
      replies.forEach(({ status, body }, index) => {
        const isPlainOptions = methods[index] === 'OPTIONS' && status === 204 && body === '';
        if (!REFUSALS.includes(status) && !isPlainOptions)
          accepted.push(`${status} ${methods[index]} ${path}`);
      });
    }
    expect(accepted).to.deep.equal([]);
    expect(paths.size).to.be.greaterThan(80);
  }).timeout(60_000);

  for (const [what, spell] of sampleOf(SPELLINGS, 3)) {
    it(`is refused on every route for its path ${what}`, async () => {
      const accepted: string[] = [];
      const routes = guarded();
      const replies = await Promise.all(routes.map(({ method, path }) => send(method, spell(path))));
      replies.forEach(({ status }, index) => {
        if (!REFUSALS.includes(status))
          accepted.push(`${status} ${routes[index]!.method} ${routes[index]!.path}`);
      });
      expect(accepted).to.deep.equal([]);
    }).timeout(60_000);
  }

  const statusOf = async (lines: string): Promise<number> => (await sendRaw(port, lines)).status;
  const host = (): string => `Host: 127.0.0.1:${port}\r\n`;

  it('is not an administrator by HTTP/1.0, and needs no Host there', async () => {
    expect(await statusOf('GET /genesys/1/admin/services HTTP/1.0\r\n\r\n')).to.equal(401);
    expect(await statusOf(`GET /genesys/1/admin/services HTTP/1.0\r\n${BASIC}\r\n`)).to.equal(200);
    expect(await statusOf('GET /genesys/1/admin/services HTTP/1.1\r\n\r\n')).to.equal(400);
  });

  it('may have one Host, one Authorization and one gms_user, because something in front may read another', async () => {
    const service = 'POST /genesys/1/service/request-chat HTTP/1.1\r\nContent-Length: 0\r\n';
    const services = 'GET /genesys/1/admin/services HTTP/1.1\r\n';
    const twice: readonly string[] = [
      `${services}${host()}Host: elsewhere.test\r\n${BASIC}`,
      `${services}Host: elsewhere.test\r\n${host()}${BASIC}`,
      `${services}${host()}${BASIC}Authorization: Basic eA==\r\n`,
      `${services}${host()}${BASIC}authorization: Bearer x.y.z\r\n`,
      `${service}${host()}gms_user: anna\r\nGMS_USER: berta\r\n${BASIC}`,
      `${service}${host()}gms_user: anna\r\ngms_user_signature: a\r\ngms_user_signature: b\r\n${BASIC}`,
    ];
    for (const lines of twice) {
      const { status, body } = await sendRaw(port, `${lines}\r\n`);
      expect([status, JSON.parse(body).code], lines).to.deep.equal([400, 'PARAMETER_INVALID']);
    }
    expect(await statusOf(`${services}${host()}${BASIC}\r\n`)).to.equal(200);
  });

  it('has all of its headers, also behind thousands of others', async () => {
    const services = `GET /genesys/1/admin/services HTTP/1.1\r\n${host()}`;
    const others = 'a:\r\n'.repeat(3_000);
    expect(await statusOf(`${services}${others}${BASIC}\r\n`)).to.equal(200);
    expect(await statusOf(`${services}${BASIC}${others}authorization: x\r\n\r\n`)).to.equal(400);
  });

  it('cannot be hidden in the body of another (request smuggling)', async () => {
    const inner = 'GET /genesys/1/admin/services HTTP/1.1\r\nHost: x\r\n\r\n';
    const post = `POST /genesys/1/service/request-chat HTTP/1.1\r\n${host()}`;
    const ambiguous: readonly string[] = [
      `${post}Content-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${inner}`,
      `${post}Content-Length: 0\r\nContent-Length: 5\r\n\r\n${inner}`,
      `${post}Content-Length: 0, 5\r\n\r\n${inner}`,
      `${post}Content-Length: +0\r\n\r\n${inner}`,
      `${post}Content-Length: 0x5\r\n\r\n${inner}`,
      `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
      `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${inner}`,
      `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
      `${post}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n${inner}`,
      `${post}X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `${post}X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `${post}Transfer-Encoding: chunked\r\n\r\n0;a\nb\r\n\r\n${inner}`,
      `${post}Transfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n${inner}`,
      `${post} Content-Length: 5\r\n\r\n${inner}`,
    ];
    for (const lines of ambiguous) {
      const replies = await statusesOf(lines);
      expect(replies, JSON.stringify(lines)).to.deep.equal([400]);
    }
  });

  it('has its own sender when it comes behind another on one connection', async () => {
    const get = `GET /genesys/1/admin/services HTTP/1.1\r\n${host()}`;
    const close = 'Connection: close\r\n';
    expect(await statusesOf(`${get}${BASIC}\r\n${get}\r\n${get}${BASIC}${close}\r\n`)).to.deep.equal([
      200, 401, 200,
    ]);
    const put = `PUT /genesys/1/admin/services/x HTTP/1.1\r\n${host()}Content-Length: 2\r\n`;
    const requests = `${put}\r\n{}${get}${BASIC}\r\n${put}${close}\r\n{}`;
    expect(await statusesOf(requests)).to.deep.equal([401, 200, 401]);
  });

  it('with the header Upgrade is a request like others', async () => {
    for (const upgrade of ['websocket', 'h2c', 'WebSocket, h2c', 'TLS/1.0', '']) {
      const lines = `GET /genesys/1/admin/services HTTP/1.1\r\n${host()}Connection: Upgrade, close\r\nUpgrade: ${upgrade}\r\n`;
      expect(await statusesOf(`${lines}\r\n`), upgrade).to.deep.equal([401]);
    }
  });

  it('with a target that is no URL gets 400', async () => {
    for (const target of ['http://[', 'http://[::1/x']) {
      const { status, body } = await sendRaw(port, `GET ${target} HTTP/1.1\r\n${host()}\r\n`);
      expect([status, JSON.parse(body)], target).to.deep.equal([
        400,
        {
          message: 'Expected the target of the request to be a path or a URL.',
          exception: 'orsay.BadRequestException',
          code: 'PARAMETER_INVALID',
        },
      ]);
    }
  });

  it('with the header Upgrade ends a connection on which an earlier one has no reply yet', async () => {
    const get = `GET /genesys/1/admin/services HTTP/1.1\r\n${host()}`;
    for (const upgrade of ['websocket', 'h2c']) {
      // Node.js itself answers the second one.
      for (const earlier of [BASIC, 'Expect: x\r\n']) {
        const lines = `${get}${earlier}\r\n${get}Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`;
        expect(await statusesOf(lines), `${earlier}${upgrade}`).to.have.length.below(2);
      }
    }
    expect(await statusOf(`${get}${BASIC}\r\n`)).to.equal(200);
  });

  /** The statuses of all replies until the connection ends. */
  function statusesOf(lines: string): Promise<readonly number[]> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(lines, 'latin1'));
      let received = '';
      const end = (): void => {
        socket.destroy();
        resolve([...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status)));
      };
      socket.setTimeout(10_000, end);
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
      });
      socket.on('end', end);
      socket.on('error', end);
    });
  }
});
