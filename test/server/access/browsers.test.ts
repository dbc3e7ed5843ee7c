import { request } from 'node:http';
import { expect } from 'chai';
import { startOrsay, type TestOptions, type TestOrsay } from '../../support/orsay.ts';

const PAGE = 'https://www.example.com';
const EVIL = 'https://evil.example';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly code: string | undefined;
}

describe('a browser', () => {
  let orsay: TestOrsay;

  afterEach(() => orsay.close());

  async function start(change: NonNullable<TestOptions['change']> = () => {}): Promise<void> {
    orsay = await startOrsay({
      change(config) {
        config.http.origins = [PAGE];
        change(config);
      },
    });
  }

  /** fetch() of Node.js would not send the headers that only browsers set. */
  function send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const sent = request({ port: orsay.port, host: '127.0.0.1', method, path, headers }, (reply) => {
        let text = '';
        reply.on('data', (chunk) => {
          text += String(chunk);
        });
        reply.on('end', () => {
          const code = text.startsWith('{') ? (JSON.parse(text) as { code?: string }).code : undefined;
          resolve({ status: reply.statusCode!, headers: reply.headers, code });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  const outcome = ({ status, code }: Reply): string => `${status}${code === undefined ? '' : ` ${code}`}`;

  it('is refused with a name that is not the name of the server, as after DNS rebinding', async () => {
    await start((config) => {
      config.server.baseUrl = 'https://orsay.example.com/';
      config.http.hosts = ['inner', 'other:9000'];
    });
    const statusFor = async (host: string): Promise<string> =>
      outcome(await send('GET', '/genesys/1/admin/node/status', { host }));
    for (const host of [
      `127.0.0.1:${orsay.port}`,
      `LocalHost:${orsay.port}`,
      `[::1]:${orsay.port}`,
      'orsay.example.com',
      'inner',
      'inner:1234',
      'other:9000',
    ]) {
      expect(await statusFor(host), host).to.equal('200');
    }
    for (const host of [
      'evil.example',
      `evil.example:${orsay.port}`,
      `127.0.0.1:${orsay.port + 1}`,
      'orsay.example.com:81',
      'orsay.example.com.evil.example',
      'other',
      '192.0.2.1',
    ]) {
      expect(await statusFor(host), host).to.equal('421 HOST_UNKNOWN');
    }
  });

  it('may use any IP address where the server listens on all, because a name is needed to deceive it', async () => {
    await start();
    const [url] = await orsay.listenOn([{ address: '0.0.0.0', port: 0, audiences: ['customer'] }]);
    const port = Number(new URL(url!).port);
    const statusFor = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        request(
          { port, host: '127.0.0.1', path: '/genesys/1/admin/node/status', headers: { host } },
          (reply) => resolve(reply.resume().statusCode!),
        )
          .on('error', reject)
          .end();
      });
    expect(await statusFor('192.0.2.1:8080')).to.equal(200);
    expect(await statusFor('localhost:9999')).to.equal(200);
    expect(await statusFor('evil.example')).to.equal(421);
  });

  it('cannot have an effect for a page of another origin, with any content type', async () => {
    await start();
    const foreign: readonly Record<string, string>[] = [
      { origin: EVIL },
      { origin: EVIL, 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: `http://127.0.0.1:${orsay.port + 1}`, 'sec-fetch-site': 'same-site' },
      { origin: `http://127.0.0.1:${orsay.port}.evil.example` },
    ];
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b'];
    for (const headers of foreign) {
      for (const type of types) {
        for (const path of [
          '/scxml/session/start',
          '/genesys/1/service/hello',
          '/genesys/cometd/handshake',
        ]) {
          const reply = await send('POST', path, { ...headers, 'content-type': type }, 'a=b');
          expect(outcome(reply), JSON.stringify([headers, type, path])).to.equal('403 ORIGIN_REFUSED');
        }
      }
      for (const [method, path] of [
        ['GET', '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=VQ'],
        ['GET', '/genesys/1/service/1-x/check-queue-position'],
        ['GET', '/agent/1/agents'],
        ['GET', '/genesys/1/admin/templates'],
        ['PUT', '/genesys/1/admin/templates/callback'],
        ['DELETE', '/genesys/1/service/1-x'],
      ] as const) {
        expect(outcome(await send(method, path, headers)), path).to.equal('403 ORIGIN_REFUSED');
      }
    }
    expect(await orsay.sessions.list()).to.deep.equal([]);
  });

  it('cannot read with credentials for a page of another origin', async () => {
    await start();
    const path = '/genesys/1/service/callback/chat-delay?_customer_number=1';
    const foreign = { origin: EVIL, 'sec-fetch-site': 'cross-site' };
    const plain = await send('GET', path, foreign);
    expect(plain.status).to.equal(200);
    expect(plain.headers['access-control-allow-origin']).to.equal(undefined);
    expect(plain.headers['cross-origin-resource-policy']).to.equal('same-origin');
    for (const credentials of [{ cookie: 'a=b' }, { authorization: 'Basic x' }]) {
      expect(outcome(await send('GET', path, { ...foreign, ...credentials }))).to.equal('403 ORIGIN_REFUSED');
    }
  });

  it('works for pages of the server, for a listed origin, and for clients that are no browsers', async () => {
    await start((config) => {
      config.server.baseUrl = 'https://orsay.example.com';
    });
    for (const headers of [
      {},
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin', origin: 'null' },
      { origin: `http://127.0.0.1:${orsay.port}` },
      { origin: 'https://orsay.example.com' },
      { origin: PAGE, 'sec-fetch-site': 'cross-site', cookie: 'a=b' },
    ]) {
      const reply = await send('POST', '/genesys/1/service/hello', headers);
      expect(reply.status, JSON.stringify(headers)).to.equal(200);
    }
  });

  it('never administers the server for a page of another origin, not even a listed one', async () => {
    await start();
    expect(outcome(await send('GET', '/genesys/1/admin/templates', { origin: PAGE }))).to.equal(
      '403 ORIGIN_REFUSED',
    );
  });

  it('gets complete answers of CORS for a listed origin, also from CometD and with an error', async () => {
    await start();
    const asked = 'content-type,gms_user,authorization';
    const preflight = await send('OPTIONS', '/genesys/1/service/hello', {
      origin: PAGE,
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers).to.include({
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
      'access-control-allow-headers': asked,
      vary: 'Origin, Access-Control-Request-Headers',
    });
    for (const path of ['/genesys/1/service/hello', '/genesys/cometd', '/genesys/1/service/nothing']) {
      const reply = await send('POST', path, { origin: PAGE, 'content-type': 'application/json' }, '[]');
      expect(reply.headers, path).to.include({
        'access-control-allow-origin': PAGE,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Retry-After, WWW-Authenticate',
        'cross-origin-resource-policy': 'cross-origin',
        vary: 'Origin',
      });
    }
    const other = await send('OPTIONS', '/genesys/1/service/hello', {
      origin: EVIL,
      'access-control-request-method': 'POST',
    });
    expect(other.headers['access-control-allow-origin']).to.equal(undefined);
    expect(other.headers.vary).to.equal('Origin');
  });

  it('is told with every reply not to sniff, frame, cache or pass on URLs', async () => {
    await start();
    for (const path of [
      '/nothing',
      '/genesys/1/admin/node/status',
      '/urs/call/max/lvq/VQ',
      '/agent/1/agents',
    ]) {
      const { headers } = await send('GET', path);
      expect(headers, path).to.include({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['cache-control'], path).to.contain('no-store');
    }
  });

  it('keeps cookies from scripts and other sites, and from other sites only if the file does not allow them', async () => {
    const cookiesOf = async (): Promise<readonly string[]> => {
      const src = `${orsay.baseUrl()}/genesys/1/document/service_template/hello/hello.scxml`;
      const replies = [
        await send('POST', `/scxml/session/start?src=${encodeURIComponent(src)}`),
        await send(
          'POST',
          '/genesys/cometd',
          { 'content-type': 'application/json' },
          JSON.stringify([
            { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] },
          ]),
        ),
      ];
      const service = await send('POST', '/genesys/1/service/request-chat');
      const ofService = String(service.headers['set-cookie']).replace('Path=/genesys;', 'Path=/;');
      return [...replies.map(({ headers }) => String(headers['set-cookie'])), ofService].map((cookie) =>
        cookie.replace(/^[^;]*/, ''),
      );
    };
    await start();
    expect(await cookiesOf()).to.deep.equal(Array(3).fill('; Path=/; HttpOnly; SameSite=Lax'));
    await orsay.close();
    await start((config) => {
      config.server.baseUrl = 'https://orsay.example.com';
    });
    expect(await cookiesOf()).to.deep.equal(Array(3).fill('; Path=/; HttpOnly; SameSite=Lax; Secure'));
    await orsay.close();
    await start((config) => {
      config.http.crossSiteCookies = true;
    });
    expect(await cookiesOf()).to.deep.equal(Array(3).fill('; Path=/; HttpOnly; SameSite=None; Secure'));
  });
});
