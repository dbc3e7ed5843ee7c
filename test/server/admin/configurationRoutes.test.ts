import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type Config, readConfigFile } from '../../../server/process/config.ts';
import { ConfigFile } from '../../../server/process/configFile.ts';
import { recordConfiguration } from '../../../server/process/recordConfiguration.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const ROOT = '/genesys/1/admin';
const HELLO = { _type: 'ors', _service: 'hello', _ttl: '60' };

/** A server with a configuration file in a folder of its own. */
class ConfiguredServer {
  readonly folder: string;
  readonly store = new MemoryStore();
  #server!: TestServer;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<ConfiguredServer> {
    const opened = new ConfiguredServer(mkdtempSync(join(tmpdir(), 'orsay-test-')));
    await opened.start();
    return opened;
  }

  /** Starts, or starts again from the file. */
  async start(store = this.store): Promise<void> {
    const config = await readConfigFile(this.folder);
    this.#server = createTestServer({
      config: () => config,
      configFile: new ConfigFile(this.path),
      store,
    });
    await recordConfiguration(config, this.#server.orsay);
  }

  get server(): TestServer {
    return this.#server;
  }

  get path(): string {
    return join(this.folder, 'config.json');
  }

  get text(): string {
    return readFileSync(this.path, 'utf8');
  }

  get file(): Config {
    return JSON.parse(this.text) as Config;
  }

  /** Edits the file as a person does. */
  edit(change: (text: string) => string): void {
    writeFileSync(this.path, change(this.text));
  }

  send(
    method: string,
    path: string,
    json?: unknown,
    headers: Record<string, string> = {},
  ): Promise<TestReply> {
    return this.#server.send(method, `${ROOT}${path}`, { headers, ...(json !== undefined && { json }) });
  }

  /** The audit log, oldest first, without times and ids. */
  entries(): unknown[] {
    return this.#server.orsay.audit
      .list()
      .entries.map(({ id: _, at: __, ...entry }) => entry)
      .reverse();
  }

  close(): Promise<void> {
    return this.#server.orsay.close();
  }
}

function refusal({ status, json }: TestReply): unknown {
  const { code, message } = json as { readonly code: string; readonly message: string };
  return { status, code, message };
}

