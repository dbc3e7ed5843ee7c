import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { SimulatedAgent } from '../../simulators/agent.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

const PASSWORD_HASH = hashPassword('secret');
const RECONNECT_MS = 60_000;

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

  async function stateAfterReconnectTime(): Promise<unknown> {
    for (let second = 0; second <= 70; second += 10) await orsay.advance(RECONNECT_MS / 6);
    const reply = await fetch(`${orsay.base}/agent/1/agents/kate`, { headers: basic('olga') });
    return ((await reply.json()) as { readonly state: string }).state;
  }

  it('does not keep the agent logged in whose desktop is gone', async () => {
    await listen('vera');
    await listen('sam');
    const desktop = await listen('kate');
    desktop.abort();
    while (orsay.interactions.desktops.isOpen('kate' as never)) await new Promise(setImmediate);
    expect(await stateAfterReconnectTime()).to.equal('loggedOut');
  });

  it('does not log the agent out, who has no stream, when it closes', async () => {
    const onlookers = [await listen('vera'), await listen('sam')];
    for (const onlooker of onlookers) onlooker.abort();
    await new Promise(setImmediate);
    expect(await stateAfterReconnectTime()).to.equal('ready');
  });
});
