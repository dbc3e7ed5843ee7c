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
});
