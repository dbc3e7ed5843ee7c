import { expect } from 'chai';
import type { TranscriptEntry } from '../../strategies/chat/chatRecord.ts';
import { crashAtEveryWrite } from '../support/crashedServer.ts';
import { asId } from '../support/ids.ts';
import { createTestServer, type TestReply, type TestServer } from '../support/testServer.ts';

type Content = NonNullable<Parameters<TestServer['send']>[2]>;

interface Case {
  readonly what: string;
  readonly method?: string;
  /** `<service>` and `<chat>` stand for the ids that `prepare` made. */
  readonly url: string;
  readonly content: Content;
  readonly prepare?: (server: TestServer) => Promise<Prepared>;
  /** The traces of the effect; one of them is wanted. */
  readonly traces: (server: TestServer, prepared: Prepared) => readonly unknown[];
}

interface Prepared {
  readonly service: string;
  readonly chat: string;
}

const NOTHING: Prepared = { service: '', chat: '' };
const FIELDS = { colour: 'red' };
const SUBSCRIPTION = {
  subscriberId: 'me',
  filter: 'news.*',
  notificationDetails: { type: 'comet' },
};

function recordsOf(table: string): Case['traces'] {
  return (server) => [...server.orsay.durable.scan(table)];
}

function entriesOf(type: TranscriptEntry['type']): Case['traces'] {
  return (server, { chat }) =>
    server.orsay.chats.transcript(asId(chat)).entries.filter((entry) => entry.type === type);
}

async function createService(server: TestServer): Promise<string> {
  const made = await server.send('POST', '/genesys/1/service/request-chat', { form: {} });
  return (made.json as { _id: string })._id;
}

/** A service with a chat. */
async function withChat(server: TestServer): Promise<Prepared> {
  const service = await createService(server);
  const begun = await server.send('POST', `/genesys/1/service/${service}/ixn/chat`, {
    form: { firstName: 'Ann', subject: 'shoes' },
  });
  return { service, chat: (begun.json as { chatSessionId: string }).chatSessionId };
}

/** Two users who subscribed to the tag that is published. */
async function withSubscribers(server: TestServer): Promise<Prepared> {
  for (const user of ['anna', 'bob']) {
    const { status } = await server.send('POST', '/genesys/1/notification/subscription', {
      json: { ...SUBSCRIPTION, subscriberId: user },
      headers: { gms_user: user },
    });
    expect(status).to.equal(200);
  }
  return NOTHING;
}

/** Takes the notices that wait, as a client does; for whom they were. */
async function fetchNotices(server: TestServer): Promise<readonly string[]> {
  const keys = [...server.orsay.durable.scan('bayeux.notice')].map(({ key }) => key);
  await server.orsay.durable.commit({ remove: keys.map((key) => ({ table: 'bayeux.notice', key })) });
  return keys.map((key) => /^"(\w+)"/.exec(key)![1]!);
}

const CASES: readonly Case[] = [
  {
    what: 'a new storage area',
    url: '/genesys/1/storage/600',
    content: { form: FIELDS },
    traces: recordsOf('storage.area'),
  },
  {
    what: 'a subscription',
    url: '/genesys/1/notification/subscription',
    content: { json: SUBSCRIPTION, headers: { gms_user: 'anna' } },
    traces: recordsOf('notification.subscription'),
  },
  {
    what: 'a chat (one a service, with or without a key)',
    url: '/genesys/1/service/<service>/ixn/chat',
    content: { form: { subject: 'shoes' } },
    prepare: async (server) => ({ ...NOTHING, service: await createService(server) }),
    traces: recordsOf('chat'),
  },
  {
    what: 'a message',
    url: '/genesys/1/service/<service>/ixn/chat/send',
    content: { form: { message: 'hello' } },
    prepare: withChat,
    traces: entriesOf('Message.Text'),
  },
  {
    what: 'a refresh with a message',
    url: '/genesys/1/service/<service>/ixn/chat/refresh',
    content: { form: { message: 'hello' } },
    prepare: withChat,
    traces: entriesOf('Message.Text'),
  },
  {
    what: 'a custom notice',
    url: '/genesys/1/service/<service>/ixn/chat/customNotice',
    content: { form: { message: 'hello' } },
    prepare: withChat,
    traces: entriesOf('Notice.Custom'),
  },
  {
    what: 'a virtual call',
    method: 'GET',
    url: '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=VQ',
    content: {},
    traces: (server) => server.orsay.routing.list(),
  },
];

function ask(server: TestServer, one: Case, prepared: Prepared): Promise<TestReply> {
  const url = one.url.replace('<service>', prepared.service);
  return server.send(one.method ?? 'POST', url, {
    ...one.content,
    headers: { 'idempotency-key': 'k1', ...one.content.headers },
  });
}

