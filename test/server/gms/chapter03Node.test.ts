import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

describe('chapter 3, the Node API', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer();
  });
  afterEach(() => server.orsay.close());

  it('is OFFLINE for the drain time, starts no sessions for others, and finishes what runs', async () => {
    const { _id: id } = (await server.send('POST', '/genesys/1/service/hello')).json as { _id: string };
    const drained = server.orsay.drain(10_000);
    expect((await server.send('GET', '/genesys/1/admin/node/status')).text).to.equal('OFFLINE');
    for (const path of [
      '/genesys/1/service/hello',
      '/genesys/1/service/callback/chat-delay',
      '/scxml/session/start',
    ]) {
      const refused = await server.send('POST', path, { form: { src: 'http://orsay.test/x.scxml' } });
      expect([refused.status, refused.headers['retry-after']], path).to.deep.equal([503, '5']);
      expect(refused.json).to.include({ code: 'UNAVAILABLE' });
    }
    expect((await server.send('DELETE', `/genesys/1/service/${id}`)).status).to.equal(200);
    await server.advance(10_000);
    await drained;
  });

  it('tells a load balancer ONLINE, and OFFLINE when it stops', async () => {
    const online = await server.send('GET', '/genesys/1/admin/node/status');
    expect([online.text, online.headers['content-type']]).to.deep.equal([
      'ONLINE',
      'text/plain;charset=UTF-8',
    ]);
    const closing = server.orsay.close();
    expect((await server.send('GET', '/genesys/1/admin/node/status')).text).to.equal('OFFLINE');
    await closing;
  });
});
