import { expect } from 'chai';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const URL = '/genesys/1/service/callback/chat-delay';
const FORM = { _customer_number: '5' };

describe('a repeated creation with an Idempotency-Key', () => {
  let server: TestServer;
  let config: Config;

  beforeEach(() => {
    server = createTestServer({
      config: (initial) => {
        config = {
          ...initial,
          services: { ...initial.services, 'ask-chat': { _type: 'builtin', _service: 'request-chat' } },
        };
        return config;
      },
    });
  });

  afterEach(() => server.orsay.close());

  function post(form: Record<string, string>, url = URL): Promise<TestReply> {
    return server.send('POST', url, { form, headers: { 'idempotency-key': 'k1', gms_user: 'anna' } });
  }

  it('gets the first answer even when its fields would be refused', async () => {
    const first = await post(FORM);
    expect(first.status).to.equal(200);
    for (const wrong of [
      {},
      { ...FORM, _desired_time: 'tomorrow' },
      { ...FORM, _callback_state: 'QUEUED' },
    ]) {
      const again = await post(wrong);
      expect(again).to.include({ status: 200, text: first.text });
    }
  });

  it('gets the first answer even when the service is no longer configured', async () => {
    const first = await post(FORM);
    delete (config.services as Record<string, unknown>)['chat-delay'];
    expect((await server.send('POST', URL, { form: FORM })).status).to.equal(404);
    expect(await post(FORM)).to.include({ status: 200, text: first.text });
  });

  it('is a new request when the first one was refused', async () => {
    expect((await post({})).status).to.equal(400);
    expect((await post(FORM)).status).to.equal(200);
  });

  it('gets the verbosity of the first request from a builtin service', async () => {
    const url = '/genesys/1/service/ask-chat';
    const first = await post({ _verbose: 'true' }, url);
    expect(first.json).to.have.property('_chatIxnAPI-CREATE-URL');
    expect((await post({}, url)).json).to.deep.equal(first.json);
  });
});
