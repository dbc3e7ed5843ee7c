import { expect } from 'chai';
import { sectionChain } from '../../../strategies/notification/pushOptions.ts';
import { openPushServer, type PushServer } from '../../support/pushServer.ts';

const TAG = 'A2C.service.statuschanged.agentavailable';

/** The sections of the worked example, in its order. */
const SECTIONS = [
  'push',
  'push.provider.event',
  'push.provider.event.internal',
  'push.provider.event.internal.advanced',
  'push.provider.event.A2C',
  'push.provider.event.A2C.service',
  'push.provider.event.A2C.service.statuschanged',
  'push.provider.event.A2C.service.internal',
  'push.provider.event.A2C.service.statuschanged.agentavailable',
  'push.provider.SalesApp.event',
  'push.provider.SalesApp.event.A2C.service.internal',
  'push.provider.SalesApp.event.A2C.service.statuschanged',
];

function subscriptionOf(type: string, deviceId: string, more: object = {}): object {
  return { subscriberId: deviceId, notificationDetails: { type, deviceId }, filter: 'A2C.*', ...more };
}

describe('chapter 10, Push Notification Service', () => {
  let server: PushServer | undefined;

  async function open(options: Parameters<typeof openPushServer>[0] = {}): Promise<PushServer> {
    server = await openPushServer(options);
    return server;
  }
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('goes through the sections of the worked example in the order 0, 1, 4, 5, 6, 8, 9, 11', () => {
    const chain = sectionChain(TAG, 'SalesApp').filter((name) => SECTIONS.includes(name));
    expect(chain.map((name) => SECTIONS.indexOf(name))).to.deep.equal([0, 1, 4, 5, 6, 8, 9, 11]);
  });

  it('uses for each option the most specific of these sections, and the properties of the event before all', async () => {
    const provider: Record<string, object> = { SalesApp: {} };
    for (const [index, name] of SECTIONS.entries()) {
      if (index > 0) provider[name.replace('push.provider.', '')] = { 'apple.badge': index };
    }
    Object.assign(provider['event.A2C']!, { 'apple.sound': 'a2c.aiff', 'apple.title': 'general' });
    Object.assign(provider['SalesApp.event']!, { 'apple.title': 'Sales', 'fcm.title': 'Sales' });
    Object.assign(provider['event.A2C.service.internal']!, { 'apple.sound': 'internal.aiff' });
    const { subscribe, publish, apns, fcm } = await open({
      push: { 'apple.badge': 0, 'apple.alertMessage.body': 'from push', 'fcm.body': 'from push', provider },
    });
    const providerName = 'SalesApp';
    for (const [type, device] of [
      ['ios', 'i1'],
      ['fcm', 'f1'],
    ] as const) {
      expect((await subscribe(subscriptionOf(type, device, { providerName }))).status).to.equal(200);
    }
    expect((await publish({ tag: TAG, message: '{}' })).status).to.equal(200);
    expect(apns.notifications[0]?.payload.aps).to.deep.equal({
      alert: { title: 'Sales', body: 'from push' },
      badge: 11,
      sound: 'a2c.aiff',
    });
    expect(fcm.messages[0]?.notification).to.deep.equal({ title: 'Sales', body: 'from push' });
    // Another provider's sections do not count for a subscription without one.
    await subscribe(subscriptionOf('ios', 'i2'));
    const properties = { 'apple.sound': 'bingbong.aiff' };
    await publish({ tag: TAG, message: '{}', notificationDetails: { properties } });
    expect(apns.notifications.map(({ device, payload }) => [device, payload.aps])).to.deep.include.members([
      ['i1', { alert: { title: 'Sales', body: 'from push' }, badge: 11, sound: 'bingbong.aiff' }],
      ['i2', { alert: { title: 'general', body: 'from push' }, badge: 8, sound: 'bingbong.aiff' }],
    ]);
  });

  it('reaches GCM, C2DM and Firebase devices by Firebase, with the text under "message"', async () => {
    const { subscribe, publish, fcm } = await open();
    for (const type of ['gcm', 'android', 'fcm']) {
      expect((await subscribe(subscriptionOf(type, `${type}-token`))).status).to.equal(200);
    }
    expect((await publish({ tag: TAG, message: 'hello' })).status).to.equal(200);
    expect(fcm.messages.map(({ token, data }) => [token, data])).to.have.deep.members([
      ['gcm-token', { message: 'hello' }],
      ['android-token', { message: 'hello' }],
      ['fcm-token', { message: 'hello' }],
    ]);
  });

  it('reaches Apple devices, with the text under "message"', async () => {
    const { subscribe, publish, apns } = await open();
    await subscribe(subscriptionOf('ios', 'ipad'));
    expect((await publish({ tag: TAG, message: 'hello' })).status).to.equal(200);
    expect(apns.notifications.map(({ device, payload }) => [device, payload])).to.deep.equal([
      ['ipad', { aps: { alert: { title: '', body: 'hello' } }, message: 'hello' }],
    ]);
  });

  it('uses the connection of the provider, and the debug connection where a subscription asks for it', async () => {
    const { subscribe, publish, apns, fcm } = await open({
      push: {
        'debug.fcm.serviceAccountFile': 'fcm.json',
        'debug.fcm.url': 'http://127.0.0.1:1',
        provider: {
          SalesApp: { 'fcm.serviceAccountFile': 'fcm.json', 'fcm.url': 'http://127.0.0.1:2' },
          'Other.event': { 'fcm.title': 'Other' },
        },
      },
    });
    const fcmDevice = (properties?: object) => ({
      type: 'fcm',
      deviceId: 'd',
      ...(properties && { properties }),
    });
    // The ports tell the connections apart, because nothing listens there.
    const reached = async (notificationDetails: object, providerName?: string): Promise<string> => {
      const event = { tag: 'x', notificationDetails, ...(providerName !== undefined && { providerName }) };
      const { status, text } = await publish(event);
      return status === 200 ? 'production' : (/127\.0\.0\.1:\d/.exec(text)?.[0] ?? text);
    };
    expect(await reached(fcmDevice())).to.equal('production');
    expect(await reached(fcmDevice({ debug: 'false' }))).to.equal('production');
    expect(await reached(fcmDevice({ debug: 'true' }))).to.equal('127.0.0.1:1');
    expect(await reached(fcmDevice({ debug: 'debug' }))).to.equal('127.0.0.1:1');
    expect(await reached(fcmDevice(), 'SalesApp')).to.equal('127.0.0.1:2');
    expect(await reached(fcmDevice(), 'Other')).to.equal('production');
    expect(fcm.messages.at(-1)?.notification).to.deep.equal({ title: 'Other' });
    const before = fcm.messages.length;
    for (const [debug, shown] of [
      ['maybe', 'maybe'],
      [{ a: 1 }, '{"a":1}'],
    ] as const) {
      const message = `Expected 'notificationDetails.properties.debug' to be true or false, got '${shown}'.`;
      const details = fcmDevice({ debug });
      const replies = [
        await subscribe(subscriptionOf('fcm', 'd', { notificationDetails: details })),
        await publish({ tag: 'x', notificationDetails: details }),
      ];
      for (const { status, json } of replies) {
        expect([status, (json as { readonly message: string }).message]).to.deep.equal([400, message]);
      }
    }
    expect(fcm.messages.length).to.equal(before);
    // Apple has no debug connection here.
    const refused = await subscribe(subscriptionOf('ios', 'i', { notificationDetails: debugDevice() }));
    expect(refused.status).to.equal(404);
    expect((refused.json as { readonly message: string }).message).to.equal(
      "The section push has no debug connection for push of type 'ios'.",
    );
    expect(apns.notifications).to.deep.equal([]);
    function debugDevice(): object {
      return { type: 'ios', deviceId: 'i', properties: { debug: 'true' } };
    }
  });

  it('ends the subscription of a device that its service does not know any more', async () => {
    const { subscribe, publish, apns, fcm, send } = await open();
    fcm.ofDevice.set('f1', { kind: 'fault', status: 404, code: 'UNREGISTERED' });
    apns.ofDevice.set('i1', { kind: 'fault', status: 410, reason: 'Unregistered' });
    apns.ofDevice.set('i2', { kind: 'fault', status: 400, reason: 'BadDeviceToken' });
    const ids: string[] = [];
    for (const [type, device] of [
      ['fcm', 'f1'],
      ['ios', 'i1'],
      ['ios', 'i2'],
      ['ios', 'i3'],
    ] as const) {
      ids.push(((await subscribe(subscriptionOf(type, device))).json as { readonly id: string }).id);
    }
    expect((await publish({ tag: TAG, message: 'x' })).status).to.equal(200);
    const left = [];
    for (const id of ids)
      left.push((await send('DELETE', `/genesys/1/notification/subscription/${id}`)).status);
    expect(left).to.deep.equal([404, 404, 404, 200]);
    expect(apns.notifications.map(({ device }) => device)).to.deep.equal(['i3']);
  });

  it('answers 503 when a service reports an error or a pause, and delivers once when published again', async () => {
    const { subscribe, publish, fcm, apns } = await open();
    await subscribe(subscriptionOf('fcm', 'f1'));
    await subscribe(subscriptionOf('ios', 'i1'));
    fcm.next = [{ kind: 'fault', status: 429, code: 'QUOTA_EXCEEDED', retryAfter: '5' }];
    const headers = { 'idempotency-key': 'k1' };
    const refused = await publish({ tag: TAG, message: 'x' }, headers);
    expect(refused.status).to.equal(503);
    expect(refused.json).to.include({ code: 'NOTIFICATION_FAILED' });
    expect(refused.text).to.include("fcm 'f1': FCM answered 429 QUOTA_EXCEEDED");
    expect((await publish({ tag: TAG, message: 'x' }, headers)).status).to.equal(200);
    expect([fcm.messages.length, apns.notifications.length]).to.deep.equal([1, 1]);
  });

  it('does not let a slow service delay others', async () => {
    const { subscribe, publish, fcm, apns } = await open({ limits: { push: { concurrent: 1 } } });
    await subscribe(subscriptionOf('fcm', 'slow'));
    await subscribe(subscriptionOf('ios', 'i1'));
    fcm.ofDevice.set('slow', { kind: 'silent' });
    const waiting = [publish({ tag: TAG, message: '1' }), publish({ tag: TAG, message: '2' })];
    while (apns.notifications.length < 2) await new Promise((done) => setImmediate(done));
    expect(fcm.messages).to.deep.equal([]);
    fcm.ofDevice.clear();
    while (fcm.held === 0) await new Promise((done) => setImmediate(done));
    fcm.release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).to.deep.equal([200, 200]);
  });

  it('refuses a provider that is not configured, and names the nearest', async () => {
    const { subscribe, publish } = await open({ push: { provider: { SalesApp: { 'apple.badge': 1 } } } });
    const message =
      "Expected 'providerName' to be a configured provider (SalesApp), got 'SalesAp'. Did you mean 'SalesApp'?";
    const providerName = 'SalesAp';
    const refused = await subscribe(subscriptionOf('ios', 'i1', { providerName }));
    expect([refused.status, refused.json]).to.deep.equal([
      400,
      { message, exception: 'orsay.BadRequestException', code: 'PARAMETER_INVALID' },
    ]);
    const event = { tag: TAG, providerName, notificationDetails: { type: 'ios', deviceId: 'i1' } };
    expect((await publish(event)).json).to.include({ message });
    // A provider means nothing to types without a push service.
    const comet = subscriptionOf('comet', 'anna', { providerName });
    expect((await subscribe(comet, { gms_user: 'anna' })).status).to.equal(200);
  });
});
