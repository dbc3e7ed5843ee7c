import { readdirSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { readConfigFile } from '../../../server/process/config.ts';
import { ConfiguredServer, HELLO, refusal } from '../../support/configuredServer.ts';
import { orsDocument } from '../../support/writeDocuments.ts';

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

  it('may start its document elsewhere at once, and no longer when the service is gone', async () => {
    await opened.close();
    opened = await ConfiguredServer.open(async () => ({
      status: 200,
      headers: {},
      body: orsDocument('<state id="s"/>'),
    }));
    opened.edit((text) =>
      JSON.stringify({ ...JSON.parse(text), documents: { allow: ['https://docs.example.com/'] } }),
    );
    await opened.close();
    await opened.start(new MemoryStore());
    const src = 'https://far.example.com/docs/a.scxml';
    const start = async (): Promise<number> =>
      (await opened.server.send('POST', '/scxml/session/start', { json: { src } })).status;
    expect(await start()).to.equal(400);
    const far = { _type: 'ors', _service: src, _ttl: '60' };
    expect((await opened.send('PUT', '/services/far', far)).status).to.equal(200);
    expect(await start()).to.equal(200);
    expect((await opened.send('DELETE', '/services/far')).status).to.equal(200);
    expect(await start()).to.equal(400);
  });
});
