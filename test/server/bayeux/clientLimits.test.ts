import { expect } from 'chai';
import fc from 'fast-check';
import { type BayeuxServer, startBayeuxServer } from '../../support/bayeuxServer.ts';
import { createBodyBudget } from '../../support/bodyBudget.ts';
import { fuzzSeed } from '../../support/fuzzSeed.ts';

const HANDSHAKE = { channel: '/meta/handshake' };

describe('the limits of Bayeux clients', () => {
  let server: BayeuxServer;
  afterEach(() => server.stop());

  async function handshake(
    address?: string,
  ): Promise<{ readonly clientId?: string; readonly error?: string }> {
    const headers = { gms_user: 'anna', ...(address !== undefined && { 'x-client': address }) };
    return (await server.post(HANDSHAKE, headers)).messages()[0] as { clientId?: string; error?: string };
  }

  /** Connects a client, so that it is no unconnected one any more. */
  async function connect(clientId: string | undefined): Promise<boolean> {
    const message = {
      channel: '/meta/connect',
      clientId,
      connectionType: 'long-polling',
      advice: { timeout: 0 },
    };
    return (await server.post(message, { gms_user: 'anna' })).messages()[0]!.successful as boolean;
  }

  it('refuse handshakes of an address that has too many without a connect, and of no other', async () => {
    server = await startBayeuxServer({ maxUnconnectedOfAddress: 2 });
    const first = await handshake('192.0.2.1');
    await handshake('192.0.2.1');
    expect(await handshake('192.0.2.1')).to.deep.equal({
      channel: '/meta/handshake',
      version: '1.0',
      successful: false,
      error: '429:limits.cometd.unconnectedOfAddress,2:Too many clients of one address, try again later',
      advice: { reconnect: 'handshake', interval: 5000 },
    });
    expect((await handshake('192.0.2.2')).clientId).to.be.a('string');
    expect((await handshake()).clientId).to.be.a('string');

    expect(await connect(first.clientId)).to.equal(true);
    expect((await handshake('192.0.2.1')).clientId).to.be.a('string');
    expect((await handshake('192.0.2.1')).error).to.match(/^429:/);
    await server.clock.advance(5000, () => server.durable.idle());
    expect((await handshake('192.0.2.1')).clientId).to.be.a('string');
  });

  it('refuse one client too many of an address, until another one disconnects', async () => {
    server = await startBayeuxServer({ maxClientsOfAddress: 2 });
    const clients = [await handshake('192.0.2.1'), await handshake('192.0.2.1')];
    for (const { clientId } of clients) await connect(clientId);
    expect((await handshake('192.0.2.1')).error).to.equal(
      '429:limits.cometd.clientsOfAddress,2:Too many clients of one address, try again later',
    );
    expect((await handshake('192.0.2.2')).clientId).to.be.a('string');
    await server.post({ channel: '/meta/disconnect', clientId: clients[0]!.clientId }, { gms_user: 'anna' });
    expect((await handshake('192.0.2.1')).clientId).to.be.a('string');
  });

  it('end the oldest client without a connect when there are too many, and no connected client', async () => {
    server = await startBayeuxServer({ maxUnconnected: 3 });
    const connected = await handshake();
    await connect(connected.clientId);
    const waiting = [await handshake(), await handshake(), await handshake(), await handshake()];
    const found = [];
    for (const { clientId } of [connected, ...waiting]) found.push(await connect(clientId));
    expect(found).to.deep.equal([true, false, true, true, true]);
  });

  it('end a client that makes no connect within 5 seconds after its handshake', async () => {
    server = await startBayeuxServer();
    const { clientId } = await handshake();
    await server.clock.advance(4999, () => server.durable.idle());
    expect(server.bayeux.counts().clients).to.equal(1);
    await connect(clientId);
    await server.clock.advance(9999, () => server.durable.idle());
    expect(server.bayeux.counts().clients).to.equal(1);
    await handshake();
    await server.clock.advance(5000, () => server.durable.idle());
    expect(server.bayeux.counts().clients).to.equal(0);
  });

  it('accept one handshake in a body, and ignore all else there', async () => {
    server = await startBayeuxServer();
    const replies = (await server.post(Array.from({ length: 100 }, () => HANDSHAKE))).messages();
    expect(replies.map(({ successful }) => successful)).to.deep.equal([true]);
    expect(server.bayeux.counts().clients).to.equal(1);
  });

  it('refuse a body when too many bytes of bodies are in memory', async () => {
    const budget = createBodyBudget({ bytes: 1000 });
    server = await startBayeuxServer({}, { budget });
    const refused = await server.post(`[${' '.repeat(1000)}]`);
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text)]).to.deep.equal([
      503,
      '5',
      {
        message: 'The bodies of all requests have more bytes than limits.bodies.bytes (1000).',
        exception: 'orsay.UnavailableException',
        code: 'SERVER_BUSY',
      },
    ]);
    expect((await handshake()).clientId).to.be.a('string');
  });

  it('hold after any handshakes, connects and pauses', async () => {
    const limits = { maxClients: 6, maxClientsOfAddress: 4, maxUnconnected: 3, maxUnconnectedOfAddress: 2 };
    const step = fc.record({
      kind: fc.constantFrom('handshake', 'handshake', 'connect', 'pause'),
      address: fc.constantFrom('a', 'b', undefined),
      at: fc.nat(5),
      ms: fc.nat(6000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        server = await startBayeuxServer(limits);
        const opened: { readonly clientId: string; readonly address: string | undefined }[] = [];
        for (const { kind, address, at, ms } of steps) {
          if (kind === 'pause') await server.clock.advance(ms, () => server.durable.idle());
          else if (kind === 'connect') await connect(opened[at]?.clientId);
          else {
            const { clientId, error } = await handshake(address);
            if (clientId !== undefined) opened.push({ clientId, address });
            else expect(error).to.match(address === undefined ? /^503:/ : /^(503|429):/);
          }
          expect(server.bayeux.counts().clients).to.be.at.most(limits.maxClients);
        }
        await server.clock.advance(20_000, () => server.durable.idle());
        expect(server.bayeux.counts().clients).to.equal(0);
        for (const address of ['a', 'b']) expect((await handshake(address)).clientId).to.be.a('string');
        await server.stop();
      }),
      { ...fuzzSeed(), numRuns: 25 },
    );
  });
});
