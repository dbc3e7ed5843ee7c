import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { SimulatedAgent } from '../../simulators/agent.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

const PASSWORD_HASH = hashPassword('secret');
const LOGOUT_MS = 300_000;

function basic(user: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}` };
}

describe('the event stream of an agent that somebody else reads', () => {
  let orsay: TestOrsay;
  const streams: AbortController[] = [];

  beforeEach(async () => {
    orsay = await startOrsay({
      change(config) {
        config.users = {
          kate: { role: 'agent', agentId: 'kate', passwordHash: PASSWORD_HASH },
          sam: { role: 'supervisor', passwordHash: PASSWORD_HASH },
          vera: { role: 'viewer', passwordHash: PASSWORD_HASH },
          olga: { role: 'administrator', passwordHash: PASSWORD_HASH },
        };
      },
    });
    await new SimulatedAgent(orsay.base, 'kate', basic('olga')).put('ready');
  });
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.abort();
    await orsay.close();
  });

  async function listen(user: string): Promise<AbortController> {
    const closing = new AbortController();
    streams.push(closing);
    const reply = await fetch(`${orsay.base}/agent/1/agents/kate/events`, {
      headers: basic(user),
      signal: closing.signal,
    });
    expect(reply.status).to.equal(200);
    return closing;
  }

  async function stateAfterLogoutTime(): Promise<unknown> {
    for (let part = 0; part <= 6; part += 1) await orsay.advance(LOGOUT_MS / 6);
    return state();
  }

  async function state(): Promise<unknown> {
    const reply = await fetch(`${orsay.base}/agent/1/agents/kate`, { headers: basic('olga') });
    return ((await reply.json()) as { readonly state: string }).state;
  }

  it('does not keep the agent logged in whose desktop is gone', async () => {
    await listen('vera');
    await listen('sam');
    const desktop = await listen('kate');
    desktop.abort();
    while (orsay.interactions.desktops.isOpen('kate' as never)) await new Promise(setImmediate);
    expect(await stateAfterLogoutTime()).to.equal('loggedOut');
  });

  it('is not needed by an agent who sends requests, and whose own desktop has lost its stream', async () => {
    const desktop = await listen('kate');
    desktop.abort();
    while (orsay.interactions.desktops.isOpen('kate' as never)) await new Promise(setImmediate);
    for (let times = 0; times < 30; times += 1) {
      await orsay.advance(20_000);
      const path = times % 2 === 0 ? 'agents/kate' : 'settings';
      await fetch(`${orsay.base}/agent/1/${path}`, { headers: basic('kate') });
      // Administrators who look on do not count.
      await fetch(`${orsay.base}/agent/1/agents/kate`, { headers: basic('olga') });
    }
    await orsay.advance(29_000);
    expect(await state()).to.equal('ready');
    await orsay.advance(1_000);
    expect(await state()).to.equal('notReady');
  });

  it('does not log the agent out, who has no stream, when it closes', async () => {
    const onlookers = [await listen('vera'), await listen('sam')];
    for (const onlooker of onlookers) onlooker.abort();
    await new Promise(setImmediate);
    expect(await stateAfterLogoutTime()).to.equal('ready');
  });
});
