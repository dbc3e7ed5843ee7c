import { expect } from 'chai';
import type { Json } from '../../../engine/ports/json.ts';
import { registerChatRoutes } from '../../../server/chat/routes.ts';
import { PartyType } from '../../../strategies/chat/party.ts';
import { type ChatWorld, createChatWorld } from '../../support/chatWorld.ts';
import { asId } from '../../support/ids.ts';
import { type RoutesApp, routesApp } from '../../support/routesApp.ts';

const ID = '9d6c31d3-1121-4ba9-91e1-b93c0fa6e32f';
const KATE = { type: PartyType.AGENT, nickname: 'Kate' };

describe('a message to a customer who is away (gms-api 4.2)', () => {
  let world: ChatWorld;
  let app: RoutesApp;
  let options: Record<string, string>;
  let isConnected: boolean;
  /** The messages for anna's device. */
  let pushed: Json[];

  function take(user: string, { message }: { readonly message?: Json }): void {
    if (user === 'device') pushed.push(message ?? null);
  }

  beforeEach(() => {
    isConnected = false;
    pushed = [];
    world = createChatWorld({
      comet: () => ({
        deliver: async (user, notice) => take(user, notice),
        queueBatch(user, notice) {
          take(user, notice);
          return {};
        },
        forgetBatch: () => ({ batch: {}, notices: 0 }),
        isActive: () => isConnected,
      }),
      isListening: () => isConnected,
    });
    app = routesApp((router) =>
      registerChatRoutes(router, {
        notifications: world.notifications,
        chats: world.chats,
        services: { get: (id) => ({ id, name: 'chat-delay', agentAnnounced: true, options }) },
        userData: () => ({}),
        clientTimeoutMs: () => 0,
        queueOf: () => 'Chat_In',
        baseUrl: () => 'http://127.0.0.1:8080',
      }),
    );
  });
  afterEach(() => world.stop());

  async function start(given: Record<string, string>): Promise<string> {
    options = given;
    const { id } = await world.notifications.subscribe({
      subscriberId: 'anna',
      filter: 'chat.away',
      notificationDetails: { type: 'comet', deviceId: 'device' },
    });
    const fields = { subject: 'test', notify_by: 'comet', subscriptionID: id };
    const url = `/genesys/1/service/${ID}/ixn/chat`;
    expect((await app.form(url, fields, { gms_user: 'anna' })).status).to.equal(200);
    return world.chats.byService(asId(ID))!.id;
  }
  const say = (chatId: string, text: string) => world.chats.post(asId(chatId), { party: KATE, text });
  const later = (seconds: number) => world.clock.advance(seconds * 1_000, () => world.durable.idle());
  const texts = () =>
    pushed.map((message) =>
      (message as { transcriptToShow?: readonly (readonly string[])[] }).transcriptToShow?.map(
        (entry) => entry[2],
      ),
    );

  const notices = () => world.events.filter(([, { type }]) => type === 'notice');

  it('is pushed at once without the options', async () => {
    const chat = await start({});
    await say(chat, 'hello');
    await later(1);
    expect(pushed).to.have.length(1);
    await later(200);
    expect(pushed).to.have.length(1);
    expect(notices()).to.deep.equal([]);
  });

  it('is pushed after _client_timeout_notification, once for all messages of this time', async () => {
    const chat = await start({ _client_timeout_notification: '30' });
    await say(chat, 'hello');
    await later(20);
    await say(chat, 'are you there?');
    expect(pushed).to.deep.equal([]);
    await later(11);
    expect(texts()).to.deep.equal([['are you there?']]);
    await say(chat, 'still here');
    await later(29);
    expect(pushed).to.have.length(1);
    await later(2);
    expect(pushed).to.have.length(2);
  });

  it('is not pushed to a customer who came back, or who has read it', async () => {
    const chat = await start({ _client_timeout_notification: '30' });
    await say(chat, 'hello');
    isConnected = true;
    await later(40);
    isConnected = false;
    await say(chat, 'again');
    await world.chats.show(asId(chat));
    await later(40);
    expect(pushed).to.deep.equal([]);
  });

  it('waits no longer when the chat has ended', async () => {
    const chat = await start({ _client_timeout_notification: '30' });
    await say(chat, 'hello');
    await world.chats.disconnect(asId(chat));
    await later(40);
    expect(
      texts()
        .flat()
        .filter((text) => text === 'hello'),
    ).to.deep.equal([]);
  });

  it('is told to the agent too, after 90 seconds by default, and the push does not wait for that', async () => {
    const chat = await start({ _agent_timeout_notification_message: 'The customer is offline.' });
    await say(chat, 'hello');
    await later(1);
    expect(pushed).to.have.length(1);
    await later(80);
    expect(notices()).to.deep.equal([]);
    await later(10);
    expect(notices()).to.deep.equal([
      [
        chat,
        {
          type: 'notice',
          party: { type: PartyType.SYSTEM, nickname: 'System' },
          text: 'The customer is offline.',
        },
      ],
    ]);
    expect(pushed).to.have.length(1);
  });
});
