import { expect } from 'chai';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

interface Life {
  readonly _id: string;
  readonly state: string;
  readonly announcedAt?: string;
  readonly confirmedAt?: string;
  readonly session?: { readonly _id: string; readonly status: string; readonly endedAt?: string };
  readonly calls: readonly Readonly<Record<string, unknown>>[];
  readonly chat?: { readonly _id: string; readonly parties: readonly object[]; readonly endedBy?: string };
  readonly interactions: readonly Readonly<Record<string, unknown>>[];
}

describe('the life of a callback', () => {
  let orsay: TestOrsay;

  beforeEach(async () => {
    orsay = await startOrsay();
  });
  afterEach(() => orsay.close());

  async function send(
    path: string,
    method = 'GET',
    fields?: Readonly<Record<string, string>>,
  ): Promise<unknown> {
    const body = fields === undefined ? undefined : JSON.stringify(fields);
    const reply = await fetch(`${orsay.base}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', gms_user: 'jbond' },
      ...(body !== undefined && { body }),
    });
    expect(reply.status, `${method} ${path}`).to.equal(200);
    return reply.json();
  }
  const lifeOf = (id: string): Promise<Life> => send(`/genesys/1/admin/callback/${id}/life`) as Promise<Life>;
  const create = async (fields: Readonly<Record<string, string>>): Promise<string> =>
    ((await send('/genesys/1/service/callback/chat-delay', 'POST', fields)) as { _id: string })._id;

  it('has no session and no call before it begins', async () => {
    const id = await create({ _customer_number: '5115', _desired_time: '2026-01-05T12:00:00.000Z' });
    const { session, chat, ...life } = (await lifeOf(id)) as Life & Record<string, unknown>;
    expect([session, chat]).to.deep.equal([undefined, undefined]);
    expect(life).to.include({
      _id: id,
      service: 'chat-delay',
      state: 'SCHEDULED',
      gmsUser: 'jbond',
      createdAt: '2026-01-05T09:00:00.000Z',
      desiredTime: '2026-01-05T12:00:00.000Z',
      bookedFor: '2026-01-05T12:00:00.000Z',
      submitAttempts: 0,
    });
    expect([life.calls, life.interactions]).to.deep.equal([[], []]);
  });

  it('has the queue, then the chat, its interaction and the agent, and at last the end', async () => {
    const id = await create({
      _customer_number: '5115',
      _device_os: 'comet',
      _device_notification_id: 'jbond',
    });
    await orsay.advance(1_000);
    const waiting = await lifeOf(id);
    expect(waiting.session?.status).to.equal('running');
    expect(waiting.calls).to.have.length(1);
    expect(waiting.calls[0]).to.include({ position: 1, waiting: 1 });

    const agent = '/agent/1/agents/KSippola';
    await send(agent, 'PUT', { state: 'ready', groups: ['Billing'] as never, media: ['chat'] as never });
    await orsay.advance(60_000);
    await send(`/genesys/1/service/${id}/connect`, 'POST', {});
    const ready = await lifeOf(id);
    expect([waiting.announcedAt, waiting.confirmedAt]).to.deep.equal([undefined, undefined]);
    expect(ready).to.include({
      announcedAt: '2026-01-05T09:00:30.000Z',
      confirmedAt: '2026-01-05T09:01:01.000Z',
    });
    await send(`/genesys/1/service/${id}/ixn/chat`, 'POST', { firstName: 'James', subject: 'billing' });
    await orsay.advance(2_000);
    const offered = await lifeOf(id);
    expect(offered.interactions[0]).to.include({ media: 'chat', state: 'offered', agentId: 'KSippola' });
    await send(`/agent/1/interactions/${offered.chat!._id}/accept`, 'POST', {});
    const served = await lifeOf(id);
    expect(served.interactions[0]).to.include({
      _id: served.chat!._id,
      state: 'active',
      agentId: 'KSippola',
    });
    expect(served.chat!.parties.map((party) => Object.values(party).slice(1))).to.deep.equal([
      ['AGENT', 'KSippola', true],
    ]);

    await send(`/genesys/1/service/${id}/ixn/chat/disconnect`, 'POST', {});
    await orsay.advance(60_000);
    const ended = await lifeOf(id);
    expect(ended.state).to.equal('COMPLETED');
    expect(ended.session?.endedAt).to.be.a('string');
    expect(ended.chat?.endedBy).to.equal('customer');
  });

  it('refuses the ids of no callback', async () => {
    for (const id of ['1-none', 'x'.repeat(300), '%00']) {
      const reply = await fetch(`${orsay.base}/genesys/1/admin/callback/${id}/life`);
      expect([reply.status, ((await reply.json()) as { code: string }).code]).to.deep.equal([
        400,
        'CALLBACK_NOT_FOUND',
      ]);
    }
  });
});
