import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import {
  kate,
  MAIL,
  type OpenMediaCentre,
  openMediaCentre,
  openMediaConfig,
} from '../../support/openMediaCentre.ts';

const BILLING = { state: 'ready', groups: ['Billing'] };

/** Agents and interactions whose customers do not wait. */
describe('an interaction of open media, for agents', () => {
  let centre: OpenMediaCentre;
  const store = new MemoryStore();
  beforeEach(() => {
    centre = openMediaCentre();
  });
  afterEach(() => centre.server.orsay.close());

  const offers = async (agent = 'kate') => {
    const listed = (await centre.agent('GET', `agents/${agent}/interactions`)).json as {
      interactionId: string;
      state: string;
    }[];
    return listed.map(({ interactionId, state }) => [interactionId, state]);
  };
  const act = async (id: string, action: string, json: object = {}) => {
    const { status, json: body } = await centre.agent('POST', `interactions/${id}/${action}`, json);
    return [status, (body as { code?: string }).code ?? body];
  };
  const stateOf = async (id: string, service?: string) => {
    const { interactionState, interactionIsLocked, interactionAgentId } = (await centre.get(id, service))
      .properties;
    return [interactionState, interactionIsLocked, interactionAgentId];
  };

  it('goes only to agents who take its medium, and shows who has it', async () => {
    const id = await centre.create({ externalId: 'xy932' });
    await kate(centre, ['chat']);
    await centre.server.advance(60_000);
    expect(await offers()).to.deep.equal([]);
    await kate(centre, ['workitem']);
    expect(await offers()).to.deep.equal([[id, 'offered']]);
    expect(await stateOf(id)).to.deep.equal(['Routing', true, undefined]);
    expect(await act(id, 'accept')).to.deep.equal([
      200,
      { interactionId: id, state: 'active', media: 'workitem', userData: { ExternalId: 'xy932' } },
    ]);
    expect(await stateOf(id)).to.deep.equal(['Handling', true, 'kate']);
    expect((await centre.agent('GET', `interactions/${id}`)).json).to.deep.equal({
      interactionId: id,
      state: 'active',
      media: 'workitem',
      userData: { ExternalId: 'xy932' },
      agentId: 'kate',
      service: 'submitter',
      type: 'Inbound',
      subtype: 'InboundNew',
      externalId: 'xy932',
    });
    expect(await act(id, 'leave')).to.deep.equal([200, {}]);
    expect(await stateOf(id)).to.deep.equal(['Stopped', false, undefined]);
  });

  it('counts for the capacity of its medium alone', async () => {
    await centre.agent('PUT', 'agents/kate', {
      ...BILLING,
      media: ['workitem', 'email'],
      capacity: 3,
      mediaCapacity: { workitem: 1, email: 1 },
    });
    const [first, second] = [await centre.create(), await centre.create()];
    const mail = await centre.mail();
    expect(await offers()).to.have.deep.members([
      [first, 'offered'],
      [mail, 'offered'],
    ]);
    await act(first, 'accept');
    await act(mail, 'accept');
    await act(first, 'leave');
    expect(await offers()).to.deep.include([second, 'offered']);
  });

  it('goes to the next agent when one rejects it, and waits for ever when nobody answers', async () => {
    await centre.agent('PUT', 'agents/kate', { ...BILLING, media: ['workitem', 'chat'] });
    const id = await centre.create();
    await act(id, 'reject');
    await centre.agent('PUT', 'agents/liz', { ...BILLING, media: ['workitem'] });
    expect(await offers('liz')).to.deep.equal([[id, 'offered']]);
    await centre.server.advance(31_000);
    const { mediaStates, state } = (await centre.agent('GET', 'agents/liz')).json as Record<string, unknown>;
    expect([state, mediaStates]).to.deep.equal(['notReady', undefined]);
    await centre.agent('PUT', 'agents/kate', { state: 'notReady' });
    await centre.server.advance(2 * 86_400_000);
    expect(await stateOf(id)).to.deep.equal(['Queued', false, undefined]);
    await centre.agent('PUT', 'agents/kate', { state: 'ready' });
    expect(await offers()).to.deep.equal([[id, 'offered']]);
  });

  it('is transferred with a note, which is added to its notes', async () => {
    await kate(centre, ['email']);
    const id = await centre.mail();
    await act(id, 'accept');
    await centre.agent('PUT', 'agents/liz', { ...BILLING, media: ['email'] });
    await act(id, 'outcome', { notes: 'an old customer' });
    expect(await act(id, 'transfer', { to: { agentId: 'liz' }, text: 'please check' })).to.deep.equal([
      200,
      {},
    ]);
    await act(id, 'accept', { agentId: 'liz' });
    expect((await centre.agent('GET', `interactions/${id}`)).json).to.include({
      agentId: 'liz',
      state: 'active',
      notes: 'an old customer\nkate: please check',
    });
    expect(await act(id, 'transfer', { to: { queue: 'OpenMedia_In' } })).to.deep.equal([200, {}]);
    expect(await offers()).to.deep.include([id, 'offered']);
    await centre.agent('PUT', 'agents/kate', { state: 'loggedOut' });
    await centre.agent('PUT', 'agents/liz', { state: 'loggedOut' });
    expect(await stateOf(id, 'email/support')).to.deep.equal(['Queued', false, undefined]);
  });

  it('returns to its queue when its agent logs out', async () => {
    await kate(centre, ['workitem']);
    const id = await centre.create();
    await act(id, 'accept');
    await centre.agent('PUT', 'agents/kate', { state: 'loggedOut' });
    expect(await stateOf(id)).to.deep.equal(['Queued', false, undefined]);
    await kate(centre, ['workitem']);
    expect(await offers()).to.deep.equal([[id, 'offered']]);
  });

  it('has work after it, with a disposition', async () => {
    await centre.server.orsay.close();
    centre = openMediaCentre({
      config: (config) => ({
        ...openMediaConfig(config),
        desktop: { ...config.desktop, afterWork: { seconds: 60, needsDisposition: false } },
      }),
    });
    await kate(centre, ['workitem']);
    const id = await centre.create();
    await act(id, 'accept');
    await act(id, 'leave');
    expect(await offers()).to.deep.equal([[id, 'wrapup']]);
    expect(await act(id, 'complete', { disposition: 'done' })).to.deep.equal([200, {}]);
    expect((await centre.agent('GET', `interactions/${id}`)).json).to.include({
      state: 'ended',
      disposition: 'done',
    });
  });

  it('is taken from the agent when its customer stops it', async () => {
    await kate(centre, ['workitem']);
    const [offered, active] = [await centre.create(), await centre.create()];
    await centre.post(`openmedia/submitter/${offered}/stop`);
    await act(active, 'accept');
    await centre.post(`openmedia/submitter/${active}/stop`);
    expect(await act(active, 'leave')).to.deep.equal([409, 'INTERACTION_STATE']);
    const id = await centre.create();
    expect(await offers()).to.deep.include([id, 'offered']);
  });

  it('has user data that the agent and the customer change', async () => {
    await kate(centre, ['workitem']);
    const id = await centre.create({ 'userData[color]': 'red' });
    await act(id, 'accept');
    await act(id, 'userData', { userData: { EnableCSI: 'true', color: null } });
    await centre.post(`openmedia/submitter/${id}/update`, { 'userData[size]': '42' });
    expect((await centre.get(id)).properties.interactionUserData).to.deep.equal([
      { key: 'EnableCSI', value: 'true' },
      { key: 'size', value: '42' },
    ]);
    expect((await centre.agent('GET', `interactions/${id}`)).json).to.deep.include({
      userData: { EnableCSI: 'true', size: '42' },
    });
  });

  it('takes replies to an e-mail, which the customer reads, and no words of a chat', async () => {
    await kate(centre, ['email', 'workitem']);
    const mail = await centre.mail();
    expect(await act(mail, 'reply', { text: 'early' })).to.deep.equal([409, 'INTERACTION_STATE']);
    await act(mail, 'accept');
    expect(await act(mail, 'reply', { text: 'Your account is open again.' })).to.deep.equal([
      200,
      { reply: 1 },
    ]);
    await centre.server.advance(60_000);
    expect(await act(mail, 'reply', { text: 'Anything else?', subject: 'Your account' })).to.deep.equal([
      200,
      { reply: 2 },
    ]);
    expect(await act(mail, 'reply', { text: 'x'.repeat(262_100) })).to.deep.equal([400, 'PARAMETER_INVALID']);
    expect(await act(mail, 'reply', { text: 'x', subject: 'a\nb' })).to.deep.equal([
      400,
      'PARAMETER_INVALID',
    ]);
    expect(await act(mail, 'reply', {})).to.deep.equal([400, 'PARAMETER_INVALID']);
    expect(await act(mail, 'reply', { text: 'x', agentId: 'liz' })).to.deep.equal([409, 'INTERACTION_STATE']);
    for (const action of ['message', 'notice', 'startTyping']) {
      expect(await act(mail, action, { text: 'hello' }), action).to.deep.equal([409, 'INTERACTION_STATE']);
    }
    await act(mail, 'leave');
    expect(await act(mail, 'reply', { text: 'late' })).to.deep.equal([409, 'INTERACTION_STATE']);
    expect((await centre.get(mail, 'email/support')).email).to.deep.equal({
      ...MAIL,
      mailbox: 'support@company.com',
      attachments: [],
      replies: [
        {
          subject: 'Re: Help with account',
          text: 'Your account is open again.',
          sentAt: '2026-01-05T09:00:00Z',
        },
        { subject: 'Your account', text: 'Anything else?', sentAt: '2026-01-05T09:01:00Z' },
      ],
    });
    const item = await centre.create();
    await act(item, 'accept');
    expect(await act(item, 'reply', { text: 'x' })).to.deep.equal([409, 'INTERACTION_STATE']);
  });

  it('has at most 100 replies', async () => {
    await kate(centre, ['email']);
    const mail = await centre.mail();
    await act(mail, 'accept');
    for (let reply = 1; reply <= 100; reply += 1) {
      expect(await act(mail, 'reply', { text: 'x' })).to.deep.equal([200, { reply }]);
    }
    expect(await act(mail, 'reply', { text: 'x' })).to.deep.equal([409, 'INTERACTION_STATE']);
    const { email } = await centre.get(mail, 'email/support');
    expect((email as { replies: readonly object[] }).replies).to.have.length(100);
  });

  it('is in the history of its customer, with their chats', async () => {
    const earlier = await centre.mail();
    await centre.post(`email/support/${earlier}/stop`);
    await centre.server.advance(1_000);
    await kate(centre, ['email']);
    const now = await centre.mail({ subject: 'Again' });
    await centre.mail({ fromAddress: 'other@gmail.com' });
    await act(now, 'accept');
    const { customer, openMedia } = (await centre.agent('GET', `interactions/${now}/history`)).json as Record<
      string,
      unknown
    >;
    const startedAt = Date.parse('2026-01-05T09:00:00Z');
    expect([customer, openMedia]).to.deep.equal([
      { emailAddress: 'jdoe@gmail.com' },
      [
        {
          interactionId: earlier,
          media: 'email',
          startedAt,
          endedAt: startedAt,
          subject: 'Help with account',
        },
      ],
    ]);
    const shown = await centre.agent('GET', `interactions/${now}/history/${earlier}`);
    expect((shown.json as { email: object }).email).to.include({ text: MAIL.text });
  });

  it('is removed with the data of its customer, also while an agent has it', async () => {
    await kate(centre, ['email', 'workitem']);
    const mail = await centre.mail();
    await act(mail, 'accept');
    const remove = async (query: string) =>
      (await centre.server.send('DELETE', `/genesys/1/admin/customers?${query}`)).json as { removed: object };
    expect((await remove('emailAddress=jdoe@gmail.com')).removed).to.include({ openMedia: 1, sessions: 1 });
    expect((await centre.post(`email/support/${mail}/get`)).json).to.include({ statusCode: 2 });
    expect((await centre.agent('GET', `interactions/${mail}`)).status).to.equal(404);
    const item = await centre.create({ externalId: 'xy932' });
    expect((await remove('ExternalId=xy932')).removed).to.include({ openMedia: 1 });
    expect((await centre.post(`openmedia/submitter/${item}/get`)).json).to.include({ statusCode: 2 });
  });

  it('is found for the removal by the user data of an update', async () => {
    await centre.server.orsay.close();
    centre = openMediaCentre({
      config: (config) => openMediaConfig(config, { _customer_lookup_keys: 'phone,city' }),
    });
    const id = await centre.create({ phone: '555', city: 'Paris' });
    await centre.post(`openmedia/submitter/${id}/update`, {
      'userData[phone]': '777',
      'userData[ExternalId]': 'xy932',
    });
    const found = async (query: string) => {
      const { json } = await centre.server.send('DELETE', `/genesys/1/admin/customers?${query}`);
      return (json as { removed: { openMedia: number } }).removed.openMedia;
    };
    expect(await found('phone=555')).to.equal(0);
    expect(await found('phone=777')).to.equal(1);
    for (const query of ['ExternalId=xy932', 'city=Paris']) {
      const other = await centre.create({ phone: '555', city: 'Paris' });
      await centre.post(`openmedia/submitter/${other}/update`, { 'userData[ExternalId]': 'xy932' });
      expect(await found(query), query).to.equal(1);
    }
  });

  it('continues after the end of the process: queued, offered and with its agent', async () => {
    await centre.server.orsay.close();
    const open = () => openMediaCentre({ server: { store } });
    centre = open();
    await centre.agent('PUT', 'agents/kate', { ...BILLING, media: ['workitem', 'email'], capacity: 2 });
    const [active, offered, queued] = [await centre.mail(), await centre.create(), await centre.create()];
    await act(active, 'accept');
    await act(active, 'reply', { text: 'one' });
    await centre.server.orsay.close();
    centre = open();
    await centre.server.advance(0);
    expect([
      await stateOf(active, 'email/support'),
      await stateOf(offered),
      await stateOf(queued),
    ]).to.deep.equal([
      ['Handling', true, 'kate'],
      ['Routing', true, undefined],
      ['Queued', false, undefined],
    ]);
    expect(await act(active, 'reply', { text: 'two' })).to.deep.equal([200, { reply: 2 }]);
    await act(active, 'leave');
    await act(offered, 'accept');
    expect(await offers()).to.deep.include([queued, 'offered']);
    const next = await centre.create();
    expect((await centre.get(next)).properties).to.include({ interactionSubmitSeq: 4 });
  });
});
