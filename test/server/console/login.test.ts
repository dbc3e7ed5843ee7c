import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { BROWSER_LOGIN_MS, MAX_BROWSER_LOGINS_OF_USER } from '../../../server/identity/browserLogins.ts';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const PASSWORD_HASH = hashPassword('secret');
const USERS: NonNullable<Config['users']> = {
  olga: { role: 'administrator', passwordHash: PASSWORD_HASH },
  vera: { role: 'viewer', passwordHash: PASSWORD_HASH },
  kate: { role: 'agent', agentId: 'kate1', passwordHash: PASSWORD_HASH },
};
const SESSIONS = '/genesys/1/admin/sessions';
const RETRY = `${SESSIONS}/${'0'.repeat(32)}/retry`;
const CREATE = 'POST /genesys/1/service/callback/:name';
const SCRIPT = { 'x-orsay-console': '1' };

function basic(user: string, password = 'secret'): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** The header Cookie after a reply. */
function cookieOf({ headers }: TestReply): Record<string, string> {
  const set = [headers['set-cookie'] ?? ''].flat()[0] ?? '';
  return { cookie: set.split(';')[0] ?? '' };
}

describe('a browser', () => {
  let server: TestServer;
  beforeEach(() => {
    server = createTestServer({ config: (config) => ({ ...config, users: USERS }) });
  });
  afterEach(() => server.orsay.close());

  const logIn = async (user: string, at = server): Promise<Record<string, string>> => {
    const reply = await at.send('POST', '/console/login', { headers: { ...SCRIPT, ...basic(user) } });
    expect(reply.status).to.equal(200);
    return cookieOf(reply);
  };
  const statusOf = async (url: string, headers: Record<string, string>, method = 'GET'): Promise<number> =>
    (await server.send(method, url, { headers })).status;

  it('gets a cookie that scripts and other sites do not have', async () => {
    const reply = await server.send('POST', '/console/login', { headers: basic('vera') });
    expect(reply.json).to.deep.include({
      hasUsers: true,
      takesTokens: false,
      user: 'vera',
      role: 'viewer',
      until: new Date(server.clock.now() + BROWSER_LOGIN_MS).toISOString(),
    });
    const [set] = [reply.headers['set-cookie'] ?? ''].flat();
    expect(set).to.match(
      /^orsay_console=[0-9a-f]{32}\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
  });

  it('is the user of its cookie, as far as the role allows', async () => {
    const [vera, kate] = [await logIn('vera'), await logIn('kate')];
    expect(await statusOf(SESSIONS, vera)).to.equal(200);
    expect(await statusOf(SESSIONS, kate)).to.equal(403);
    expect(await statusOf(RETRY, { ...vera, ...SCRIPT }, 'POST')).to.equal(403);
    expect(await statusOf(SESSIONS, {})).to.equal(401);
  });

  it('is told who is logged in, and the routes that the role allows', async () => {
    const found = await server.send('GET', '/console/login', { headers: await logIn('vera') });
    const { operations, ...login } = found.json as { operations: readonly string[] };
    expect(login).to.deep.include({ user: 'vera', role: 'viewer' });
    expect(operations).to.include(`GET ${SESSIONS}`).and.not.include(`POST ${SESSIONS}/:sid/retry`);
    expect(operations).to.include('GET /console/login').and.not.include(CREATE);
    const olga = await server.send('GET', '/console/login', { headers: await logIn('olga') });
    expect((olga.json as { operations: readonly string[] }).operations).to.include(CREATE);
    const nobody = await server.send('GET', '/console/login');
    expect(nobody.json).to.deep.include({ hasUsers: true, operations: [] });
    expect(nobody.json).not.to.have.property('role');
  });

  it('changes something only with the header that another origin cannot send', async () => {
    const olga = await logIn('olga');
    expect(await statusOf(RETRY, olga, 'POST')).to.equal(401);
    expect(await statusOf(RETRY, { ...olga, ...SCRIPT }, 'POST')).to.equal(404);
    const startCall = '/urs/call/start?VQ_TARGET=Billing@Stat.GA&VQ=VQ_1';
    for (const headers of [{}, { 'sec-fetch-site': 'none' }]) {
      expect(await statusOf(startCall, { ...olga, ...headers })).to.equal(401);
    }
    expect(await statusOf(startCall, { ...olga, ...SCRIPT })).to.equal(200);
  });

  it('is nobody for a page of another origin', async () => {
    const olga = { ...(await logIn('olga')), ...SCRIPT };
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://orsay.test:9999' },
    ]) {
      expect(await statusOf(SESSIONS, { ...olga, ...headers }), JSON.stringify(headers)).to.equal(403);
    }
    expect(await statusOf(SESSIONS, { ...olga, 'sec-fetch-site': 'same-origin' })).to.equal(200);
    expect(await statusOf(SESSIONS, { ...olga, origin: 'http://orsay.test' })).to.equal(200);
  });

  it('is nobody for a listed origin, whose pages have logins of their own', async () => {
    const other = createTestServer({
      config: (config) => ({
        ...config,
        users: USERS,
        http: { ...config.http, origins: ['http://desktop.orsay.test'] },
      }),
    });
    const headers = { ...(await logIn('olga', other)), ...SCRIPT, 'sec-fetch-site': 'same-site' };
    const reply = await other.send('GET', '/agent/1/agents', {
      headers: { ...headers, origin: 'http://desktop.orsay.test' },
    });
    expect(reply.status).to.equal(401);
    await other.orsay.close();
  });

  it('asks as its user at the URLs of customers only with the header', async () => {
    const olga = await logIn('olga');
    const url = '/genesys/1/service/callback?_customer_number=5551234';
    expect(await statusOf(url, { ...olga, ...SCRIPT })).to.equal(200);
    const asCustomer = await server.send('GET', url, { headers: olga });
    expect((await server.send('GET', url)).status).to.equal(asCustomer.status);
  });

  it('gets no dialog of its own when a script is refused', async () => {
    const { status, headers } = await server.send('GET', SESSIONS, { headers: SCRIPT });
    expect([status, headers['www-authenticate']]).to.deep.equal([401, 'Console realm="orsay"']);
    const wrong = { ...SCRIPT, ...basic('olga', 'wrong') };
    const refused = await server.send('POST', '/console/login', { headers: wrong });
    expect([refused.status, refused.headers['www-authenticate']]).to.deep.equal([
      401,
      'Console realm="orsay"',
    ]);
    expect(refused.json).to.include({ code: 'UNAUTHORIZED' });
  });

  it('is logged out by its user and after its time', async () => {
    const [first, second] = [await logIn('vera'), await logIn('vera')];
    const out = await server.send('DELETE', '/console/login', { headers: { ...first, ...SCRIPT } });
    expect([out.headers['set-cookie'] ?? ''].flat()[0]).to.include('orsay_console=; Path=/; Max-Age=0');
    expect([await statusOf(SESSIONS, first), await statusOf(SESSIONS, second)]).to.deep.equal([401, 200]);
    await server.advance(BROWSER_LOGIN_MS);
    expect(await statusOf(SESSIONS, second)).to.equal(401);
  });

  it('is logged in again only by a login of its own, with at most some for a user', async () => {
    const cookies: Record<string, string>[] = [];
    for (let at = 0; at <= MAX_BROWSER_LOGINS_OF_USER; at += 1) {
      cookies.push(await logIn('vera'));
      await server.advance(1000);
    }
    expect(await statusOf(SESSIONS, cookies[0]!)).to.equal(401);
    expect(await statusOf(SESSIONS, cookies[1]!)).to.equal(200);
  });

  it('stays logged in over a restart, unless the account is another meanwhile', async () => {
    const store = new MemoryStore();
    const start = (users: NonNullable<Config['users']>): TestServer =>
      createTestServer({ store, config: (config) => ({ ...config, users }) });
    const statusAt = async (users: NonNullable<Config['users']>, headers: Record<string, string>) => {
      const again = start(users);
      const { status } = await again.send('GET', SESSIONS, { headers });
      await again.orsay.close();
      return status;
    };
    const first = start(USERS);
    const vera = await logIn('vera', first);
    await first.orsay.close();
    const { vera: _, ...others } = USERS;
    const changed = { ...others, vera: { role: 'viewer' as const, passwordHash: hashPassword('other') } };
    expect(await statusAt(USERS, vera)).to.equal(200);
    expect(await statusAt(changed, vera)).to.equal(401);
    expect(await statusAt({ ...others, vera: { ...USERS.vera!, role: 'supervisor' } }, vera)).to.equal(401);
    expect(await statusAt(others, vera)).to.equal(401);
  });
});

describe('a browser at a server without users', () => {
  it('may do everything without a login', async () => {
    const server = createTestServer();
    const { json } = await server.send('GET', '/console/login');
    expect(json).to.deep.include({ hasUsers: false, role: 'administrator' });
    expect((json as { operations: readonly string[] }).operations).to.include(`POST ${SESSIONS}/:sid/retry`);
    await server.orsay.close();
  });
});
