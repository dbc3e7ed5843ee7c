import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { StoreOperation } from '../../../engine/durable/storePort.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const NUMBER = '+1 (408) 555/0100 "Ann"';
const OTHER = '+1 408 555 0199';
const URL = '/genesys/1/admin/customers';
const CALLBACK = '/genesys/1/service/callback/chat-delay';
/** A file of this size is a blob. */
const PHOTO = Buffer.alloc(100_000, 'photo of Ann ');

/** A store that knows its tables. */
class ListedStore extends MemoryStore {
  readonly #tables = new Set<string>();

  override write(operations: readonly StoreOperation[]): Promise<void> {
    for (const { table } of operations) this.#tables.add(table);
    return super.write(operations);
  }

  /** Every entry of every table as `table|key|text`. */
  entries(): readonly string[] {
    return [...this.#tables].flatMap((table) =>
      [...this.scan(table, {})].map(({ key, text }) => `${table}|${key}|${text}`),
    );
  }

  /** The entries that have the text, however it is written in a key or in JSON. */
  with(text: string): readonly string[] {
    const json = JSON.stringify(text).slice(1, -1);
    const twice = JSON.stringify(json).slice(1, -1);
    const spellings = [text, json, twice, encodeURIComponent(text)];
    return this.entries().filter((entry) => spellings.some((one) => entry.includes(one)));
  }
}

function multipart(fields: Readonly<Record<string, string>>): {
  body: Buffer;
  headers: Record<string, string>;
} {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file =
    '--b\r\nContent-Disposition: form-data; name="photo"; filename="p.png"\r\nContent-Type: image/png\r\n\r\n';
  const body = Buffer.concat([Buffer.from(parts.join('') + file), PHOTO, Buffer.from('\r\n--b--\r\n')]);
  return { body, headers: { 'content-type': 'multipart/form-data; boundary=b' } };
}

