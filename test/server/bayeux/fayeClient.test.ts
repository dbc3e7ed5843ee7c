import { createRequire } from 'node:module';
import { expect } from 'chai';
import { type BayeuxServer, startBayeuxServer } from '../../support/bayeuxServer.ts';

/** The part of the faye client that tests use. */
interface FayeClient {
  setHeader(name: string, value: string): void;
  disable(feature: string): void;
  subscribe(channel: string, listener: (data: unknown) => void): Promise<void> & { cancel(): void };
  publish(channel: string, data: unknown): Promise<void>;
  disconnect(): Promise<void>;
}

const peers = createRequire(new URL('../../peers/package.json', import.meta.url));
const { Client } = peers('faye') as { Client: new (url: string) => FayeClient };

for (const transport of ['long-polling', 'websocket'] as const) {
  describe(`server/bayeux with the faye client over ${transport}`, () => {
    let server: BayeuxServer;
    let client: FayeClient;

    beforeEach(async () => {
      server = await startBayeuxServer({ mayPublish: (channel) => channel.startsWith('/open/') });
      client = open('anna');
    });
    afterEach(async () => {
      await client.disconnect();
      await server.stop();
    });

    /** Not async: the client has a method then, which never calls back. */
    function open(gmsUser: string): FayeClient {
      const opened = new Client(server.url);
      opened.setHeader('gms_user', gmsUser);
      opened.disable('eventsource');
      if (transport === 'long-polling') opened.disable('websocket');
      return opened;
    }

    function notice(number: number) {
      return { id: String(number).padStart(32, '0'), message: { number }, tag: `test.${number}` };
    }

    /** Resolves with that many messages. */
    function collector(count: number): { listen(data: unknown): void; all: Promise<unknown[]> } {
      const received: unknown[] = [];
      let listen: (data: unknown) => void = () => {};
      const all = new Promise<unknown[]>((resolve) => {
        listen = (data) => {
          received.push(data);
          if (received.length === count) resolve(received);
        };
      });
      return { listen: (data) => listen(data), all };
    }

    it('delivers notices in order', async () => {
      const { listen, all } = collector(20);
      await client.subscribe('/_genesys', listen);
      const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
      for (const number of numbers) await server.bayeux.comet.deliver('anna', notice(number));
      expect(await all).to.deep.equal(numbers.map(notice));
      expect(server.bayeux.counts().sockets).to.equal(transport === 'websocket' ? 1 : 0);
    });

    it('answers a service channel, and refuses channels that do not exist', async () => {
      server.bayeux.onService('/service/echo', async ({ clientId, channel, data }) => {
        server.bayeux.deliver(clientId, channel, data);
      });
      const { listen, all } = collector(1);
      await client.subscribe('/service/echo', listen);
      await client.publish('/service/echo', 'hello');
      expect(await all).to.deep.equal(['hello']);
      const failures = await Promise.allSettled([
        Promise.resolve(client.subscribe('/nothing', () => {})),
        Promise.resolve(client.publish('/service/nothing', {})),
      ]);
      expect(failures.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    });

    it('passes messages between clients on channels that have a rule', async () => {
      const other = open('berta');
      const { listen, all } = collector(2);
      await other.subscribe('/open/**', listen);
      await client.publish('/open/a', 1);
      await client.publish('/open/b/c', 2);
      expect(await all).to.deep.equal([1, 2]);
      await other.disconnect();
    });
  });
}
