import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Bayeux } from '../../../server/bayeux/bayeux.ts';
import { registerChatRoutes } from '../../../server/chat/routes.ts';
import type { ServiceId } from '../../../strategies/ids/index.ts';
import type { Notice } from '../../../strategies/notification/cometChannel.ts';
import { type ChatWorld, createChatWorld } from '../../support/chatWorld.ts';
import { type CometdClient, connectCometd } from '../../support/cometdClient.ts';
import { asId } from '../../support/ids.ts';
import { openCustomer, plainCookies } from '../../support/openGuard.ts';
import { routesApp } from '../../support/routesApp.ts';
import { silentLog } from '../../support/silentLog.ts';
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
        clientTimeoutMs: 0,
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
