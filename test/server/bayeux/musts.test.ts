import { expect } from 'chai';
import {
  type BayeuxReplyMessage,
  type BayeuxServer,
  startBayeuxServer,
  type TestClient,
} from '../../support/bayeuxServer.ts';
import { openBayeuxSocket } from '../../support/bayeuxSocket.ts';

const ANNA = { gms_user: 'anna' };
const HANDSHAKE = {
  channel: '/meta/handshake',
  version: '1.0',
  supportedConnectionTypes: ['long-polling'],
  id: 'h1',
};

/**
 * Every sentence of Bayeux 1.0 with MUST, in the words of this project and by the section of the
 * specification. A sentence about clients is tested by what the server gives them for it, or takes from them.
 */
describe('Bayeux 1.0, sentences with MUST', () => {
  let server: BayeuxServer;
  let client: TestClient;

  beforeEach(async () => {
    server = await startBayeuxServer({ mayPublish: (channel) => channel.startsWith('/open/') });
    client = await server.client('anna', { subscribe: false });
  });
  afterEach(() => server.stop());

  async function ask(...messages: object[]): Promise<readonly BayeuxReplyMessage[]> {
    return (await server.post(messages, ANNA)).messages();
  }

  const own = (channel: string, fields: object = {}) => ({
    channel,
    clientId: client.clientId,
    id: 'm1',
    ...fields,
  });

  const connect = (fields: object = {}) =>
    own('/meta/connect', { connectionType: 'long-polling', advice: { timeout: 0 }, ...fields });

  const subscribe = (subscription: unknown) => own('/meta/subscribe', { subscription });

  describe('1.4 Overall operation', () => {
    it('two requests at a time are enough: messages are answered while a connect is held', async () => {
      client.connect();
      await server.held(1);
      expect((await ask(subscribe('/open/a')))[0]!.successful).to.equal(true);
    });

    it('another transport keeps the meaning of the messages', async () => {
      const socket = await openBayeuxSocket(server, ANNA);
      const overSocket = await socket.ask(HANDSHAKE);
      socket.ws.terminate();
      const [overPoll] = await ask(HANDSHAKE);
      expect({ ...overSocket[0], clientId: '' }).to.deep.equal({ ...overPoll, clientId: '' });
    });

    it('clients in browsers keep to the rules of browsers: other origins need CORS, so only POST has JSON', async () => {
      const reply = await server.post(HANDSHAKE, ANNA);
      expect(reply.headers['content-type']).to.match(/^application\/json/);
    });

    it('long polling is supported', async () => {
      const held = client.connect({ id: 'c' });
      await server.held(1);
      await server.clock.advance(60_000, () => server.durable.idle());
      expect((await held.answer).messages()[0]).to.include({ id: 'c', successful: true });
    });

    it('a request is not queued behind a held one on the same connection: replies to others come first', async () => {
      const held = client.connect({ id: 'c' });
      await server.held(1);
      const [first] = await ask(subscribe('/open/a'));
      expect([first!.id, server.bayeux.counts().held]).to.deep.equal(['m1', 1]);
      held.abort();
    });

    it('a message without a handshake gets a response, here an error', async () => {
      expect((await ask({ channel: '/open/a', data: 1, id: 'p' }))[0]).to.include({
        id: 'p',
        successful: false,
        error: '402::Unknown client',
      });
    });
  });

  describe('2 Protocol elements', () => {
    it('messages on meta channels are not distributed to clients', async () => {
      const [refused] = await ask(subscribe('/meta/**'));
      expect(refused!.successful).to.equal(false);
      await ask(own('/meta/nonsense', { data: 1 }));
      expect((await ask(connect())).map(({ channel }) => channel)).to.deep.equal(['/meta/connect']);
    });

    it('responses on meta channels have the id of the request', async () => {
      const channels = ['connect', 'subscribe', 'unsubscribe', 'disconnect', 'nonsense'];
      for (const channel of channels) {
        const [reply] = await ask(
          own(`/meta/${channel}`, { subscription: '/open/a', advice: { timeout: 0 } }),
        );
        expect(reply!.id, channel).to.equal('m1');
      }
      expect((await ask(HANDSHAKE))[0]!.id).to.equal('h1');
    });

    it('client ids are unique', async () => {
      const ids = new Set<unknown>();
      for (let count = 0; count < 100; count += 1) ids.add((await ask(HANDSHAKE))[0]!.clientId);
      expect(ids.size).to.equal(100);
    });

    it('a message has exactly one channel; without one it is refused', async () => {
      expect((await ask({ clientId: client.clientId, id: 'x' }))[0]).to.include({
        id: 'x',
        successful: false,
      });
    });

    it('an array of messages is accepted', async () => {
      expect(await ask(subscribe('/open/a'), subscribe('/open/b'))).to.have.length(2);
    });
  });

  describe('3 Common message fields', () => {
    it('channel is in every message', async () => {
      await server.bayeux.comet.deliver('anna', { id: '1', message: 1, tag: 't' });
      await ask(subscribe('/_genesys'));
      for (const message of [...(await ask(connect())), ...(await ask(HANDSHAKE)), ...(await ask({}))]) {
        expect(message.channel).to.be.a('string');
      }
    });

    it('version is in messages of the handshake, refused ones too', async () => {
      expect((await ask(HANDSHAKE))[0]!.version).to.equal('1.0');
      expect((await ask({ ...HANDSHAKE, minimumVersion: '2.0' }))[0]!.version).to.equal('1.0');
    });

    it('the connection type long-polling is supported', async () => {
      expect((await ask(HANDSHAKE))[0]!.supportedConnectionTypes).to.include('long-polling');
    });

    it('clientId is in every message to the server but a handshake; without it a message is refused', async () => {
      for (const channel of [
        '/meta/connect',
        '/meta/subscribe',
        '/meta/unsubscribe',
        '/meta/disconnect',
        '/open/a',
      ]) {
        const [reply] = await ask({ channel, subscription: '/open/a', data: 1 });
        expect(reply!.error, channel).to.equal('402::Unknown client');
      }
    });

    it('a client whose connection ended makes a new handshake: the advice says so', async () => {
      expect((await ask({ ...connect(), clientId: 'gone' }))[0]!.advice).to.deep.equal({
        reconnect: 'handshake',
      });
    });

    it('a client does not retry by itself after the advice handshake: its next connect is refused again', async () => {
      for (let tries = 0; tries < 2; tries += 1) {
        expect((await ask({ ...connect(), clientId: 'gone' }))[0]!.successful).to.equal(false);
      }
    });

    it('a client respects the advice none, which refused handshakes and ended clients get', async () => {
      expect((await ask({ ...HANDSHAKE, minimumVersion: '2.0' }))[0]!.advice).to.deep.equal({
        reconnect: 'none',
      });
      const held = client.connect();
      await server.held(1);
      await ask(own('/meta/disconnect'));
      expect((await held.answer).messages()[0]!.advice).to.deep.equal({ reconnect: 'none' });
    });

    it('a client that does not know all advice does nothing by itself: only the three values are sent', async () => {
      const replies = [
        ...(await ask({ ...connect(), clientId: 'gone' })),
        ...(await ask({ ...HANDSHAKE, supportedConnectionTypes: ['flash'] })),
      ];
      const first = await server.client('berta', { subscribe: false });
      expect(first.clientId).to.be.a('string');
      for (const { advice } of replies) {
        expect(['retry', 'handshake', 'none']).to.include((advice as { reconnect: string }).reconnect);
      }
    });

    it('a client supports interval: it is a whole number of milliseconds', async () => {
      const [handshake] = await ask(HANDSHAKE);
      const [reply] = await ask({ ...connect(), clientId: handshake!.clientId });
      expect(reply!.advice).to.deep.equal({ reconnect: 'retry', interval: 0, timeout: 60_000 });
    });

    it('connectionType is in requests of connect; a client that leaves it out, as the samples do, is served', async () => {
      expect((await ask(connect()))[0]!.successful).to.equal(true);
      expect((await ask(connect({ connectionType: undefined })))[0]!.successful).to.equal(true);
    });

    it('responses to meta messages use the id of the request, a number too', async () => {
      expect((await ask(own('/meta/subscribe', { subscription: '/open/a', id: 7 })))[0]!.id).to.equal(7);
    });

    it('data is in published messages and in delivered ones', async () => {
      expect((await ask(own('/open/a')))[0]!.error).to.match(/^400:/);
      await ask(subscribe('/open/a'));
      await ask(own('/open/a', { data: null }));
      expect((await ask(connect()))[0]).to.deep.equal({ channel: '/open/a', data: null });
    });

    it('successful is in the responses of all meta channels and of published messages', async () => {
      const replies = [
        ...(await ask(subscribe('/open/a'), own('/meta/unsubscribe', { subscription: '/open/a' }))),
        ...(await ask(own('/open/a', { data: 1 }), own('/nothing', { data: 1 }))),
        ...(await ask(connect())),
        ...(await ask(own('/meta/disconnect'))),
      ];
      expect(replies.map(({ successful }) => successful)).to.deep.equal([
        true,
        true,
        true,
        false,
        true,
        true,
      ]);
      expect((await ask(HANDSHAKE))[0]!.successful).to.equal(true);
    });

    it('subscription is in requests and responses of subscribe and unsubscribe, refused ones too', async () => {
      for (const channel of ['/meta/subscribe', '/meta/unsubscribe']) {
        for (const clientId of [client.clientId, 'gone']) {
          const [reply] = await ask({ channel, clientId, subscription: '/open/a' });
          expect(reply!.subscription).to.equal('/open/a');
        }
        expect((await ask(own(channel)))[0]!.error).to.match(/^400::Expected a subscription/);
      }
    });
  });

  describe('4.1 Handshake', () => {
    it('a client of the same site sends it by long-polling, which the server takes', async () => {
      expect((await ask(HANDSHAKE))[0]!.successful).to.equal(true);
    });

    it('a request has channel, version and connection types; the samples leave out the types, and are served', async () => {
      expect((await ask({ channel: '/meta/handshake', version: '1.0' }))[0]!.successful).to.equal(true);
    });

    it('the channel of a request is /meta/handshake', async () => {
      expect((await ask({ ...HANDSHAKE, channel: '/meta/Handshake' }))[0]!.successful).to.equal(false);
    });

    it('other messages of the same request are ignored', async () => {
      const replies = await ask(subscribe('/open/a'), HANDSHAKE, subscribe('/open/b'));
      expect(replies.map(({ id }) => id)).to.deep.equal(['h1']);
    });

    it('every handshake gets a response', async () => {
      for (const handshake of [HANDSHAKE, { channel: '/meta/handshake' }, { ...HANDSHAKE, version: 7 }]) {
        expect((await ask(handshake))[0]!.channel).to.equal('/meta/handshake');
      }
    });

    it('a successful response has channel, version, connection types, clientId and successful', async () => {
      expect((await ask(HANDSHAKE))[0]).to.include.keys(
        'channel',
        'version',
        'supportedConnectionTypes',
        'clientId',
        'successful',
      );
    });

    it('the channel of a successful response is /meta/handshake', async () => {
      expect((await ask(HANDSHAKE))[0]).to.include({ channel: '/meta/handshake', successful: true });
    });

    it('the connection types of both have one in common', async () => {
      for (const type of ['websocket', 'long-polling', 'callback-polling']) {
        const [reply] = await ask({ ...HANDSHAKE, supportedConnectionTypes: ['flash', type] });
        expect(reply!.supportedConnectionTypes).to.include(type);
      }
    });

    it('without a common connection type the response is unsuccessful', async () => {
      const [reply] = await ask({ ...HANDSHAKE, supportedConnectionTypes: ['iframe', 'flash'] });
      expect(reply!.successful).to.equal(false);
    });

    it('an unsuccessful response has channel, successful and error', async () => {
      const [reply] = await ask({ ...HANDSHAKE, supportedConnectionTypes: [] });
      expect([reply!.successful, typeof reply!.error]).to.deep.equal([false, 'string']);
    });

    it('the channel of an unsuccessful response is /meta/handshake', async () => {
      const [reply] = await ask({ ...HANDSHAKE, supportedConnectionTypes: [] });
      expect(reply!.channel).to.equal('/meta/handshake');
    });
  });

  describe('4.2 Connect', () => {
    it('a request has channel, clientId and connectionType', async () => {
      expect((await ask(connect()))[0]!.successful).to.equal(true);
    });

    it('the channel of a request is /meta/connect', async () => {
      expect((await ask(own('/meta/Connect')))[0]!.successful).to.equal(false);
    });

    it('a transport has one outstanding connect: a second one displaces the first', async () => {
      const first = client.connect();
      await server.held(1);
      client.connect({ id: 'second' });
      expect((await first.answer).status).to.equal(500);
      await server.held(1);
    });

    it('a client waits the interval of the last advice, which its session survives', async () => {
      await ask(connect());
      await server.clock.advance(9_999, () => server.durable.idle());
      expect((await ask(connect()))[0]!.successful).to.equal(true);
    });

    it('a connect gets a response over its own transport', async () => {
      const socket = await openBayeuxSocket(server, ANNA);
      const [reply] = await socket.ask(connect());
      socket.ws.terminate();
      expect(reply).to.deep.include({ channel: '/meta/connect', successful: true });
    });

    it('a response has channel and successful', async () => {
      expect((await ask(connect()))[0]).to.include.keys('channel', 'successful');
    });

    it('the channel of a response is /meta/connect', async () => {
      expect((await ask({ ...connect(), clientId: 'gone' }))[0]!.channel).to.equal('/meta/connect');
    });

    it('a client keeps one outstanding connect: two in one request get one response', async () => {
      expect(await ask(connect({ id: 'a' }), connect({ id: 'b' }))).to.have.length(1);
    });
  });

  for (const [section, name, fields] of [
    ['4.3', 'disconnect', {}],
    ['4.4', 'subscribe', { subscription: '/open/a' }],
    ['4.5', 'unsubscribe', { subscription: '/open/a' }],
  ] as const) {
    const channel = `/meta/${name}`;
    const extra = Object.keys(fields);

    describe(`${section} ${name}`, () => {
      it(`a request has channel, clientId ${extra.length > 0 ? 'and subscription' : ''}; else it is refused`, async () => {
        expect((await ask({ channel, ...fields }))[0]!.successful).to.equal(false);
        expect((await ask(own(channel, fields)))[0]!.successful).to.equal(true);
      });

      it(`the channel of a request is ${channel}`, async () => {
        expect((await ask(own(`${channel}s`, fields)))[0]!.error).to.match(/^404:/);
      });

      it('a request gets a response', async () => {
        expect(await ask(own(channel, fields))).to.have.length(1);
      });

      it(`a response has channel, successful ${extra.length > 0 ? 'and subscription' : ''}`, async () => {
        expect((await ask(own(channel, fields)))[0]).to.include.keys('channel', 'successful', ...extra);
      });

      it(`the channel of a response is ${channel}`, async () => {
        expect((await ask(own(channel, fields)))[0]!.channel).to.equal(channel);
      });
    });
  }

  describe('5 Event messages', () => {
    it('a published message has channel and data', async () => {
      expect((await ask(own('/open/a', { data: { text: 'hello' } })))[0]!.successful).to.equal(true);
    });

    it('the response to a published message has channel and successful, and no data', async () => {
      expect((await ask(own('/open/a', { data: 1 })))[0]).to.deep.equal({
        channel: '/open/a',
        id: 'm1',
        successful: true,
      });
    });

    it('messages reach the clients that subscribed to their channel, and no others', async () => {
      const other = await server.client('berta', { subscribe: false });
      await ask(subscribe(['/open/a', '/open/b/*', '/open/c/**']));
      for (const channel of ['/open/a', '/open/b/x', '/open/b/x/y', '/open/c/x/y', '/open/d']) {
        await server.post({ channel, clientId: other.clientId, data: channel }, other.headers);
      }
      const delivered = (await ask(connect())).slice(0, -1).map(({ data }) => data);
      expect(delivered).to.deep.equal(['/open/a', '/open/b/x', '/open/c/x/y']);
    });

    it('a delivered message has channel and data', async () => {
      await ask(subscribe('/open/**'));
      await ask(own('/open/a', { data: [1] }));
      expect((await ask(connect()))[0]).to.deep.equal({ channel: '/open/a', data: [1] });
    });
  });
});
