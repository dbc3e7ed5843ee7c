import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { FREE_FAILURES_OF_ADDRESS } from '../../../server/identity/users.ts';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const PASSWORD_HASH = hashPassword('secret');
const USERS: NonNullable<Config['users']> = {
  olga: { role: 'administrator', passwordHash: PASSWORD_HASH },
  sam: { role: 'supervisor', passwordHash: PASSWORD_HASH },
  kate: { role: 'agent', agentId: 'kate1', passwordHash: PASSWORD_HASH },
  urs: { role: 'platform', passwordHash: PASSWORD_HASH },
  vera: { role: 'viewer', passwordHash: PASSWORD_HASH },
};
const SESSION = `/scxml/session/${'0'.repeat(32)}`;

function basic(user: string, password = 'secret'): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

describe('a user', () => {
  let server: TestServer;
  before(() => {
    server = createTestServer({ config: (config) => ({ ...config, users: USERS }) });
  });
  after(() => server.orsay.close());

  /** Every request, and the users who may make it. The others get 403. */
  const CASES: readonly (readonly [method: string, url: string, may: string])[] = [
    ['GET', '/genesys/1/admin/sessions', 'olga sam vera'],
    ['GET', '/genesys/1/admin/templates', 'olga sam vera'],
    ['DELETE', '/genesys/1/admin/templates/nothing', 'olga'],
    ['GET', '/genesys/1/admin/audit', 'olga sam vera'],
    ['GET', '/genesys/1/admin/backup', 'olga'],
    ['GET', '/genesys/1/admin/backup/', 'olga'],
    ['GET', 'http://orsay.test/genesys/1/admin/backup', 'olga'],
    ['DELETE', '/genesys/1/admin/customers?_customer_number=5', 'olga'],
    ['POST', `/genesys/1/admin/sessions/${'0'.repeat(32)}/retry`, 'olga sam'],
    ['POST', '/genesys/1/admin/documents/block', 'olga sam'],
    ['POST', '/genesys/1/admin/documents/allow', 'olga sam'],
    ['GET', '/agent/1/agents', 'olga sam kate vera'],
    ['GET', '/agent/1/interactions', 'olga sam kate vera'],
    ['PUT', '/agent/1/agents/sam', 'olga sam'],
    ['POST', '/agent/1/interactions/NONE/monitor', 'olga sam kate'],
    ['POST', '/agent/1/interactions/NONE/accept', 'olga kate'],
    ['POST', '/agent/1/interactions/NONE/transfer', 'olga kate'],
    ['PUT', '/agent/1/agents/kate1', 'olga kate'],
    ['POST', '/scxml/session/start', 'olga urs'],
    ['POST', `${SESSION}/terminate`, 'olga sam urs'],
    ['GET', `${SESSION}/query`, 'olga sam urs'],
    ['POST', `${SESSION}/event/x`, 'olga urs'],
    ['GET', '/urs/call/x/lvq', 'olga urs'],
    ['GET', '/genesys/1/storage/x', 'olga urs'],
    ['GET', '/genesys/1/service/callback?_customer_number=5', 'olga urs'],
  ];
  for (const [method, url, may] of CASES) {
    it(`may request ${method} ${url} as one of ${may}`, async () => {
      const allowed: string[] = [];
      for (const user of Object.keys(USERS)) {
        const { status, json } = await server.send(method, url, { headers: basic(user) });
        if (status !== 403) allowed.push(user);
        else expect(json).to.include({ code: 'FORBIDDEN' });
        expect(status, user).not.to.equal(401);
      }
      expect(allowed.join(' ')).to.equal(may);
    });
  }

  it('must give credentials for all URLs but those of customers and the status', async () => {
    for (const [method, url] of CASES.filter(([, path]) => !path.startsWith('/genesys/1/service'))) {
      const { status, headers } = await server.send(method, url);
      expect([status, headers['www-authenticate']], url).to.deep.equal([
        401,
        'Basic realm="orsay", charset="UTF-8"',
      ]);
    }
    expect((await server.send('GET', '/genesys/1/admin/node/status')).status).to.equal(200);
    expect((await server.send('POST', '/genesys/1/service/hello')).status).to.equal(200);
  });

  it('is refused with a wrong password also at URLs of customers', async () => {
    const reply = await server.send('POST', '/genesys/1/service/hello', { headers: basic('urs', 'wrong') });
    expect(reply.status).to.equal(401);
  });
});

describe('a server with only an administrator', () => {
  it('leaves the URLs of the platform open while other machines do not reach it', async () => {
    const administrator = { user: 'admin', passwordHash: PASSWORD_HASH };
    for (const [isReachable, expected] of [
      [false, 404],
      [true, 401],
    ] as const) {
      const server = createTestServer({ config: (config) => ({ ...config, administrator }), isReachable });
      expect((await server.send('GET', `${SESSION}/query`)).status).to.equal(expected);
      expect((await server.send('GET', '/agent/1/agents')).status).to.equal(401);
      await server.orsay.close();
    }
  });
});

describe('300 wrong passwords', () => {
  it('delay no write: they are hashed elsewhere, and most of them not at all', async () => {
    const server = createTestServer({ config: (config) => ({ ...config, users: USERS }) });
    let waiting = 0;
    const logins = Array.from({ length: 300 }, async (_, index) => {
      waiting += 1;
      const reply = await server.send('GET', '/agent/1/agents', { headers: basic(`user${index}`, 'wrong') });
      waiting -= 1;
      return reply.status;
    });
    const write = await server.send('POST', '/genesys/1/service/request-chat');
    expect(write.status).to.equal(200);
    expect(waiting).to.be.greaterThan(0);
    const statuses = await Promise.all(logins);
    const refused = statuses.filter((status) => status === 429);
    expect([refused.length, statuses.length - refused.length]).to.deep.equal([
      300 - FREE_FAILURES_OF_ADDRESS,
      FREE_FAILURES_OF_ADDRESS,
    ]);
    await server.orsay.close();
  }).timeout(60_000);
});
