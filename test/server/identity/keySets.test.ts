import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const ISSUER = 'https://id.example';
const MINUTE = 60_000;

describe('the key set of a token issuer, read over the network', () => {
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let next: typeof keys;
  let issuer: Server;
  let server: TestServer;
  let reads = 0;
  let answer: RequestListener;

  before(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
    next = await generateKeyPair('ES256', { extractable: true });
  });

  beforeEach(async () => {
    reads = 0;
    issuer = createServer((request, response) => {
      reads += 1;
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    answer = await setOf('one', keys);
    const { port } = issuer.address() as AddressInfo;
    const customers = {
      mode: 'token',
      issuer: ISSUER,
      audience: 'orsay',
      jwks: `http://127.0.0.1:${port}/keys`,
      claim: 'sub',
      algorithms: ['ES256'],
      anonymous: false,
    };
    server = createTestServer({
      config: (config) => ({ ...config, security: { gateways: [], customers } as Config['security'] }),
    });
  });
  afterEach(async () => {
    await server.orsay.close();
    issuer.close();
    issuer.closeAllConnections();
  });

  async function setOf(kid: string, { publicKey }: typeof keys, size = 1): Promise<RequestListener> {
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256' };
    const others = Array.from({ length: size - 1 }, (_, n) => ({ ...jwk, kid: `other${n}` }));
    const text = JSON.stringify({ keys: [jwk, ...others] });
    return (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(text);
    };
  }

  async function codeWith(kid: string, { privateKey }: typeof keys = keys): Promise<unknown> {
    const token = await new SignJWT({
      iss: ISSUER,
      aud: 'orsay',
      exp: server.clock.now() / 1000 + 60,
      sub: 'anna',
    })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);
    const { status, json } = await server.send('POST', '/genesys/1/service/request-chat', {
      headers: { authorization: `Bearer ${token}` },
    });
    return status === 200 ? 200 : (json as { readonly code: string }).code;
  }

  const broken: readonly (readonly [string, () => Promise<RequestListener>])[] = [
    ['is cut off', async () => (_request, response) => void response.socket?.destroy()],
    ['is too large', async () => (_request, response) => response.end(' '.repeat(2 * 1024 * 1024))],
    ['has too many keys', () => setOf('one', keys, 101)],
    ['is no JSON', async () => (_request, response) => response.end('<html>')],
    [
      'redirects to an address that no document may reach',
      async () => (_request, response) =>
        response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    ],
    [
      'redirects for ever',
      async () => (_request, response) => response.writeHead(302, { location: '/keys' }).end(),
    ],
  ];
  for (const [what, make] of broken) {
    it(`that ${what} refuses customers at first, and later changes nothing for an hour`, async () => {
      const sound = answer;
      answer = await make();
      expect(await codeWith('one')).to.equal('UNAVAILABLE');
      await server.advance(1_001);
      answer = sound;
      expect(await codeWith('one')).to.equal(200);
      answer = await make();
      await server.advance(59 * MINUTE);
      expect(await codeWith('one')).to.equal(200);
      await server.advance(2 * MINUTE);
      expect(await codeWith('one')).to.equal('UNAVAILABLE');
    });
  }

  it('that does not answer delays nobody whose key is known', async () => {
    expect(await codeWith('one')).to.equal(200);
    answer = () => {};
    await server.advance(11 * MINUTE);
    const strangers = Array.from({ length: 50 }, (_, n) => codeWith(`unknown${n}`));
    const begun = performance.now();
    for (let n = 0; n < 5; n += 1) expect(await codeWith('one')).to.equal(200);
    expect(performance.now() - begun).to.be.lessThan(3_000);
    expect(reads).to.equal(2);
    issuer.closeAllConnections();
    await Promise.all(strangers);
  });

  it('that changes counts soon after its age, also when a key is gone', async () => {
    expect(await codeWith('one')).to.equal(200);
    answer = await setOf('two', next);
    await server.advance(10 * MINUTE);
    expect(await codeWith('one')).to.equal(200);
    while ((await codeWith('two', next)) !== 200) await new Promise(setImmediate);
    expect(await codeWith('one')).to.equal('UNAUTHORIZED');
    expect(await codeWith('two', keys)).to.equal('UNAUTHORIZED');
  });
});
