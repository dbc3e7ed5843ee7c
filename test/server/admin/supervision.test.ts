import { expect } from 'chai';
import { RecentWarnings } from '../../../server/adapters/index.ts';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import type { Config } from '../../../server/process/config.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const ROOT = '/genesys/1/admin';
const PASSWORD_HASH = hashPassword('secret');
const USERS: NonNullable<Config['users']> = {
  olga: { role: 'administrator', passwordHash: PASSWORD_HASH },
  sam: { role: 'supervisor', passwordHash: PASSWORD_HASH },
  kate: { role: 'agent', agentId: 'Kate', passwordHash: PASSWORD_HASH },
};
const START = Date.parse('2026-01-05T09:00:00Z');

interface Queues {
  readonly queues: readonly {
    readonly key: string;
    readonly waiting: number;
    readonly oldestSeconds: number;
    readonly today: object;
  }[];
}

describe('what supervisors watch', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({ startMs: START, config: (config) => ({ ...config, users: USERS }) });
  });
  afterEach(() => server.orsay.close());

  const as = (user: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`,
  });
  const read = async (path: string, user = 'sam'): Promise<unknown> => {
    const { status, json } = await server.send('GET', `${ROOT}${path}`, { headers: as(user) });
    return status === 200 ? json : status;
  };

  it('has the states of an agent since midnight by minutes', async () => {
    const { interactions } = server.orsay;
    const set = (state: string) =>
      interactions.setAgent('Kate' as never, { state, media: ['chat'] } as never);
    await set('ready');
    await server.advance(10 * 60_000);
    await set('notReady');
    await server.advance(5 * 60_000 + 20_000);
    await set('loggedOut');
    await server.advance(4 * 60_000 + 40_000);
    expect(await read('/agents/Kate/states')).to.deep.equal({
      from: '2026-01-05T00:00:00.000Z',
      to: '2026-01-05T09:20:00.000Z',
      states: [
        { state: 'loggedOut', from: '2026-01-05T00:00:00.000Z', to: '2026-01-05T09:00:00.000Z' },
        { state: 'ready', from: '2026-01-05T09:00:00.000Z', to: '2026-01-05T09:10:00.000Z' },
        { state: 'notReady', from: '2026-01-05T09:10:00.000Z', to: '2026-01-05T09:15:00.000Z' },
        { state: 'loggedOut', from: '2026-01-05T09:15:00.000Z', to: '2026-01-05T09:20:00.000Z' },
      ],
    });
    expect(await read('/agents/nobody/states')).to.equal(404);
  });

  it('has the queues with their first calls, and what came of them today', async () => {
    for (let at = 0; at < 3; at += 1) {
      const reply = await server.send('POST', '/genesys/1/service/callback/chat-delay', {
        headers: { gms_user: `user${at}` },
        form: { _customer_number: `408265264${at}` },
      });
      expect(reply.status).to.equal(200);
      await server.advance(1_000);
    }
    const { queues } = (await read('/queues')) as Queues;
    expect(
      queues.map(({ waiting, oldestSeconds, today }) => ({ waiting, oldestSeconds, today })),
    ).to.deep.equal([
      {
        waiting: 3,
        oldestSeconds: 3,
        today: { entered: 3, served: 0, servedInTime: 0, inTimeSeconds: 20, abandoned: 0 },
      },
    ]);
    const key = encodeURIComponent(queues[0]!.key);
    const { calls } = (await read(`/queues/calls?queue=${key}`)) as {
      calls: readonly { readonly position: number; readonly session?: string }[];
    };
    expect(calls.map(({ position }) => position)).to.deep.equal([1, 2, 3]);
    expect(calls.every(({ session }) => session !== undefined)).to.equal(true);
    expect(await read('/queues/calls')).to.equal(400);
  });

  it('has the agents whom a queue counts', async () => {
    await server.orsay.interactions.setAgent(
      'Kate' as never,
      { state: 'ready', media: ['chat'], groups: ['Billing'] } as never,
    );
    const reply = await server.send('POST', '/genesys/1/service/callback/chat-delay', {
      headers: { gms_user: 'user1' },
      form: { _customer_number: '4082652640' },
    });
    expect(reply.status).to.equal(200);
    const { queues } = (await read('/queues')) as { readonly queues: readonly { readonly key: string }[] };
    const key = encodeURIComponent(queues[0]!.key);
    const agents = [{ agentId: 'Kate', isFree: true }];
    expect(await read(`/queues/agents?queue=${key}`)).to.deep.equal({ agents });
    expect(await read('/queues/agents?queue=nobody')).to.deep.equal({ agents: [] });
    expect(await read('/queues/agents')).to.equal(400);
  });

  it('shows lines about sessions and reasons to administrators only, and nothing to agents', async () => {
    expect(await read('/warnings', 'kate')).to.equal(403);
    expect(await read('/queues', 'kate')).to.equal(403);
    expect(await read('/warnings', 'sam'))
      .to.have.property('warnings')
      .that.is.an('array');
  });

  it('keeps the last 100 warnings, and cuts long texts', () => {
    const clock = createSimulatedClock(START);
    const log = new RecentWarnings(silentLog, clock);
    log.info({}, 'nothing');
    for (let at = 0; at < 150; at += 1) log.warn({ sessionId: `S${at}` }, `line ${at}`);
    log.error({ err: new Error('r'.repeat(1_000)) }, 'm'.repeat(1_000));
    const [last, before] = log.list();
    expect(log.list()).to.have.length(100);
    expect(last).to.deep.equal({
      at: START,
      level: 'error',
      message: 'm'.repeat(300),
      reason: 'r'.repeat(300),
    });
    expect(before).to.deep.equal({ at: START, level: 'warn', message: 'line 149', sessionId: 'S149' });
  });
});
