import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Bayeux } from '../../../server/bayeux/bayeux.ts';
import { registerChatRoutes } from '../../../server/chat/routes.ts';
import type { ServiceId } from '../../../strategies/ids/index.ts';
import type { Notice } from '../../../strategies/notification/cometChannel.ts';
import { SimulatedAgent } from '../../simulators/agent.ts';
import { type ChatWorld, createChatWorld } from '../../support/chatWorld.ts';
import { type CometdClient, connectCometd } from '../../support/cometdClient.ts';
import { asId } from '../../support/ids.ts';
import { openCustomer, plainCookies } from '../../support/openGuard.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { routesApp } from '../../support/routesApp.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const SERVICE = asId<ServiceId>('369-166652d2-aed6-443c-9781-6bdff370f9a9');

/**
 * Routes, chats, notifications, durable queue, Bayeux and the client that GMS' customers use, over a socket.
 */
describe('chapter 6, a chat over CometD', () => {
  let world: ChatWorld;
  let bayeux: Bayeux;
  let server: Server;
  let base: string;
  let customer: CometdClient | undefined;

  beforeEach(async () => {
    world = createChatWorld({
      comet: ({ durable, clock }) => {
        bayeux = new Bayeux({
          durable,
          clock,
          ids: createTestIds(),
          log: silentLog,
          cookies: plainCookies,
        });
        return bayeux.comet;
      },
    });
    const app = routesApp((router) =>
      registerChatRoutes(router, {
        notifications: world.notifications,
        chats: world.chats,
        services: { get: (id) => ({ id, name: 'chat-delay', agentAnnounced: true, options: {} }) },
        userData: () => ({}),
        clientTimeoutMs: () => 0,
        queueOf: () => 'Chat_In',
        baseUrl: () => base,
      }),
    );
    server = createServer((req, res) => {
      if (req.url?.startsWith('/genesys/cometd')) void bayeux.handler(req, res, openCustomer(req));
      else app.callback(req, res);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    await customer?.disconnect();
    bayeux.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await world.stop();
  });

  async function post(path: string, fields: Record<string, string> = {}): Promise<unknown> {
    const reply = await fetch(`${base}/genesys/1/service/${SERVICE}/ixn/chat${path}`, {
      method: 'POST',
      headers: { gms_user: 'anna' },
      body: new URLSearchParams(fields),
    });
    expect(reply.status).to.equal(200);
    return reply.json();
  }

  const start = () =>
    post('', { notify_by: 'comet', firstName: 'John', lastName: 'Harry', subject: 'testing' });

  function rows(notices: readonly unknown[]): unknown[] {
    return (notices as Notice[]).flatMap(
      ({ message }) => (message as { transcriptToShow: unknown[] }).transcriptToShow,
    );
  }

  it('tells the customer every change, in order', async () => {
    customer = await connectCometd(`${base}/genesys/cometd`, 'anna');
    expect(await start()).to.deep.equal({
      chatIxnState: 'CONNECTED',
      transcriptPosition: '1',
      chatServiceMessage: 'Chat service is available',
      _id: SERVICE,
      comet_channel: '/_genesys',
    });
    const { id } = world.chats.byService(SERVICE)!;
    const agent = { type: 'AGENT', nickname: 'Kristi' } as const;
    await world.interactions.agentJoins(id, agent.nickname);
    await world.chats.post(id, { party: agent, text: 'Hello' });
    await post('/send', { message: 'Hi' });
    await world.interactions.agentLeaves(id, agent.nickname);
    const notices = (await customer.receivedCount(5)) as Notice[];
    expect(new Set(notices.map((notice) => notice.tag))).to.deep.equal(
      new Set([`service.chat.refresh.${SERVICE}`]),
    );
    expect(rows(notices)).to.deep.equal([
      ['Notice.Joined', 'Kristi', 'has joined the session', '0', 'AGENT'],
      ['Message.Text', 'Kristi', 'Hello', '0', 'AGENT'],
      ['Message.Text', 'JohnH', 'Hi', '0', 'CLIENT'],
      ['Notice.Left', 'Kristi', 'has left the session', '0', 'AGENT'],
    ]);
    expect(notices.at(-1)!.message).to.include({ chatIxnState: 'DISCONNECTED' });
  });

  it('keeps messages of the agent for a customer who is away', async () => {
    await start();
    const { id } = world.chats.byService(SERVICE)!;
    for (const text of ['one', 'two', 'three']) {
      await world.chats.post(id, { party: { type: 'AGENT', nickname: 'Kristi' }, text });
    }
    await world.durable.idle();
    expect(bayeux.comet.isActive('anna')).to.equal(false);
    customer = await connectCometd(`${base}/genesys/cometd`, 'anna');
    expect(rows(await customer.receivedCount(3)).map((row) => (row as string[])[2])).to.deep.equal([
      'one',
      'two',
      'three',
    ]);
  });
});

/** The samples in the order of the chapter, as they are printed; ids are those of this server. */
describe('chapter 6, the samples of the Chat API with CometD', () => {
  const GMS_USER = 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673';
  const COMETD = '/genesys/cometd';
  const AVAILABLE = 'Chat service is available';
  const ADVICE = { interval: 0, reconnect: 'retry', timeout: 60_000 };
  let orsay: TestOrsay;
  let agent: SimulatedAgent;

  beforeEach(async () => {
    orsay = await startOrsay({ clock: createSimulatedClock(Date.UTC(2014, 8, 26, 7, 40, 55)) });
    agent = new SimulatedAgent(orsay.base, 'KSippola');
    await agent.put('ready', { nickname: 'Kristi Sippola' });
  });
  afterEach(async () => {
    agent.close();
    await orsay.close();
  });

  async function send(path: string, type: string, body: string, gmsUser = GMS_USER): Promise<unknown> {
    const reply = await fetch(`${orsay.base}${path}`, {
      method: 'POST',
      headers: { gms_user: gmsUser, 'content-type': `${type};charset=UTF-8` },
      body,
    });
    expect([reply.status, reply.headers.get('content-type')], path).to.deep.equal([
      200,
      'application/json;charset=UTF-8',
    ]);
    return reply.json();
  }
  const post = (path: string, body: string): Promise<unknown> =>
    send(path, 'application/x-www-form-urlencoded', body);
  const bayeuxOf =
    (gmsUser: string) =>
    (body: unknown, path = COMETD): Promise<{ readonly [field: string]: unknown }[]> =>
      send(path, 'application/json', JSON.stringify(body), gmsUser) as Promise<Record<string, unknown>[]>;

  /** The fields that a verbose reply has besides those that each sample checks. */
  const urlsOf = (chat: string): Record<string, string> => ({
    _chatIxnAPI_SEND_URL: `${chat}/send`,
    _chatIxnAPI_REFRESH_URL: `${chat}/refresh`,
    _chatIxnAPI_START_TYPING_URL: `${chat}/startTyping`,
    _chatIxnAPI_STOP_TYPING_URL: `${chat}/stopTyping`,
    _chatIxnAPI_DISCONNECT_URL: `${chat}/disconnect`,
    _chatIxnAPI_REFRESH_FROM_START_URL: `${chat}/refresh?transcriptPosition=1`,
    _chatIxnAPI_SEND_CUSTOM_URL: `${chat}/customNotice`,
  });

  it('replays the chat from the handshake to the end of the connection', async () => {
    const ask = bayeuxOf(GMS_USER);
    const [handshake] = await ask(
      [
        {
          version: '1.0',
          minimumVersion: '0.9',
          channel: '/meta/handshake',
          supportedConnectionTypes: ['long-polling', 'callback-polling'],
          advice: { timeout: 60_000, interval: 0 },
          id: '1',
        },
      ],
      `${COMETD}/handshake`,
    );
    expect(handshake).to.deep.include({ id: '1', successful: true, ext: { ack: true }, version: '1.0' });
    const clientId = handshake!.clientId;
    expect(
      await ask([{ channel: '/meta/subscribe', subscription: '/_genesys', id: '2', clientId }], `${COMETD}/`),
    ).to.deep.equal([{ id: '2', subscription: '/_genesys', successful: true, channel: '/meta/subscribe' }]);
    const connect = (id: string, more: object = {}): ReturnType<typeof ask> => {
      const message = { channel: '/meta/connect', connectionType: 'long-polling', id, clientId };
      return ask([Object.assign(message, more)], `${COMETD}/connect`);
    };
    expect(await connect('3', { advice: { timeout: 0 } })).to.deep.equal([
      { id: '3', successful: true, advice: ADVICE, channel: '/meta/connect' },
    ]);

    const session = (await post('/genesys/1/service/request-chat', '_verbose=true')) as { _id: string };
    const chat = `/genesys/1/service/${session._id}/ixn/chat`;
    expect(session).to.deep.equal({ '_chatIxnAPI-CREATE-URL': chat, _id: session._id });
    const fields = 'FirstName=John&LastName=Harry&subject=French&EmailAddress=j.h%40gmail.com';
    const created = (await post(chat, `_verbose=true&notify_by=comet&${fields}`)) as Record<string, string>;
    const { chatSessionId } = created;
    expect(created).to.deep.include({
      chatIxnState: 'CONNECTED',
      transcriptPosition: '1',
      chatServiceMessage: AVAILABLE,
      comet_channel: '/_genesys',
      isTLSrequired: 'false',
    });
    expect(created).to.include(urlsOf(chat));

    const step = async (id: string, act: () => Promise<unknown>): Promise<unknown> => {
      await act();
      await orsay.durable.idle();
      const [push, reply, ...rest] = await connect(id);
      expect([reply, rest]).to.deep.equal([{ id, successful: true, channel: '/meta/connect' }, []]);
      const { data, channel } = push as unknown as { data: Notice; channel: string };
      expect([channel, data.tag]).to.deep.equal(['/_genesys', `service.chat.refresh.${session._id}`]);
      expect(data.id).to.match(/^[0-9a-f]{32}$/);
      return data.message;
    };
    const shown = (transcriptPosition: string, row: readonly string[]): object => ({
      chatSessionId,
      transcriptPosition,
      chatServiceMessage: AVAILABLE,
      startedAt: '2014-09-26T07:40:55Z',
      chatIxnState: 'TRANSCRIPT',
      transcriptToShow: [row],
    });
    // A client that makes no connect for 10 seconds is removed.
    await orsay.advance(7_000);
    await connect('3', { advice: { timeout: 0 } });
    await orsay.advance(7_000);
    expect(await step('4', () => agent.post(chatSessionId!, 'accept'))).to.deep.equal(
      shown('2', ['Notice.Joined', 'Kristi Sippola', 'has joined the session', '14', 'AGENT']),
    );
    await orsay.advance(8_000);
    expect(await step('5', () => agent.post(chatSessionId!, 'startTyping'))).to.deep.equal(
      shown('3', ['Notice.TypingStarted', 'Kristi Sippola', 'is typing', '22', 'AGENT']),
    );
    await orsay.advance(1_000);
    expect(await step('6', () => agent.post(chatSessionId!, 'message', { text: 'Hello' }))).to.deep.equal(
      shown('4', ['Message.Text', 'Kristi Sippola', 'Hello', '23', 'AGENT']),
    );
    await orsay.advance(9_000);
    let sent: unknown;
    // The page prints no position here, and an address as the nickname.
    expect(
      await step('7', async () => {
        sent = await post(`${chat}/refresh`, 'verbose=true&message=Hi%20Verbose');
      }),
    ).to.deep.equal(shown('5', ['Message.Text', 'JohnH', 'Hi Verbose', '32', 'CLIENT']));
    expect(sent).to.deep.equal(
      Object.assign({}, created, {
        chatIxnState: 'TRANSCRIPT',
        transcriptPosition: '5',
        startedAt: '2014-09-26T07:40:55Z',
      }),
    );

    const last = connect('8');
    const { comet_channel: _channel, ...ended } = created;
    expect(await post(`${chat}/disconnect`, 'verbose=true')).to.deep.equal(
      Object.assign(ended, {
        chatIxnState: 'DISCONNECTED',
        transcriptPosition: '5',
        chatServiceMessage: 'Chat was finished',
      }),
    );
    const unsubscribe = { channel: '/meta/unsubscribe', subscription: '/_genesys', id: '9', clientId };
    expect(await ask([unsubscribe], `${COMETD}/`)).to.deep.equal([
      { id: '9', subscription: '/_genesys', successful: true, channel: '/meta/unsubscribe' },
    ]);
    expect(
      await ask([{ channel: '/meta/disconnect', id: '10', clientId }], `${COMETD}/disconnect`),
    ).to.deep.equal([{ id: '10', successful: true, channel: '/meta/disconnect' }]);
    expect(await last).to.deep.equal([
      { id: '8', successful: true, advice: { reconnect: 'none' }, channel: '/meta/connect' },
    ]);
  });

  it('replays the quick start: single objects in, arrays out', async () => {
    const ask = bayeuxOf('BuzzBrain');
    const [{ clientId, supportedConnectionTypes, ...handshake } = {}] = await ask({
      version: '1.0',
      minimumVersion: '0.9',
      channel: '/meta/handshake',
      id: '0',
    });
    expect(handshake).to.deep.equal({
      id: '0',
      minimumVersion: '1.0',
      successful: true,
      channel: '/meta/handshake',
      ext: { ack: true },
      version: '1.0',
    });
    expect(supportedConnectionTypes).to.have.members(['websocket', 'callback-polling', 'long-polling']);
    expect(
      await ask({ channel: '/meta/connect', clientId, id: '1', connectionType: 'long-polling' }),
    ).to.deep.equal([{ id: '1', successful: true, advice: ADVICE, channel: '/meta/connect' }]);
    expect(
      await ask([{ channel: '/meta/subscribe', subscription: '/_genesys', clientId, id: '2' }]),
    ).to.deep.equal([{ id: '2', subscription: '/_genesys', successful: true, channel: '/meta/subscribe' }]);
  });
});
