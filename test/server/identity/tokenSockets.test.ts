import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { WebSocket } from 'ws';
import type { Config } from '../../../server/process/config.ts';
import { openBayeuxSocket } from '../../support/bayeuxSocket.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

const ISSUER = 'https://id.example';
const AUDIENCE = 'orsay';
const HANDSHAKE = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'] };
/** Seconds by which clocks may differ. */
const SKEW_S = 30;

describe('a WebSocket of CometD of a server in mode token', () => {
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let folder: string;
  let orsay: TestOrsay;

  before(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
    folder = mkdtempSync(join(tmpdir(), 'orsay-tokens-'));
    writeFileSync(join(folder, 'key.pem'), await exportSPKI(keys.publicKey));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    const customers = {
      mode: 'token',
      issuer: ISSUER,
      audience: AUDIENCE,
      keyFile: join(folder, 'key.pem'),
      claim: 'sub',
      algorithms: ['ES256'],
      anonymous: false,
    };
    orsay = await startOrsay({
      change(config) {
        config.security = { gateways: [], customers } as Config['security'];
      },
    });
  });
  afterEach(() => orsay.close());

  const seconds = (): number => orsay.clock.now() / 1000;

  async function headersOf(claims: JWTPayload): Promise<Record<string, string>> {
    const token = new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: seconds() + 60, ...claims });
    const text = await token.setProtectedHeader({ alg: 'ES256' }).sign(keys.privateKey);
    return { authorization: `Bearer ${text}` };
  }

  /** The status and the challenge of the reply to a request for a WebSocket that is refused. */
  function refusalOf(headers: Record<string, string>): Promise<readonly unknown[]> {
    const ws = new WebSocket(`${orsay.base.replace('http', 'ws')}/genesys/cometd`, { headers });
    return new Promise((resolve, reject) => {
      ws.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve([response.statusCode, response.headers['www-authenticate']]);
      });
      ws.once('open', () => {
        ws.terminate();
        reject(new Error('Expected a refusal, got a WebSocket.'));
      });
      ws.once('error', reject);
    });
  }

  it('is not opened without a token, or with one that is not right', async () => {
    const invalid = [401, 'Bearer realm="orsay", error="invalid_token"'];
    expect({
      'no token': await refusalOf({}),
      'a gms_user': await refusalOf({ gms_user: 'anna' }),
      'another audience': await refusalOf(await headersOf({ sub: 'anna', aud: 'other' })),
      'another issuer': await refusalOf(await headersOf({ sub: 'anna', iss: 'https://evil.example' })),
      'a token that has expired': await refusalOf(
        await headersOf({ sub: 'anna', exp: seconds() - SKEW_S - 1 }),
      ),
      'no user': await refusalOf(await headersOf({})),
    }).to.deep.equal({
      'no token': [401, 'Bearer realm="orsay"'],
      'a gms_user': [401, 'Bearer realm="orsay"'],
      'another audience': invalid,
      'another issuer': invalid,
      'a token that has expired': invalid,
      'no user': [403, undefined],
    });
    expect(orsay.bayeux.counts().clients).to.equal(0);
  });

  it('is closed when its token expires, and the client goes on with a new token', async () => {
    // The skew is added to the end of the token, and a client must have a connect within ten seconds.
    const exp = seconds() - SKEW_S + 5;
    const first = await openBayeuxSocket(orsay, await headersOf({ sub: 'anna', exp }));
    const [shaken] = await first.ask(HANDSHAKE);
    const { clientId } = shaken!;
    const connect = { channel: '/meta/connect', clientId, connectionType: 'websocket' };
    expect((await first.ask(connect))[0]).to.include({ successful: true });
    first.send(connect);
    await orsay.advance(4_999);
    expect(
      (await first.ask({ channel: '/meta/subscribe', clientId, subscription: '/_genesys' }))[0],
    ).to.include({
      successful: true,
    });
    await orsay.advance(1);
    first.send({ channel: '/meta/unsubscribe', clientId, subscription: '/_genesys' });
    expect(await first.closed).to.deep.equal({ code: 1008, reason: 'The token has expired.' });
    const cookie = first.cookie!.split(';')[0]!;
    const second = await openBayeuxSocket(orsay, { ...(await headersOf({ sub: 'anna' })), cookie });
    expect((await second.ask({ ...connect, id: '7', advice: { timeout: 0 } }))[0]).to.include({
      id: '7',
      successful: true,
    });
    second.ws.terminate();
    await second.closed;
  });

  it('stays open while its token is valid, however long that is', async () => {
    const socket = await openBayeuxSocket(orsay, await headersOf({ sub: 'anna', exp: 1e300 }));
    expect((await socket.ask(HANDSHAKE))[0]).to.include({ successful: true });
    socket.ws.terminate();
    await socket.closed;
  });
});
