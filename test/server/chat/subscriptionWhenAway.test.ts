import { expect } from 'chai';
import { registerChatRoutes } from '../../../server/chat/routes.ts';
import { type ChatWorld, createChatWorld } from '../../support/chatWorld.ts';
import { asId } from '../../support/ids.ts';
import { type RoutesApp, routesApp } from '../../support/routesApp.ts';

const ID = '9d6c31d3-1121-4ba9-91e1-b93c0fa6e32f';

describe('a chat with subscriptionID (gms-api 7.1)', () => {
  let world: ChatWorld;
  let app: RoutesApp;

  beforeEach(() => {
    world = createChatWorld();
    app = routesApp((router) =>
      registerChatRoutes(router, {
        notifications: world.notifications,
        chats: world.chats,
        services: { get: (id) => ({ id, name: 'chat-delay', agentAnnounced: true, options: {} }) },
        userData: () => ({}),
        clientTimeoutMs: () => 0,
        queueOf: () => 'Chat_In',
        baseUrl: () => 'http://127.0.0.1:8080',
      }),
    );
  });
  afterEach(() => world.stop());

  const start = (fields: Record<string, string>) =>
    app.form(`/genesys/1/service/${ID}/ixn/chat`, { subject: 'test', ...fields }, { gms_user: 'anna' });

  it('keeps the subscription that stands in for the Comet channel', async () => {
    const { id } = await world.notifications.subscribe({
      subscriberId: 'anna',
      filter: 'chat.away',
      notificationDetails: { type: 'comet', deviceId: 'another device of anna' },
    });
    const reply = await start({ notify_by: 'comet', subscriptionID: id });
    expect(reply.status).to.equal(200);
    expect(world.chats.byService(asId(ID))).to.include({ subscriptionId: id });
  });

  for (const [fault, fields, message] of [
    [
      'an unknown subscription',
      { notify_by: 'comet', subscriptionID: 'a2e3c5f0-0000-4000-8000-000000000000' },
      "Expected 'subscriptionID' to be the id of a subscription that has not ended, got 'a2e3c5f0-0000-4000-8000-000000000000'.",
    ],
    [
      'a subscription without a Comet channel',
      { subscriptionID: 'a2e3c5f0-0000-4000-8000-000000000000' },
      "Expected 'notify_by' comet with 'subscriptionID', got none.",
    ],
  ] as const) {
    it(`is refused with ${fault}`, async () => {
      const reply = await start(fields);
      expect([reply.status, (reply.json() as { readonly message: string }).message]).to.deep.equal([
        400,
        message,
      ]);
      expect(world.chats.byService(asId(ID))).to.equal(undefined);
    });
  }
});
