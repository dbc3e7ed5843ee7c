import { expect } from 'chai';
import { type BayeuxServer, startBayeuxServer, type TestClient } from '../../support/bayeuxServer.ts';
import { joinBySocket, openBayeuxSocket } from '../../support/bayeuxSocket.ts';

function notice(number: number) {
  return { id: String(number).padStart(32, '0'), message: { number }, tag: `test.${number}` };
}

describe('a client of the ack extension whose session is lost', () => {
  let server: BayeuxServer;

  beforeEach(async () => {
    server = await startBayeuxServer();
  });
  afterEach(() => server.stop());

  /** The numbers of the notices with the reply to a connect, and the number of the delivery. */
  async function fetched(
    client: TestClient,
    ack: number,
  ): Promise<readonly [numbers: number[], ack: unknown]> {
    const messages = (await client.connect({ ext: { ack } }).answer).messages();
    const numbers = messages
      .slice(0, -1)
      .map(({ data }) => (data as { message: { number: number } }).message.number);
    return [numbers, (messages.at(-1)!.ext as { ack?: unknown } | undefined)?.ack ?? messages.at(-1)!.error];
  }

  /** A new session of the user, which gets what waits. */
  async function waiting(gmsUser = 'anna'): Promise<number[]> {
    const client = await server.client(gmsUser, { ack: true, subscribe: false });
    const subscribe = { channel: '/meta/subscribe', clientId: client.clientId, subscription: '/_genesys' };
    await server.post(subscribe, client.headers);
    await server.bayeux.comet.deliver(gmsUser, notice(99));
    return (await fetched(client, 1))[0];
  }

  it('gets no notice again that it has seen, when it repeats its acknowledgement to a restarted server', async () => {
    const client = await server.client('anna', { ack: true });
    await server.bayeux.comet.deliver('anna', notice(1));
    await server.bayeux.comet.deliver('anna', notice(2));
    expect(await fetched(client, 1)).to.deep.equal([[1, 2], 2]);
    await server.bayeux.comet.deliver('anna', notice(3));
    server.restart();
    expect(await fetched(client, 2)).to.deep.equal([[], '402::Unknown client']);
    expect(await waiting()).to.deep.equal([3, 99]);
  });

  it('gets a notice that came after the restart, also when the clock was set back', async () => {
    const client = await server.client('anna', { ack: true });
    await server.bayeux.comet.deliver('anna', notice(1));
    expect(await fetched(client, 1)).to.deep.equal([[1], 2]);
    const again = client.connect({ ext: { ack: 2 } });
    await server.held(1);
    again.abort();
    await server.held(0);
    server.restart();
    // The simulated clock stands still.
    await server.bayeux.comet.deliver('anna', notice(2));
    expect(await fetched(client, 2)).to.deep.equal([[], '402::Unknown client']);
    expect(await waiting()).to.deep.equal([2, 99]);
  });

  it('gets the notices of a delivery again that it has not seen', async () => {
    const client = await server.client('anna', { ack: true });
    await server.bayeux.comet.deliver('anna', notice(1));
    expect(await fetched(client, 1)).to.deep.equal([[1], 2]);
    await server.bayeux.comet.deliver('anna', notice(2));
    expect(await fetched(client, 2)).to.deep.equal([[2], 3]);
    server.restart();
    await fetched(client, 2);
    expect(await waiting()).to.deep.equal([2, 99]);
  });

  it('gets none again when its session has expired, and counts deliveries without notices', async () => {
    const client = await server.client('anna', { ack: true });
    await server.bayeux.comet.deliver('anna', notice(1));
    expect(await fetched(client, 1)).to.deep.equal([[1], 2]);
    expect(
      (await client.connect({ ext: { ack: 1 }, advice: { timeout: 0 } }).answer).messages().at(-1)!.ext,
    ).to.deep.equal({ ack: 3 });
    await server.clock.advance(10_000, () => server.durable.idle());
    expect(await fetched(client, 3)).to.deep.equal([[], '402::Unknown client']);
    expect(await waiting()).to.deep.equal([99]);
  });

  it('gets none again over WebSocket', async () => {
    const socket = await openBayeuxSocket(server, { gms_user: 'anna' });
    const clientId = await joinBySocket(socket, { ack: true });
    await server.bayeux.comet.deliver('anna', notice(1));
    const connect = { channel: '/meta/connect', connectionType: 'websocket', clientId };
    expect((await socket.ask({ ...connect, ext: { ack: 1 } })).at(-1)!.ext).to.deep.equal({ ack: 2 });
    server.restart();
    await socket.closed;
    const again = await openBayeuxSocket(server, { gms_user: 'anna' });
    expect((await again.ask({ ...connect, ext: { ack: 2 } }))[0]!.error).to.equal('402::Unknown client');
    again.ws.terminate();
    expect(await waiting()).to.deep.equal([99]);
  });

  it('is believed only with the cookie or the gms_user of the session', async () => {
    const client = await server.client('anna', { ack: true });
    await server.bayeux.comet.deliver('anna', notice(1));
    await fetched(client, 1);
    server.restart();
    const forged = { channel: '/meta/connect', clientId: client.clientId, ext: { ack: 2 } };
    for (const headers of [{}, { gms_user: 'berta' }, { cookie: 'BAYEUX_BROWSER=x' }] as Record<
      string,
      string
    >[]) {
      await server.post(forged, headers);
    }
    expect(await waiting()).to.deep.equal([1, 99]);
  });

  it('leaves no record when it disconnects, and one for each of at most 20 lost sessions', async () => {
    const records = () => [...server.durable.scan('bayeux.sent')].length;
    const left = await server.client('anna', { ack: true });
    await server.bayeux.comet.deliver('anna', notice(1));
    await fetched(left, 1);
    expect(records()).to.equal(1);
    await server.post({ channel: '/meta/disconnect', clientId: left.clientId }, left.headers);
    expect(records()).to.equal(0);
    for (let count = 0; count < 23; count += 1) {
      await server.client('anna', { ack: true });
      await waiting();
    }
    expect(records()).to.equal(20);
    const { batch } = server.bayeux.comet.forgetBatch('anna');
    await server.durable.commit(batch);
    expect(records()).to.equal(0);
    expect([...server.durable.scan('bayeux.sentTo')]).to.deep.equal([]);
  });
});