describe('an effect with an Idempotency-Key', () => {
  for (const one of CASES) {
    it(`happens once when the server is killed at any store write: ${one.what}`, async () => {
      let prepared = NOTHING;
      await crashAtEveryWrite({
        server: {},
        prepare: async (server) => {
          prepared = (await one.prepare?.(server)) ?? NOTHING;
        },
        request: (server) => ask(server, one, prepared),
        async check({ restart, reply }) {
          const server = restart();
          const first = await ask(server, one, prepared);
          expect(first.status).to.equal(200);
          if (reply !== undefined) expect(first.json).to.deep.equal(reply.json);
          expect((await ask(server, one, prepared)).json).to.deep.equal(first.json);
          expect(one.traces(server, prepared)).to.have.length(1);
          await server.orsay.close();
        },
      });
    });

    it(`happens once when it is requested twice at the same time: ${one.what}`, async () => {
      const server = createTestServer();
      const prepared = (await one.prepare?.(server)) ?? NOTHING;
      const [first, second] = await Promise.all([ask(server, one, prepared), ask(server, one, prepared)]);
      expect(first.status).to.equal(200);
      expect(second.json).to.deep.equal(first.json);
      expect(one.traces(server, prepared)).to.have.length(1);
      await server.orsay.close();
    });
  }

  it('gets the first answer again after the chat has ended: a message', async () => {
    const server = createTestServer({
      config: (config) => ({
        ...config,
        services: {
          ...config.services,
          'request-chat': {
            ...config.services['request-chat'],
            _chat_400_response_on_disconnected: 'true',
          },
        },
      }),
    });
    const { service } = await withChat(server);
    const say = (key: string) =>
      server.send('POST', `/genesys/1/service/${service}/ixn/chat/send`, {
        form: { message: 'hello' },
        headers: { 'idempotency-key': key },
      });
    expect(await say('k1')).to.include({ status: 200 });
    await server.send('POST', `/genesys/1/service/${service}/ixn/chat/disconnect`);
    expect(await say('k1')).to.include({ status: 200 });
    expect(await say('k2')).to.include({ status: 400 });
    await server.orsay.close();
  });

  it('does not undo a later change: fields of a storage area', async () => {
    const server = createTestServer();
    const { id } = (await server.send('POST', '/genesys/1/storage/600', { form: FIELDS })).json as {
      id: string;
    };
    const write = (key: string, colour: string) =>
      server.send('POST', `/genesys/1/storage/${id}/600`, {
        form: { colour },
        headers: { 'idempotency-key': key },
      });
    await write('k1', 'green');
    await write('k2', 'blue');
    expect(await write('k1', 'green')).to.include({ status: 200, text: '{}' });
    expect((await server.send('GET', `/genesys/1/storage/${id}`)).json).to.deep.equal({ colour: 'blue' });
    await server.orsay.close();
  });

  it('is acknowledged again when the thing no longer exists: a removal', async () => {
    const server = createTestServer();
    const { id } = (await server.send('POST', '/genesys/1/storage/600', { form: FIELDS })).json as {
      id: string;
    };
    const remove = (key: string) =>
      server.send('DELETE', `/genesys/1/storage/${id}`, { headers: { 'idempotency-key': key } });
    expect(await remove('k1')).to.include({ status: 200, text: '{}' });
    const again = await remove('k1');
    expect(again).to.include({ status: 200, text: '{}' });
    expect(again.headers['content-type']).to.equal('application/json;charset=UTF-8');
    expect(await remove('k2')).to.include({ status: 404 });
    await server.orsay.close();
  });

  it('counts for one gms_user: nobody gets the result of another user', async () => {
    const server = createTestServer();
    const create = async (user: string) =>
      (
        await server.send('POST', '/genesys/1/storage/600', {
          form: FIELDS,
          headers: { 'idempotency-key': 'k1', gms_user: user },
        })
      ).json;
    const first = await create('anna');
    expect(await create('bob')).not.to.deep.equal(first);
    expect(await create('anna')).to.deep.equal(first);
    const call = async (user: string) =>
      (
        await server.send('POST', '/genesys/1/service/request-chat', {
          form: {},
          headers: { 'idempotency-key': 'k1', gms_user: user },
        })
      ).json;
    expect(await call('bob')).not.to.deep.equal(await call('anna'));
    await server.orsay.close();
  });

  it('counts together with the content of the request for an anonymous client who makes a thing', async () => {
    const server = createTestServer();
    const create = async (url: string, form: Record<string, string>) =>
      (await server.send('POST', url, { form, headers: { 'idempotency-key': '1' } })).json;
    const src = 'http://orsay.test/genesys/1/document/service_template/hello/hello.scxml';
    const cases: readonly (readonly [string, Record<string, string>, Record<string, string>])[] = [
      ['/genesys/1/storage/600', { colour: 'red' }, { colour: 'blue' }],
      ['/genesys/1/service/request-chat', { who: 'anna' }, { who: 'berta' }],
      ['/genesys/1/service/callback/chat-delay', { _customer_number: '5' }, { _customer_number: '6' }],
      ['/scxml/session/start', { src, who: 'anna' }, { src, who: 'berta' }],
    ];
    for (const [url, one, other] of cases) {
      const first = await create(url, one);
      expect(first, url).to.be.an('object').and.not.to.have.property('code');
      expect(await create(url, one), url).to.deep.equal(first);
      expect(await create(url, other), url).not.to.deep.equal(first);
    }
    await server.orsay.close();
  });

  it('reaches each subscriber once when the server is killed at any store write: a notification', async () => {
    const publish: Case = {
      what: 'a notification',
      url: '/genesys/1/notification/publish',
      content: { json: { tag: 'news.today', message: 'rain' } },
      traces: () => [],
    };
    let crashes = 0;
    await crashAtEveryWrite({
      server: {},
      prepare: async (server) => void (await withSubscribers(server)),
      request: (server) => ask(server, publish, NOTHING),
      async check({ restart, writes }) {
        crashes = writes;
        const server = restart();
        // Those who have fetched it before the repetition do not get it again.
        const before = await fetchNotices(server);
        expect((await ask(server, publish, NOTHING)).status).to.equal(200);
        const after = await fetchNotices(server);
        expect([...before, ...after].sort()).to.deep.equal(['anna', 'bob']);
        expect((await ask(server, publish, NOTHING)).status).to.equal(200);
        expect(await fetchNotices(server)).to.deep.equal([]);
        await server.orsay.close();
      },
    });
    expect(crashes).to.be.at.least(2);
  });
});
