import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const DELAY = '/genesys/1/service/callback/chat-delay';

describe('a list as the body of a request', () => {
  let server: TestServer;
  before(() => {
    server = createTestServer();
  });
  after(() => server.orsay.close());

  async function answer(method: 'POST' | 'PUT', url: string, headers?: Record<string, string>) {
    const { status, json } = await server.send(method, url, {
      json: [1, { a: 'b' }],
      ...(headers && { headers }),
    });
    const { code, message } = json as { code: string; message: string };
    return { status, code, message };
  }

  it('is refused where fields are expected, and nothing changes', async () => {
    const made = await server.send('POST', DELAY, {
      form: {
        _customer_number: '5115',
        _desired_time: new Date(server.clock.now() + 86_400_000).toISOString(),
      },
    });
    const { _id: id } = made.json as { _id: string };
    const storage = await server.send('POST', '/genesys/1/storage/60', { form: { a: '1' } });
    const { id: area } = storage.json as { id: string };
    for (const [method, url] of [
      ['POST', '/genesys/1/storage/60'],
      ['POST', `/genesys/1/storage/${area}/60`],
      ['POST', '/genesys/1/patterns'],
      ['POST', '/genesys/1/service/hello'],
      ['POST', DELAY],
      ['PUT', `${DELAY}/${id}`],
      ['POST', '/genesys/1/statistic'],
      ['POST', '/genesys/1/notification/publish'],
      ['PUT', '/genesys/1/admin/services/x'],
      ['PUT', '/agent/1/agents/KSippola'],
      ['POST', '/genesys/1/admin/callback/cancel'],
    ] as const) {
      expect(await answer(method, url), url).to.deep.equal({
        status: 400,
        code: 'BODY_MALFORMED',
        message: 'Expected a JSON object in the body, got the list [1,{"a":"b"}].',
      });
    }
  });

  it('is the data of an event for a session', async () => {
    const started = await server.send('POST', '/genesys/1/service/hello', { form: {} });
    expect(started.status).to.equal(200);
    const reply = await answer('POST', '/scxml/session/0123456789ABCDEF0123456789ABCDEF/event/a.b');
    expect(reply.code, 'no session is found, but the list is read').to.equal('SESSION_NOT_FOUND');
  });
});