describe('the services of the configuration', () => {
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
  });
  afterEach(() => opened.close());

  it('are listed and shown as the file has them', async () => {
    const list = await opened.send('GET', '/services');
    expect([list.status, list.json]).to.deep.equal([200, opened.file.services]);
    const one = await opened.send('GET', '/services/hello');
    expect([one.status, one.json]).to.deep.equal([200, opened.file.services.hello]);
    expect(one.headers.etag).to.match(/^"[0-9a-f]{32}"$/);
    expect(refusal(await opened.send('GET', '/services/other'))).to.deep.equal({
      status: 404,
      code: 'NOT_FOUND',
      message: "No service 'other' is configured.",
    });
  });

  it('are added, changed and removed at once, in the file and in the audit log', async () => {
    const create = () => opened.server.send('POST', '/genesys/1/service/greet', { form: {} });
    expect((await create()).status).to.equal(404);

    const added = await opened.send('PUT', '/services/greet', HELLO);
    expect([added.status, added.json]).to.deep.equal([200, HELLO]);
    expect((await create()).status).to.equal(200);
    const changed = await opened.send('PUT', '/services/greet', { ...HELLO, _ttl: '90', color: 'red' });
    expect(changed.status).to.equal(200);
    expect(opened.file.services.greet).to.deep.equal({ ...HELLO, _ttl: '90', color: 'red' });
    expect(await readConfigFile(opened.folder)).to.have.nested.property('services.greet.color', 'red');
    const removed = await opened.send('DELETE', '/services/greet');
    expect([removed.status, removed.json]).to.deep.equal([200, {}]);
    expect((await create()).status).to.equal(404);
    expect(opened.file.services).not.to.have.property('greet');

    const common = { who: 'administrator', address: '127.0.0.1', object: 'service:greet' };
    expect(opened.entries()).to.deep.equal([
      {
        ...common,
        action: 'service.changed',
        details: {
          created: true,
          changes: {
            _type: { from: null, to: 'ors' },
            _service: { from: null, to: 'hello' },
            _ttl: { from: null, to: '60' },
          },
        },
      },
      {
        ...common,
        action: 'service.changed',
        details: { changes: { _ttl: { from: '60', to: '90' }, color: { from: null, to: 'red' } } },
      },
      { ...common, action: 'service.removed', details: {} },
    ]);
  });

  it('keep the form of the rest of the file, and its rights', async () => {
    opened.edit((text) =>
      text
        .replace(/"allow": \[\s*"loopback"\s*\]/, '"allow": ["loopback"]')
        .replaceAll('\n  ', '\n\t')
        .concat('\n\n'),
    );
    await opened.close();
    await opened.start();
    const before = opened.text;
    expect((await opened.send('PUT', '/services/greet', HELLO)).status).to.equal(200);
    expect((await opened.send('DELETE', '/services/greet')).status).to.equal(200);
    const [outside, after] = [before, opened.text].map((text) => text.slice(0, text.indexOf('"services"')));
    expect(after).to.equal(outside);
    expect(opened.text).to.contain('"allow": ["loopback"]');
    expect(opened.text.endsWith('}\n\n')).to.equal(true);
    expect(statSync(opened.path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(opened.folder)).to.deep.equal(['config.json']);
  });

  it('are refused with every field that is wrong, and nothing is written', async () => {
    const before = opened.text;
    const { 'chat-delay': delay } = opened.file.services;
    const wrong = { ...delay, _ttl: 'long', _wait_for_agent: 'maybe', _tll: '1', _exceptions: 'nobody' };
    const reply = await opened.send('PUT', '/services/chat-delay', wrong);
    expect(reply.status).to.equal(400);
    expect((reply.json as { problems: unknown }).problems).to.deep.include.members([
      { field: '_ttl', message: "expected a whole number, zero or more, got 'long'." },
      { field: '_wait_for_agent', message: "expected true or false, got 'maybe'." },
    ]);
    expect((reply.json as { message: string }).message).to.contain(
      '_tll: is no option of a callback service',
    );
    expect(refusal(await opened.send('PUT', '/services/a', { _type: 'ors', _ttl: 5 }))).to.deep.include({
      status: 400,
      code: 'PARAMETER_INVALID',
      message: '_ttl: Invalid input: expected string, received number',
    });
    expect(refusal(await opened.send('PUT', '/services/9', HELLO))).to.deep.include({
      status: 400,
      message: "expected a service name, got '9'",
    });
    expect(refusal(await opened.send('PUT', '/services/a', ['x']))).to.deep.include({
      status: 400,
      code: 'BODY_MALFORMED',
    });
    expect(refusal(await opened.send('PUT', '/services/a'))).to.deep.include({
      status: 400,
      code: 'BODY_MALFORMED',
    });
    expect(opened.text).to.equal(before);
    expect(opened.entries()).to.deep.equal([]);
  });

  it('are refused without a document to start', async () => {
    const reply = await opened.send('PUT', '/services/a', { ...HELLO, _service: 'missing' });
    expect(refusal(reply)).to.deep.equal({
      status: 400,
      code: 'PARAMETER_INVALID',
      message: "_service: The service 'a' runs the template 'missing', which does not exist.",
    });
    expect(opened.file.services).not.to.have.property('a');
  });

  it('may name a document by its URL, which must exist', async () => {
    const base = 'http://orsay.test/genesys/1/document/service_template/hello';
    const service = (file: string) => ({ ...HELLO, _service: `${base}/${file}` });
    const missing = await opened.send('PUT', '/services/a', service('missing.scxml'));
    expect(missing.status).to.equal(400);
    expect((missing.json as { message: string }).message).to.contain(
      `_service: expected a document that can start, got '${base}/missing.scxml': `,
    );
    const present = await opened.send('PUT', '/services/a', service('hello.scxml'));
    expect(present.status, present.text).to.equal(200);
  });

  it('may be office hours, which count at once, and are kept while another service uses them', async () => {
    const hours = { _type: 'builtin', _service: 'office-hours', _bh_regular1: 'Mon-Sun 00:00-24:00' };
    expect((await opened.send('PUT', '/services/hours', hours)).status).to.equal(200);
    expect((await opened.server.send('GET', '/genesys/1/service/hours')).status).to.equal(200);
    const delay = { ...opened.file.services['chat-delay'], _business_hours_service: 'hours' };
    expect((await opened.send('PUT', '/services/chat-delay', delay)).status).to.equal(200);
    expect(refusal(await opened.send('DELETE', '/services/hours'))).to.deep.equal({
      status: 409,
      code: 'CONFLICT',
      message:
        "The change does not fit the rest of the configuration:\nservices.chat-delay._business_hours_service: expected the name of a service of office-hours, got 'hours'",
    });
    expect(opened.file.services).to.have.property('hours');
  });

  it('with callbacks are removed only by a request that says so; the callbacks keep their options', async () => {
    const created = await opened.server.send('POST', '/genesys/1/service/callback/chat-delay', {
      form: { _customer_number: '5551234' },
    });
    expect(created.status, created.text).to.equal(200);
    const { _id: id } = created.json as { readonly _id: string };
    const refused = await opened.send('DELETE', '/services/chat-delay');
    expect(refusal(refused)).to.deep.include({ status: 409, code: 'CONFLICT' });
    expect(opened.file.services).to.have.property('chat-delay');
    const removed = await opened.send('DELETE', '/services/chat-delay?override=chat-delay');
    expect([removed.status, removed.json]).to.deep.equal([200, {}]);
    const instance = opened.server.orsay.services.get(id as never);
    expect(instance?.options).to.include({ _urs_virtual_queue: 'VQ_Waiting_for_agent' });
  });

  it('change only for new callbacks', async () => {
    const create = async (): Promise<string> => {
      const { json } = await opened.server.send('POST', '/genesys/1/service/greet', { form: {} });
      return (json as { readonly _id: string })._id;
    };
    const ttlOf = (id: string) => opened.server.orsay.services.get(id as never)?.options._ttl;
    await opened.send('PUT', '/services/greet', HELLO);
    const earlier = await create();
    await opened.send('PUT', '/services/greet', { ...HELLO, _ttl: '90' });
    expect([ttlOf(earlier), ttlOf(await create())]).to.deep.equal(['60', '90']);
  });
});