describe("The removal of a customer's data", () => {
  let store: ListedStore;
  let server: TestServer;

  beforeEach(() => {
    store = new ListedStore();
    server = createTestServer({
      store,
      config: (config) => ({
        ...config,
        services: {
          ...config.services,
          'chat-delay': {
            ...config.services['chat-delay'],
            _wait_for_agent: 'false',
            _type: 'ors',
            _ttl: '7200',
          },
        },
      }),
    });
  });

  afterEach(() => server.orsay.close());

  async function remove(query: string): Promise<{ readonly status: number; readonly json: unknown }> {
    const { status, json } = await server.send('DELETE', `${URL}?${query}`);
    return { status, json };
  }

  async function createCallback(
    number: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { body, headers } = multipart({ _customer_number: number, phone: number, name: 'Ann', ...more });
    const created = await server.send('POST', CALLBACK, {
      body,
      headers: { ...headers, gms_user: `user of ${number}`, 'idempotency-key': `create ${number}` },
    });
    expect(created.status, created.text).to.equal(200);
    await server.advance(0);
    return (created.json as { _id: string })._id;
  }

  /** A running callback with a chat, a scheduled one, subscriptions and a notice that waits. */
  async function leaveData(number: string): Promise<{ readonly service: string }> {
    const user = { gms_user: `user of ${number}` };
    const service = await createCallback(number);
    const later = new Date(server.clock.now() + 86_400_000).toISOString();
    const scheduled = await server.send('POST', CALLBACK, {
      form: { _customer_number: number, _desired_time: later },
      headers: user,
    });
    expect(scheduled.status, scheduled.text).to.equal(200);
    const chat = await server.send('POST', `/genesys/1/service/${service}/ixn/chat`, {
      form: { firstName: number, subject: `call ${number}` },
      headers: user,
    });
    expect(chat.status, chat.text).to.equal(200);
    await server.send('POST', `/genesys/1/service/${service}/ixn/chat/send`, {
      form: { message: `my number is ${number}` },
      headers: { ...user, 'idempotency-key': 'say' },
    });
    const subscribed = await server.send('POST', '/genesys/1/notification/subscription', {
      json: {
        subscriberId: user.gms_user,
        filter: `service.*`,
        notificationDetails: { type: 'comet' },
        language: 'de',
      },
      headers: user,
    });
    expect(subscribed.status, subscribed.text).to.equal(200);
    await server.send('POST', '/genesys/1/notification/publish', {
      json: { tag: 'service.news', message: `for ${number}` },
    });
    await server.advance(1_000);
    return { service };
  }

  it('ends what runs, removes everything, and answers with numbers', async () => {
    const { service } = await leaveData(NUMBER);
    expect(store.with(NUMBER)).not.to.deep.equal([]);
    expect(store.with(service)).not.to.deep.equal([]);
    const { status, json } = await remove(`_customer_number=${encodeURIComponent(NUMBER)}`);
    expect(status, JSON.stringify(json)).to.equal(200);
    const { removed, auditObject } = json as { removed: object; auditObject: string };
    expect(removed).to.deep.equal({
      serviceInstances: 2,
      sessions: 2,
      storageAreas: 2,
      files: 1,
      chats: 1,
      openMedia: 0,
      queueEntries: 1,
      subscriptions: 1,
      notices: 1,
    });
    await server.advance(1_000);
    for (const text of [NUMBER, `user of ${NUMBER}`, service]) expect(store.with(text)).to.deep.equal([]);
    expect(server.orsay.routing.list()).to.deep.equal([]);

    const { entries } = server.orsay.audit.list();
    expect(entries.map(({ id: _, at: __, ...entry }) => entry)).to.deep.equal([
      {
        who: 'administrator',
        address: '127.0.0.1',
        action: 'customer.removed',
        object: auditObject,
        details: removed,
      },
    ]);
    expect(auditObject).to.match(/^customer:_customer_number:[0-9a-f]{32}$/);
    // Nothing comes back later, for example by a timer.
    await server.advance(2 * 86_400_000);
    expect(store.with(NUMBER)).to.deep.equal([]);
  });

  it('leaves the data of other customers', async () => {
    await leaveData(NUMBER);
    const { service } = await leaveData(OTHER);
    const before = await server.send('GET', `${CALLBACK}?_customer_number=${encodeURIComponent(OTHER)}`);
    await remove(`_customer_number=${encodeURIComponent(NUMBER)}`);
    const after = await server.send('GET', `${CALLBACK}?_customer_number=${encodeURIComponent(OTHER)}`);
    expect(after.json).to.deep.equal(before.json);
    expect((after.json as unknown[]).length).to.equal(2);
    expect(server.orsay.routing.list().length).to.equal(1);
    const storage = await server.send('GET', `/genesys/1/service/${service}/storage`);
    expect(storage.json).to.include({ phone: OTHER, name: 'Ann' });
    const transcript = await server.send('POST', `/genesys/1/service/${service}/ixn/chat/refresh`, {
      form: { transcriptPosition: '1' },
      headers: { gms_user: `user of ${OTHER}` },
    });
    expect(transcript.text).to.contain(`my number is ${OTHER}`);
  });

  it('leaves nothing that tells which agent the customer had', async () => {
    const formerAgents = () => store.entries().filter((entry) => entry.startsWith('formerAgent|'));
    const agent = { state: 'ready', groups: ['Billing'], media: ['chat'] };
    expect((await server.send('PUT', '/agent/1/agents/kate', { json: agent })).status).to.equal(200);
    const { service } = await leaveData(NUMBER);
    await server.send('POST', `/genesys/1/service/${service}/connect`);
    await server.advance(5_000);
    const { json } = await server.send('GET', '/agent/1/agents/kate/interactions');
    const [offer] = json as { interactionId: string }[];
    const accepted = await server.send('POST', `/agent/1/interactions/${offer!.interactionId}/accept`, {
      json: { agentId: 'kate' },
    });
    expect(accepted.status, accepted.text).to.equal(200);
    expect(formerAgents()).not.to.deep.equal([]);
    expect((await remove(`_customer_number=${encodeURIComponent(NUMBER)}`)).status).to.equal(200);
    expect(formerAgents()).to.deep.equal([]);
  });

  it('finds a chat whose service is forgotten already', async () => {
    const { service } = await leaveData(NUMBER);
    const found = await server.send('GET', `${CALLBACK}?_customer_number=${encodeURIComponent(NUMBER)}`);
    for (const { _id: id } of found.json as { _id: string }[]) {
      const cancelled = await server.send('DELETE', `${CALLBACK}/${id}`);
      expect(cancelled.status, cancelled.text).to.equal(200);
    }
    await server.advance(5 * 3_600_000);
    expect((await server.send('GET', `/genesys/1/service/${service}/storage`)).status).to.equal(404);
    expect(store.with(NUMBER)).not.to.deep.equal([]);
    const { json } = await remove(`_customer_number=${encodeURIComponent(NUMBER)}`);
    expect((json as { removed: object }).removed).to.include({ chats: 1 });
    for (const text of [NUMBER, service]) expect(store.with(text)).to.deep.equal([]);
  });

  it('removes nothing twice, and names the same customer by the same object', async () => {
    await leaveData(NUMBER);
    const query = `_customer_number=${encodeURIComponent(NUMBER)}`;
    const first = (await remove(query)).json as { auditObject: string };
    const second = (await remove(query)).json as { removed: Record<string, number>; auditObject: string };
    expect(Object.values(second.removed)).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(second.auditObject).to.equal(first.auditObject);
    const other = (await remove(`_customer_number=${encodeURIComponent(OTHER)}`)).json as {
      auditObject: string;
    };
    expect(other.auditObject).not.to.equal(first.auditObject);
  });

  for (const [query, expected] of [
    ['', 'Expected one property of the customer in the query, such as ?_customer_number=5551234, got 0.'],
    [
      '_customer_number=1&_customer_name=2',
      'Expected one property of the customer in the query, such as ?_customer_number=5551234, got 2.',
    ],
    ['_customer_number=', 'Expected one value of _customer_number, got "".'],
    ['_customer_number=1&_customer_number=2', 'Expected one value of _customer_number, got ["1","2"].'],
    [
      'phone=1',
      "Expected one of the properties _customer_number, emailAddress (option _customer_lookup_keys), got 'phone'.",
    ],
  ] as const) {
    it(`refuses the query '${query}'`, async () => {
      expect(await remove(query)).to.deep.equal({
        status: 400,
        json: { message: expected, exception: 'orsay.BadRequestException', code: 'PARAMETER_INVALID' },
      });
    });
  }
});
