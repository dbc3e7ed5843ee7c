import { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { HttpClient } from '../../../engine/ports/httpClient.ts';
import { blockListOf } from '../../../server/adapters/addressGuard.ts';
import {
  type CustomerRequest,
  type CustomerSettings,
  Customers,
} from '../../../server/identity/customers.ts';
import { signGmsUser } from '../../../server/identity/gatewaySignature.ts';
import { IdentityProvider } from '../../../server/identity/identityProvider.ts';
import { TokenVerifier } from '../../../server/identity/tokenVerifier.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestServer } from '../../support/testServer.ts';

const SECRET = 's'.repeat(32);
const GATEWAY = '10.0.0.5';

async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

describe('a customer in mode open', () => {
  it('is whoever the request names, and owns nothing', async () => {
    const customers = createCustomers({ mode: 'open', queries: 'everyone' });
    expect(await customers.identify({ remoteAddress: '192.0.2.1' })).to.deep.equal({ rights: 'open' });
    expect(
      await customers.identify({ remoteAddress: '192.0.2.1', header: { gmsUser: 'anna' } }),
    ).to.deep.equal({ gmsUser: 'anna', rights: 'open' });
    expect(customers.believed({ gmsUser: 'anna' })).to.equal('anna');
    const own = createCustomers({ mode: 'open', queries: 'own' });
    expect(await own.identify({ remoteAddress: '192.0.2.1' })).to.deep.equal({ rights: 'capability' });
  });
});

function createCustomers(settings: CustomerSettings, clock = createSimulatedClock()): Customers {
  return new Customers({ settings, gateways: blockListOf(['10.0.0.0/24', '::1/128']), clock });
}

describe('a customer in mode gateway', () => {
  const clock = createSimulatedClock();
  const settings = { mode: 'gateway', anonymous: true, signatureMaxAgeS: 300 } as const;
  const identify = (request: CustomerRequest, extra: { secret?: () => string; anonymous?: boolean } = {}) =>
    outcomeOf(createCustomers({ ...settings, ...extra }, clock).identify(request));
  const anna = { gmsUser: 'anna', rights: 'owner' };

  it('is named by the header of a listed gateway only', async () => {
    const header = { gmsUser: 'anna' };
    expect(await identify({ remoteAddress: GATEWAY, header })).to.deep.equal(anna);
    expect(await identify({ remoteAddress: '::1', header })).to.deep.equal(anna);
    expect(await identify({ remoteAddress: '192.0.2.1', header })).to.equal('UNAUTHORIZED');
    expect(await identify({ remoteAddress: '', header })).to.equal('UNAUTHORIZED');
    expect(await identify({ remoteAddress: GATEWAY, query: header })).to.equal('UNAUTHORIZED');
  });

  it('is anonymous without a gms_user, unless the configuration refuses that', async () => {
    expect(await identify({ remoteAddress: '192.0.2.1' })).to.deep.equal({ rights: 'owner' });
    expect(await identify({ remoteAddress: GATEWAY }, { anonymous: false })).to.equal('UNAUTHORIZED');
  });

  it('may be named anywhere with a signature of the gateway, for a short time', async () => {
    const signature = signGmsUser('anna', { secret: SECRET, now: clock.now() });
    const signed = { gmsUser: 'anna', signature };
    const secret = { secret: () => SECRET };
    expect(await identify({ remoteAddress: '192.0.2.1', query: signed }, secret)).to.deep.equal(anna);
    expect(await identify({ remoteAddress: '192.0.2.1', header: signed }, secret)).to.deep.equal(anna);
    const others = [
      { gmsUser: 'berta', signature },
      { gmsUser: 'anna', signature: signGmsUser('anna', { secret: 'other', now: clock.now() }) },
      { gmsUser: 'anna', signature: `${signature}0` },
      { gmsUser: 'anna', signature: signature.replace(/t=\d+/, `t=${Math.floor(clock.now() / 1000) + 1}`) },
      { gmsUser: 'anna', signature: signGmsUser('anna', { secret: SECRET, now: clock.now() - 301_000 }) },
      { gmsUser: 'anna', signature: signGmsUser('anna', { secret: SECRET, now: clock.now() + 61_000 }) },
      { gmsUser: 'anna' },
    ];
    for (const query of others) {
      expect(await identify({ remoteAddress: GATEWAY, query }, secret)).to.equal('UNAUTHORIZED');
    }
    expect(await identify({ remoteAddress: '192.0.2.1', query: signed })).to.equal('UNAUTHORIZED');
  });

  it('is believed in a message of CometD only with a signature', () => {
    const signed = { gmsUser: 'anna', signature: signGmsUser('anna', { secret: SECRET, now: clock.now() }) };
    expect(createCustomers(settings, clock).believed(signed)).to.equal(undefined);
    const signing = createCustomers({ ...settings, secret: () => SECRET }, clock);
    expect(signing.believed(signed)).to.equal('anna');
    expect(signing.believed({ gmsUser: 'anna' })).to.equal(undefined);
  });
});

describe('tokens', () => {
  const clock = createSimulatedClock();
  const issuer = 'https://id.example';
  const audience = 'orsay';
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let folder: string;

  before(async () => {
    keys = await generateKeyPair('RS256', { extractable: true });
    folder = mkdtempSync(join(tmpdir(), 'orsay-token-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const sign = (claims: JWTPayload, alg = 'RS256', key: Parameters<SignJWT['sign']>[0] = keys.privateKey) =>
    new SignJWT({ iss: issuer, aud: audience, exp: clock.now() / 1000 + 60, ...claims })
      .setProtectedHeader({ alg, kid: 'one' })
      .sign(key);

  async function createVerifier(): Promise<TokenVerifier> {
    const keyFile = join(folder, 'key.pem');
    writeFileSync(keyFile, await exportSPKI(keys.publicKey));
    return verifierOf({ keyFile });
  }

  function verifierOf(source: { keyFile?: string; jwks?: string }, http?: HttpClient): TokenVerifier {
    return new TokenVerifier({
      settings: { issuer, audience, algorithms: ['RS256', 'ES256'], ...source },
      http: http ?? (() => Promise.reject(new Error('no network'))),
      clock,
      log: silentLog,
    });
  }

  it('name the customer by a claim, when issuer, audience, time and signature are right', async () => {
    const verifier = await createVerifier();
    const customers = new Customers({
      settings: {
        mode: 'token',
        anonymous: false,
        claim: 'sub',
        issuer,
        audience,
        algorithms: ['RS256'],
      },
      gateways: blockListOf([]),
      clock,
      verifier,
    });
    const identify = async (token: string | Promise<string>): Promise<unknown> =>
      outcomeOf(
        customers.identify({
          remoteAddress: '192.0.2.1',
          authorization: `Bearer ${await token}`,
          header: { gmsUser: 'berta' },
        }),
      );
    const now = clock.now() / 1000;
    expect(await identify(sign({ sub: 'anna' }))).to.deep.equal({
      gmsUser: 'anna',
      rights: 'owner',
      validUntil: (now + 90) * 1_000,
    });
    const other = await generateKeyPair('RS256', { extractable: true });
    const publicText = new TextEncoder().encode(await exportSPKI(keys.publicKey));
    const refused: readonly (readonly [string, () => string | Promise<string>])[] = [
      ['another issuer', () => sign({ sub: 'anna', iss: 'https://other' })],
      ['another audience', () => sign({ sub: 'anna', aud: 'other' })],
      ['an end in the past', () => sign({ sub: 'anna', exp: now - 31 })],
      ['a beginning in the future', () => sign({ sub: 'anna', nbf: now + 31 })],
      ['another key', () => sign({ sub: 'anna' }, 'RS256', other.privateKey)],
      [
        'an algorithm that is not listed',
        () => sign({ sub: 'anna' }, 'RS512', KeyObject.from(keys.privateKey)),
      ],
      ['the public key as the secret of an HMAC', () => sign({ sub: 'anna' }, 'HS256', publicText)],
      [
        'no end',
        () =>
          new SignJWT({ iss: issuer, aud: audience, sub: 'anna' })
            .setProtectedHeader({ alg: 'RS256' })
            .sign(keys.privateKey),
      ],
      [
        'no signature',
        () => new UnsecuredJWT({ iss: issuer, aud: audience, sub: 'anna', exp: now + 60 }).encode(),
      ],
      ['no token', () => 'x.y.z'],
    ];
    for (const [name, token] of refused) expect(await identify(token()), name).to.equal('UNAUTHORIZED');
    expect(await identify(sign({}))).to.equal('FORBIDDEN');
    expect(
      await outcomeOf(customers.identify({ remoteAddress: GATEWAY, header: { gmsUser: 'anna' } })),
    ).to.equal('UNAUTHORIZED');
  });

  it('are verified with the keys of a URL, which are read once and again for an unknown key', async () => {
    const read: string[] = [];
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256' };
    const http: HttpClient = async ({ url }) => {
      read.push(url);
      return { status: 200, headers: {}, body: JSON.stringify({ keys: [jwk] }) };
    };
    const jwks = 'https://id.example/keys';
    const verifier = verifierOf({ jwks }, http);
    expect(await verifier.verify(await sign({ sub: 'anna' }))).to.include({ sub: 'anna' });
    expect(await verifier.verify(await sign({ sub: 'berta' }))).to.include({ sub: 'berta' });
    expect(read).to.deep.equal([jwks]);
  });

  it('get UNAVAILABLE, not another answer, while the keys cannot be read', async () => {
    const token = await sign({ sub: 'anna' });
    const jwks = 'https://id.example/keys';
    expect(await outcomeOf(verifierOf({ jwks }).verify(token))).to.equal('UNAVAILABLE');
    const broken: HttpClient = async () => ({ status: 500, headers: {}, body: '' });
    expect(await outcomeOf(verifierOf({ jwks }, broken).verify(token))).to.equal('UNAVAILABLE');
  });

  it('need a key file with a public key', async () => {
    const keyFile = join(folder, 'bad.pem');
    writeFileSync(keyFile, 'nothing');
    expect(() => verifierOf({ keyFile })).to.throw(Error, 'expected a public key in PEM or JWK form');
    expect(() => verifierOf({ keyFile: join(folder, 'absent') })).to.throw(Error, 'absent');
  });

  it('are verified with a changed key file soon; one that cannot be used changes nothing', async () => {
    const verifier = await createVerifier();
    const next = await generateKeyPair('RS256', { extractable: true });
    const signedByNext = () => sign({ sub: 'anna' }, 'RS256', next.privateKey);
    const keyFile = join(folder, 'key.pem');
    expect(await outcomeOf(verifier.verify(await signedByNext()))).to.equal('UNAUTHORIZED');
    writeFileSync(keyFile, 'nothing');
    await clock.advance(10_000, async () => {});
    expect(await verifier.verify(await sign({ sub: 'anna' }))).to.include({ sub: 'anna' });
    writeFileSync(keyFile, await exportSPKI(next.publicKey));
    expect(await verifier.verify(await sign({ sub: 'anna' }))).to.include({ sub: 'anna' });
    await clock.advance(10_000, async () => {});
    expect(await verifier.verify(await signedByNext())).to.include({ sub: 'anna' });
    expect(await outcomeOf(verifier.verify(await sign({ sub: 'anna' })))).to.equal('UNAUTHORIZED');
  });

  it('give users the first role that their claim has', async () => {
    const provider = new IdentityProvider({
      settings: {
        issuer,
        audience,
        algorithms: ['RS256'],
        userClaim: 'preferred_username',
        roleClaim: 'realm_access.roles',
        agentClaim: 'agent_id',
        roles: { ops: 'administrator', desk: 'agent' },
      },
      verifier: await createVerifier(),
    });
    const identify = async (claims: JWTPayload): Promise<unknown> =>
      outcomeOf(provider.identify(await sign({ preferred_username: 'kate', ...claims })));
    const validUntil = clock.now() + 90_000;
    const roles = (...names: string[]) => ({ realm_access: { roles: names } });
    expect(await identify(roles('desk', 'ops'))).to.deep.equal({
      user: 'kate',
      role: 'administrator',
      validUntil,
    });
    expect(await identify({ ...roles('desk'), agent_id: 'kate1' })).to.deep.equal({
      user: 'kate',
      role: 'agent',
      agentId: 'kate1',
      validUntil,
    });
    expect(await identify(roles('desk'))).to.equal('FORBIDDEN');
    expect(await identify(roles('toString'))).to.equal('FORBIDDEN');
    expect(await identify({})).to.equal('FORBIDDEN');
    expect(await identify({ ...roles('ops'), preferred_username: '' })).to.equal('FORBIDDEN');
  });
});

describe('the secret of a gateway that changes in its file', () => {
  it('counts soon, and the old one no longer; a short one changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-secret-'));
    const put = (secret: string): void => writeFileSync(join(folder, 'secret'), `${secret}\n`);
    put(SECRET);
    const server = createTestServer({
      dataDir: folder,
      config: (config) => ({
        ...config,
        security: {
          customers: { mode: 'gateway', anonymous: false, secretFile: 'secret', signatureMaxAge: 300 },
          gateways: [],
        },
      }),
    });
    const statusWith = async (secret: string): Promise<number> => {
      const gms_user_signature = signGmsUser('anna', { secret, now: server.clock.now() });
      const headers = { gms_user: 'anna', gms_user_signature };
      return (await server.send('POST', '/genesys/1/service/hello', { headers })).status;
    };
    const next = 'n'.repeat(40);
    expect([await statusWith(SECRET), await statusWith(next)]).to.deep.equal([200, 401]);
    put('short');
    await server.advance(10_000);
    expect(await statusWith(SECRET)).to.equal(200);
    put(next);
    await server.advance(10_000);
    expect([await statusWith(SECRET), await statusWith(next)]).to.deep.equal([401, 200]);
    await server.orsay.close();
  });
});