describe('a change of the configuration', () => {
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
  });
  afterEach(() => opened.close());

  it('needs the present ETag, if the request names one', async () => {
    const etag = (await opened.send('GET', '/services/hello')).headers.etag!;
    const first = await opened.send('PUT', '/services/hello', HELLO, { 'if-match': etag });
    expect(first.status).to.equal(200);
    const late = await opened.send('PUT', '/services/hello', HELLO, { 'if-match': etag });
    expect(refusal(late)).to.deep.equal({
      status: 412,
      code: 'PRECONDITION_FAILED',
      message: `Expected If-Match to name the present 'services.hello' (its ETag is ${first.headers.etag}), got ${etag}.`,
    });
    const again = await opened.send('PUT', '/services/hello', HELLO, { 'if-none-match': '*' });
    expect(again.status).to.equal(412);
    const absent = await opened.send('DELETE', '/services/other', undefined, { 'if-match': '*' });
    expect(absent.status).to.equal(412);
  });

  it('does not overwrite what a person changed in the file, unless the request names its ETag', async () => {
    opened.edit((text) => text.replace('"_ttl": "3600"', '"_ttl": "77"'));
    const blind = await opened.send('PUT', '/services/hello', HELLO);
    expect(refusal(blind)).to.deep.include({ status: 412, code: 'PRECONDITION_FAILED' });
    expect(opened.file.services.hello!._ttl).to.equal('77');
    const seen = await opened.send('GET', '/services/hello');
    expect(seen.json).to.include({ _ttl: '77' });
    const changed = await opened.send('PUT', '/services/hello', HELLO, { 'if-match': seen.headers.etag! });
    expect(changed.status).to.equal(200);
    expect(opened.file.services.hello).to.deep.equal(HELLO);
  });

  it('keeps the other changes of a person; those of services count from then on', async () => {
    opened.edit((text) =>
      text.replace('"_ttl": "3600"', '"_ttl": "77"').replace('"requestTimeout": 30', '"requestTimeout": 31'),
    );
    expect((await opened.send('PUT', '/services/greet', HELLO)).status).to.equal(200);
    expect(opened.file.services.hello!._ttl).to.equal('77');
    expect(opened.file.server.requestTimeout).to.equal(31);
    expect(opened.entries())
      .to.have.nested.property('[0].details.alsoFromFile')
      .deep.equal(['services.hello']);
    // The next start finds the section that the server did not change.
    await opened.close();
    await opened.start();
    expect(opened.entries().slice(1)).to.deep.equal([
      { who: 'server', action: 'configuration.changed', details: { sections: ['server'] } },
    ]);
  });

  it('is refused while the file is no configuration, without showing its content', async () => {
    opened.edit((text) => text.replace('"node": 1', '"node": secret'));
    for (const reply of [
      await opened.send('GET', '/services/hello'),
      await opened.send('PUT', '/services/greet', HELLO),
    ]) {
      expect(refusal(reply)).to.deep.equal({
        status: 409,
        code: 'CONFLICT',
        message: `Expected JSON in ${opened.path}, got something else.`,
      });
    }
    opened.edit((text) => text.replace('"node": secret', '"node": 0'));
    expect((await opened.send('PUT', '/services/greet', HELLO)).status).to.equal(409);
    expect(opened.file.services).not.to.have.property('greet');
  });

  it('is refused for a name that the file has twice, or that no object can have', async () => {
    opened.edit((text) =>
      text.replace('"hello": {', '"hello": { "_type": "ors", "_service": "hello" }, "hello": {'),
    );
    const twice = await opened.send('PUT', '/services/hello', HELLO);
    expect(refusal(twice)).to.deep.equal({
      status: 409,
      code: 'CONFLICT',
      message: "Expected 'services.hello' to be a name that the file can have, and has once.",
    });
    expect((await opened.send('PUT', '/services/__proto__', HELLO)).status).to.be.oneOf([400, 409]);
    expect(opened.file.services.hello).to.include({ _ttl: '3600' });
  });

  it('is refused when the file cannot be written, and then counts nowhere', async () => {
    const opened = await ConfiguredServer.open();
    mkdirSync(join(opened.folder, '.config.json.tmp'));
    const before = opened.text;
    const reply = await opened.send('PUT', '/services/greet', HELLO);
    expect(refusal(reply)).to.deep.include({ status: 503, code: 'UNAVAILABLE' });
    expect(opened.text).to.equal(before);
    expect((await opened.server.send('POST', '/genesys/1/service/greet', { form: {} })).status).to.equal(404);
    expect(opened.entries()).to.deep.equal([]);
    await opened.close();
  });

  it('is one of several at the same time, and none is lost', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const replies = await Promise.all(names.map((name) => opened.send('PUT', `/services/${name}`, HELLO)));
    expect(replies.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
    expect(opened.file.services).to.include.all.keys(names);
  });

  it('counts after a kill between the file and the store, and the next start records it', async () => {
    const killed = new MemoryStore();
    await opened.close();
    await opened.start(killed);
    const before = [...killed.scan('configuration', {})];
    await opened.send('PUT', '/services/greet', HELLO);
    // The store as it was before the commit of the change.
    const store = new MemoryStore();
    await store.write(before.map(({ key, text }) => ({ kind: 'put', table: 'configuration', key, text })));
    await opened.close();
    await opened.start(store);
    expect((await opened.server.send('POST', '/genesys/1/service/greet', { form: {} })).status).to.equal(200);
    expect(opened.entries()).to.deep.equal([
      { who: 'server', action: 'configuration.changed', details: { sections: ['services'] } },
    ]);
    await opened.close();
    await opened.start(store);
    expect(opened.entries()).to.have.length(1);
  });

  it('is refused without a file', async () => {
    const server = createTestServer();
    const reply = await server.send('PUT', `${ROOT}/services/greet`, { json: HELLO });
    expect(refusal(reply)).to.deep.equal({
      status: 503,
      code: 'UNAVAILABLE',
      message: 'The server has no data directory: its configuration is in no file.',
    });
    expect((await server.send('GET', `${ROOT}/services/hello`)).status).to.equal(200);
    await server.orsay.close();
  });
});

