import { expect } from 'chai';
import { openPushServer, type PushServer } from '../../support/pushServer.ts';
import type { TestReply } from '../../support/testServer.ts';

/** The subscription request of the page, with values. */
const SUBSCRIPTION = {
  subscriberId: 'The_subscriber_9774',
  providerName: 'SalesAppl',
  notificationDetails: {
    deviceId: '9774d56d682e549c',
    properties: { key2: 'val2', debug: 'false', key1: 'val1' },
    type: 'android',
  },
  authorization: 'ZGVtbzo=',
  expire: 30,
  filter: 'ors.context.123456',
};

/** The end of the page's iOS event; the page cuts off its beginning. */
const IOS_EVENT = {
  message: '{"_id":"1"}',
  tag: 'ors.context.123456',
  notificationDetails: {
    deviceId: 'ipad',
    type: 'ios',
    properties: {
      'apple.alertMessage.body': 'Another body',
      'apple.badge': 9,
      'apple.sound': 'bingbong.aiff',
    },
  },
};

describe('chapter 4, Notification', () => {
  let server: PushServer | undefined;

  async function open(options: Parameters<typeof openPushServer>[0] = {}): Promise<PushServer> {
    const push = { provider: { SalesAppl: { 'fcm.title': 'Sales' } }, ...options?.push };
    server = await openPushServer({ ...options, push });
    return server;
  }
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  function refused(reply: TestReply, status: number, message: string): void {
    expect({ status: reply.status, json: reply.json }).to.deep.include({ status });
    expect((reply.json as { readonly message: string }).message).to.equal(message);
  }

  it('takes the subscription of the page, with every field, until it expires', async () => {
    const { subscribe, publish, fcm, advance } = await open();
    const reply = await subscribe(SUBSCRIPTION);
    expect(reply.status).to.equal(200);
    expect(Object.keys(reply.json as object)).to.deep.equal(['id']);
    const event = { tag: 'ors.context.123456', message: 'hello', mediaType: 'string' };
    const published = await publish(event);
    expect([published.status, published.text]).to.deep.equal([200, '']);
    expect(fcm.messages.map(({ token, notification }) => [token, notification])).to.deep.equal([
      ['9774d56d682e549c', { title: 'Sales' }],
    ]);
    await advance(31_000);
    await publish(event);
    expect(fcm.messages).to.have.length(1);
  });

  it('takes the short sample of the page, and sends an absent message as the empty string', async () => {
    const { subscribe, publish, fcm } = await open();
    const { subscriberId, expire, filter } = SUBSCRIPTION;
    const notificationDetails = { deviceId: '9774d56d682e549c', type: 'android' };
    expect((await subscribe({ subscriberId, notificationDetails, expire, filter })).status).to.equal(200);
    expect((await publish({ tag: filter })).status).to.equal(200);
    expect(fcm.messages.map(({ data }) => data)).to.deep.equal([{ message: '' }]);
  });

  it('sends a message to an iOS device with another alertMessage.body', async () => {
    const { publish, apns } = await open({ push: { 'apple.alertMessage.body': 'Configured body' } });
    expect((await publish(IOS_EVENT)).status).to.equal(200);
    expect(apns.notifications.map(({ device, payload }) => [device, payload])).to.deep.equal([
      [
        'ipad',
        {
          aps: { alert: { title: '', body: 'Another body' }, badge: 9, sound: 'bingbong.aiff' },
          message: '{"_id":"1"}',
        },
      ],
    ]);
  });

  it('does not call an event delivered whose own device did not get it, however many others did', async () => {
    const { subscribe, publish, apns } = await open();
    await subscribe(
      {
        ...SUBSCRIPTION,
        notificationDetails: { type: 'comet' },
      },
      { gms_user: 'anna' },
    );
    apns.ofDevice.set('ipad', { kind: 'fault', status: 410, reason: 'Unregistered' });
    const reply = await publish(IOS_EVENT);
    refused(
      reply,
      503,
      "The notification could not be delivered to 1 of 2 destinations: ios 'ipad': APNs answered 410 Unregistered.",
    );
  });

  it('refuses a type that is not enabled with 404, for subscriptions and for events', async () => {
    const { subscribe, publish } = await open({ push: { pushEnabled: 'comet,httpcb,fcm' } });
    const message = "Push of type 'ios' is not enabled; comet, httpcb, fcm are.";
    const notificationDetails = { type: 'ios', deviceId: 'ipad' };
    refused(await subscribe({ ...SUBSCRIPTION, notificationDetails }), 404, message);
    refused(await publish(IOS_EVENT), 404, message);
    const gcm = { type: 'gcm', deviceId: 'token' };
    expect((await subscribe({ ...SUBSCRIPTION, notificationDetails: gcm })).status).to.equal(404);
    const fcm = { type: 'fcm', deviceId: 'token' };
    expect((await subscribe({ ...SUBSCRIPTION, notificationDetails: fcm })).status).to.equal(200);
  });

  it('ends a subscription without expire after push.defaultSubscriptionExpiration', async () => {
    const { subscribe, publish, fcm, advance } = await open({ push: { defaultSubscriptionExpiration: 60 } });
    const { expire: _expire, ...unlimited } = SUBSCRIPTION;
    await subscribe(unlimited);
    await advance(59_000);
    await publish({ tag: unlimited.filter });
    await advance(2_000);
    await publish({ tag: unlimited.filter });
    expect(fcm.messages).to.have.length(1);
  });

  it('gives an event of type orscb its message under the name of the page, and refuses unknown sessions', async () => {
    const { subscribe, publish, send, orsay } = await open();
    const started = await send('POST', '/scxml/session/start', {
      form: { src: 'http://orsay.test/genesys/1/document/service_template/hello/hello.scxml' },
    });
    expect(started.status, started.text).to.equal(200);
    const sessionId = /[A-Za-z0-9]{32}/.exec(started.text)![0];
    const orscb = (deviceId: string) => ({
      subscriberId: 'ors',
      notificationDetails: { type: 'orscb', deviceId },
      filter: 'ors.*',
    });
    expect((await subscribe(orscb(sessionId))).status).to.equal(200);
    const unknown = '0'.repeat(32);
    refused(
      await subscribe(orscb(unknown)),
      400,
      `Expected 'notificationDetails.deviceId' of orscb to be a session that has not ended, got '${unknown}', which does not exist.`,
    );
    expect((await publish({ tag: 'ors.context', message: '{"a":1}' })).status).to.equal(200);
    await orsay.sessions.terminate(sessionId as never, 'test');
    // The session has ended, and with it its subscription.
    expect((await publish({ tag: 'ors.context', message: 'x' })).status).to.equal(503);
    expect((await publish({ tag: 'ors.context', message: 'x' })).status).to.equal(200);
    const again = await subscribe(orscb(sessionId));
    expect(again.status).to.equal(400);
    expect(again.text).to.include('which is terminated');
  });

  it('refuses what is not on the page, and names it', async () => {
    const { subscribe, publish } = await open();
    refused(
      await publish({ tag: 'a', mediaType: 'html' }),
      400,
      `Expected 'mediaType' to be one of string, localizestring, got "html".`,
    );
    const options = (properties: object) => publish({ tag: 'a', notificationDetails: { properties } });
    refused(
      await options({ 'apple.bagde': 1 }),
      400,
      "Expected an option of notifications, got 'apple.bagde'. Did you mean 'apple.badge'?",
    );
    refused(
      await options({ 'apple.badge': 'many' }),
      400,
      `Expected 'apple.badge' to be a whole number of 0 or more, got "many".`,
    );
    expect((await options({ debug: 'true', 'their.own': 'x' })).status).to.equal(200);
    const details = { ...SUBSCRIPTION.notificationDetails, properties: { debug: { toString: 1 } } };
    for (const reply of [
      await subscribe({ ...SUBSCRIPTION, notificationDetails: details }),
      await publish({ tag: 'a', notificationDetails: details }),
    ]) {
      refused(
        reply,
        400,
        `Expected 'notificationDetails.properties.debug' to be true or false, got '{"toString":1}'.`,
      );
    }
    refused(
      await subscribe({ ...SUBSCRIPTION, language: 'very German' }),
      400,
      "Expected 'language' such as 'de' or 'en_US', got 'very German'.",
    );
    refused(
      await publish({ tag: 'a', mediaType: 'localizestring', message: 'welcome' }),
      400,
      "Expected 'mediaType' string, got localizestring: push.localizationFileLocation names no localization file.",
    );
  });
});
