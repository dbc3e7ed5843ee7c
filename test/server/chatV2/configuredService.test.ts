import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { ConfigError, initialConfig, parseConfig } from '../../../server/process/config.ts';
import { asId } from '../../support/ids.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const URL = '/genesys/2/chat/customer-support';

function problemsOf(value: unknown): readonly string[] {
  try {
    parseConfig(value, 'config.json');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** The chat services of a configured server. */
describe('a configured chat service', () => {
  let server: TestServer;
  afterEach(() => server.orsay.close());

  const open = (options: Record<string, string> = {}, chat: object = {}): void => {
    const service = { _type: 'chat', ...options };
    server = createTestServer({
      config: (config) => ({
        ...config,
        services: { ...config.services, 'customer-support': service },
        chat: { ...config.chat, ...chat },
      }),
    });
  };
  const start = (headers: Record<string, string> = {}) =>
    server.send('POST', URL, { form: { nickname: 'Ann' }, headers });
  const subscribe = async (): Promise<unknown> => {
    const shaken = await server.send('POST', '/genesys/cometd', {
      json: [{ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] }],
    });
    const [{ clientId }] = shaken.json as [{ clientId: string }];
    const reply = await server.send('POST', '/genesys/cometd', {
      json: [{ channel: '/meta/subscribe', clientId, subscription: '/service/chatV2/customer-support' }],
      headers: { cookie: String(shaken.headers['set-cookie']).split(';')[0]! },
    });
    return (reply.json as [{ successful: boolean }])[0].successful;
  };

  it('enters its queue, and its document gets the interaction', async () => {
    open();
    const reply = await start();
    expect(reply.status).to.equal(200);
    expect(reply.headers).to.include({ 'content-type': 'application/json;charset=UTF-8' });
    const { chatId } = reply.json as { chatId: string };
    await server.advance(0);
    expect(server.orsay.interactions.get(asId(chatId))).to.deep.include({ media: 'chat', queue: 'Chat_In' });
  });

  it('is no service of the Service API', async () => {
    open();
    expect((await server.send('POST', '/genesys/1/service/customer-support', { form: {} })).status).to.equal(
      404,
    );
  });

  it('is offered over CometD only with enable_notification_mode', async () => {
    open();
    expect(await subscribe()).to.equal(true);
    await server.orsay.close();
    open({}, { enable_notification_mode: false });
    expect(await subscribe()).to.equal(false);
    expect((await start()).status).to.equal(200);
  });

  it('checks its own credentials, which are no user of the server', async () => {
    open({ _auth_user: 'bank', _auth_password_hash: hashPassword('s3cret') });
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect((await start(basic('bank:s3cret'))).status).to.equal(200);
    const refused = await start(basic('bank:wrong'));
    expect([refused.status, refused.headers['www-authenticate']]).to.deep.equal([
      401,
      'Basic realm="orsay", charset="UTF-8"',
    ]);
    expect(refused.json).to.deep.include({ statusCode: 2, chatEnded: false, messages: [] });
    expect((await start()).status).to.equal(401);
  });

  it('ends the chat of a customer who makes no request, and answers that it ended', async () => {
    open({ _client_timeout: '20' });
    const { chatId, secureKey } = (await start()).json as { chatId: string; secureKey: string };
    const refresh = async () =>
      (await server.send('POST', `${URL}/${chatId}/refresh`, { form: { secureKey } })).json;
    await server.advance(19_000);
    expect(await refresh()).to.include({ chatEnded: false });
    await server.advance(20_000);
    expect(await refresh()).to.deep.include({ chatEnded: true, statusCode: 0 });
  });

  it('waits for a customer of the asynchronous mode, as long as the installation says', async () => {
    const send = async () => {
      const form = { nickname: 'Ann', 'userData[GCTI_Chat_AsyncMode]': 'true' };
      return (await server.send('POST', URL, { form })).json as { chatId: string };
    };
    const endOf = ({ chatId }: { chatId: string }) => {
      const { status } = server.orsay.chats.get(asId(chatId))!;
      return status.kind === 'ended' ? status.by : 'open';
    };
    open({ _client_timeout: '20' });
    const waiting = await send();
    await server.advance(25_000);
    expect(endOf(waiting)).to.equal('open');
    await server.orsay.close();
    open({ _client_timeout: '20' }, { async: { ...initialConfig().chat.async, clientTimeout: 25 } });
    const left = await send();
    await server.advance(24_999);
    expect(endOf(left)).to.equal('open');
    await server.advance(1);
    expect(endOf(left)).to.equal('timeout');
  });

  it('has the data of a customer removed, found by their e-mail address or by a key of the service', async () => {
    open({ _customer_lookup_keys: 'phone' });
    for (const property of ['emailAddress=ann%40example.com', 'phone=555']) {
      const form = { nickname: 'Ann', emailAddress: 'ann@example.com', 'userData[phone]': '555' };
      const { chatId, secureKey } = (await server.send('POST', URL, { form })).json as Record<string, string>;
      await server.advance(0);
      const removed = await server.send('DELETE', `/genesys/1/admin/customers?${property}`);
      expect((removed.json as { removed: object }).removed).to.include({ chats: 1 });
      const reply = await server.send('POST', `${URL}/${chatId}/refresh`, {
        form: { secureKey: secureKey! },
      });
      expect(reply.json).to.deep.include({ chatEnded: true, statusCode: 2 });
    }
    expect((await server.send('DELETE', '/genesys/1/admin/customers?other=1')).status).to.equal(400);
  });

  it('has the data of a customer removed, found by a key that an update of user data set', async () => {
    open({ _customer_lookup_keys: 'phone' });
    const { chatId, secureKey } = (await start()).json as Record<string, string>;
    const form = { secureKey: secureKey!, 'userData[phone]': '555' };
    expect((await server.send('POST', `${URL}/${chatId}/updateData`, { form })).json).to.include({
      statusCode: 0,
    });
    const { json } = await server.send('DELETE', '/genesys/1/admin/customers?phone=555');
    expect((json as { removed: object }).removed).to.include({ chats: 1 });
  });

  it('is refused with wrong options', () => {
    open();
    const config = initialConfig();
    const problems = (options: Record<string, string>) =>
      problemsOf({ ...config, services: { ...config.services, x: { _type: 'chat', ...options } } });
    expect(problems({})).to.deep.equal([]);
    expect(
      problems({ _client_timeout: 'soon', _auth_user: 'a' }).map((text) => text.split(':')[0]),
    ).to.deep.equal(['services.x._client_timeout', 'services.x._auth_user']);
    expect(problems({ _auth_user: 'a:b', _auth_password_hash: 'plain' })).to.have.length(2);
    expect(problems({ _chat_endpoint: 'Environment:none' })).to.have.length(1);
  });
});
