import { expect } from 'chai';
import { initialConfig, parseConfig } from '../../../server/process/config.ts';
import { CustomPushServer } from '../../simulators/customPushServer.ts';
import { openPushServer, type PushServer } from '../../support/pushServer.ts';

describe('push of type customhttp', () => {
  let custom: CustomPushServer;
  let server: PushServer | undefined;

  beforeEach(async () => {
    custom = new CustomPushServer();
    await custom.listen();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await custom.close();
  });

  async function open(push: object): Promise<PushServer> {
    server = await openPushServer({ push });
    return server;
  }

  function subscriptionOf(deviceId: string, more: object = {}, properties: object = {}): object {
    const notificationDetails = { type: 'customhttp', deviceId, properties };
    return { subscriberId: deviceId, notificationDetails, filter: 'a.*', ...more };
  }

  it('posts a JSON object of deviceId and message, with the credentials of the subscription', async () => {
    const { subscribe, publish } = await open({ 'customhttp.url': custom.url });
    expect((await subscribe(subscriptionOf('d1', { authorization: 'dXNlcjpwYXNz' }))).status).to.equal(200);
    expect((await publish({ tag: 'a.b', message: 'hello' })).status).to.equal(200);
    const [{ headers, ...push } = {}] = custom.pushes as never[] as { headers: Record<string, string> }[];
    expect(push).to.deep.equal({ deviceId: 'd1', message: 'hello' });
    expect(headers).to.include({
      authorization: 'Basic dXNlcjpwYXNz',
      'content-type': 'application/json;charset=UTF-8',
    });
    expect(headers?.['idempotency-key']).to.match(/^[0-9a-f]{32}$/);
  });

  it('chooses the URL and the message by provider, event and debug', async () => {
    const { subscribe, publish } = await open({
      'customhttp.url': `${custom.url}/main`,
      'customhttp.message': 'main',
      'debug.customhttp.url': `${custom.url}/debug`,
      'debug.customhttp.message': 'debug',
      provider: {
        Sales: { 'customhttp.url': `${custom.url}/sales` },
        'Sales.event.a': { 'customhttp.message': 'sales a' },
      },
    });
    await subscribe(subscriptionOf('main'));
    await subscribe(subscriptionOf('debug', {}, { debug: 'true' }));
    await subscribe(subscriptionOf('sales', { providerName: 'Sales' }));
    expect((await publish({ tag: 'a.b' })).status).to.equal(200);
    expect((await publish({ tag: 'a.c', message: 'own' })).status).to.equal(200);
    const messages = custom.pushes.map(({ deviceId, message }) => [deviceId, message]);
    expect(messages).to.have.deep.members([
      ['main', 'main'],
      ['debug', 'debug'],
      ['sales', 'sales a'],
      ['main', 'own'],
      ['debug', 'own'],
      ['sales', 'own'],
    ]);
  });

  it('tells that it failed, and ends the subscription of a device that is gone', async () => {
    const { subscribe, publish } = await open({ 'customhttp.url': custom.url });
    await subscribe(subscriptionOf('d1'));
    custom.next = [{ kind: 'cut' }, { kind: 'status', status: 500 }, { kind: 'status', status: 410 }];
    const event = { tag: 'a.b', message: 'hello' };
    expect((await publish(event)).status).to.equal(503);
    expect((await publish(event)).text).to.include('answered 500');
    expect((await publish(event)).status).to.equal(503);
    expect((await publish(event)).status, 'nobody is subscribed').to.equal(200);
    expect(custom.pushes).to.deep.equal([]);
  });

  it('is not enabled without a URL, and a URL of another protocol is refused', async () => {
    const { subscribe } = await open({});
    expect((await subscribe(subscriptionOf('d1'))).status).to.equal(404);
    for (const [name, value] of [
      ['customhttp.url', 'ftp://a'],
      ['customhttp.url', 'x'],
      ['debug.fcm.title', 'x'],
    ] as const) {
      const config = { ...initialConfig(), push: { [name]: value } };
      expect(() => parseConfig(config, 'of the test'), `${name} ${value}`).to.throw(name);
    }
  });
});
