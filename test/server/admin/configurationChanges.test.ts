import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { ConfiguredServer, HELLO, ROOT, refusal } from '../../support/configuredServer.ts';
import { createTestServer } from '../../support/testServer.ts';

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
    for (const [part, content] of [
      ['services', HELLO],
      ['lists', { a: '1' }],
      ['patterns/groups', { a: '1' }],
      ['push/providers', { 'customhttp.url': 'http://127.0.0.1/' }],
      ['users', { role: 'viewer', password: 'correct horse' }],
    ] as const) {
      expect(refusal(await opened.send('PUT', `/${part}/__proto__`, content)), part).to.deep.equal({
        status: 400,
        code: 'PARAMETER_INVALID',
        message: "expected another name than '__proto__'",
      });
    }
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
