import { expect, use } from 'chai';
import {
  type CentreOptions,
  openCentre,
  orsayChai,
  type TestCentre,
  type TestService,
} from '../../testing/index.ts';
import { callbackDocument } from '../support/callbackDocuments.ts';

use(orsayChai);

const workflow = (name: string): URL =>
  new URL(`../../fixtures/workflows/routing/src/${name}.scxml`, import.meta.url);

const OPTIONS = {
  _target: 'Billing@Stat_Server.GA',
  _urs_virtual_queue: 'VQ_Billing',
  _wait_for_user_confirm: 'true',
};

/** A centre with the installed callback documents. */
async function callbackCentre(
  options: Readonly<Record<string, string>> = {},
  others: CentreOptions = { agents: { kate: { groups: ['Billing'] } } },
): Promise<TestCentre> {
  return openCentre({
    services: {
      'chat-delay': { document: await callbackDocument('chat-delay'), options: { ...OPTIONS, ...options } },
      'chat-immediate': {
        document: await callbackDocument('chat-immediate'),
        options: { ...OPTIONS, ...options },
      },
    },
    queues: {
      inbound: {
        document: await callbackDocument('inbound_chat'),
        params: { app_selected_agent_group: 'Everybody' },
      },
    },
    ...others,
  });
}

function states({ reports }: TestService): readonly string[] {
  return reports.map(({ state, reason }) => `${state} ${reason}`.trim());
}

describe('the fake URS', () => {
  it('moves a call with the callers ahead, and tells the session of its position', async () => {
    const { urs, gms, agents } = await callbackCentre();
    agents.notReady('kate');
    urs.queue('VQ_Billing', { ahead: 20, secondsPerCall: 60 });
    const { session } = gms.create('chat-delay', { _customer_number: '1' });
    const [call] = urs.calls;
    expect(call).to.include({ position: 21, state: 'held', sessionId: session.id, tellPosition: 9 });
    expect(session.advance('11m')).not.to.have.asked('/lvq');
    expect(session.advance('1m')).to.have.asked('/lvq', {}, 1);
    expect(call).to.include({ position: 9, tellPosition: 0 });
    expect(session).to.have.data('_data.queue.position', 9).and.to.have.data('_data.queue.eta', 540);
  });

  it('asks the next agent when the session or the agent refuses', async () => {
    const { urs, gms, agents } = await callbackCentre(
      {},
      { agents: { kate: { groups: ['Billing'] }, tom: { groups: ['Billing'] } } },
    );
    const callback = gms.create('chat-delay', { _customer_number: '1' });
    callback.request('connect');
    const chat = callback.openChat();
    expect(chat).to.include({ state: 'offered', agent: 'kate' });
    chat.decline();
    expect(chat).to.include({ state: 'offered', agent: 'tom' });
    callback.session.advance('30s');
    expect(agents.all.find(({ id }) => id === 'tom')).to.include({ state: 'notReady' });
    expect(chat).to.include({ state: 'offered', agent: 'kate' });
    chat.accept().end('agent');
    expect(states(callback)).to.deep.equal(['QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED AGENT_CONNECTED']);
    expect(urs.calls[0]).to.include({ state: 'routed', agent: 'kate' });
    expect(agents.all.map(({ holder }) => holder)).to.deep.equal([undefined, undefined]);
  });

  it('removes the call of a customer who cancels', async () => {
    const { urs, gms } = await callbackCentre();
    const callback = gms.create('chat-delay', { _customer_number: '1' });
    callback.request('cancel');
    expect(callback.session).to.have.ended.and.to.have.asked('/delete');
    expect(urs.calls[0]).to.include({ state: 'removed' });
    expect(states(callback)).to.deep.equal(['QUEUED', 'COMPLETED CANCELLED']);
  });

  for (const failure of ['unreachable', 'timeout', 503] as const) {
    it(`fails with ${failure}, and recovers`, async () => {
      const centre = await callbackCentre();
      const { urs, gms } = centre;
      urs.fail(failure);
      const callback = gms.create('chat-delay', { _customer_number: '1' });
      expect(callback.session).to.be.in('pausingBeforeUrs').and.to.be.answered;
      urs.recover();
      centre.advance('2s');
      expect(callback.session).to.be.in('queued');
      expect(callback.reply?.positive).to.equal(true);
    });
  }

  it('is silent, so that the request stays open', async () => {
    const { urs, gms } = await callbackCentre();
    urs.fail('silence', '/call/start');
    const { session, reply } = gms.create('chat-delay', { _customer_number: '1' });
    expect(session).not.to.be.answered;
    expect(reply).to.equal(undefined);
    session.expectFetch('/call/start').reply({ json: { conn_id: '00000000000000ff' } });
    expect(session).to.be.in('queued');
  });

  it('has no notices and no estimates when it is another URS without them', async () => {
    const { urs, gms, agents } = await callbackCentre();
    agents.logout('kate');
    urs.likeOthers().queue('VQ_Billing', { ahead: 3, estimates: false });
    const { session } = gms.create('chat-delay', { _customer_number: '1' });
    expect(session).to.be.in('awaitingConfirm').and.to.have.asked('/lvq');
    expect(session).to.have.data('_data.queue.position', 4).and.to.have.data('_data.queue.eta', null);
  });
});

