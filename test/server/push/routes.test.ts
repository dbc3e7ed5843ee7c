import { expect } from 'chai';
import fc from 'fast-check';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type PushRouteDeps, registerPushRoutes } from '../../../server/push/routes.ts';
import { NotificationError } from '../../../strategies/notification/errors.ts';
import type {
  NotificationEvent,
  SubscriptionRequest,
} from '../../../strategies/notification/notificationRequests.ts';
import { asId } from '../../support/ids.ts';
import { openGuard } from '../../support/openGuard.ts';
import { type RoutesApp, routesApp } from '../../support/routesApp.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

const ROOT = '/genesys/1/notification';

describe('server/push/routes', () => {
  let app: RoutesApp;
  let subscribed: SubscriptionRequest[];
  let published: NotificationEvent[];
  let removed: string[];
  let refusal: NotificationError | undefined;

  beforeEach(() => {
    subscribed = [];
    published = [];
    removed = [];
    refusal = undefined;
    const notifications: PushRouteDeps['notifications'] = {
      async subscribe(request) {
        if (refusal) throw refusal;
        subscribed.push(request);
        return { id: asId('sub-1') };
      },
      async unsubscribe(id) {
        removed.push(id);
        return id === 'sub-1';
      },
      async unsubscribeSubscriber(id) {
        removed.push(`of ${id}`);
        return id === 'me';
      },
    };
    const publish = async (event: NotificationEvent) => {
      if (refusal) throw refusal;
      published.push(event);
    };
    const clock = createSimulatedClock();
    const durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
    app = routesApp((router) =>
      registerPushRoutes(
        { customer: router, platform: router },
        {
          notifications,
          publish,
          durable,
          clock,
          guard: openGuard(),
          services: { get: () => undefined },
        },
      ),
    );
  });

  const post = (path: string, payload: unknown, headers: Record<string, string> = {}) =>
    app.request('POST', `${ROOT}/${path}`, {
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });

  it('accepts an event, and replies with an empty body', async () => {
    const reply = await post('publish', {
      message: '{"_id":"1231241234"}',
      notificationDetails: { properties: { 'apple.alertMessage.body': 'Agent is available.' } },
      tag: 'service.agentavailable.1231241234',
    });
    expect({ status: reply.status, text: reply.text }).to.deep.equal({ status: 200, text: '' });
    expect(published).to.deep.equal([
      {
        tag: 'service.agentavailable.1231241234',
        message: '{"_id":"1231241234"}',
        properties: { 'apple.alertMessage.body': 'Agent is available.' },
      },
    ]);
  });

  it('accepts an event in data.content, as the sequence diagram has it (gms-api 6.1)', async () => {
    const message = '{"_id":"1231241234", "_action":"get-dialog-user-confirmation-provide_code-false" }';
    const tag = 'service.agentavailable.1231241234';
    const notificationDetails = { properties: { 'apple.alertMessage.body': 'Agent is available.' } };
    const reply = await post('publish', { data: { content: { message, notificationDetails, tag } } });
    expect({ status: reply.status, text: reply.text }).to.deep.equal({ status: 200, text: '' });
    const { properties } = notificationDetails;
    expect(published).to.deep.equal([{ tag, message, properties }]);
  });

  it('accepts an event for a device', async () => {
    await post('publish', {
      message: 'hello',
      tag: 'a.b',
      mediaType: 'string',
      providerName: 'p',
      notificationDetails: { deviceId: 'anna', type: 'comet', properties: { debug: 'true' } },
    });
    expect(published).to.deep.equal([
      {
        tag: 'a.b',
        message: 'hello',
        mediaType: 'string',
        providerName: 'p',
        notificationDetails: { type: 'comet', deviceId: 'anna', properties: { debug: 'true' } },
        properties: { debug: 'true' },
      },
    ]);
  });

  it('refuses another media type with 415', async () => {
    const form = await app.form(`${ROOT}/publish`, { tag: 'a' });
    const none = await app.request('POST', `${ROOT}/subscription`);
    expect([form.status, none.status]).to.deep.equal([415, 415]);
    expect(form.json()).to.deep.equal({
      message: "Expected Content-Type application/json and a body, got 'application/x-www-form-urlencoded'.",
      exception: 'orsay.BodyTypeException',
      code: 'BODY_TYPE_UNSUPPORTED',
    });
  });

  it('refuses what is no event with 400', async () => {
    for (const body of [
      '{',
      '[]',
      '"text"',
      {},
      { tag: 7 },
      { tag: 'a', message: 7 },
      { tag: 'a', notificationDetails: { type: 'pigeon', deviceId: 'x' } },
      { tag: 'a', notificationDetails: { type: 'comet' } },
      { tag: 'a', notificationDetails: 'comet' },
      { data: { content: { message: 'm' } } },
      { data: { message: 'm', tag: 'a' } },
      { data: 'a' },
    ]) {
      const reply = await post('publish', body);
      expect(reply.status, JSON.stringify(body)).to.equal(400);
      expect(reply.json()).to.have.keys(['message', 'exception', 'code']);
    }
    expect(published).to.deep.equal([]);
  });

  it('answers 503 when a delivery failed', async () => {
    refusal = new NotificationError('DELIVERY_FAILED', 'The notification could not be delivered: x.');
    const reply = await post('publish', { tag: 'a' });
    expect(reply.status).to.equal(503);
    expect(reply.json()).to.include({ code: 'NOTIFICATION_FAILED' });
  });

  it('takes the documented subscription, with authorization inside or outside of its details (gms-api 8.1)', async () => {
    const details = { deviceId: 'http://x/', type: 'httpcb' };
    const body = { subscriberId: 's', providerName: 'p', expire: 30, filter: 'ors.*' };
    const authorization = 'ZGVtbzo=';
    const outer = { ...body, notificationDetails: details, authorization };
    const inner = { ...body, notificationDetails: { ...details, authorization } };
    for (const payload of [outer, inner]) {
      expect((await post('subscription', payload)).json()).to.deep.equal({ id: 'sub-1' });
    }
    expect(subscribed).to.deep.equal([outer, outer]);
  });

  it('uses the gms_user header for a comet subscription, and requires it', async () => {
    const body = { subscriberId: 's', filter: '*', notificationDetails: { type: 'comet' } };
    expect((await post('subscription', body, { gms_user: 'anna' })).status).to.equal(200);
    expect(subscribed[0]!.notificationDetails).to.deep.equal({ type: 'comet', deviceId: 'anna' });
    const refused = await post('subscription', body);
    expect(refused.status).to.equal(400);
    expect((refused.json() as { message: string }).message).to.equal(
      'Expected a gms_user header with a subscription of type comet, got none.',
    );
  });

  it('answers 404 for a push type that is not enabled', async () => {
    refusal = new NotificationError('TYPE_NOT_ENABLED', "Push of type 'ios' is not enabled.");
    const body = { subscriberId: 's', filter: '*', notificationDetails: { type: 'ios', deviceId: 't' } };
    expect((await post('subscription', body)).status).to.equal(404);
  });

  it('removes one subscription, or all of a subscriber, and replies with the documented 404 bodies', async () => {
    const exception = 'com.genesyslab.gsg.services.notification.SubscriptionException';
    const one = await app.request('DELETE', `${ROOT}/subscription/sub-1`);
    const all = await app.request('DELETE', `${ROOT}/subscription/subscriber/me`);
    expect([one.status, one.text, all.status, all.text]).to.deep.equal([200, '', 200, '']);
    const unknown = await app.request('DELETE', `${ROOT}/subscription/sub-2`);
    expect(unknown.status).to.equal(404);
    expect(unknown.json()).to.deep.equal({
      message: 'Subscription ID not found',
      exception,
      code: 'SUBSCRIPTION_NOT_FOUND',
    });
    const nobody = await app.request('DELETE', `${ROOT}/subscription/subscriber/nobody`);
    expect(nobody.status).to.equal(404);
    expect(nobody.json()).to.deep.equal({
      message: 'Subscriber ID not found',
      exception,
      code: 'SUBSCRIBER_NOT_FOUND',
    });
    expect(removed).to.deep.equal(['sub-1', 'of me', 'sub-2', 'of nobody']);
  });

  it('answers any JSON with 200 or 400, never with 500', async () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('comet', 'httpcb', 'a.*', 'a'), fc.jsonValue());
    const details = fc.oneof(fc.record({ type: text, deviceId: text, properties: text }), fc.jsonValue());
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          subscriberId: text,
          filter: text,
          expire: text,
          tag: text,
          message: text,
          notificationDetails: details,
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('publish', 'subscription'), body, async (path, payload) => {
        expect((await post(path, JSON.stringify(payload))).status).to.be.oneOf([200, 400]);
      }),
      { numRuns: 200 },
    );
  });
});
