import { expect } from 'chai';
import fc from 'fast-check';
import { type ChatService, registerChatRoutes } from '../../../server/chat/routes.ts';
import { type ChatWorld, createChatWorld } from '../../support/chatWorld.ts';
import { asId } from '../../support/ids.ts';
import { type RoutesApp, type RoutesReply, routesApp } from '../../support/routesApp.ts';

const ID = '9d6c31d3-1121-4ba9-91e1-b93c0fa6e32f';
const ROOT = `/genesys/1/service/${ID}/ixn/chat`;
const PERSON = {
  firstName: 'Vasya',
  lastName: 'Pupkin',
  email: 'Vasya.Pupkin@genesyslab.com',
  subject: 'test',
};
const AVAILABLE = 'Chat service is available';
const STARTED = '2014-09-26T07:40:55Z';

describe('chapter 5, the Chat API', () => {
  let world: ChatWorld;
  let app: RoutesApp;
  let service: ChatService | undefined;
  let transcripts: 'plain' | 'indexed';

  beforeEach(() => {
    transcripts = 'plain';
    world = createChatWorld();
    service = {
      id: asId(ID),
      name: 'chat-delay',
      sessionId: asId('S1'),
      dataId: asId('D1'),
      agentAnnounced: true,
      options: {},
    };
    app = routesApp((router) =>
      registerChatRoutes(router, {
        notifications: world.notifications,
        chats: world.chats,
        services: { get: (id) => (id === ID ? service : undefined) },
        userData: ({ dataId }) => (dataId === 'D1' ? { usr_reason: 'billing question' } : {}),
        clientTimeoutMs: () => 0,
        queueOf: (endpoint) => `queue of ${endpoint ?? 'default'}`,
        transcripts: () => transcripts,
        baseUrl: () => 'http://127.0.0.1:8080',
      }),
    );
  });
  afterEach(() => world.stop());

  const post = (path = '', fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    app.form(`${ROOT}${path}`, fields, headers);
  const chatId = () => world.chats.byService(asId(ID))!.id;
  const later = (ms: number) => world.clock.advance(ms, () => world.durable.idle());
  const comet = { notify_by: 'comet' };

  function refused(reply: RoutesReply, status: number, code: string): void {
    expect(reply.status).to.equal(status);
    expect(reply.json()).to.have.keys(['message', 'exception', 'code']);
    expect(reply.json()).to.include({ code });
  }

  /** "The following are only returned if the verbose parameter in the API request is true." */
  function verboseFields() {
    const { userId, secureKey } = world.chats.byService(asId(ID))!;
    expect(userId).to.match(/^[0-9A-F]{16}$/);
    expect(secureKey).to.match(/^[0-9a-f]{16}$/);
    return {
      userId,
      secureKey,
      checkChatServiceLoadBalancerPath: '/genesys/1/admin/node/status?chatServerLoadBalancerAlias=0',
      chatServerLoadBalancerAlias: '0',
      chatServerHost: '127.0.0.1',
      chatWebApiPort: '8080',
      isTLSrequired: 'false',
      clientTimeZoneOffset: '0',
      _chatIxnAPI_SEND_URL: `${ROOT}/send`,
      _chatIxnAPI_REFRESH_URL: `${ROOT}/refresh`,
      _chatIxnAPI_START_TYPING_URL: `${ROOT}/startTyping`,
      _chatIxnAPI_STOP_TYPING_URL: `${ROOT}/stopTyping`,
      _chatIxnAPI_DISCONNECT_URL: `${ROOT}/disconnect`,
      _chatIxnAPI_REFRESH_FROM_START_URL: `${ROOT}/refresh?transcriptPosition=1`,
    };
  }

  /** The transcript of the documented samples (gms-api 7.2): an agent joins and types, both say hello. */
  async function talk(): Promise<void> {
    const agent = { type: 'AGENT', nickname: 'ksippo' } as const;
    await later(15_000);
    await world.interactions.agentJoins(chatId(), agent.nickname);
    await later(11_000);
    await post('/send', { message: 'hello agent' });
    await later(31_000);
    await world.chats.startTyping(chatId(), { party: agent });
    await later(4_000);
    await world.chats.post(chatId(), { party: agent, text: 'hello customer' });
  }

  const TALK = [
    ['Notice.Joined', 'ksippo', 'has joined the session', '15', 'AGENT'],
    ['Message.Text', 'VasyaP', 'hello agent', '26', 'CLIENT'],
    ['Notice.TypingStarted', 'ksippo', 'is typing', '57', 'AGENT'],
    ['Message.Text', 'ksippo', 'hello customer', '61', 'AGENT'],
  ];

  describe('a customer who polls', () => {
    it('gets the documented replies (gms-api 7.2)', async () => {
      const created = await post('', PERSON);
      expect(created.status).to.equal(200);
      expect(created.headers).to.deep.include({
        'content-type': 'application/json;charset=UTF-8',
        'cache-control': 'no-cache, no-store',
        pragma: 'no-cache',
      });
      expect(created.json()).to.deep.equal({
        chatIxnState: 'CONNECTED',
        chatSessionId: chatId(),
        transcriptPosition: '1',
        chatServiceMessage: AVAILABLE,
      });
      expect(world.interactions.created[0]).to.deep.include({
        queue: 'queue of default',
        userData: {
          usr_reason: 'billing question',
          fldnFirstName: 'Vasya',
          fldnLastName: 'Pupkin',
          fldnEmailAddress: 'Vasya.Pupkin@genesyslab.com',
          Subject: 'test',
          _id: ID,
          _ors_session_id: 'S1',
          _data_id: 'D1',
        },
      });

      await talk();
      expect((await post('/refresh', { transcriptPosition: '1' })).json()).to.deep.equal({
        chatIxnState: 'TRANSCRIPT',
        chatSessionId: chatId(),
        transcriptPosition: '5',
        chatServiceMessage: AVAILABLE,
        transcriptToShow: TALK,
        startedAt: STARTED,
      });
      expect((await post('/refresh')).json()).to.deep.equal({
        chatIxnState: 'TRANSCRIPT',
        chatSessionId: chatId(),
        transcriptPosition: '5',
        chatServiceMessage: AVAILABLE,
        transcriptToShow: [],
        startedAt: STARTED,
      });
      expect((await post('/startTyping')).json()).to.deep.equal({
        chatIxnState: 'TRANSCRIPT',
        transcriptPosition: '6',
        chatServiceMessage: AVAILABLE,
        transcriptToShow: [['Notice.TypingStarted', 'VasyaP', 'is typing', '61', 'CLIENT']],
        startedAt: STARTED,
      });
      await later(16_000);
      expect((await post('/stopTyping')).json()).to.deep.equal({
        chatIxnState: 'TRANSCRIPT',
        transcriptPosition: '7',
        chatServiceMessage: AVAILABLE,
        transcriptToShow: [['Notice.TypingStopped', 'VasyaP', 'stopped typing', '77', 'CLIENT']],
        startedAt: STARTED,
      });
      expect((await post('/disconnect')).json()).to.deep.equal({
        chatIxnState: 'DISCONNECTED',
        transcriptPosition: '7',
        chatServiceMessage: 'Chat was finished',
      });
    });

    it('gets the documented verbose replies, for _verbose and verbose', async () => {
      expect((await post('', { ...PERSON, _verbose: 'true' })).json()).to.deep.equal({
        chatIxnState: 'CONNECTED',
        chatSessionId: chatId(),
        transcriptPosition: '1',
        chatServiceMessage: AVAILABLE,
        ...verboseFields(),
      });
      await talk();
      const refreshed = {
        chatIxnState: 'TRANSCRIPT',
        chatSessionId: chatId(),
        transcriptPosition: '5',
        chatServiceMessage: AVAILABLE,
        transcriptToShow: TALK,
        startedAt: STARTED,
        ...verboseFields(),
      };
      const refresh = { verbose: 'true', transcriptPosition: '1' };
      expect((await post('/refresh', refresh)).json()).to.deep.equal(refreshed);
      // Start Chat with a position: the chat that exists, as refresh shows it.
      expect((await post('', { ...PERSON, ...refresh })).json()).to.deep.equal(refreshed);
      expect((await post('/disconnect', { _verbose: 'true' })).json()).to.deep.equal({
        chatIxnState: 'DISCONNECTED',
        transcriptPosition: '5',
        chatServiceMessage: 'Chat was finished',
        chatSessionId: chatId(),
        ...verboseFields(),
      });
    });

    it('has the index of each entry where the installation is configured so', async () => {
      transcripts = 'indexed';
      await post('', PERSON);
      await post('/send', { message: 'hello' });
      await world.chats.pushUrl(chatId(), {
        party: { type: 'AGENT', nickname: 'ksippo' },
        url: 'http://a.example/',
      });
      const reply = (await post('/refresh', { transcriptPosition: '1' })).json() as Record<string, unknown>;
      expect(reply.transcriptToShow).to.deep.equal([
        ['Message.Text', 'VasyaP', 'hello', '0', 'CLIENT', '1'],
        ['Notice.PushUrl', 'ksippo', 'http://a.example/', '0', 'AGENT', '2'],
      ]);
    });

    it('sends a message with refresh, and sees all new entries at once', async () => {
      await post('', PERSON);
      await world.interactions.agentJoins(chatId(), 'ksippo');
      const reply = await post('/refresh', { message: 'hello agent' });
      expect(reply.json()).to.deep.include({
        transcriptPosition: '3',
        transcriptToShow: [
          ['Notice.Joined', 'ksippo', 'has joined the session', '0', 'AGENT'],
          ['Message.Text', 'VasyaP', 'hello agent', '0', 'CLIENT'],
        ],
      });
    });

    for (const verbose of [{ _verbose: 'TRUE' }, { _Verbose: 'True' }, { VERBOSE: 'true' }]) {
      it(`gets all fields for ${JSON.stringify(verbose)}`, async () => {
        expect((await post('', { ...PERSON, ...verbose })).json()).to.include(verboseFields());
      });
    }

    it('sends the message of the query, as in the refresh sample of the structures', async () => {
      const agent = { type: 'AGENT', nickname: 'ksippo' } as const;
      await post('', PERSON);
      await later(35_000);
      await world.interactions.agentJoins(chatId(), agent.nickname);
      await later(7_000);
      await world.chats.startTyping(chatId(), { party: agent });
      await later(6_000);
      await world.chats.post(chatId(), { party: agent, text: 'hello customer' });
      await later(23_000);
      const reply = await app.request('POST', `${ROOT}/refresh?message=hello%20agent`);
      expect([reply.status, reply.json()]).to.deep.equal([
        200,
        {
          chatIxnState: 'TRANSCRIPT',
          chatSessionId: chatId(),
          transcriptPosition: '5',
          chatServiceMessage: AVAILABLE,
          transcriptToShow: [
            ['Notice.Joined', 'ksippo', 'has joined the session', '35', 'AGENT'],
            ['Notice.TypingStarted', 'ksippo', 'is typing', '42', 'AGENT'],
            ['Message.Text', 'ksippo', 'hello customer', '48', 'AGENT'],
            ['Message.Text', 'VasyaP', 'hello agent', '71', 'CLIENT'],
          ],
          startedAt: STARTED,
        },
      ]);
    });

    it('gets the whole transcript from position 0, as from 1', async () => {
      await post('', PERSON);
      await post('/send', { message: 'one' });
      const [fromZero, fromOne] = [
        (await post('/refresh', { transcriptPosition: '0' })).json(),
        (await post('/refresh', { transcriptPosition: '1' })).json(),
      ];
      expect(fromZero).to.deep.equal(fromOne);
      expect((fromZero as { transcriptToShow: unknown[] }).transcriptToShow).to.have.length(1);
    });

    it('attaches its own fields to the interaction, but none that the server sets', async () => {
      const own = { color: 'red', _ors_session_id: 'OTHER', _anything: 'x' };
      await post('', { ...PERSON, ...own, message: 'hello' });
      const [created] = world.interactions.created;
      expect(created?.userData).to.include({ color: 'red', _ors_session_id: 'S1' });
      expect(created?.userData).to.not.have.any.keys('_anything', 'message', 'firstName');
    });

    it('enters its first message into the transcript', async () => {
      const created = (await post('', { ...PERSON, message: 'hello' })).json();
      expect(created).to.include({ chatIxnState: 'CONNECTED', transcriptPosition: '2' });
      await post('', { ...PERSON, message: 'again' });
      const entries = world.chats.transcript(chatId()).entries.map(({ type, text }) => [type, text]);
      expect(entries).to.deep.equal([
        ['Message.Text', 'hello'],
        ['Message.Text', 'again'],
      ]);
    });

    it('sends a custom notice', async () => {
      await post('', PERSON);
      expect((await post('/customNotice', { message: '{"page":2}' })).json()).to.deep.include({
        transcriptToShow: [['Notice.Custom', 'VasyaP', '{"page":2}', '0', 'CLIENT']],
      });
    });

    it('may refresh by GET, but not send a message', async () => {
      await post('', PERSON);
      const reply = await app.request('GET', `${ROOT}/refresh?transcriptPosition=1`);
      expect(reply.json()).to.deep.include({ chatIxnState: 'TRANSCRIPT', transcriptPosition: '1' });
      const speaking = await app.request('GET', `${ROOT}/refresh?message=hello`);
      refused(speaking, 405, 'METHOD_NOT_ALLOWED');
      expect(speaking.headers).to.include({ allow: 'POST' });
      expect(world.chats.transcript(chatId()).entries).to.deep.equal([]);
    });

    it('learns that the chat has ended: 200, or 400 if the service is configured so', async () => {
      await post('', PERSON);
      await world.interactions.agentJoins(chatId(), 'ksippo');
      await world.interactions.agentLeaves(chatId(), 'ksippo');
      for (const [path, fields] of [
        ['/refresh', {}],
        ['/send', { message: 'late' }],
        ['/startTyping', {}],
      ] as const) {
        const reply = await post(path, fields);
        expect(reply.status).to.equal(200);
        expect(reply.json()).to.include({
          chatIxnState: 'DISCONNECTED',
          chatServiceMessage: 'Chat was finished',
          transcriptPosition: '3',
        });
      }
      service = { ...service!, options: { _chat_400_response_on_disconnected: 'true' } };
      const refresh = await post('/refresh');
      refused(refresh, 400, 'CHAT_ENDED');
      refused(await post('/send', { message: 'too late' }), 400, 'CHAT_ENDED');
      expect((await post('/disconnect')).status).to.equal(200);
      expect(world.chats.transcript(chatId()).entries).to.have.length(2);
    });
  });

  describe('a customer on CometD', () => {
    const user = { gms_user: 'anna' };

    it('gets the state at first, and only the channel to which to listen later', async () => {
      const listen = { _id: ID, comet_channel: '/_genesys' };
      for (const chatIxnState of ['CONNECTED', 'CONNECTED']) {
        const created = await post('', { ...PERSON, ...comet, _verbose: 'false' }, user);
        const state = { chatIxnState, transcriptPosition: '1', chatServiceMessage: AVAILABLE };
        expect(created.json()).to.deep.equal({ ...state, ...listen });
      }
      for (const [path, fields] of [
        ['/refresh', {}],
        ['/refresh', { message: 'hello agent' }],
        ['/send', { message: 'hello again' }],
        ['/startTyping', {}],
        ['/stopTyping', {}],
        ['/customNotice', { message: 'x' }],
      ] as const)
        expect((await post(path, fields)).json(), path).to.deep.equal(listen);
      expect((await post('/disconnect')).json()).to.deep.equal({
        chatIxnState: 'DISCONNECTED',
        transcriptPosition: '6',
        chatServiceMessage: 'Chat was finished',
      });
      await world.durable.idle();
      expect(world.pushed.map(([gmsUser]) => gmsUser)).to.deep.equal(Array(5).fill('anna'));
    });

    it('creates the chat from the query, as the first sample of the structures', async () => {
      const query = 'notify_by=comet&firstName=Buzz&lastName=Brain&subject=French&email=b.b%40gmail.com';
      const reply = await app.request('POST', `${ROOT}?${query}`, { headers: user });
      expect(reply.json()).to.include({
        chatIxnState: 'CONNECTED',
        transcriptPosition: '1',
        chatServiceMessage: AVAILABLE,
      });
      expect(world.interactions.created[0]?.userData).to.include({
        fldnFirstName: 'Buzz',
        fldnLastName: 'Brain',
        fldnEmailAddress: 'b.b@gmail.com',
        Subject: 'French',
      });
    });

    it('gets the documented verbose replies', async () => {
      // The page's request: other spellings of the names, and no nickname it can be known by.
      const fields = {
        FirstName: 'John',
        LastName: 'Harry',
        Subject: 'French',
        EmailAddress: 'j.h@gmail.com',
      };
      const created = await post('', { _verbose: 'true', ...comet, ...fields }, user);
      const more = {
        comet_channel: '/_genesys',
        _chatIxnAPI_SEND_CUSTOM_URL: `${ROOT}/customNotice`,
        ...verboseFields(),
      };
      expect(created.json()).to.deep.equal({
        transcriptPosition: '1',
        chatIxnState: 'CONNECTED',
        chatSessionId: chatId(),
        chatServiceMessage: AVAILABLE,
        ...more,
      });
      await world.interactions.agentJoins(chatId(), 'Kristi Sippola');
      expect((await post('/refresh', { _verbose: 'true', message: 'Hi Verbose' })).json()).to.deep.equal({
        transcriptPosition: '3',
        startedAt: STARTED,
        chatIxnState: 'TRANSCRIPT',
        chatSessionId: chatId(),
        chatServiceMessage: AVAILABLE,
        ...more,
      });
      const { comet_channel: _, ...withoutChannel } = more;
      expect((await post('/disconnect', { _verbose: 'true' })).json()).to.deep.equal({
        chatIxnState: 'DISCONNECTED',
        transcriptPosition: '3',
        chatServiceMessage: 'Chat was finished',
        chatSessionId: chatId(),
        ...withoutChannel,
      });
    });

    it("is the request's gms_user, else the service's, else refused", async () => {
      refused(await post('', { ...PERSON, ...comet }), 400, 'PARAMETER_MISSING');
      expect(world.interactions.created).to.deep.equal([]);
      service = { ...service!, gmsUser: 'of the service' };
      await post('', { ...PERSON, ...comet });
      expect(world.chats.byService(asId(ID))).to.include({ gmsUser: 'of the service', notifyBy: 'comet' });
    });

    for (const { notify, after } of [
      { notify: comet, after: ['open', 'ended'] },
      { notify: {}, after: ['open', 'open'] },
    ]) {
      it(`has _client_timeout as its time, with ${JSON.stringify(notify)}: ${after.join(', then ')}`, async () => {
        service = { ...service!, options: { _client_timeout: '20' } };
        await post('', { ...PERSON, ...notify }, user);
        const kinds: string[] = [];
        for (const ms of [19_000, 1_000]) {
          await later(ms);
          kinds.push(world.chats.byService(asId(ID))!.status.kind);
        }
        expect(kinds).to.deep.equal(after);
      });
    }
  });

  describe('refusals', () => {
    it('answers 503 without a body to every request until an agent is announced', async () => {
      service = { ...service!, agentAnnounced: false };
      for (const path of ['', '/refresh', '/send', '/startTyping', '/stopTyping', '/disconnect']) {
        const reply = await post(path, { ...PERSON, message: 'x' });
        expect([reply.status, reply.text], path).to.deep.equal([503, '']);
      }
      expect(world.interactions.created).to.deep.equal([]);
    });

    it('continues a chat whose service has expired', async () => {
      await post('', PERSON);
      service = undefined;
      expect((await post('/send', { message: 'still here' })).status).to.equal(200);
    });

    it('answers 404 for an unknown service, and for a service without a chat', async () => {
      refused(await post('/refresh'), 404, 'CHAT_NOT_FOUND');
      service = undefined;
      refused(await post('', PERSON), 404, 'SERVICE_NOT_FOUND');
      refused(await post('/disconnect'), 404, 'SERVICE_NOT_FOUND');
    });

    it('creates no chat for a first message that is too long', async () => {
      refused(await post('', { ...PERSON, message: 'x'.repeat(8_193) }), 400, 'PARAMETER_INVALID');
      expect(world.interactions.created).to.deep.equal([]);
    });

    it('answers 400 for a parameter that is missing or not valid, naming it', async () => {
      const { subject: _, ...anonymous } = PERSON;
      refused(await post('', anonymous), 400, 'PARAMETER_MISSING');
      refused(await post('', { ...PERSON, notify_by: 'pigeon' }), 400, 'PARAMETER_INVALID');
      refused(await post('', { ...PERSON, subject: 'x'.repeat(1_025) }), 400, 'PARAMETER_INVALID');
      refused(await post('', { ...PERSON, userDisplayName: 'x'.repeat(1_025) }), 400, 'PARAMETER_INVALID');
      refused(await post('', { ...PERSON, colour: 'x'.repeat(65_536) }), 400, 'PARAMETER_INVALID');
      await post('', PERSON);
      refused(await post('/send'), 400, 'PARAMETER_MISSING');
      refused(await post('/send', { message: 'x'.repeat(8_193) }), 400, 'PARAMETER_INVALID');
      for (const transcriptPosition of ['-1', '1.5', 'one', '9'.repeat(30)]) {
        refused(await post('/refresh', { transcriptPosition }), 400, 'PARAMETER_INVALID');
      }
      const twice = await app.request('POST', `${ROOT}/send`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'message=a&message=b',
      });
      refused(twice, 400, 'PARAMETER_INVALID');
      expect(world.chats.transcript(chatId()).entries).to.deep.equal([]);
    });

    it('adds no message for a refresh with an invalid position', async () => {
      await post('', PERSON);
      refused(
        await post('/refresh', { message: 'hello', transcriptPosition: 'x' }),
        400,
        'PARAMETER_INVALID',
      );
      expect(world.chats.transcript(chatId()).entries).to.deep.equal([]);
    });
  });

  it('accepts any names of customers', async () => {
    const cases: readonly (readonly [Record<string, string>, string])[] = [
      [{ firstName: 'Vasya', lastName: 'Pupkin' }, 'VasyaP'],
      [{ firstName: 'Vasya' }, 'Vasya'],
      [{ lastName: 'Pupkin' }, 'Pupkin'],
      [{ firstName: 'Vasya', userDisplayName: 'V.' }, 'V.'],
      [{ firstName: 'Žofie', lastName: '𝒮mith' }, 'Žofie𝒮'],
      [{}, 'Customer'],
    ];
    for (const [index, [fields, nickname]] of cases.entries()) {
      const id = `service-${index}`;
      const own = routesApp((router) =>
        registerChatRoutes(router, {
          notifications: world.notifications,
          chats: world.chats,
          services: { get: () => ({ id: asId(id), name: 'x', agentAnnounced: true, options: {} }) },
          userData: () => ({}),
          clientTimeoutMs: () => 0,
          queueOf: () => 'q',
          baseUrl: () => 'https://chat.example',
        }),
      );
      await own.form(`/genesys/1/service/${id}/ixn/chat`, { ...fields, subject: 's', _verbose: 'true' });
      expect(world.chats.byService(asId(id))!.nickname).to.equal(nickname);
    }
  });

  it('answers any JSON or form body with 200 or an error of the documented shape', async () => {
    await post('', PERSON);
    const value = fc.oneof(fc.string(), fc.jsonValue(), fc.constantFrom('comet', 'true', '1', ''));
    const fields = fc.dictionary(
      fc.constantFrom(
        'message',
        'transcriptPosition',
        '_verbose',
        'verbose',
        'subject',
        'notify_by',
        'firstName',
      ),
      value,
    );
    const path = fc.constantFrom('', '/refresh', '/send', '/startTyping', '/stopTyping', '/customNotice');
    await fc.assert(
      fc.asyncProperty(path, fields, async (where, payload) => {
        const reply = await app.request('POST', `${ROOT}${where}`, {
          headers: { 'content-type': 'application/json' },
          payload: JSON.stringify(payload),
        });
        expect(reply.status).to.be.oneOf([200, 400]);
        const body = reply.json() as Record<string, unknown>;
        if (reply.status === 200) expect(body.chatIxnState).to.be.oneOf(['CONNECTED', 'TRANSCRIPT']);
        else expect(body).to.have.keys(['message', 'exception', 'code']);
      }),
      { numRuns: 200 },
    );
  });
});
