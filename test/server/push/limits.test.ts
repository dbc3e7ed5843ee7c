import { expect } from 'chai';
import { createTestServer } from '../../support/testServer.ts';

const ROOT = '/genesys/1/notification';

describe('the limits of the Notification API', () => {
  const server = createTestServer({
    config: (config) => ({
      ...config,
      limits: {
        ...config.limits,
        notifications: { ...config.limits.notifications, subscriptionsOfUser: 2, messageBytes: 5 },
      },
    }),
  });

  it('refuse one subscription too many of a user with the name of the limit', async () => {
    const subscribe = (user: string, filter: string) =>
      server.send('POST', `${ROOT}/subscription`, {
        json: { subscriberId: user, filter, notificationDetails: { type: 'comet' } },
        headers: { gms_user: user },
      });
    const made = [await subscribe('anna', 'a'), await subscribe('anna', 'b'), await subscribe('berta', 'a')];
    expect(made.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    const refused = await subscribe('anna', 'c');
    expect([refused.status, refused.json]).to.deep.equal([
      403,
      {
        message:
          "There are 2 subscriptions of subscriber 'anna'; limits.notifications.subscriptionsOfUser is 2.",
        exception: 'orsay.QuotaException',
        code: 'QUOTA_EXCEEDED',
      },
    ]);
    await server.send('DELETE', `${ROOT}/subscription/${(made[0]!.json as { readonly id: string }).id}`);
    expect((await subscribe('anna', 'c')).status).to.equal(200);
  });

  it('refuse a message one byte too long with the name of the limit', async () => {
    const publish = (message: string) =>
      server.send('POST', `${ROOT}/publish`, { json: { tag: 'a', message } });
    expect((await publish('12345')).status).to.equal(200);
    const refused = await publish('123456');
    expect([refused.status, refused.json]).to.deep.equal([
      403,
      {
        message: "The message of 'a' has 6 bytes; limits.notifications.messageBytes is 5.",
        exception: 'orsay.QuotaException',
        code: 'QUOTA_EXCEEDED',
      },
    ]);
  });

  it('refuse properties that are one character too long, of a subscription and of an event', async () => {
    const send = (path: string, json: object) =>
      server.send('POST', `${ROOT}/${path}`, { json, headers: { gms_user: 'clara' } });
    for (const [chars, status] of [
      [8_192, 200],
      [8_193, 400],
    ] as const) {
      const properties = { colour: 'x'.repeat(chars - '{"colour":""}'.length) };
      const details = { notificationDetails: { type: 'comet', deviceId: 'clara', properties } };
      for (const reply of [
        await send('subscription', { subscriberId: 'clara', filter: 'a', ...details }),
        await send('publish', { tag: 'a', message: 'm', ...details }),
        await send('publish', { tag: 'a', message: 'm', notificationDetails: { properties } }),
      ]) {
        expect(reply.status, reply.text).to.equal(status);
        if (status === 200) continue;
        expect(reply.json).to.include({
          message:
            "Expected 'notificationDetails.properties' of at most MAX_PROPERTIES_CHARS (8192) characters as JSON, got 8193.",
          code: 'PARAMETER_INVALID',
        });
      }
    }
  });
});
