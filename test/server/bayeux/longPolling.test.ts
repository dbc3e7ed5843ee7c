import { expect } from 'chai';
import { ownId } from '../../../engine/ports/brandedIds.ts';
import { type BayeuxServer, startBayeuxServer, type TestClient } from '../../support/bayeuxServer.ts';

const ADVICE = { interval: 0, reconnect: 'retry', timeout: 60_000 };

describe('server/bayeux over long-polling', () => {
  let server: BayeuxServer;

  beforeEach(async () => {
    server = await startBayeuxServer({
      maxClients: 50,
      maxQueuedMessages: 5,
      maxSubscriptions: 3,
      mayPublish: (channel) => /^\/(?:[a-d]|ok)(?:$|\/)/.test(channel),
    });
  });
  afterEach(() => server.stop());

  function notice(number: number) {
    return { id: String(number).padStart(32, '0'), message: { number }, tag: `test.${number}` };
  }

  describe('the documented exchange (gms-api 9)', () => {
    it('answers handshake, subscribe, connect, unsubscribe and disconnect as documented', async () => {
      const gms_user = 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673';
      const handshake = await server.post(
        [
          {
            version: '1.0',
            minimumVersion: '0.9',
            channel: '/meta/handshake',
            supportedConnectionTypes: ['long-polling', 'callback-polling'],
            advice: { timeout: 60000, interval: 0 },
            id: '1',
          },
        ],
        { gms_user },
        '/genesys/cometd/handshake',
      );
      const clientId = handshake.messages()[0]!.clientId as string;
      expect(handshake.status).to.equal(200);
      expect(handshake.headers['content-type']).to.equal('application/json;charset=UTF-8');
      expect(handshake.messages()).to.deep.equal([
        {
          id: '1',
          minimumVersion: '1.0',
          supportedConnectionTypes: ['websocket', 'long-polling', 'callback-polling'],
          successful: true,
          channel: '/meta/handshake',
          ext: { ack: true },
          clientId,
          version: '1.0',
        },
      ]);
      expect(clientId).to.match(/^[0-9a-f]{32}$/);

      const headers = { gms_user };
      const subscribe = [{ channel: '/meta/subscribe', subscription: '/_genesys', id: '2', clientId }];
      expect((await server.post(subscribe, headers, '/genesys/cometd/')).messages()).to.deep.equal([
        { id: '2', subscription: '/_genesys', successful: true, channel: '/meta/subscribe' },
      ]);

      const connect = { channel: '/meta/connect', connectionType: 'long-polling', clientId };
      const first = [{ ...connect, advice: { timeout: 0 }, id: '3' }];
      expect((await server.post(first, headers, '/genesys/cometd/connect')).messages()).to.deep.equal([
        { id: '3', successful: true, advice: ADVICE, channel: '/meta/connect' },
      ]);

      const second = server.send([{ ...connect, id: '4' }], headers);
      await server.held(1);
      await server.bayeux.comet.deliver(gms_user, notice(1));
      expect((await second.answer).messages()).to.deep.equal([
        { data: notice(1), channel: '/_genesys' },
        { id: '4', successful: true, channel: '/meta/connect' },
      ]);

      const unsubscribe = [{ channel: '/meta/unsubscribe', subscription: '/_genesys', id: '9', clientId }];
      expect((await server.post(unsubscribe, headers)).messages()).to.deep.equal([
        { id: '9', subscription: '/_genesys', successful: true, channel: '/meta/unsubscribe' },
      ]);

      const third = server.send([{ ...connect, id: '8' }], headers);
      await server.held(1);
      const disconnect = [{ channel: '/meta/disconnect', id: '10', clientId }];
      expect((await server.post(disconnect, headers)).messages()).to.deep.equal([
        { id: '10', successful: true, channel: '/meta/disconnect' },
      ]);
      expect((await third.answer).messages()).to.deep.equal([
        { id: '8', successful: true, advice: { reconnect: 'none' }, channel: '/meta/connect' },
      ]);
    });
  });

  describe('bodies', () => {
    it('accepts a single object, and replies with an array', async () => {
      const reply = await server.post(
        { version: '1.0', minimumVersion: '0.9', channel: '/meta/handshake', id: '0' },
        { gms_user: 'BuzzBrain' },
      );
      expect(reply.messages()).to.have.length(1);
      expect(reply.messages()[0]).to.include({ id: '0', successful: true });
    });

    it('echoes a number as id, and sends no id if the message has none', async () => {
      const reply = await server.post([{ channel: '/meta/connect', id: 7 }, { channel: '/meta/connect' }]);
      expect(reply.messages()[0]!.id).to.equal(7);
      expect(reply.messages()[1]).not.to.have.property('id');
    });

    it('also accepts the messages as the form parameter of Bayeux 1.0', async () => {
      const body = new URLSearchParams({ message: '[{"channel":"/meta/handshake","id":"1"}]' }).toString();
      const reply = await server.post(body, { 'content-type': 'application/x-www-form-urlencoded' });
      expect(reply.messages()[0]).to.include({ id: '1', successful: true });
    });

    for (const body of ['', '{', '[1]', '["a"]', '[[]]', 'null', '"text"', '17', '[{},null]']) {
      it(`refuses the body ${JSON.stringify(body)} with 400`, async () => {
        const reply = await server.post(body);
        expect(reply.status).to.equal(400);
        expect(JSON.parse(reply.text)).to.have.keys(['message', 'exception']);
      });
    }

    it('refuses bytes that are not UTF-8 with 400', async () => {
      const { sendRaw } = await import('../../support/rawHttp.ts');
      const head = 'POST /genesys/cometd HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n';
      const reply = await sendRaw(server.port, Buffer.concat([Buffer.from(head), Buffer.from([0xc3, 0x28])]));
      expect(reply.status).to.equal(400);
    });

    it('refuses an oversize body with 413, declared or not', async () => {
      const body = JSON.stringify([{ channel: '/meta/handshake', ext: { pad: 'x'.repeat(70_000) } }]);
      const declared = await server.post(body, { 'content-length': String(body.length) });
      const chunked = await server.post(body, { 'transfer-encoding': 'chunked' });
      expect([declared.status, chunked.status]).to.deep.equal([413, 413]);
    });

    it('refuses more messages than one body may hold', async () => {
      const reply = await server.post(Array.from({ length: 101 }, () => ({ channel: '/meta/handshake' })));
      expect(reply.status).to.equal(400);
      expect(server.bayeux.counts().clients).to.equal(0);
    });

    it('answers another method with 405', async () => {
      const reply = await fetch(server.url, { method: 'DELETE' });
      expect(reply.status).to.equal(405);
      expect(reply.headers.get('allow')).to.equal('GET, POST');
      await reply.text();
    });

    it('answers an invalid channel name with an error of that message only', async () => {
      const { clientId, headers } = await server.client('anna');
      const odd = ['/', 'foo', '__proto__', 17, null, '/a//b', '/meta/nonsense', `/${'a'.repeat(300)}`];
      const reply = await server.post(
        [
          ...odd.map((channel) => ({ channel, clientId, data: {} })),
          { channel: '/meta/subscribe', clientId, subscription: '/ok', id: 'ok' },
        ],
        headers,
      );
      expect(reply.status).to.equal(200);
      expect(reply.messages().map((message) => message.successful)).to.deep.equal([
        ...odd.map(() => false),
        true,
      ]);
      for (const message of reply.messages().slice(0, -1)) expect(message.error).to.match(/^40[04]:[^:]*:./);
    });
  });

  describe('sessions', () => {
    it('answers an unknown client with 402 and the advice to make a handshake', async () => {
      const reply = await server.post({ channel: '/meta/connect', clientId: 'nobody', id: '1' });
      expect(reply.messages()).to.deep.equal([
        {
          id: '1',
          successful: false,
          error: '402::Unknown client',
          advice: { reconnect: 'handshake' },
          channel: '/meta/connect',
        },
      ]);
    });

    it('advises a handshake with no other reply, which may come when the client has begun one', async () => {
      for (const channel of ['/meta/subscribe', '/meta/unsubscribe', '/meta/disconnect', '/service/a']) {
        const [reply] = (await server.post({ channel, clientId: 'nobody', data: 1 })).messages();
        expect([reply!.error, reply!.advice]).to.deep.equal(['402::Unknown client', undefined]);
      }
    });

    it('requires the cookie or the gms_user of a session besides its clientId', async () => {
      const handshake = await server.post({ channel: '/meta/handshake' }, { gms_user: 'anna' });
      const clientId = handshake.messages()[0]!.clientId;
      const cookie = String(handshake.headers['set-cookie']).split(';')[0]!;
      expect(cookie).to.match(/^BAYEUX_BROWSER=[0-9a-f]{32}$/);
      const outcomes: boolean[] = [];
      for (const headers of [
        {},
        { gms_user: 'berta' },
        { cookie: 'BAYEUX_BROWSER=other' },
        { gms_user: 'anna' },
        { cookie: `a=b; ${cookie}` },
        { cookie, gms_user: 'berta' },
      ] as Record<string, string>[]) {
        const reply = await server.post(
          { channel: '/meta/subscribe', clientId, subscription: '/a' },
          headers,
        );
        outcomes.push(reply.messages()[0]!.successful as boolean);
      }
      expect(outcomes).to.deep.equal([false, false, false, true, true, true]);
    });

    it('reads gms_user from ext of the handshake or from the query, if no header can be set', async () => {
      const byExt = await server.post({ channel: '/meta/handshake', ext: { gms_user: 'anna' } });
      const byQuery = await server.post({ channel: '/meta/handshake' }, {}, '/genesys/cometd?gms_user=berta');
      for (const [reply, user] of [
        [byExt, 'anna'],
        [byQuery, 'berta'],
      ] as const) {
        const clientId = reply.messages()[0]!.clientId;
        const subscribed = await server.post(
          { channel: '/meta/subscribe', clientId, subscription: '/_genesys' },
          { gms_user: user },
        );
        expect(subscribed.messages()[0]!.successful).to.equal(true);
        expect(server.bayeux.comet.isActive(user)).to.equal(true);
      }
    });

    it('refuses /_genesys to a client without gms_user, and names what it expected', async () => {
      const handshake = await server.post({ channel: '/meta/handshake' });
      const cookie = String(handshake.headers['set-cookie']).split(';')[0]!;
      const clientId = handshake.messages()[0]!.clientId;
      const reply = await server.post(
        { channel: '/meta/subscribe', clientId, subscription: '/_genesys' },
        { cookie },
      );
      expect(reply.messages()[0]).to.include({ successful: false, subscription: '/_genesys' });
      expect(reply.messages()[0]!.error).to.match(/^403:\/_genesys:Expected a gms_user/);
    });

    it('refuses a handshake for versions and connection types that it does not have', async () => {
      for (const wrong of [{ minimumVersion: '2.0' }, { supportedConnectionTypes: ['flash'] }]) {
        const [reply] = (await server.post({ channel: '/meta/handshake', ...wrong })).messages();
        expect(reply).to.deep.include({ successful: false, advice: { reconnect: 'none' } });
        expect(reply!.error).to.match(/^400:.*Expected/);
      }
    });

    it('refuses a handshake beyond maxClients, and accepts one when a client has gone', async () => {
      const body = { channel: '/meta/handshake' };
      for (let count = 0; count < 50; count += 1) await server.post(body);
      const refused = (await server.post(body)).messages()[0]!;
      expect(refused).to.deep.include({
        successful: false,
        error: '503:limits.cometd.clients,50:Too many clients, try again later',
        advice: { reconnect: 'handshake', interval: 5000 },
      });
      await server.clock.advance(10_000, () => server.durable.idle());
      expect((await server.post(body)).messages()[0]!.successful).to.equal(true);
    });

    it('limits subscriptions and refuses meta channels', async () => {
      const { clientId, headers } = await server.client('anna', { subscribe: false });
      const subscribe = (subscription: unknown) =>
        server.post({ channel: '/meta/subscribe', clientId, subscription }, headers);
      expect((await subscribe('/meta/connect')).messages()[0]!.error).to.match(/^403:/);
      expect((await subscribe(undefined)).messages()[0]!.error).to.match(/^400:/);
      expect((await subscribe(['/a', '/b/**'])).messages()[0]).to.deep.include({
        successful: true,
        subscription: ['/a', '/b/**'],
      });
      expect((await subscribe(['/c', '/d'])).messages()[0]!.error).to.equal(
        '403:limits.cometd.subscriptionsOfClient,3:A client may have at most 3 subscriptions',
      );
      expect((await subscribe('/a')).messages()[0]!.successful).to.equal(true);
    });
  });

  describe('channels', () => {
    const subscribed = async (subscription: unknown, gms_user = 'anna') => {
      const handshake = await server.post({ channel: '/meta/handshake' }, { gms_user });
      const clientId = handshake.messages()[0]!.clientId;
      const reply = await server.post({ channel: '/meta/subscribe', clientId, subscription }, { gms_user });
      return reply.messages()[0]!;
    };

    it('that have neither a handler nor a rule refuse subscriptions', async () => {
      server.bayeux.onService('/service/chatV2/*', async () => {});
      const errors: unknown[] = [];
      for (const channel of ['/foo', '/foo/**', '/_genesys/x', '/service/other', '/service/chatV2/a/b']) {
        errors.push((await subscribed(channel)).error);
      }
      expect(errors).to.deep.equal([
        '404:/foo:Unknown channel',
        '404:/foo/**:Unknown channel',
        '404:/_genesys/x:Unknown channel',
        '404:/service/other:Unknown channel',
        '404:/service/chatV2/a/b:Unknown channel',
      ]);
    });

    it('that have a handler accept subscriptions, patterns too, and count for no limit', async () => {
      server.bayeux.onService('/service/chatV2/*', async () => {});
      const four = ['/service/chatV2/a', '/service/chatV2/*', '/service/**', '/service/chatV2/b'];
      expect(await subscribed(four)).to.deep.equal({
        channel: '/meta/subscribe',
        subscription: four,
        successful: true,
      });
    });

    for (const pattern of ['/*', '/**']) {
      it(`match the pattern ${pattern}: its subscriber gets the notices of its user, each once`, async () => {
        const { clientId, headers, connect } = await server.client('anna');
        await server.post({ channel: '/meta/subscribe', clientId, subscription: pattern }, headers);
        await server.post({ channel: '/meta/unsubscribe', clientId, subscription: '/_genesys' }, headers);
        await server.bayeux.comet.deliver('anna', notice(1));
        expect((await connect().answer).messages()).to.deep.equal([
          { data: notice(1), channel: '/_genesys' },
          { successful: true, channel: '/meta/connect' },
        ]);
      });
    }
  });

  describe('connects', () => {
    it('ends a held connect at its timeout, without advice', async () => {
      const client = await server.client('anna');
      const connect = client.connect({ id: 'c' });
      await server.held(1);
      await server.clock.advance(60_000, () => server.durable.idle());
      expect((await connect.answer).messages()).to.deep.equal([
        { id: 'c', successful: true, channel: '/meta/connect' },
      ]);
    });

    it('limits an advised timeout, and accepts a shorter one', async () => {
      const client = await server.client('anna');
      for (const [timeout, heldFor] of [
        [2 ** 40, 60_000],
        [5_000, 5_000],
      ] as const) {
        const connect = client.connect({ advice: { timeout } });
        await server.held(1);
        await server.clock.advance(heldFor - 1, () => server.durable.idle());
        expect(server.bayeux.counts().held).to.equal(1);
        await server.clock.advance(1, () => server.durable.idle());
        expect((await connect.answer).status).to.equal(200);
      }
      expect((await client.connect({ advice: { timeout: 0 } }).answer).status).to.equal(200);
    });

    it('ignores an advised timeout that is not a number of milliseconds', async () => {
      const client = await server.client('anna');
      for (const timeout of [-1, 'soon', null, {}]) {
        const connect = client.connect({ advice: { timeout } });
        await server.held(1);
        connect.abort();
        await server.held(0);
      }
    });

    it('does not hold a connect that arrives together with other messages', async () => {
      const { clientId, headers } = await server.client('anna');
      const reply = await server.post(
        [
          { channel: '/meta/subscribe', clientId, subscription: '/a', id: '1' },
          { channel: '/meta/connect', clientId, connectionType: 'long-polling', id: '2' },
        ],
        headers,
      );
      expect(reply.messages().map((message) => message.id)).to.deep.equal(['1', '2']);
    });

    it('displaces a held connect by a second one of the same client', async () => {
      const client = await server.client('anna');
      const first = client.connect();
      await server.held(1);
      const second = client.connect({ id: 'second' });
      expect((await first.answer).status).to.equal(500);
      await server.held(1);
      await server.clock.advance(20_000, () => server.durable.idle());
      expect(server.bayeux.counts()).to.include({ clients: 1, held: 1 });
      await server.bayeux.comet.deliver('anna', notice(1));
      expect((await second.answer).messages()).to.have.length(2);
    });

    it('tells the second client of one browser to poll, and holds again when it is alone', async () => {
      const one = await server.post({ channel: '/meta/handshake' });
      const cookie = String(one.headers['set-cookie']).split(';')[0]!;
      const two = await server.post({ channel: '/meta/handshake' }, { cookie });
      expect(two.headers['set-cookie']).to.equal(undefined);
      const connect = (reply: typeof one) =>
        server.send({ channel: '/meta/connect', clientId: reply.messages()[0]!.clientId }, { cookie });
      await connect(one).answer;
      await connect(two).answer;
      const held = connect(one);
      await server.held(1);
      expect((await connect(two).answer).messages()[0]!.advice).to.deep.equal({
        ...ADVICE,
        interval: 2000,
        'multiple-clients': true,
      });
      held.abort();
      await server.held(0);
      const alone = connect(two);
      await server.held(1);
      await server.clock.advance(60_000, () => server.durable.idle());
      expect((await alone.answer).messages()[0]!.advice).to.deep.equal(ADVICE);
    });
  });

  describe('notifications', () => {
    it('sends queued messages before the connect reply, in order', async () => {
      const client = await server.client('anna');
      for (const number of [1, 2, 3]) await server.bayeux.comet.deliver('anna', notice(number));
      expect((await client.connect({ id: 'c' }).answer).messages()).to.deep.equal([
        { data: notice(1), channel: '/_genesys' },
        { data: notice(2), channel: '/_genesys' },
        { data: notice(3), channel: '/_genesys' },
        { id: 'c', successful: true, channel: '/meta/connect' },
      ]);
    });

    it('keeps a notice for a user who connects later, over a restart, and delivers it once', async () => {
      await server.bayeux.comet.deliver('anna', notice(1));
      await server.bayeux.comet.deliver('berta', notice(2));
      server.restart();
      const client = await server.client('anna', { subscribe: false });
      const { clientId, headers } = client;
      await server.post({ channel: '/meta/subscribe', clientId, subscription: '/_genesys' }, headers);
      expect((await client.connect().answer).messages()[0]).to.deep.equal({
        data: notice(1),
        channel: '/_genesys',
      });
      const later = await server.client('anna');
      const connect = later.connect();
      await server.held(1);
      connect.abort();
    });

    it('removes a notice after its time to live', async () => {
      await server.bayeux.comet.deliver('anna', notice(1));
      await server.clock.advance(86_400_001, () => server.durable.idle());
      const connect = (await server.client('anna')).connect();
      await server.held(1);
      connect.abort();
    });

    it('delivers a notice to every connected client of the user', async () => {
      const phone = await server.client('anna');
      const tablet = await server.client('anna');
      const held = phone.connect();
      await server.held(1);
      await server.bayeux.comet.deliver('anna', notice(1));
      expect((await held.answer).messages()[0]!.data).to.deep.equal(notice(1));
      expect((await tablet.connect().answer).messages()[0]!.data).to.deep.equal(notice(1));
    });

    it('delivers an id once, however often it is queued before it is fetched', async () => {
      const client = await server.client('anna');
      await server.bayeux.comet.deliver('anna', notice(1));
      await server.bayeux.comet.deliver('anna', notice(1));
      expect((await client.connect().answer).messages()).to.have.length(2);
    });

    it('queues the message again when the socket closes, and removes the client after maxInterval', async () => {
      const client = await server.client('anna');
      const connect = client.connect();
      await server.held(1);
      connect.abort();
      await server.held(0);
      await server.bayeux.comet.deliver('anna', notice(1));
      expect(server.bayeux.comet.isActive('anna')).to.equal(true);
      await server.clock.advance(9_999, () => server.durable.idle());
      expect(server.bayeux.comet.isActive('anna')).to.equal(true);
      await server.clock.advance(1, () => server.durable.idle());
      expect(server.bayeux.comet.isActive('anna')).to.equal(false);
      const again = await server.client('anna', { subscribe: false });
      await server.post(
        { channel: '/meta/subscribe', clientId: again.clientId, subscription: '/_genesys' },
        again.headers,
      );
      expect((await again.connect().answer).messages()[0]!.data).to.deep.equal(notice(1));
    });

    it('keeps a client while its connect is held, however long', async () => {
      const client = await server.client('anna');
      client.connect();
      await server.held(1);
      await server.clock.advance(59_000, () => server.durable.idle());
      expect(server.bayeux.comet.isActive('anna')).to.equal(true);
    });

    /** Sends a connect, and returns the tags of the notices that come with its reply. */
    async function fetched(client: Awaited<ReturnType<BayeuxServer['client']>>): Promise<unknown[]> {
      const messages = (await client.connect().answer).messages().slice(0, -1);
      return messages.map(({ data }) => (data as { tag: string }).tag);
    }

    it('come in parts to a client that has many, and none is lost', async () => {
      const client = await server.client('anna');
      for (let number = 1; number <= 8; number += 1) {
        await server.bayeux.comet.deliver('anna', notice(number));
      }
      expect(await fetched(client)).to.deep.equal(['test.1', 'test.2', 'test.3', 'test.4', 'test.5']);
      expect(await fetched(client)).to.deep.equal(['test.6', 'test.7', 'test.8']);
    });

    it('come in parts of maxQueuedChars, or alone if they are longer', async () => {
      const client = await server.client('anna');
      for (const [number, length] of [90_000, 90_000, 90_000, 300_000, 10].entries()) {
        const message = 'x'.repeat(length);
        await server.bayeux.comet.deliver('anna', { ...notice(number + 1), message });
      }
      expect(await fetched(client)).to.deep.equal(['test.1', 'test.2']);
      expect(await fetched(client)).to.deep.equal(['test.3']);
      expect(await fetched(client)).to.deep.equal(['test.4']);
      expect(await fetched(client)).to.deep.equal(['test.5']);
    });

    it('are dropped beyond maxWaitingBytes of a user, the oldest first', async () => {
      for (let number = 1; number <= 5; number += 1) {
        await server.bayeux.comet.deliver('anna', { ...notice(number), message: 'x'.repeat(1_000_000) });
      }
      const client = await server.client('anna', { subscribe: false });
      await server.post(
        { channel: '/meta/subscribe', clientId: client.clientId, subscription: '/_genesys' },
        client.headers,
      );
      const tags: unknown[] = [];
      for (let connects = 0; connects < 4; connects += 1) tags.push(...(await fetched(client)));
      expect(tags).to.deep.equal(['test.2', 'test.3', 'test.4', 'test.5']);
    });
  });

  describe('messages to one client', () => {
    it('are dropped beyond maxQueuedMessages, the oldest first', async () => {
      const client = await server.client('anna');
      for (let number = 1; number <= 8; number += 1)
        server.bayeux.deliver(ownId(client.clientId), '/service/x', number);
      const messages = (await client.connect().answer).messages().slice(0, -1);
      expect(messages.map(({ data }) => data)).to.deep.equal([4, 5, 6, 7, 8]);
    });

    it('are dropped beyond maxQueuedChars, the oldest first', async () => {
      const client = await server.client('anna');
      for (const text of ['a', 'b', 'c']) {
        server.bayeux.deliver(ownId(client.clientId), '/service/x', text.repeat(100_000));
      }
      const messages = (await client.connect().answer).messages().slice(0, -1);
      expect(messages.map(({ data }) => String(data)[0])).to.deep.equal(['b', 'c']);
    });
  });

  describe('ack extension', () => {
    it('delivers unacknowledged messages again, and no acknowledged ones', async () => {
      const client = await server.client('anna', { ack: true });
      await server.bayeux.comet.deliver('anna', notice(1));
      const first = (await client.connect({ ext: { ack: 1 } }).answer).messages();
      expect(first).to.deep.equal([
        { data: notice(1), channel: '/_genesys' },
        { successful: true, channel: '/meta/connect', ext: { ack: 2 } },
      ]);
      await server.bayeux.comet.deliver('anna', notice(2));
      const repeated = (await client.connect({ ext: { ack: 1 } }).answer).messages();
      expect(repeated.slice(0, -1).map((message) => message.data)).to.deep.equal([notice(1), notice(2)]);
      expect(repeated.at(-1)!.ext).to.deep.equal({ ack: 3 });
      const connect = client.connect({ ext: { ack: 3 } });
      await server.held(1);
      connect.abort();
    });

    /** Makes connects without a number, and returns how many messages came with the reply to each. */
    async function lengthsOf(client: TestClient, connects: number): Promise<number[]> {
      const lengths: number[] = [];
      for (let done = 0; done < connects; done += 1) {
        lengths.push((await client.connect({ advice: { timeout: 0 } }).answer).messages().length);
      }
      return lengths;
    }

    // Replies are cut, and a page of version 3 that was reloaded has no number until one reaches it.
    it('delivers again until a number comes, to a client that has sent one before', async () => {
      const client = await server.client('anna', { ack: true });
      await server.bayeux.comet.deliver('anna', notice(1));
      await client.connect({ ext: { ack: 1 } }).answer;
      expect(await lengthsOf(client, 3)).to.deep.equal([2, 2, 2]);
      const acknowledging = client.connect({ ext: { ack: 5 }, advice: { timeout: 0 } });
      expect((await acknowledging.answer).messages().length).to.equal(1);
    });

    /** A client of the extension whose connects had no number so far. */
    async function withoutNumbers(): Promise<TestClient> {
      const headers = { gms_user: 'anna' };
      const handshake = { channel: '/meta/handshake', version: '1.0', ext: { ack: true } };
      const clientId = (await server.post(handshake, headers)).messages()[0]!.clientId as string;
      await server.post({ channel: '/meta/subscribe', clientId, subscription: '/_genesys' }, headers);
      const connect: TestClient['connect'] = (fields) =>
        server.send(
          [{ channel: '/meta/connect', connectionType: 'long-polling', clientId, ...fields }],
          headers,
        );
      return { clientId, headers, connect };
    }

    it('delivers again to a page of version 3 that was reloaded before its first connect arrived', async () => {
      const client = await withoutNumbers();
      await server.bayeux.comet.deliver('anna', notice(1));
      // The reply is cut.
      expect(await lengthsOf(client, 1)).to.deep.equal([2]);
      await server.bayeux.comet.deliver('anna', notice(2));
      const [first, second, reply] = (await client.connect({}).answer).messages();
      expect([first!.data, second!.data]).to.deep.equal([notice(1), notice(2)]);
      const { ack } = reply!.ext as { readonly ack: number };
      const next = await client.connect({ ext: { ack }, advice: { timeout: 0 } }).answer;
      expect(next.messages().length).to.equal(1);
    });

    it('takes connects as acknowledgements when the client has sent no number after two repetitions', async () => {
      const client = await withoutNumbers();
      await client.connect({}).answer;
      await server.bayeux.comet.deliver('anna', notice(1));
      expect(await lengthsOf(client, 5)).to.deep.equal([2, 2, 2, 1, 1]);
      await server.bayeux.comet.deliver('anna', notice(2));
      expect(await lengthsOf(client, 3)).to.deep.equal([2, 1, 1]);
    });

    it('keeps an unacknowledged notice for the next session of the user', async () => {
      const client = await server.client('anna', { ack: true });
      await server.bayeux.comet.deliver('anna', notice(1));
      await client.connect({ ext: { ack: 1 } }).answer;
      await server.clock.advance(10_000, () => server.durable.idle());
      await server.durable.idle();
      const next = await server.client('anna', { ack: true, subscribe: false });
      await server.post(
        { channel: '/meta/subscribe', clientId: next.clientId, subscription: '/_genesys' },
        next.headers,
      );
      expect((await next.connect({ ext: { ack: 1 } }).answer).messages()[0]!.data).to.deep.equal(notice(1));
    });
  });

  describe('publishing', () => {
    it('refuses messages of clients on /_genesys, on other channels, and on unknown service channels', async () => {
      const { clientId, headers } = await server.client('anna');
      const reply = await server.post(
        ['/_genesys', '/_genesys/x', '/other', '/service/none'].map((channel) => ({
          channel,
          clientId,
          data: { tag: 'forged' },
        })),
        headers,
      );
      expect(reply.messages().map((message) => String(message.error).slice(0, 4))).to.deep.equal([
        '403:',
        '403:',
        '403:',
        '404:',
      ]);
    });

    it('passes a message to the handler of its service channel, and delivers the answer only to that client', async () => {
      server.bayeux.onService('/service/echo/*', async (published) => {
        if (published.data === 'fail') throw new Error('it fails');
        server.bayeux.deliver(published.clientId, published.channel, {
          heard: published.data,
          from: published.gmsUser ?? null,
        });
      });
      const client = await server.client('anna');
      const held = client.connect();
      await server.held(1);
      const publish = { channel: '/service/echo/a', clientId: client.clientId, data: 'hello', id: 'p' };
      expect((await server.post(publish, client.headers)).messages()).to.deep.equal([
        { id: 'p', successful: true, channel: '/service/echo/a' },
      ]);
      expect((await held.answer).messages()[0]).to.deep.equal({
        channel: '/service/echo/a',
        data: { heard: 'hello', from: 'anna' },
      });
      const failed = await server.post({ ...publish, data: 'fail' }, client.headers);
      expect(failed.messages()[0]).to.include({ successful: false });
      expect(failed.messages()[0]!.error).to.match(/^500:/);
    });
  });

  it('answers held connects when it closes', async () => {
    const client = await server.client('anna');
    const held = client.connect({ id: 'c' });
    await server.held(1);
    server.bayeux.close();
    expect((await held.answer).messages()).to.deep.equal([
      { id: 'c', successful: true, channel: '/meta/connect' },
    ]);
    expect(server.bayeux.counts()).to.include({ clients: 0, held: 0 });
  });
});
