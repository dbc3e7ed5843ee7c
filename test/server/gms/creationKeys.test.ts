import { expect } from 'chai';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const URL = '/genesys/1/service/callback/chat-delay';
const FORM = { _customer_number: '5' };

describe('the key of a creation is looked at before the rest of the request', () => {
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
    return server.send('POST', url, { form, headers: { 'idempotency-key': 'k1' } });
  }

  it('so that a repetition whose fields are refused gets the first answer', async () => {
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

  it('so that a repetition for a service that is no longer configured gets it', async () => {
    const first = await post(FORM);
    delete (config.services as Record<string, unknown>)['chat-delay'];
    expect((await server.send('POST', URL, { form: FORM })).status).to.equal(404);
    expect(await post(FORM)).to.include({ status: 200, text: first.text });
  });

  it('and a request that was refused leaves no trace', async () => {
    expect((await post({})).status).to.equal(400);
    expect((await post(FORM)).status).to.equal(200);
  });

  it('and the answer of a builtin service is that of the first form', async () => {
    const url = '/genesys/1/service/ask-chat';
    const first = await post({ _verbose: 'true' }, url);
    expect(first.json).to.have.property('_chatIxnAPI-CREATE-URL');
    expect((await post({}, url)).json).to.deep.equal(first.json);
  });
});