describe('the targets of a call', () => {
  it('are used one after the other, as the document lists them', async () => {
    const target = JSON.stringify([
      { target: 'Gold@Stat_Server.GA', timeout: 60 },
      { target: 'Silver@Stat_Server.GA' },
    ]);
    const { gms, urs, agents } = await callbackCentre(
      { _target: target },
      { agents: { tom: { groups: ['Silver'] } } },
    );
    const callback = gms.create('chat-delay', { _customer_number: '1' });
    callback.request('connect');
    const chat = callback.openChat();
    expect(urs.calls[0]).to.include({ state: 'routable', isServed: true });
    callback.session.advance('59s');
    expect(chat.state).to.equal('queued');
    callback.session.advance('1s');
    expect(chat).to.include({ state: 'offered', agent: 'tom' });
    expect(agents.all).to.have.length(1);
  });

  it('that are none are refused', async () => {
    const { gms } = await callbackCentre({ _target: 'nobody' });
    expect(gms.create('chat-delay', { _customer_number: '1' }).session).to.be.in('pausingBeforeUrs');
  });
});

describe('the fake chats', () => {
  it('give a chat without a service to the agents of its queue', async () => {
    const centre = await callbackCentre({}, { agents: {} });
    const { chats, agents } = centre;
    const chat = chats.create({ userData: { subject: 'hello' } });
    const [session] = centre.sessions;
    expect(chat).to.include({ state: 'queued', session });
    agents.login('kate', { groups: ['Everybody'] });
    expect(chat).to.include({ state: 'offered', agent: 'kate' });
    chat.accept();
    expect(session).to.have.ended.and.to.have.data('_data.outcome', 'routed');
  });

  it('end a chat for which no agent comes in time, with the words of the document', async () => {
    const centre = await callbackCentre({}, { agents: {} });
    const chat = centre.chats.create();
    centre.advance('5m');
    expect(chat.state).to.equal('ended');
    expect(chat.lines.map(({ text }) => text)).to.deep.equal(['no agent is available']);
    expect(centre.sessions[0]).to.have.ended.and.to.have.data('_data.outcome', 'terminated');
  });

  it('tell the session of a customer who leaves before the agent comes', async () => {
    const { gms } = await callbackCentre({}, { agents: {} });
    const callback = gms.create('chat-delay', { _customer_number: '1' });
    callback.request('connect');
    callback.openChat().end();
    expect(callback).to.include({ state: 'COMPLETED', reason: 'FAIL_INTERACTION_DELETED' });
  });

  it('refuse words of an agent who does not have the chat, and an answer to no offer', async () => {
    const { chats } = await openCentre();
    const chat = chats.create();
    expect(() => chat.say('agent', 'hello')).to.throw(
      'Expected a chat in which the agent may write, it is queued.',
    );
    expect(() => chat.accept()).to.throw('Expected a chat that is offered to an agent, it is queued.');
  });
});

