import { expect } from 'chai';
import { ConfigError, initialConfig, parseConfig } from '../../../server/process/config.ts';
import type { ServiceOptions } from '../../../strategies/options/options.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const ROOT = '/genesys/1/service';

interface Created {
  readonly _id: string;
}

describe('options of callback services, over HTTP', () => {
  let server: TestServer;

  afterEach(() => server.orsay.close());

  function open(options: ServiceOptions): void {
    server = createTestServer({
      config: (config) => ({
        ...config,
        services: {
          ...config.services,
          'chat-delay': { ...config.services['chat-delay'], ...options },
          'chat-immediate': { ...config.services['chat-immediate'], ...options, _redirect: '' },
        },
      }),
    });
  }

  async function create(name: string, fields: Record<string, string> = {}) {
    const json = { _customer_number: '5115', colour: 'red', ...fields };
    const reply = await server.send('POST', `${ROOT}/callback/${name}`, { json });
    expect(reply.status, reply.text).to.equal(200);
    return reply.json as Created & Record<string, unknown>;
  }

  /** The user data of the interaction of a chat, without the keys that every chat has. */
  async function userDataOfChat(): Promise<Record<string, unknown>> {
    const { _id } = await create('chat-immediate');
    const form = { subject: 'test', firstName: 'Anna' };
    const chat = await server.send('POST', `${ROOT}/${_id}/ixn/chat`, { form });
    expect(chat.status, chat.text).to.equal(200);
    const { chatSessionId } = chat.json as { readonly chatSessionId: string };
    const { userData } = server.orsay.interactions.get(chatSessionId as never)!;
    return Object.fromEntries(
      Object.entries(userData).filter(([key]) => ['colour', 'GMS_UserData', '_id'].includes(key)),
    );
  }

  it('_redirect: the other service serves the request, and the callback is cancelled under both names', async () => {
    open({ _redirect: 'chat-immediate' });
    const created = await create('chat-delay');
    expect(created._action).to.equal('StartChat');
    const found = await server.send('GET', `${ROOT}/callback/chat-immediate?_customer_number=5115`);
    expect((found.json as Created[]).map(({ _id }) => _id)).to.deep.equal([created._id]);
    const cancelled = await server.send('DELETE', `${ROOT}/callback/chat-delay/${created._id}`);
    expect(cancelled.status, cancelled.text).to.equal(200);
  });

  it('_redirect: an empty one in a request counts only where _overwritable_options lists it', async () => {
    open({ _redirect: 'chat-immediate', _overwritable_options: '_redirect' });
    expect((await create('chat-delay', { _redirect: '' }))._action).to.equal('ConfirmationDialog');
    await server.orsay.close();
    open({ _redirect: 'chat-immediate' });
    expect((await create('chat-delay', { _redirect: '' }))._action).to.equal('StartChat');
  });

  it('_redirect: a built-in service gives its own reply', async () => {
    server = createTestServer({
      config: (config) => ({
        ...config,
        accessNumbers: { DNIS: ['1001'] },
        services: {
          ...config.services,
          'chat-delay': { ...config.services['chat-delay'], _redirect: 'call-in' },
          'call-in': {
            _type: 'builtin',
            _service: 'request-interaction',
            _resource_group: 'DNIS',
            _ttl: '60',
          },
        },
      }),
    });
    const created = await create('chat-delay');
    expect(created).to.deep.equal({ _id: created._id, _access_number: '1001', _expiration_time: '30' });
  });

  it('_redirect: a service that creates nothing is refused when the configuration is read', () => {
    const { services, ...config } = initialConfig();
    const delay = services['chat-delay'];
    for (const _redirect of ['health', 'none', 'chat-delay']) {
      const changed = {
        ...services,
        health: { _type: 'builtin', _service: 'get' },
        'chat-delay': { ...delay, _redirect },
      };
      expect(() => parseConfig({ ...config, services: changed }, 'test'), _redirect)
        .to.throw(ConfigError)
        .with.property('message')
        .that.contains(`expected the name of another service that a request creates, got '${_redirect}'`);
    }
  });

  it('_redirect: a repetition with the same key is one callback', async () => {
    open({ _redirect: 'chat-immediate' });
    const headers = { 'idempotency-key': 'once' };
    const json = { _customer_number: '5115' };
    const replies = [1, 2].map(() => server.send('POST', `${ROOT}/callback/chat-delay`, { json, headers }));
    const [first, second] = await Promise.all(replies);
    expect((second!.json as Created)._id).to.equal((first!.json as Created)._id);
  });

  it('_attach_udata: separate keys, one key with all of them, or none but the ids', async () => {
    open({});
    expect(await userDataOfChat()).to.have.all.keys('colour', '_id');
    await server.orsay.close();
    open({ _attach_udata: 'single_json' });
    const { GMS_UserData, ...others } = await userDataOfChat();
    expect(JSON.parse(String(GMS_UserData))).to.include({ colour: 'red' });
    expect(others).to.have.all.keys('_id');
    await server.orsay.close();
    open({ _attach_udata: 'gms_storage_id' });
    expect(await userDataOfChat()).to.have.all.keys('_id');
  });
});