describe('the patterns of the configuration', () => {
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
  });
  afterEach(() => opened.close());

  it('are changed as whole lists, which count at once', async () => {
    const match = async (): Promise<unknown> =>
      (await opened.server.send('POST', '/genesys/1/patterns', { form: { p: '0900123' } })).json;
    expect(await match()).to.deep.equal({});
    const list = { premium: '0900.*' };
    expect((await opened.send('PUT', '/patterns/list', list)).json).to.deep.equal(list);
    expect(await match()).to.deep.equal({ p: 'premium' });
    expect((await opened.send('PUT', '/patterns/groups/bad', { x: '1.*' })).status).to.equal(200);
    expect((await opened.send('GET', '/patterns')).json).to.deep.equal({
      list,
      groups: { bad: { x: '1.*' } },
    });
    expect((await opened.send('GET', '/patterns/groups/bad')).json).to.deep.equal({ x: '1.*' });
    expect((await opened.send('DELETE', '/patterns/list')).status).to.equal(200);
    expect(await match()).to.deep.equal({});
    expect((await opened.send('GET', '/patterns/groups/none')).status).to.equal(404);
    expect(opened.entries()).to.deep.include({
      who: 'administrator',
      address: '127.0.0.1',
      action: 'pattern.changed',
      object: 'pattern:list',
      details: { created: true, changes: { premium: { from: null, to: '0900.*' } } },
    });
  });

  it('are refused by name when they are no patterns', async () => {
    const reply = await opened.send('PUT', '/patterns/list', { good: 'a', wrong: '(' });
    expect(reply.status).to.equal(400);
    const { problems } = reply.json as { readonly problems: readonly { readonly field: string }[] };
    expect(problems.map(({ field }) => field)).to.deep.equal(['wrong']);
  });

  it('of a group stay while a service names the group', async () => {
    await opened.send('PUT', '/patterns/groups/bad', { x: '1.*' });
    const delay = { ...opened.file.services['chat-delay'], _exceptions: 'bad' };
    expect((await opened.send('PUT', '/services/chat-delay', delay)).status).to.equal(200);
    expect(refusal(await opened.send('DELETE', '/patterns/groups/bad'))).to.deep.include({
      status: 409,
      code: 'CONFLICT',
    });
  });
});

