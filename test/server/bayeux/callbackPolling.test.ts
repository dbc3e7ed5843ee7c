import { expect } from 'chai';
import { type BayeuxServer, startBayeuxServer } from '../../support/bayeuxServer.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

const HANDSHAKE = { channel: '/meta/handshake', version: '1.0', id: 'h' };

describe('server/bayeux over callback-polling', () => {
  let server: BayeuxServer;

  beforeEach(async () => {
    server = await startBayeuxServer();
  });
  afterEach(() => server.stop());

  function urlOf(messages: unknown, parameters: Record<string, string> = {}): string {
    const query = new URLSearchParams({ ...parameters, message: JSON.stringify(messages) });
    return `${server.url}?${query}`;
  }

  /** The arguments of the call in a reply. */
  function argumentsOf(script: string, callback: string): unknown {
    const called: unknown[] = [];
    const [first = ''] = callback.split('.');
    const names = callback.split('.').slice(1);
    let target: unknown = (value: unknown) => called.push(value);
    for (const name of names.reverse()) target = { [name]: target };
    new Function(first, script)(target);
    expect(called).to.have.length(1);
    return called[0];
  }

  it('answers a script that calls the function with the replies', async () => {
    const reply = await fetch(urlOf([HANDSHAKE], { jsonp: '_cometd_jsonp_0', gms_user: 'anna' }));
    const text = await reply.text();
    expect(reply.status).to.equal(200);
    expect(
      Object.fromEntries(
        ['content-type', 'x-content-type-options', 'cache-control'].map((name) => [
          name,
          reply.headers.get(name),
        ]),
      ),
    ).to.deep.equal({
      'content-type': 'text/javascript;charset=UTF-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache, no-store',
    });
    expect(reply.headers.get('set-cookie')).to.match(/^BAYEUX_BROWSER=/);
    expect(text).to.match(/^\/\*\*\/_cometd_jsonp_0\(\[.*\]\);$/);
    const [handshake] = argumentsOf(text, '_cometd_jsonp_0') as { clientId: string; successful: boolean }[];
    expect(handshake!.successful).to.equal(true);
  });

  it('takes several parameters message, each with one message or several, and the default name', async () => {
    const unknown = (id: string) => ({ channel: '/meta/connect', id, clientId: 'x' });
    const query = new URLSearchParams([
      ['message', JSON.stringify(unknown('1'))],
      ['message', JSON.stringify([unknown('2'), unknown('3')])],
    ]);
    const text = await (await fetch(`${server.url}?${query}`)).text();
    const replies = argumentsOf(text, 'jsonpcallback') as { id: string; error: string }[];
    expect(replies.map(({ id, error }) => `${id} ${error}`)).to.deep.equal([
      '1 402::Unknown client',
      '2 402::Unknown client',
      '3 402::Unknown client',
    ]);
  });

  it('holds a connect, and delivers with its reply', async () => {
    const { clientId } = await server.client('anna');
    const connect = { channel: '/meta/connect', connectionType: 'callback-polling', clientId, id: 'c' };
    const held = fetch(urlOf([connect], { jsonp: 'a.b.$c', gms_user: 'anna' }));
    await server.held(1);
    const notice = { id: '1', tag: 't', message: { text: 'line\u2028separator' } };
    await server.bayeux.comet.deliver('anna', notice);
    const text = await (await held).text();
    expect(text).to.include('line\\u2028separator');
    expect(argumentsOf(text, 'a.b.$c')).to.deep.equal([
      { channel: '/_genesys', data: notice },
      { channel: '/meta/connect', id: 'c', successful: true },
    ]);
  });

  it('refuses names that are no function of a page, and requests without messages', async () => {
    const names = ['alert(1)//', 'a b', '', '1a', 'a..b', 'a[0]', 'é', 'x'.repeat(129), 'a\n'];
    for (const jsonp of names) {
      const reply = await fetch(urlOf([HANDSHAKE], { jsonp }));
      expect(reply.status, jsonp).to.equal(400);
      expect(reply.headers.get('content-type')).to.equal('application/json;charset=UTF-8');
      expect(((await reply.json()) as { message: string }).message).to.match(/^Expected jsonp to be/);
    }
    const statuses: number[] = [];
    for (const query of ['', '?jsonp=a', '?message=', '?message=%7B', '?message=17&jsonp=a']) {
      statuses.push((await fetch(`${server.url}${query}`)).status);
    }
    expect(statuses).to.deep.equal([400, 400, 400, 400, 400]);
    expect(server.bayeux.counts().clients).to.equal(0);
  });

  it('binds a session to its cookie or gms_user, as long-polling does', async () => {
    const { clientId } = await server.client('anna');
    const connect = { channel: '/meta/connect', clientId, advice: { timeout: 0 } };
    const text = await (await fetch(urlOf([connect]))).text();
    expect(text).to.include('402::Unknown client');
  });
});

describe('callback-polling of pages', () => {
  let orsay: TestOrsay;
  beforeEach(async () => {
    orsay = await startOrsay({
      change(config) {
        config.http.origins = ['https://www.example.com'];
      },
    });
  });
  afterEach(() => orsay.close());

  async function statusOf(headers: Record<string, string>, method = 'GET'): Promise<string> {
    const { request } = await import('node:http');
    const query = new URLSearchParams({ message: JSON.stringify([HANDSHAKE]), jsonp: 'f' });
    const path = `/genesys/cometd?${query}`;
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: orsay.port, path, method, headers }, (reply) => {
        reply.resume();
        resolve(`${reply.statusCode} ${reply.headers['cross-origin-resource-policy']}`);
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  const script = { 'sec-fetch-dest': 'script', 'sec-fetch-mode': 'no-cors' };

  it('works for pages of the server and of http.origins, and for no others', async () => {
    expect({
      program: await statusOf({}),
      own: await statusOf({ ...script, 'sec-fetch-site': 'same-origin' }),
      listed: await statusOf({
        ...script,
        'sec-fetch-site': 'cross-site',
        referer: 'https://www.example.com/',
      }),
      foreign: await statusOf({
        ...script,
        'sec-fetch-site': 'cross-site',
        referer: 'https://evil.example/',
      }),
      'without referer': await statusOf({ ...script, 'sec-fetch-site': 'cross-site' }),
      'image that claims': await statusOf({
        'sec-fetch-dest': 'image',
        'sec-fetch-site': 'cross-site',
        referer: 'https://www.example.com/',
      }),
    }).to.deep.equal({
      program: '200 same-origin',
      own: '200 same-origin',
      listed: '200 cross-origin',
      foreign: '403 same-origin',
      'without referer': '403 same-origin',
      'image that claims': '403 same-origin',
    });
    expect(orsay.bayeux.counts().clients).to.equal(3);
  });

  it('has no effect by HEAD', async () => {
    expect(await statusOf({}, 'HEAD')).to.equal('405 same-origin');
    expect(orsay.bayeux.counts().clients).to.equal(0);
  });
});
