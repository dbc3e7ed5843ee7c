import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { CustomPushServer } from '../../simulators/customPushServer.ts';
import { FcmServer } from '../../simulators/fcmServer.ts';
import { ConfiguredServer, refusal } from '../../support/configuredServer.ts';

describe('push providers of the configuration', () => {
  let opened: ConfiguredServer;
  let custom: CustomPushServer;
  let fcm: FcmServer;

  beforeEach(async () => {
    custom = new CustomPushServer();
    fcm = new FcmServer();
    await Promise.all([custom.listen(), fcm.listen()]);
    opened = await ConfiguredServer.open();
  });
  afterEach(async () => {
    await opened.close();
    await Promise.all([custom.close(), fcm.close()]);
  });

  const send = (...args: Parameters<ConfiguredServer['send']>) => opened.send(...args);
  const subscribe = (deviceId: string, type: string, providerName?: string) =>
    opened.server.send('POST', '/genesys/1/notification/subscription', {
      json: {
        subscriberId: deviceId,
        notificationDetails: { type, deviceId },
        filter: '*',
        ...(providerName !== undefined && { providerName }),
      },
    });
  const publish = () =>
    opened.server.send('POST', '/genesys/1/notification/publish', { json: { tag: 'a.b', message: 'hello' } });

  it('are added, shown, replaced and removed, and count at once', async () => {
    expect((await subscribe('d1', 'customhttp')).status).to.equal(404);
    const bank = { 'customhttp.url': `${custom.url}/bank` };
    expect((await send('PUT', '/push/providers/Bank', bank)).json).to.deep.equal(bank);
    expect((await send('GET', '/push/providers')).json).to.deep.equal({ Bank: bank });
    expect((await send('GET', '/push')).json).to.deep.equal({ provider: { Bank: bank } });
    expect(opened.file.push).to.deep.equal({ provider: { Bank: bank } });
    expect((await subscribe('d1', 'customhttp', 'Bank')).status).to.equal(200);
    expect((await publish()).status).to.equal(200);
    expect(custom.pushes).to.have.length(1);
    const looks = { 'customhttp.message': 'x' };
    expect((await send('PUT', '/push/providers/Bank.event.a', looks)).status).to.equal(200);
    // The change of another part has no trouble with the section push.
    expect((await send('PUT', '/lists/flags', { a: '1' })).status).to.equal(200);

    const used = await send('DELETE', '/push/providers/Bank');
    expect(refusal(used)).to.deep.equal({
      status: 409,
      code: 'CONFLICT',
      message:
        "The provider 'Bank' is used by 1 subscription(s). Expected no use, or ?override=Bank to remove it all the same.",
    });
    expect((await send('DELETE', '/push/providers/Bank?override=Bank')).status).to.equal(200);
    expect((await send('DELETE', '/push/providers/Bank.event.a')).status).to.equal(200);
    expect((await subscribe('d2', 'customhttp', 'Bank')).status).to.equal(404);
    expect((await send('GET', '/push/providers/Bank')).status).to.equal(404);
    const entries = opened.entries() as { action: string; object: string; details: unknown }[];
    expect(entries.map(({ action, object }) => [action, object])).to.deep.equal([
      ['push.changed', 'push:provider.Bank'],
      ['push.changed', 'push:provider.Bank.event.a'],
      ['list.changed', 'list:flags'],
      ['push.removed', 'push:provider.Bank'],
      ['push.removed', 'push:provider.Bank.event.a'],
    ]);
    expect(entries[0]!.details).to.deep.equal({
      created: true,
      changes: { 'customhttp.url': { from: null, to: bank['customhttp.url'] } },
    });
  });

  it('are refused as a whole, with each wrong option and file, and nothing changes', async () => {
    const before = opened.text;
    const wrong = await send('PUT', '/push/providers/Bank', { 'apple.bagde': 1, 'fcm.apiKey': 'AIza' });
    expect(wrong.status).to.equal(400);
    expect(wrong.json).to.have.property('problems').that.has.length(2);
    const absent = await send('PUT', '/push/providers/Bank', { 'fcm.serviceAccountFile': 'none.json' });
    expect(absent.status).to.equal(400);
    expect((absent.json as { problems: { field: string }[] }).problems[0]!.field).to.equal(
      'fcm.serviceAccountFile',
    );
    const noKey = await send('PUT', '/push/providers/Bank', { 'fcm.serviceAccount': 'SECRET-not-json' });
    expect(noKey.status).to.equal(400);
    expect(noKey.text).not.to.include('SECRET');
    expect((await send('PUT', '/push/providers/Bank', { 'apple.passphrase': 'x' })).status).to.equal(400);
    expect(refusal(await send('PUT', '/push', { pushEnabled: 5 }))).to.include({
      message: 'pushEnabled: expected string or array, got number',
    });
    const nested = await send('PUT', '/push/providers/Bank', { 'fcm.serviceAccount': { key: 'SECRET' } });
    expect(refusal(nested)).to.include({
      message: 'fcm.serviceAccount: expected string or number or boolean or null, got object',
    });
    expect(opened.text).to.equal(before);
    expect(opened.entries()).to.deep.equal([]);
  });

  it('have keys in the configuration itself, which only those who may write them read', async () => {
    const sales = { 'fcm.serviceAccount': fcm.accountFile, 'fcm.url': fcm.url };
    const put = await send('PUT', '/push/providers/Sales', sales);
    expect(put.status, put.text).to.equal(200);
    expect((await subscribe('phone', 'fcm', 'Sales')).status).to.equal(200);
    expect((await publish()).status).to.equal(200);
    expect(fcm.messages.map(({ token }) => token)).to.deep.equal(['phone']);

    const password = 'correct horse';
    await send('PUT', '/users/olga', { role: 'administrator', password });
    const basic = (name: string) => ({
      authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
    });
    await send('PUT', '/users/vera', { role: 'viewer', password }, basic('olga'));
    const seen = await send('GET', '/push/providers/Sales', undefined, basic('vera'));
    expect(seen.json).to.deep.equal({ ...sales, 'fcm.serviceAccount': '***' });
    expect((await send('GET', '/push/providers/Sales', undefined, basic('olga'))).json).to.deep.equal(sales);
    expect((await send('PUT', '/push/providers/Sales', sales, basic('vera'))).status).to.equal(403);
    // Somebody who edited what a viewer sees keeps the key.
    const masked = { ...sales, 'fcm.serviceAccount': '***', 'fcm.title': 'Sales' };
    expect((await send('PUT', '/push/providers/Sales', masked, basic('olga'))).status).to.equal(200);
    expect(opened.file.push?.provider?.Sales).to.deep.equal({ ...sales, 'fcm.title': 'Sales' });

    expect(JSON.stringify(opened.entries())).not.to.include('PRIVATE KEY');
    expect(JSON.stringify(opened.server.lines)).not.to.include('PRIVATE KEY');
  });

  it('read their files again at a PUT, and keep a connection that did not change', async () => {
    writeFileSync(join(opened.folder, 'fcm.json'), fcm.accountFile);
    const sales = { 'fcm.serviceAccountFile': 'fcm.json', 'fcm.url': fcm.url };
    expect((await send('PUT', '/push/providers/Sales', sales)).status).to.equal(200);
    await subscribe('phone', 'fcm', 'Sales');
    await publish();
    await send('PUT', '/push/providers/Bank', { 'customhttp.url': custom.url });
    await publish();
    expect(fcm.tokensGiven, 'the connection keeps its token').to.equal(1);
    // The file has the same key in another form.
    writeFileSync(join(opened.folder, 'fcm.json'), `${fcm.accountFile}\n`);
    expect((await send('PUT', '/push/providers/Sales', sales)).status).to.equal(200);
    await publish();
    expect(fcm.tokensGiven, 'a new connection asks for a token').to.equal(2);
    expect(fcm.messages).to.have.length(3);
  });

  it('send a test message, and answer with what the provider said', async () => {
    const url = '/push/providers/Sales/test';
    expect((await send('POST', url, { type: 'fcm', deviceId: 'phone' })).status).to.equal(400);
    await send('PUT', '/push/providers/Sales', { 'fcm.serviceAccount': fcm.accountFile, 'fcm.url': fcm.url });
    const sent = await send('POST', url, { type: 'fcm', deviceId: 'phone', message: 'Hello' });
    expect(sent.json).to.include({ result: 'delivered' });
    expect(fcm.messages.map(({ token, data }) => [token, data.message])).to.deep.equal([['phone', 'Hello']]);

    fcm.next = [{ kind: 'fault', status: 404, code: 'UNREGISTERED' }];
    const gone = (await send('POST', url, { type: 'fcm', deviceId: 'phone' })).json as { reason: string };
    expect(gone).to.include({ result: 'gone' });
    expect(gone.reason).to.include('UNREGISTERED');
    fcm.next = [{ kind: 'cut' }];
    const failed = (await send('POST', url, { type: 'fcm', deviceId: 'phone' })).json;
    expect(failed).to.include({ result: 'failed', retry: true });

    for (const [body, status] of [
      [{ type: 'comet', deviceId: 'alice' }, 400],
      [{ type: 'ios', deviceId: 'phone' }, 404],
      [{ type: 'fcm', deviceId: 'phone', debug: true }, 404],
      [{ type: 'fcm' }, 400],
      [{ type: 'fcm', deviceId: 'phone', properties: { 'apple.badge': 'x' } }, 400],
      [{ type: 'fcm', deviceId: 'phone', provider: 'x' }, 400],
    ] as const) {
      expect((await send('POST', url, body)).status, JSON.stringify(body)).to.equal(status);
    }
    // The connection of the section push is another one.
    expect((await send('POST', '/push/test', { type: 'fcm', deviceId: 'phone' })).status).to.equal(404);
    const once = { 'idempotency-key': 'k1' };
    const before = fcm.messages.length;
    await send('POST', url, { type: 'fcm', deviceId: 'phone' }, once);
    await send('POST', url, { type: 'fcm', deviceId: 'phone' }, once);
    expect(fcm.messages.length).to.equal(before + 1);
    const tests = (opened.entries() as { action: string }[]).filter(({ action }) => action === 'push.tested');
    expect(tests[0]).to.deep.equal({
      who: 'administrator',
      address: '127.0.0.1',
      action: 'push.tested',
      object: 'push:provider.Sales',
      details: { type: 'fcm', result: 'delivered' },
    });
    expect(JSON.stringify(tests)).not.to.include('phone');
  });

  it('send a limited number of test messages for each administrator', async () => {
    await opened.close();
    opened.edit((text) => text.replace('{', '{"limits":{"push":{"testsPerMinute":3}},'));
    await opened.start();
    const password = 'correct horse';
    await send('PUT', '/users/olga', { role: 'administrator', password });
    const olga = { authorization: `Basic ${Buffer.from(`olga:${password}`).toString('base64')}` };
    await send('PUT', '/users/anna', { role: 'administrator', password }, olga);
    const anna = { authorization: `Basic ${Buffer.from(`anna:${password}`).toString('base64')}` };
    await send('PUT', '/push/providers/Bank', { 'customhttp.url': custom.url }, olga);
    const url = '/push/providers/Bank/test';
    const body = { type: 'customhttp', deviceId: 'phone' };
    const keyed = { ...olga, 'idempotency-key': 'k1' };
    const answers = [];
    // A wrong test and a repeated one do not count.
    for (const [content, headers] of [
      [{ ...body, deviceId: '' }, olga],
      [body, keyed],
      [body, keyed],
      [body, olga],
      [body, olga],
      [body, olga],
      [body, anna],
    ] as const) {
      answers.push((await send('POST', url, content, headers)).status);
    }
    expect(answers).to.deep.equal([400, 200, 200, 200, 200, 429, 200]);
    expect(custom.pushes).to.have.length(4);
    const refused = await send('POST', url, body, olga);
    expect(refusal(refused)).to.deep.equal({
      status: 429,
      code: 'TOO_MANY_REQUESTS',
      message:
        'There are too many test notifications of administrator olga: limits.push.testsPerMinute is 3.',
    });
    expect(Number(refused.headers['retry-after'])).to.be.within(1, 20);
  });

  it('answer a test message in time when the push service does not', async () => {
    const silent = createServer(() => {});
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    await opened.close();
    opened.edit((text) => text.replace('{', '{"limits":{"push":{"requestSeconds":0.2}},'));
    await opened.start();
    const { port } = silent.address() as AddressInfo;
    await send('PUT', '/push/providers/Bank', { 'customhttp.url': `http://127.0.0.1:${port}` });
    const reply = await send('POST', '/push/providers/Bank/test', { type: 'customhttp', deviceId: 'phone' });
    expect(reply.status, reply.text).to.equal(200);
    expect(reply.json).to.include({ result: 'failed', retry: true });
    silent.close();
    silent.closeAllConnections();
  });

  it('count from the file that a person edits, and receivers of httpcb too', async () => {
    // Nobody listens there; the refusal of the list comes before.
    const receiver = 'http://127.0.0.1:1/hook';
    await opened.close();
    opened.edit((text) =>
      text.replace('{', '{"push":{"httpcb":{"allow":["https://partner.example.com/"]}},'),
    );
    await opened.start();
    await subscribe(receiver, 'httpcb');
    expect((await publish()).text).to.include('push.httpcb.allow');
    const push = {
      pushEnabled: 'comet, httpcb, customhttp',
      'customhttp.url': custom.url,
      httpcb: { allow: ['loopback'] },
    };
    expect((await send('PUT', '/push', push)).json).to.deep.equal(push);
    expect((await publish()).text).to.include('ECONNREFUSED');
    expect((await subscribe('d1', 'customhttp')).status).to.equal(200);
    opened.edit((text) => text.replace('"comet, httpcb, customhttp"', '"comet,httpcb"'));
    await opened.server.advance(20_000);
    await until(() => opened.server.lines.some(({ message }) => message.endsWith('count now.')));
    expect((await subscribe('d2', 'customhttp')).status).to.equal(404);
    expect((await send('DELETE', '/push')).status).to.equal(200);
    expect(opened.file).not.to.have.property('push');
  });
});

async function until(check: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000; turn += 1) {
    if (check()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('It did not happen.');
}