describe('the users of the configuration over HTTP', () => {
  const PASSWORD = 'correct horse';
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
  });
  afterEach(() => opened.close());

  const basic = (user: string, password = PASSWORD) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });

  async function addOlga(): Promise<void> {
    const first = await opened.send('PUT', '/users/olga', { role: 'administrator', password: PASSWORD });
    expect([first.status, first.json]).to.deep.equal([200, { role: 'administrator' }]);
  }

  it('exist at once, and the server asks for their passwords from then on', async () => {
    await addOlga();
    expect((await opened.send('GET', '/users')).status).to.equal(401);
    expect((await opened.send('GET', '/users', undefined, basic('olga', 'wrong'))).status).to.equal(401);
    const kate = { role: 'agent', agentId: 'kate', password: PASSWORD };
    expect((await opened.send('PUT', '/users/kate', kate, basic('olga'))).status).to.equal(200);
    const list = await opened.send('GET', '/users', undefined, basic('olga'));
    expect(list.json).to.deep.equal({
      olga: { role: 'administrator' },
      kate: { role: 'agent', agentId: 'kate' },
    });
    const agents = await opened.server.send('GET', '/agent/1/agents/kate', { headers: basic('kate') });
    expect(agents.status).to.equal(404);
    expect((await opened.send('DELETE', '/users/kate', undefined, basic('olga'))).status).to.equal(200);
    const gone = await opened.server.send('GET', '/agent/1/agents/kate', { headers: basic('kate') });
    expect(gone.status).to.equal(401);
  });

  it('get another password or role, and keep the password that the request leaves out', async () => {
    await addOlga();
    const mia = { role: 'administrator', password: PASSWORD };
    await opened.send('PUT', '/users/mia', mia, basic('olga'));
    expect((await opened.send('GET', '/services', undefined, basic('mia'))).status).to.equal(200);
    await opened.send('PUT', '/users/mia', { role: 'viewer' }, basic('olga'));
    expect((await opened.send('GET', '/services', undefined, basic('mia'))).status).to.equal(200);
    expect((await opened.send('DELETE', '/services/hello', undefined, basic('mia'))).status).to.equal(403);
    await opened.send('PUT', '/users/mia', { role: 'viewer', password: 'another one' }, basic('olga'));
    expect((await opened.send('GET', '/services', undefined, basic('mia'))).status).to.equal(401);
    const present = await opened.send('GET', '/services', undefined, basic('mia', 'another one'));
    expect(present.status).to.equal(200);
  });

  it('never appear with a password or its hash in a reply, a log line or the audit log', async () => {
    await addOlga();
    const { passwordHash } = opened.file.users!.olga!;
    const replies = [
      await opened.send('GET', '/users', undefined, basic('olga')),
      await opened.send('GET', '/users/olga', undefined, basic('olga')),
      await opened.send('PUT', '/users/olga', { role: 'boss', password: PASSWORD }, basic('olga')),
      await opened.send('PUT', '/users/olga', { role: 'viewer', passwordHash }, basic('olga')),
      await opened.send('PUT', '/users/mia', { role: 'viewer', password: 'secret' }, basic('olga')),
    ];
    expect(replies.map(({ status }) => status)).to.deep.equal([200, 200, 400, 400, 400]);
    expect((replies[2]!.json as { message: string }).message).to.match(/^role: Invalid option.*got "boss"$/);
    expect(refusal(replies[4]!)).to.deep.include({
      message:
        'password: expected 8 (MIN_PASSWORD_CHARS) to 1024 (MAX_PASSWORD_CHARS) characters, and no control characters, got 6 characters',
    });
    const said = JSON.stringify([replies, opened.server.lines, opened.entries()]);
    for (const secret of [PASSWORD, passwordHash, 'secret']) expect(said).not.to.contain(secret);
    expect(opened.entries()[0]).to.deep.equal({
      who: 'administrator',
      address: '127.0.0.1',
      action: 'user.changed',
      object: 'user:olga',
      details: { created: true, changes: { role: { from: null, to: 'administrator' } }, password: 'set' },
    });
  });

  it('are refused when no administrator would remain', async () => {
    const kate = { role: 'agent', agentId: 'kate', password: PASSWORD };
    const message = 'Expected a user with the role administrator to remain in the configuration, got none.';
    const expected = { status: 409, code: 'CONFLICT', message };
    expect(refusal(await opened.send('PUT', '/users/kate', kate))).to.deep.equal(expected);
    await addOlga();
    const demoted = await opened.send('PUT', '/users/olga', { role: 'viewer' }, basic('olga'));
    expect(refusal(demoted)).to.deep.equal(expected);
    const removed = await opened.send('DELETE', '/users/olga', undefined, basic('olga'));
    expect(refusal(removed)).to.deep.equal(expected);
    expect(opened.file.users).to.have.all.keys('olga');
  });
});
