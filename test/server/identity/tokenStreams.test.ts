import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Config } from '../../../server/process/config.ts';
import { EventReader } from '../../support/eventReader.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

const ISSUER = 'https://id.example';
const AUDIENCE = 'orsay';
const KATE = '/agent/1/agents/kate';
/** Seconds by which clocks may differ. They are added to the end of a token. */
const SKEW_S = 30;

describe('the event stream of an agent whose identity provider issues tokens', () => {
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
    const identityProvider = {
      issuer: ISSUER,
      audience: AUDIENCE,
      keyFile: join(folder, 'key.pem'),
      algorithms: ['ES256'],
      userClaim: 'sub',
      roleClaim: 'roles',
      agentClaim: 'agent_id',
      roles: { agent: 'agent', viewer: 'viewer' },
    };
    orsay = await startOrsay({
      change(config) {
        config.security = { gateways: [], identityProvider } as unknown as Config['security'];
      },
    });
    expect(await setState('ready')).to.equal(200);
  });
  afterEach(() => orsay.close());

  const seconds = (): number => orsay.clock.now() / 1000;

  async function headersOf(claims: JWTPayload = {}): Promise<Record<string, string>> {
    const own = { iss: ISSUER, aud: AUDIENCE, sub: 'kate', roles: 'agent', agent_id: 'kate' };
    const token = new SignJWT({ ...own, exp: seconds() + 3_600, ...claims });
    const text = await token.setProtectedHeader({ alg: 'ES256' }).sign(keys.privateKey);
    return { authorization: `Bearer ${text}` };
  }

  const open = (headers: Record<string, string>) => EventReader.open(`${orsay.base}${KATE}/events`, headers);

  async function setState(state: string): Promise<number> {
    const headers = { ...(await headersOf()), 'content-type': 'application/json' };
    const body = JSON.stringify({ state });
    return (await fetch(`${orsay.base}${KATE}`, { method: 'PUT', headers, body })).status;
  }

  for (const roles of ['agent', 'viewer']) {
    it(`ends when the token of a user of the role ${roles} expires, and goes on with a new one`, async () => {
      const old = await headersOf({ roles, exp: seconds() - SKEW_S + 5 });
      const reader = await open(old);
      const [present] = await reader.next(1);
      expect(present!.data).to.include({ type: 'state', state: 'ready' });
      await orsay.advance(4_999);
      await setState('notReady');
      const [last] = await reader.next(1);
      expect(last!.data).to.include({ state: 'notReady' });
      await orsay.advance(1);
      await setState('ready');
      expect(await reader.rest()).to.deep.equal([]);
      expect((await fetch(`${orsay.base}${KATE}/events`, { headers: old })).status).to.equal(401);
      const again = await open({ ...(await headersOf({ roles })), 'last-event-id': last!.id! });
      expect((await again.next(1))[0]!.data).to.include({ state: 'ready' });
      await again.cancel();
    });
  }

  it('goes on while its token is valid, however long that is', async () => {
    const reader = await open(await headersOf({ exp: 1e300 }));
    await reader.next(1);
    await orsay.advance(10_000);
    await setState('notReady');
    expect((await reader.next(1))[0]!.data).to.include({ state: 'notReady' });
    await reader.cancel();
  });
});
