import { expect } from 'chai';
import { type ClientOptions, WebSocket } from 'ws';
import type { Config } from '../../../server/process/config.ts';
import { startOrsay, type TestOptions, type TestOrsay } from '../../support/orsay.ts';
import { sendRaw } from '../../support/rawHttp.ts';
import { openTunnel, TEST_TLS } from '../../support/tlsFront.ts';

const ORIGIN = 'https://www.example.com';

describe('a request for a WebSocket', () => {
  let orsay: TestOrsay;
  afterEach(() => orsay.close());

  async function start(
    change: (config: Config) => void = () => {},
    options: TestOptions = {},
  ): Promise<void> {
    orsay = await startOrsay({ change, ...options });
  }

  /** The status of the reply; 101: it is a WebSocket, which is cut. */
  function statusOf(
    headers: Record<string, string> = {},
    { path = '/genesys/cometd', ...options }: ClientOptions & { readonly path?: string } = {},
  ): Promise<number> {
    const ws = new WebSocket(`${orsay.base.replace('http', 'ws')}${path}`, { headers, ...options });
    return new Promise((resolve, reject) => {
      ws.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      ws.once('open', () => {
        ws.terminate();
        resolve(101);
      });
      ws.once('error', reject);
    });
  }

  it('of a page counts when the page is of this server or of http.origins', async () => {
    await start((config) => {
      config.http.origins = [ORIGIN];
    });
    const cookie = 'BAYEUX_BROWSER=0123456789abcdef';
    const own = orsay.base;
    expect({
      'no browser': await statusOf(),
      own: await statusOf({ origin: own, cookie, 'sec-fetch-site': 'same-origin' }),
      'own, older browser': await statusOf({ origin: own, cookie }),
      listed: await statusOf({ origin: ORIGIN, cookie, 'sec-fetch-site': 'cross-site' }),
      foreign: await statusOf({ origin: 'https://evil.example', cookie, 'sec-fetch-site': 'cross-site' }),
      'foreign, older browser': await statusOf({ origin: 'https://evil.example' }),
      'foreign, no cookie': await statusOf({
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
      }),
      'own origin, cross-site': await statusOf({ origin: own, 'sec-fetch-site': 'cross-site' }),
      opaque: await statusOf({ origin: 'null' }),
    }).to.deep.equal({
      'no browser': 101,
      own: 101,
      'own, older browser': 101,
      listed: 101,
      foreign: 403,
      'foreign, older browser': 403,
      'foreign, no cookie': 403,
      'own origin, cross-site': 403,
      opaque: 403,
    });
    expect(orsay.bayeux.counts().clients).to.equal(0);
  });

  it('is refused with a Host that is no name of the server', async () => {
    await start();
    expect(await statusOf({ host: 'rebound.example' })).to.equal(421);
  });

  it('needs the gms_user of a gateway where customers come through one', async () => {
    await start((config) => {
      config.security = {
        ...config.security,
        gateways: ['127.0.0.1'],
        customers: { mode: 'gateway' },
      } as NonNullable<Config['security']>;
    });
    expect([
      await statusOf(),
      await statusOf({ gms_user: 'anna' }),
      await statusOf({}, { path: '/genesys/cometd?gms_user=anna' }),
    ]).to.deep.equal([401, 101, 401]);
  });

  it('exists on listeners for customers, with and without TLS', async () => {
    await start(undefined, {
      listeners: [{ address: '127.0.0.1', port: 0, audiences: ['customer'], tls: TEST_TLS }],
    });
    expect(await statusOf({}, { rejectUnauthorized: false })).to.equal(101);
    const [agents] = await orsay.listenOn([{ address: '127.0.0.1', port: 0, audiences: ['agent'] }]);
    orsay = { ...orsay, base: agents! };
    expect(await statusOf()).to.equal(404);
  });

  it('for another path gets the reply that the path has without it', async () => {
    await start();
    expect([
      await statusOf({}, { path: '/genesys/1/admin/node/status' }),
      await statusOf({}, { path: '/nothing' }),
    ]).to.deep.equal([200, 404]);
  });

  for (const tls of [undefined, TEST_TLS]) {
    it(`for another protocol is an ordinary request, with its body${tls ? ', over TLS' : ''}`, async () => {
      await start(undefined, {
        listeners: [{ address: '127.0.0.1', port: 0, audiences: ['customer'], tls }],
      });
      const body = '[{"channel":"/meta/handshake","id":"1"}]';
      const head = [
        'POST /genesys/cometd HTTP/1.1',
        `Host: 127.0.0.1:${orsay.port}`,
        'Connection: Upgrade, HTTP2-Settings, close',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
        `Content-Length: ${body.length}`,
      ].join('\r\n');
      const front = tls && (await openTunnel(orsay.base));
      const port = Number(new URL(front?.base ?? orsay.base).port);
      const reply = await sendRaw(port, `${head}\r\n\r\n${body}`);
      await front?.close();
      expect(reply.status).to.equal(200);
      expect(JSON.parse(reply.body)[0]).to.include({ id: '1', successful: true });
    });
  }

  it('does not keep the server from stopping', async () => {
    await start();
    const ws = new WebSocket(`${orsay.base.replace('http', 'ws')}/genesys/cometd`);
    await new Promise((resolve) => ws.once('open', resolve));
    const closed = new Promise((resolve) => ws.once('close', (code) => resolve(code)));
    await orsay.close();
    expect(await closed).to.equal(1001);
    await start();
  });
});
