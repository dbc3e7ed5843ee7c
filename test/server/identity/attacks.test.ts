import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect } from 'chai';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { HttpClient } from '../../../engine/ports/httpClient.ts';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const ISSUER = 'https://id.example';
const AUDIENCE = 'orsay';
const JWKS = 'https://id.example/keys';
const SERVICE = '/genesys/1/service/request-chat';

type Security = NonNullable<Config['security']>;

function secured(security: Security): (config: Config) => Config {
  return (config) => ({
    ...config,
    security,
    users: { urs: { role: 'platform', passwordHash: hashPassword('secret') } },
  });
}

function codeOf({ status, json }: TestReply): string | number {
  return (json as { readonly code?: string } | undefined)?.code ?? status;
}

describe('a hostile customer of a server in mode token', () => {
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let server: TestServer;
  let answer: () => Promise<{ readonly status: number; readonly body: string }>;
  let reads = 0;

  const http: HttpClient = async () => {
    reads += 1;
    return { headers: {}, ...(await answer()) };
  };

  before(async () => {
    keys = await generateKeyPair('RS256', { extractable: true });
  });

  beforeEach(async () => {
    reads = 0;
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256' };
    answer = async () => ({ status: 200, body: JSON.stringify({ keys: [jwk] }) });
    server = createTestServer({
      config: secured({
        customers: {
          mode: 'token',
          issuer: ISSUER,
          audience: AUDIENCE,
          jwks: JWKS,
          claim: 'sub',
          algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
          anonymous: false,
        },
      } as Security),
      http,
    });
  });
  afterEach(() => server.orsay.close());

  const seconds = (): number => server.clock.now() / 1000;
  const signed = (
    claims: JWTPayload,
    { header = {}, key = keys.privateKey }: { header?: object; key?: Parameters<SignJWT['sign']>[0] } = {},
  ): Promise<string> =>
    new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: seconds() + 60, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
      .sign(key);
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const codeFor = async (token: string): Promise<string | number> =>
    codeOf(await server.send('POST', SERVICE, { headers: bearer(token) }));

  /** A token whose parts are not what its signature says. */
  function forged(header: object, claims: object, signature = 'AAAA'): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part(header)}.${part(claims)}.${signature}`;
  }

  const claimsOf = (sub: string) => ({ iss: ISSUER, aud: AUDIENCE, exp: 9_999_999_999, sub });

  const TOKENS: readonly (readonly [
    what: string,
    code: string | number,
    make: () => string | Promise<string>,
  ])[] = [
    ['that is right', 200, () => signed({ sub: 'anna' })],
    ['without a signature', 'UNAUTHORIZED', () => new UnsecuredJWT(claimsOf('anna')).encode()],
    ['of algorithm none', 'UNAUTHORIZED', () => forged({ alg: 'none' }, claimsOf('anna'), '')],
    ['of algorithm None', 'UNAUTHORIZED', () => forged({ alg: 'None', kid: 'one' }, claimsOf('anna'))],
    ['of another issuer', 'UNAUTHORIZED', () => signed({ sub: 'anna', iss: 'https://id.example.evil' })],
    ['of a list of issuers', 'UNAUTHORIZED', () => signed({ sub: 'anna', iss: [ISSUER] as never })],
    ['for another audience', 'UNAUTHORIZED', () => signed({ sub: 'anna', aud: 'orsay2' })],
    ['that has expired', 'UNAUTHORIZED', () => signed({ sub: 'anna', exp: seconds() - 31 })],
    ['that expires at a text', 'UNAUTHORIZED', () => signed({ sub: 'anna', exp: '9999999999' as never })],
    [
      'with a key that nobody knows',
      'UNAUTHORIZED',
      () => signed({ sub: 'anna' }, { header: { kid: 'two' } }),
    ],
    [
      'signed with the public key as a secret',
      'UNAUTHORIZED',
      async () =>
        signed(
          { sub: 'anna' },
          { header: { alg: 'HS256' }, key: new TextEncoder().encode(await exportSPKI(keys.publicKey)) },
        ),
    ],
    [
      'that brings its own key',
      'UNAUTHORIZED',
      async () => {
        const own = await generateKeyPair('RS256', { extractable: true });
        const jwk = await exportJWK(own.publicKey);
        return signed(
          { sub: 'anna' },
          { header: { jwk, jku: 'https://evil.example/' }, key: own.privateKey },
        );
      },
    ],
    [
      'of an algorithm that the key is not for',
      'UNAUTHORIZED',
      () => forged({ alg: 'ES256', kid: 'one' }, claimsOf('anna')),
    ],
    [
      'of EdDSA with the id of an RSA key',
      'UNAUTHORIZED',
      () => forged({ alg: 'EdDSA', kid: 'one' }, claimsOf('anna')),
    ],
    [
      'with a critical header',
      'UNAUTHORIZED',
      () => forged({ alg: 'RS256', kid: 'one', crit: ['exp'], exp: 1 }, claimsOf('anna')),
    ],
    ['with a header that is no object', 'UNAUTHORIZED', () => forged([], claimsOf('anna'))],
    [
      'with a kid that is an object',
      'UNAUTHORIZED',
      () => forged({ alg: 'RS256', kid: { a: 1 } }, claimsOf('anna')),
    ],
    [
      'with a kid of 10 kB',
      'UNAUTHORIZED',
      () => forged({ alg: 'RS256', kid: 'k'.repeat(5_000) }, claimsOf('anna')),
    ],
    [
      'with a signature of another token',
      'UNAUTHORIZED',
      async () => {
        const [header, , signature] = (await signed({ sub: 'berta' })).split('.');
        const [, claims] = (await signed({ sub: 'anna' })).split('.');
        return `${header}.${claims}.${signature}`;
      },
    ],
    ['with a user that is a list', 'FORBIDDEN', () => signed({ sub: ['anna'] as never })],
    ['with a user that is a number', 'FORBIDDEN', () => signed({ sub: 5 as never })],
    ['with a user that is an object', 'FORBIDDEN', () => signed({ sub: { toString: 'anna' } as never })],
    ['with a user that is empty', 'FORBIDDEN', () => signed({ sub: '' })],
    ['with a user of 10 kB', 'PARAMETER_INVALID', () => signed({ sub: 'a'.repeat(10_000) })],
    ['with half of a surrogate pair in the user', 'PARAMETER_INVALID', () => signed({ sub: 'a\ud83d' })],
    ['with a control character in the user', 'PARAMETER_INVALID', () => signed({ sub: 'anna\u0000' })],
    ['with the user __proto__', 200, () => signed({ sub: '__proto__' })],
  ];

  for (const [what, code, make] of TOKENS) {
    it(`gets ${code} for a token ${what}`, async () => {
      expect(await codeFor(await make())).to.equal(code);
      expect(server.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });
  }

  it('is not somebody else by other headers, by the query or by a cookie', async () => {
    const token = bearer(await signed({ sub: 'anna' }));
    const created = await server.send('POST', SERVICE, { headers: token });
    const { _id: id } = created.json as { _id: string };
    const berta = bearer(await signed({ sub: 'berta' }));
    const url = `/genesys/1/service/${id}/storage`;
    const claims: readonly Record<string, string>[] = [
      { gms_user: 'anna' },
      { GMS_USER: 'anna' },
      { 'gms-user': 'anna' },
      { 'x-forwarded-user': 'anna' },
      { cookie: 'gms_user=anna; JSESSIONID=anna' },
    ];
    for (const headers of claims) {
      const reply = await server.send('GET', `${url}?gms_user=anna`, { headers: { ...headers, ...berta } });
      expect(codeOf(reply), JSON.stringify(headers)).to.equal('SERVICE_NOT_FOUND');
      expect(codeOf(await server.send('GET', url, { headers })), 'without a token').to.equal('UNAUTHORIZED');
    }
    expect(codeOf(await server.send('GET', url, { headers: token }))).to.equal(200);
  });

  it('gets one answer while the keys are unreadable, which are read once a second', async () => {
    const tokens = await Promise.all([1, 2, 3].map(() => signed({ sub: 'anna' })));
    const broken: readonly (readonly [string, typeof answer])[] = [
      ['a refusal', async () => ({ status: 500, body: '' })],
      ['a text that is cut off', async () => ({ status: 200, body: '{"keys":[{"kty":"RSA","n":"AAA' })],
      ['no key set', async () => ({ status: 200, body: '[]' })],
      ['a failure', () => Promise.reject(new Error('MAX_BYTES'))],
    ];
    for (const [what, broke] of broken) {
      answer = broke;
      for (const token of tokens) expect(await codeFor(token), what).to.equal('UNAVAILABLE');
      await server.advance(1_001);
    }
    expect(reads).to.equal(broken.length);
    expect(server.lines.filter(({ level }) => level === 'error')).to.have.length(12);
  });

  it('does not make the server read the keys for each unknown one', async () => {
    expect(await codeFor(await signed({ sub: 'anna' }))).to.equal(200);
    for (let n = 0; n < 20; n++) await codeFor(await signed({ sub: 'anna' }, { header: { kid: `k${n}` } }));
    expect(reads).to.equal(1);
  });
});

describe('a hostile customer of a server in mode gateway', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      config: secured({
        gateways: ['loopback'],
        customers: { mode: 'gateway', anonymous: true, signatureMaxAge: 300 },
      }),
    });
  });
  afterEach(() => server.orsay.close());

  const anna = { gms_user: 'anna' };
  const berta = { gms_user: 'berta' };

  it('cannot add a user to the header of the gateway', async () => {
    const sockets = createServer(server.orsay.handler).listen(0, '127.0.0.1');
    await once(sockets, 'listening');
    const { port } = sockets.address() as AddressInfo;
    const headers = { host: 'orsay.test', gms_user: ['anna', 'berta'] };
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: SERVICE, headers }).end();
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    expect([reply.statusCode, (await json(reply)) as object]).to.deep.equal([
      400,
      {
        message: 'Expected one header gms_user, got 2. A gateway has to replace the header of its clients.',
        exception: 'orsay.BadRequestException',
        code: 'PARAMETER_INVALID',
      },
    ]);
    sockets.close();
    sockets.closeAllConnections();
  });

  it('cannot use the answer of another to an Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'one' };
    const idOf = async (headers: Record<string, string>) =>
      ((await server.send('POST', SERVICE, { headers: { ...key, ...headers } })).json as { _id: string })._id;
    const ids = [await idOf(anna), await idOf(berta), await idOf({})];
    expect(new Set(ids).size).to.equal(3);
    expect(await idOf(anna)).to.equal(ids[0]);
    const url = `/genesys/1/service/${ids[0]}`;
    expect(codeOf(await server.send('DELETE', url, { headers: { ...key, ...anna } }))).to.equal(200);
    expect(codeOf(await server.send('DELETE', url, { headers: { ...key, ...berta } }))).to.equal(
      'SERVICE_NOT_FOUND',
    );
  });

  it('cannot fix the cookie of a CometD session and use it', async () => {
    const comet = async (json: object, headers: Record<string, string>) =>
      ((await server.send('POST', '/genesys/cometd', { json, headers })).json as object[])[0] as {
        clientId: string;
        successful: boolean;
      };
    const cookie = { cookie: 'BAYEUX_BROWSER=chosen' };
    const { clientId } = await comet({ channel: '/meta/handshake' }, { ...cookie, ...anna });
    const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
    for (const headers of [cookie, { ...cookie, ...berta }, berta, {}] as Record<string, string>[]) {
      expect((await comet(connect, headers)).successful).to.equal(false);
    }
    expect((await comet(connect, anna)).successful).to.equal(true);
  });

  it('hears nothing of another by channels of CometD', async () => {
    const comet = async (json: object, headers: Record<string, string>) =>
      (await server.send('POST', '/genesys/cometd', { json, headers })).json as { successful: boolean }[];
    const handshake = (await comet({ channel: '/meta/handshake' }, berta)) as never as [{ clientId: string }];
    const { clientId } = handshake[0];
    for (const subscription of ['/**', '/*', '/_genesys/**', '/_genesys']) {
      await comet({ channel: '/meta/subscribe', clientId, subscription }, berta);
    }
    for (const channel of ['/_genesys', '/_genesys/anna', '/meta/connect/x', '/service/x', '/chat/anna']) {
      const [{ successful }] = (await comet({ channel, clientId, data: { a: 1 } }, berta)) as [
        { successful: boolean },
      ];
      expect([channel, successful]).to.deep.equal([channel, false]);
    }
    const created = await server.send('POST', SERVICE, { headers: anna });
    const { _id: id } = created.json as { _id: string };
    await server.send('POST', `/genesys/1/service/${id}/ixn/chat`, {
      form: { subject: 'shoes', notify_by: 'comet' },
      headers: anna,
    });
    await server.send('POST', `/genesys/1/service/${id}/ixn/chat/send`, {
      form: { message: 'secret' },
      headers: anna,
    });
    const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling' };
    const heard = await comet(connect, berta);
    expect(JSON.stringify(heard)).not.to.contain('secret');
  });

  it('reaches no URL of the platform, of agents or of administrators', async () => {
    const faults: string[] = [];
    for (const { method, path, audience } of server.orsay.routes) {
      if (audience === 'customer' || audience === 'everybody') continue;
      const url = path.replace(/\{\/\*\w+\}/, '').replace(/[:*](\w+)/g, 'some$1');
      for (const headers of [anna, { ...anna, authorization: 'Bearer a.b.c' }, { ...anna, cookie: 'a=b' }]) {
        const { status } = await server.send(method, url, { headers });
        if (status !== 401) faults.push(`${method} ${url} ${status}`);
      }
    }
    expect(faults).to.deep.equal([]);
  });
});
