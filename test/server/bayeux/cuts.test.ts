import { expect } from 'chai';
import { type BayeuxServer, startBayeuxServer } from '../../support/bayeuxServer.ts';
import { createRandom } from '../../support/crash/random.ts';
import { type CutClient, openNodeClient, openPageClient } from '../../support/cuts/cutClients.ts';
import { CUT_KINDS, type CutLane, cutOne } from '../../support/cuts/cuts.ts';
import { Wire } from '../../support/cuts/wire.ts';

const ROUNDS = 12;
const NUMBERS_PER_ROUND = 8;
const LONG_POLLING = ['long-polling'] as const;

/** Each opens the client of a user. `test/crash/cometdOnce.long.ts` has more clients, cuts and notices. */
const CLIENTS: Readonly<Record<string, (url: string, user: string) => Promise<CutClient>>> = {
  node: (url, user) => openNodeClient(url, { user, version: '9', transports: ['websocket', 'long-polling'] }),
  oldNode: (url, user) => openNodeClient(url, { user, version: '3', transports: LONG_POLLING }),
  page: (url, user) => openPageClient(url, { user, version: '9', transport: 'long-polling' }),
  oldPage: (url, user) => openPageClient(url, { user, version: '3', transport: 'websocket' }),
};

describe(`notices through ${ROUNDS} cuts of every kind`, () => {
  const random = createRandom(19);
  let server: BayeuxServer;
  let lanes: readonly (CutLane & { readonly user: string })[];

  beforeEach(async () => {
    server = await startBayeuxServer();
    lanes = await Promise.all(
      Object.entries(CLIENTS).map(async ([user, open]) => {
        const wire = await Wire.open(() => `http://127.0.0.1:${server.port}`);
        return { user, wire, client: await open(wire.url, user) };
      }),
    );
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) {
      for (const { user, client } of lanes) console.log(`${user}: ${await client.status()}`);
    }
    await Promise.all(lanes.map(({ client }) => client.close()));
    await Promise.all(lanes.map(({ wire }) => wire.close()));
    await server.stop();
  });

  /** The layer forgets its sessions, and no client gets a reply. */
  async function restart(): Promise<void> {
    for (const { wire } of lanes) wire.cut();
    server.restart();
  }

  async function receivedAll(client: CutClient, count: number): Promise<void> {
    while (client.numbers.length < count) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await client.refresh();
    }
  }

  it('reach each client of the ack extension once and in order', async () => {
    let count = 0;
    const deliverNext = async () => {
      count += 1;
      const notice = { id: String(count), message: { number: count }, tag: 'test' };
      for (const { user } of lanes) await server.bayeux.comet.deliver(user, notice);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let done = 0; done < NUMBERS_PER_ROUND; done += 1) await deliverNext();
      await cutOne(CUT_KINDS[round % CUT_KINDS.length]!, { lanes, random, restart });
    }
    await Promise.all(lanes.map(({ client }) => receivedAll(client, count)));
    // Notices that would come again come before this one.
    await deliverNext();
    await Promise.all(lanes.map(({ client }) => receivedAll(client, count)));
    const expected = Array.from({ length: count }, (_, i) => i + 1);
    for (const { user, client } of lanes) {
      expect(client.numbers, user).to.deep.equal(expected);
    }
  });
});