describe('the fake GMS', () => {
  it('opens an immediate chat, with its user data in the storage', async () => {
    const { gms, chats } = await callbackCentre();
    const callback = gms.create('chat-immediate', { _customer_number: '1', usr_reason: 'billing' });
    expect(callback.reply?.body).to.include({ _action: 'StartChat' });
    expect(gms.storage.get(callback.dataId)).to.deep.equal({ usr_reason: 'billing' });
    callback.openChat({ subject: 'billing' });
    chats.all[0]!.accept();
    expect(callback.state).to.equal('PROCESSING');
  });

  it('gives the files of templates, and fails when the test wants it', async () => {
    const { gms } = await callbackCentre({ _notification_message_file: 'texts/french.json' });
    gms.putFile('callback/texts/french.json', JSON.stringify({ wait_for_agent: 'Patientez' }));
    const callback = gms.create('chat-delay', { _customer_number: '1' });
    expect(callback.reply?.body).to.include({ _text: 'Patientez' });

    gms.fail(503, '/service/callback/');
    callback.session.advance('4s');
    callback.request('cancel');
    callback.session.advance('4s');
    expect(callback.session).to.have.ended;
    expect(states(callback)).to.deep.equal(['QUEUED']);
  });

  it('says which services it has', async () => {
    const { gms } = await openCentre();
    expect(() => gms.create('chat')).to.throw(
      "Expected one of the services of this centre (none), got 'chat'.",
    );
  });
});

describe('documents as contact centres have them', () => {
  const lists = {
    Routing_Table: {
      gold: {
        target: 'Gold@Stat_Server.GA',
        queue: 'VQ_Gold',
        priority: 5,
        overflow: 'Silver@Stat_Server.GA',
        overflowAfter: 20,
      },
      Default: { target: 'Silver@Stat_Server.GA', queue: 'VQ_Silver', priority: 0 },
    },
    Entry_Points: { prices: { queue: 'sales' } },
  };

  it('a routing table offers the chat to the targets of the overflow, too', async () => {
    const centre = await openCentre({
      queues: { inbound: { document: workflow('routingTable') } },
      installation: { lists },
      agents: { tom: { groups: ['Silver'] } },
    });
    const chat = centre.chats.create({ userData: { segment: 'gold' } });
    expect(chat.state).to.equal('queued');
    centre.advance('20s');
    expect(chat).to.include({ state: 'offered', agent: 'tom' });
    chat.accept();
    expect(centre.sessions[0]).to.have.ended.and.to.have.asked('queue.submit', { queue: 'VQ_Gold' });
  });

  it('an entry point moves the chat to the queue of its page', async () => {
    const centre = await openCentre({
      queues: {
        inbound: { document: workflow('entryPoints') },
        sales: { document: workflow('routingTable') },
      },
      installation: { lists },
      agents: { tom: { groups: ['Silver'] } },
    });
    const chat = centre.chats.create({ userData: { page: 'prices' } });
    expect(chat).to.include({ queue: 'sales', state: 'offered', agent: 'tom' });
    expect(centre.sessions[0]).to.have.ended;
  });
});

describe('modules from a table', () => {
  it('are answered at once, or after a time', async () => {
    const centre = await openCentre({
      modules: {
        'dialog.play': { after: '5s', done: { result: 'played' } },
        classification: { error: { error: 'none' } },
      },
    });
    const session =
      await centre.open(`<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"
  xmlns:dialog="www.genesyslab.com/modules/dialog" xmlns:classification="www.genesyslab.com/modules/classification">
  <state id="playing">
    <onentry><dialog:play/></onentry>
    <transition event="dialog.play.done" cond="_event.data.result == 'played'" target="classifying"/>
  </state>
  <state id="classifying">
    <onentry><classification:classify/></onentry>
    <transition event="error.classification.classify" target="end"/>
  </state>
  <final id="end"/>
</scxml>`);
    expect(session.advance('4s')).to.be.in('playing');
    expect(session.advance('1s')).to.have.ended;
  });
});
