import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { HttpClient } from '../../engine/ports/httpClient.ts';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import type { Config } from '../../server/process/config.ts';
import { SimulatedAgent } from '../simulators/agent.ts';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { createTokenMode, GATEWAY_MODE, type Headers } from '../support/customerModes.ts';
import { asId } from '../support/ids.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { createSimulatedClock } from '../support/simulatedClock.ts';
import { BASE } from '../support/testServer.ts';

const VQ = 'VQ_Waiting_for_agent';
const KATE: Headers = { authorization: `Basic ${Buffer.from('kate:secret').toString('base64')}` };

/** Each server knows its callers, and logs in at the other one. */
describe('a delayed chat whose URS is another server, when both know their callers', () => {
  let folder: string;
  let sessions: TestOrsay;
  let urs: TestOrsay;
  const clock = createSimulatedClock();

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-urs-'));
    writeFileSync(join(folder, 'password'), 'secret\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    await sessions.close();
    await urs.close();
  });

  /** The users of both, and the login of a server at the URLs below a prefix. */
  function secured(config: Config, security: Config['security'], prefix: string | undefined): void {
    const passwordHash = hashPassword('secret');
    config.security = security;
    config.users = {
      partner: { role: 'platform', passwordHash },
      kate: { role: 'agent', agentId: 'KSippola', passwordHash },
    };
    if (prefix !== undefined) {
      config.http.logins = { [prefix]: { user: 'partner', passwordFile: join(folder, 'password') } };
    }
  }

  /** Sessions have URLs below BASE, and are at another port. */
  const toSessions: HttpClient = async ({ method, url, headers, body }) => {
    const at = url.replace(BASE, sessions.base);
    const reply = await fetch(at, {
      method,
      headers: { ...headers },
      ...(body !== undefined && { body: String(body) }),
    });
    return { status: reply.status, headers: {}, body: await reply.text() };
  };

  async function settle(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      await sessions.durable.idle();
      await urs.durable.idle();
    }
  }

  const advance = (ms: number): Promise<void> => clock.advance(ms, settle);

  async function begin(
    name: 'gateway' | 'token',
    logsIn: { readonly here: boolean; readonly there: boolean },
  ): Promise<{ readonly customer: SimulatedCustomer; readonly agent: SimulatedAgent }> {
    const mode = name === 'gateway' ? GATEWAY_MODE : await createTokenMode(folder, clock.now());
    urs = await startOrsay({
      clock,
      hasOwnUrl: true,
      http: toSessions,
      change: (config) => secured(config, mode.security, logsIn.there ? `${BASE}/scxml/` : undefined),
    });
    sessions = await startOrsay({
      clock,
      options: { _urs_server_url: urs.base },
      change: (config) => {
        secured(config, mode.security, logsIn.here ? `${urs.base}/urs` : undefined);
        Object.assign(config.chat, { clientTimeout: 0 });
      },
    });
    // A gateway sets the header gms_user; this customer is at the place of the gateway.
    const headers = name === 'gateway' ? { gms_user: 'jbond' } : mode.headersOf('jbond');
    const customer = new SimulatedCustomer(sessions.base, 'jbond', headers);
    const agent = new SimulatedAgent(sessions.base, 'KSippola', KATE);
    for (const one of [urs, sessions]) {
      await one.interactions.setAgent(asId('KSippola'), { state: 'ready', groups: ['Billing'] });
    }
    return { customer, agent };
  }

  for (const name of ['gateway', 'token'] as const) {
    it(`is routed there and told here in mode ${name}`, async () => {
      const { customer, agent } = await begin(name, { here: true, there: true });
      await customer.create('chat-delay', { _customer_number: '4082652649' });
      await settle();
      expect(urs.routing.list().map(({ vq, state }) => `${vq} ${state}`)).to.deep.equal([`${VQ} held`]);
      await advance(30_000);
      expect((await customer.request('connect'))._action).to.equal('StartChat');
      await customer.request('ixn/chat', { firstName: 'James', subject: 'None' });
      await settle();
      expect(urs.routing.list().map(({ state }) => state)).to.deep.equal(['routed']);
      expect((await agent.interactions()).map(({ state }) => state)).to.deep.equal(['offered']);
    });
  }

  it('waits again, and frees its agent, when the other server has no login here', async () => {
    const { customer } = await begin('gateway', { here: true, there: false });
    await customer.create('chat-delay', { _customer_number: '4082652649' });
    await advance(30_000);
    await customer.request('connect');
    await customer.request('ixn/chat', { firstName: 'James', subject: 'None' });
    await settle();
    expect(urs.routing.list().map(({ state }) => state)).to.deep.equal(['routable']);
    expect(urs.agents.isFree(asId('KSippola'), 'chat')).to.equal(true);
  });
});
