import { expect } from 'chai';
import type { Message } from 'cometd';
import { type BayeuxServer, startBayeuxServer } from '../../support/bayeuxServer.ts';
import { type CometdClient, type CometdOptions, connectCometd } from '../../support/cometdClient.ts';
import { COMETD_VERSIONS } from '../../support/cometdLibraries.ts';

for (const version of COMETD_VERSIONS) {
  for (const transport of ['long-polling', 'websocket'] as const) {
    const title = `server/bayeux with version ${version} of the cometd client over ${transport}`;
    describe(title, () => judge({ version, transports: [transport] }));
  }
}

function judge(kind: CometdOptions): void {
  let server: BayeuxServer;
  const clients: CometdClient[] = [];

  beforeEach(async () => {
    server = await startBayeuxServer();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.disconnect()));
    await server.stop();
  });

  async function join(gmsUser: string, options?: { ack?: boolean }): Promise<CometdClient> {
    const client = await connectCometd(server.url, gmsUser, { ...kind, ...options });
    clients.push(client);
    return client;
  }

  function notice(number: number) {
    return { id: String(number).padStart(32, '0'), message: { number }, tag: `test.${number}` };
  }

  const notices = (...numbers: number[]) => numbers.map(notice);

  it('delivers notices in order, and only to their user', async () => {
    const anna = await join('anna');
    const berta = await join('berta');
    for (let number = 1; number <= 20; number += 1) await server.bayeux.comet.deliver('anna', notice(number));
    await server.bayeux.comet.deliver('berta', notice(21));
    expect(await anna.receivedCount(20)).to.deep.equal(
      notices(...Array.from({ length: 20 }, (_, i) => i + 1)),
    );
    expect(await berta.receivedCount(1)).to.deep.equal(notices(21));
  });

  it('gets a new handshake after the server restarts, and delivers notices published in between', async () => {
    const anna = await join('anna');
    await server.held(1);
    const again = anna.next('/meta/subscribe');
    server.restart();
    await server.bayeux.comet.deliver('anna', notice(1));
    expect((await again).successful).to.equal(true);
    expect(await anna.receivedCount(1)).to.deep.equal(notices(1));
  });

  it('delivers every notice once with the ack extension, over a restart of the server too', async () => {
    const anna = await join('anna', { ack: true });
    await server.held(1);
    await server.bayeux.comet.deliver('anna', notice(1));
    await anna.receivedCount(1);
    await server.held(1);
    const again = anna.next('/meta/subscribe');
    server.restart();
    await again;
    await server.bayeux.comet.deliver('anna', notice(2));
    await anna.receivedCount(2);
    await server.held(1);
    expect(anna.received).to.deep.equal(notices(1, 2));
  });

  it('delivers the messages of a lost reply again, with the ack extension', async () => {
    const anna = await join('anna', { ack: true });
    await server.held(1);
    const failed = anna.next('/meta/unsuccessful');
    server.cutNextReply();
    await server.bayeux.comet.deliver('anna', notice(1));
    await failed;
    await server.bayeux.comet.deliver('anna', notice(2));
    expect(await anna.receivedCount(2)).to.deep.equal(notices(1, 2));
  });

  it('leaves no client behind when it disconnects', async () => {
    const anna = await join('anna');
    await server.held(1);
    await anna.disconnect();
    expect(server.bayeux.counts()).to.include({ clients: 0, held: 0 });
    expect(server.bayeux.comet.isActive('anna')).to.equal(false);
  });

  it('gets the answer of a service channel, also without the ack extension, and an error of an unknown one', async () => {
    server.bayeux.onService('/service/echo', async ({ clientId, channel, data }) => {
      server.bayeux.deliver(clientId, channel, { heard: data });
    });
    for (const ack of [false, true]) {
      const anna = await join('anna', { ack });
      const heard = anna.next('/service/echo');
      const published = await new Promise<Message>((resolve) => {
        anna.cometd.publish('/service/echo', { text: 'hello' }, resolve);
      });
      expect([published.successful, published.data]).to.deep.equal([true, undefined]);
      expect((await heard).data).to.deep.equal({ heard: { text: 'hello' } });
      const refused = await new Promise<Message>((resolve) => {
        anna.cometd.publish('/service/nothing', {}, resolve);
      });
      expect(refused.successful).to.equal(false);
      await anna.disconnect();
    }
  });

  it('learns that a channel does not exist, and stops getting what it unsubscribes from', async () => {
    const anna = await join('anna');
    const refused = await new Promise<Message>((resolve) => {
      anna.cometd.subscribe('/nothing', () => {}, resolve);
    });
    expect(refused.error).to.equal('404:/nothing:Unknown channel');
    const handle = anna.cometd.subscribe('/_genesys', () => {});
    anna.cometd.unsubscribe(handle);
    await server.bayeux.comet.deliver('anna', notice(1));
    expect(await anna.receivedCount(1)).to.deep.equal(notices(1));
  });
}
