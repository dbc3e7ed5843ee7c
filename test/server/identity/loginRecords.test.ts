import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const URL = '/genesys/1/admin/templates';

describe('Logins in the audit log', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      config: (config) => ({
        ...config,
        administrator: { user: 'anna', passwordHash: hashPassword('right') },
        security: {
          customers: { mode: 'open' },
          gateways: [],
          identityProvider: {
            issuer: 'https://id.example.com',
            audience: 'orsay',
            jwks: 'https://id.example.com/keys',
            algorithms: ['RS256'],
            userClaim: 'sub',
            roleClaim: 'roles',
            agentClaim: 'agent_id',
            roles: {},
          },
        },
      }),
    });
  });

  afterEach(() => server.orsay.close());

  async function ask(authorization: string | undefined): Promise<number> {
    const headers = authorization === undefined ? {} : { authorization };
    return (await server.send('GET', URL, { headers })).status;
  }

  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  const entries = () =>
    server.orsay.audit.list().entries.map(({ who, action, details }) => [who, action, details?.reason]);

  it('are one entry a day for each user and address', async () => {
    for (let n = 0; n < 3; n++) {
      expect(await ask(basic('anna', 'right'))).to.equal(200);
      await server.advance(10 * 60_000);
    }
    expect(entries()).to.deep.equal([['administrator anna', 'login', undefined]]);
    await server.advance(24 * 3_600_000);
    await ask(basic('anna', 'right'));
    expect(entries()).to.have.length(2);
  });

  it('are recorded when they are refused, without a name that no user has', async () => {
    expect(await ask(basic('anna', 'wrong'))).to.equal(401);
    expect(await ask(basic('my-password', ''))).to.equal(401);
    expect(await ask('Bearer x')).to.equal(401);
    expect(entries()).to.deep.equal([
      ['unknown user', 'login.refused', 'token refused'],
      ['unknown user', 'login.refused', 'wrong password'],
      ['user anna', 'login.refused', 'wrong password'],
    ]);
    for (let n = 0; n < 10; n++) await ask(basic('anna', 'wrong'));
    expect(entries()[0]).to.deep.equal(['user anna', 'login.refused', 'too many failures']);
  });

  it('are not recorded for a request without credentials', async () => {
    expect(await ask(undefined)).to.equal(401);
    expect(entries()).to.deep.equal([]);
  });
});
