import { expect } from 'chai';
import { WebSocket } from 'ws';
import { ownId } from '../../../engine/ports/brandedIds.ts';
import { type BayeuxServer, startBayeuxServer } from '../../support/bayeuxServer.ts';
import { type BayeuxSocket, joinBySocket, openBayeuxSocket } from '../../support/bayeuxSocket.ts';

const ADVICE = { interval: 0, reconnect: 'retry', timeout: 60_000 };
const HANDSHAKE = { channel: '/meta/handshake', version: '1.0', id: 'h' };

function notice(number: number) {
  return { id: String(number).padStart(32, '0'), message: { number }, tag: `test.${number}` };
}

function event(number: number) {
  return { data: notice(number), channel: '/_genesys' };
}

describe('server/bayeux over WebSocket', () => {
  let server: BayeuxServer;
  const sockets: BayeuxSocket[] = [];

  beforeEach(async () => {
    server = await startBayeuxServer();
  });
  afterEach(async () => {
    for (const { ws } of sockets.splice(0)) ws.terminate();
    await server.stop();
  });

  async function open(headers: Record<string, string> = { gms_user: 'anna' }): Promise<BayeuxSocket> {
    const socket = await openBayeuxSocket(server, headers);
    sockets.push(socket);
    return socket;
  }

  function connectOf(clientId: string, fields: object = {}) {
    return { channel: '/meta/connect', connectionType: 'websocket', clientId, ...fields };
  }

  async function sockets0(): Promise<void> {
    while (server.bayeux.counts().sockets > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  it('answers handshake, subscribe, connect and disconnect, and delivers a notice at once', async () => {
    const socket = await open();
    const [handshake] = await socket.ask(HANDSHAKE);
    const clientId = handshake!.clientId as string;
    expect(handshake).to.deep.equal({
      id: 'h',
      channel: '/meta/handshake',
      successful: true,
      version: '1.0',
      minimumVersion: '1.0',
      supportedConnectionTypes: ['websocket', 'long-polling', 'callback-polling'],
      ext: { ack: true },
      clientId,
    });
    expect(
      await socket.ask({ channel: '/meta/subscribe', clientId, subscription: '/_genesys', id: 's' }),
    ).to.deep.equal([{ id: 's', channel: '/meta/subscribe', subscription: '/_genesys', successful: true }]);
    expect(await socket.ask(connectOf(clientId, { id: 'c1' }))).to.deep.equal([
      { id: 'c1', channel: '/meta/connect', successful: true, advice: ADVICE },
    ]);
    socket.send(connectOf(clientId, { id: 'c2' }));
    await server.held(1);
    await server.bayeux.comet.deliver('anna', notice(1));
    expect(await socket.frame(3)).to.deep.equal([event(1)]);
    expect(server.bayeux.counts().held).to.equal(1);
    expect(await socket.ask({ channel: '/meta/disconnect', clientId, id: 'd' })).to.deep.equal([
      { id: 'c2', channel: '/meta/connect', successful: true, advice: { reconnect: 'none' } },
      { id: 'd', channel: '/meta/disconnect', successful: true },
    ]);
    expect(server.bayeux.counts()).to.deep.equal({ clients: 0, held: 0, sockets: 1 });
  });

  it('delivers without a held connect, and keeps the order', async () => {
    const socket = await open();
    await joinBySocket(socket);
    for (const number of [1, 2, 3]) await server.bayeux.comet.deliver('anna', notice(number));
    await socket.frame(5);
    expect(socket.frames.slice(3)).to.deep.equal([[event(1)], [event(2)], [event(3)]]);
  });

  it('sends the replies to a frame before the messages that it caused', async () => {
    server.bayeux.onService('/service/echo', async ({ clientId, channel, data }) => {
      server.bayeux.deliver(clientId, channel, data);
    });
    const socket = await open();
    const clientId = await joinBySocket(socket);
    expect(await socket.ask({ channel: '/service/echo', clientId, data: 'hello', id: 'p' })).to.deep.equal([
      { id: 'p', channel: '/service/echo', successful: true },
      { channel: '/service/echo', data: 'hello' },
    ]);
  });

  it('ends a held connect at its timeout', async () => {
    await server.stop();
    server = await startBayeuxServer({ pingMs: 1_000_000 });
    const socket = await open();
    const clientId = await joinBySocket(socket);
    socket.send(connectOf(clientId, { id: 'c' }));
    await server.held(1);
    await server.clock.advance(60_000, () => server.durable.idle());
    expect(await socket.frame(3)).to.deep.equal([{ id: 'c', channel: '/meta/connect', successful: true }]);
  });

  it('delivers with the reply to connect to a client of the ack extension, and again after a cut', async () => {
    const first = await open();
    const clientId = await joinBySocket(first, { ack: true });
    first.send(connectOf(clientId, { id: 'c2', ext: { ack: 1 } }));
    await server.held(1);
    await server.bayeux.comet.deliver('anna', notice(1));
    const delivered = [event(1), { id: 'c2', channel: '/meta/connect', successful: true, ext: { ack: 2 } }];
    expect(await first.frame(3)).to.deep.equal(delivered);
    first.ws.terminate();
    await sockets0();

    const second = await open();
    await server.bayeux.comet.deliver('anna', notice(2));
    expect(await second.ask(connectOf(clientId, { id: 'c3', ext: { ack: 1 } }))).to.deep.equal([
      event(1),
      event(2),
      { id: 'c3', channel: '/meta/connect', successful: true, ext: { ack: 3 } },
    ]);
  });

  it('lets a client fall back to long-polling under its clientId, and come back', async () => {
    const socket = await open();
    const clientId = await joinBySocket(socket);
    socket.send(connectOf(clientId, { id: 'c2' }));
    await server.held(1);
    const poll = server.send(
      { channel: '/meta/connect', connectionType: 'long-polling', clientId, id: 'p1' },
      { gms_user: 'anna' },
    );
    expect(await socket.frame(3)).to.deep.equal([
      {
        id: 'c2',
        channel: '/meta/connect',
        successful: false,
        error: '500::Displaced by a later connect of the same client',
      },
    ]);
    await server.held(1);
    await server.bayeux.comet.deliver('anna', notice(1));
    expect((await poll.answer).messages()).to.deep.equal([
      event(1),
      { id: 'p1', channel: '/meta/connect', successful: true },
    ]);
    await server.bayeux.comet.deliver('anna', notice(2));
    expect(await socket.ask(connectOf(clientId, { id: 'c3' }))).to.deep.equal([event(2)]);
  });

  it('keeps the session for maxInterval after the socket closed, and what was not written', async () => {
    const socket = await open();
    const clientId = await joinBySocket(socket);
    socket.send(connectOf(clientId));
    await server.held(1);
    socket.ws.terminate();
    await sockets0();
    await server.bayeux.comet.deliver('anna', notice(1));
    await server.clock.advance(9_999, () => server.durable.idle());
    expect(server.bayeux.comet.isActive('anna')).to.equal(true);
    await server.clock.advance(1, () => server.durable.idle());
    expect(server.bayeux.counts()).to.deep.equal({ clients: 0, held: 0, sockets: 0 });
    const next = await open();
    await joinBySocket(next);
    expect(next.frames[1]).to.deep.equal([
      { channel: '/meta/subscribe', subscription: '/_genesys', successful: true },
      event(1),
    ]);
  });

  it('binds sessions to the gms_user or the cookie of the upgrade request', async () => {
    const anna = await open();
    const clientId = await joinBySocket(anna);
    const cookie = anna.cookie!.split(';')[0]!;
    expect(anna.cookie).to.match(/^BAYEUX_BROWSER=[0-9a-f]{32}; Path=\/; HttpOnly; SameSite=Lax$/);
    const outcomes: unknown[] = [];
    for (const headers of [{}, { gms_user: 'berta' }, { cookie: 'BAYEUX_BROWSER=x' }, { cookie }] as Record<
      string,
      string
    >[]) {
      const other = await open(headers);
      const [reply] = await other.ask(connectOf(clientId, { advice: { timeout: 0 } }));
      outcomes.push(reply!.error ?? reply!.successful);
    }
    expect(outcomes).to.deep.equal([
      '402::Unknown client',
      '402::Unknown client',
      '402::Unknown client',
      true,
    ]);
  });

  it('tells no client of a browser to poll: a WebSocket takes none of its few connections', async () => {
    const one = await open();
    const clientId = await joinBySocket(one);
    one.send(connectOf(clientId));
    await server.held(1);
    const two = await open({ gms_user: 'anna', cookie: one.cookie!.split(';')[0]! });
    const [handshake] = await two.ask(HANDSHAKE);
    const second = handshake!.clientId as string;
    expect((await two.ask(connectOf(second)))[0]!.advice).to.deep.equal(ADVICE);
    two.send(connectOf(second));
    await server.held(2);
  });

  it('closes the socket for a frame that is too large, not text, or no Bayeux messages', async () => {
    const closes: number[] = [];
    for (const data of ['x'.repeat(70_000), Buffer.from('[]'), '{', '[1]', '"text"']) {
      const socket = await open();
      socket.ws.send(data);
      closes.push((await socket.closed).code);
    }
    expect(closes).to.deep.equal([1009, 1003, 1007, 1007, 1007]);
  });

  it('cuts a socket whose client answers no ping, and closes one without a client', async () => {
    const silent = new WebSocket(server.url.replace('http', 'ws'), {
      autoPong: false,
      headers: { gms_user: 'anna' },
    });
    await new Promise((resolve) => silent.once('open', resolve));
    const cut = new Promise((resolve) => silent.once('close', (code) => resolve(code)));
    silent.send(JSON.stringify([HANDSHAKE]));
    const clientId = await new Promise<string>((resolve) => {
      silent.once('message', (data) => resolve(JSON.parse(String(data))[0].clientId));
    });
    silent.send(JSON.stringify([connectOf(clientId)]));
    await new Promise((resolve) => silent.once('message', resolve));
    silent.send(JSON.stringify([connectOf(clientId)]));
    await server.held(1);
    const idle = await open();
    await server.clock.advance(25_000, () => server.durable.idle());
    expect(await idle.closed).to.deep.equal({ code: 1000, reason: 'No client uses this connection.' });
    await server.clock.advance(25_000, () => server.durable.idle());
    expect(await cut).to.equal(1006);
    await sockets0();
    expect(server.bayeux.counts()).to.deep.equal({ clients: 1, held: 0, sockets: 0 });
  });

  it('answers held connects and closes the sockets with 1001 when it closes', async () => {
    const socket = await open();
    const clientId = await joinBySocket(socket);
    socket.send(connectOf(clientId, { id: 'c' }));
    await server.held(1);
    server.bayeux.close();
    expect(await socket.frame(3)).to.deep.equal([{ id: 'c', channel: '/meta/connect', successful: true }]);
    expect(await socket.closed).to.deep.equal({ code: 1001, reason: 'The server stops.' });
    const late = new WebSocket(server.url.replace('http', 'ws'));
    const status = await new Promise((resolve) => {
      late.once('unexpected-response', (_request, response) => resolve(response.statusCode));
    });
    expect(status).to.equal(503);
  });

  describe('limits', () => {
    async function statusOf(headers: Record<string, string>): Promise<number> {
      const ws = new WebSocket(server.url.replace('http', 'ws'), { headers });
      return new Promise((resolve) => {
        ws.once('unexpected-response', (_request, response) => resolve(response.statusCode!));
        ws.once('open', () => {
          ws.terminate();
          resolve(101);
        });
        ws.on('error', () => {});
      });
    }

    it('refuse one socket too many of an address with 429, and in all with 503', async () => {
      await server.stop();
      server = await startBayeuxServer({ maxSockets: 3, maxSocketsOfAddress: 2 });
      for (let count = 0; count < 2; count += 1) await open({ 'x-client': '192.0.2.1' });
      expect(await statusOf({ 'x-client': '192.0.2.1' })).to.equal(429);
      await open({ 'x-client': '192.0.2.2' });
      expect(await statusOf({ 'x-client': '192.0.2.3' })).to.equal(503);
      sockets[0]!.ws.terminate();
      while (server.bayeux.counts().sockets > 2) await new Promise((resolve) => setImmediate(resolve));
      expect(await statusOf({ 'x-client': '192.0.2.1' })).to.equal(101);
    });

    it('delay the frames that come faster than the rate, and lose none', async () => {
      await server.stop();
      let admitted = 0;
      server = await startBayeuxServer(
        {},
        { more: () => ({ admission: () => (admitted++ % 2 === 1 ? 100 : 0) }) },
      );
      const socket = await open();
      socket.send({ ...HANDSHAKE, id: '1' });
      socket.send({ ...HANDSHAKE, id: '2' });
      await socket.frame(0);
      expect(socket.frames).to.have.length(1);
      await new Promise((resolve) => setImmediate(resolve));
      await server.clock.advance(100, () => server.durable.idle());
      expect((await socket.frame(1))[0]!.id).to.equal('2');
    });

    it('stop reading from a client that does not read its replies, until it does, and cut it if it never does', async () => {
      await server.stop();
      let handled = 0;
      const more = () => ({
        admission: () => {
          handled += 1;
          return 0;
        },
      });
      server = await startBayeuxServer({ maxBufferedBytes: 100_000 }, { more });
      const channel = `/${'x'.repeat(600)}`;
      const frame = Array.from({ length: 90 }, (_, id) => ({ channel, clientId: 'nobody', id: String(id) }));
      for (const reads of [true, false]) {
        handled = 0;
        const socket = await open();
        socket.ws.pause();
        for (let count = 0; count < 600; count += 1) socket.send(...frame);
        for (let last = -1; last !== handled; await turns(2_000)) last = handled;
        expect(handled).to.be.greaterThan(0).and.lessThan(400);
        if (reads) {
          socket.ws.resume();
          while (handled < 600) await turns(1);
        } else {
          for (let check = 0; check < 3; check += 1)
            await server.clock.advance(60_000, () => server.durable.idle());
          while (server.bayeux.counts().sockets > 1) await turns(1);
        }
      }
    }).timeout(60_000);

    async function turns(count: number): Promise<void> {
      for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }

    it('leave the messages of a client that does not read in its queue', async () => {
      await server.stop();
      server = await startBayeuxServer({ maxBufferedBytes: 10_000, maxQueuedChars: 100_000_000 });
      const socket = await open();
      const clientId = await joinBySocket(socket);
      socket.ws.pause();
      const text = 'x'.repeat(1_000_000);
      for (let number = 1; number <= 30; number += 1) {
        server.bayeux.deliver(ownId(clientId), '/service/x', `${number} ${text}`);
      }
      socket.ws.resume();
      let numbers: number[] = [];
      while (numbers.length < 30) {
        await new Promise((resolve) => setImmediate(resolve));
        numbers = socket.frames
          .slice(3)
          .flatMap((frame) => frame.map(({ data }) => Number.parseInt(String(data), 10)));
      }
      expect(numbers).to.deep.equal(Array.from({ length: 30 }, (_, i) => i + 1));
      // The later ones waited in the queue, and left it together.
      expect(socket.frames.length).to.be.lessThan(33);
    });
  });
});
