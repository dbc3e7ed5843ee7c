import { expect, use } from 'chai';
import type { Json } from '../../engine/ports/json.ts';
import {
  openCentre,
  openDocument,
  orsayChai,
  type TestCentre,
  type TestSession,
} from '../../testing/index.ts';
import { callbackDocument } from '../support/callbackDocuments.ts';

use(orsayChai);

/** A session of a service, which waits for its chat. */
const SERVICE = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript">
  <state id="waiting"><transition event="interaction.present" target="served"/></state>
  <state id="served"/>
</scxml>`;
const PARAMS = { app_find_agent_timeout: '45', app_selected_agent_group: 'Everybody' };

/** A contact centre whose chats enter inbound_chat, without agents. */
async function openInbound(params: Readonly<Record<string, Json>> = {}): Promise<TestCentre> {
  const document = await callbackDocument('inbound_chat');
  return openCentre({
    services: { waiting: { document: SERVICE } },
    queues: { inbound: { document, params: { ...PARAMS, ...params } } },
  });
}

/** The requests of the session of inbound_chat, by their names. */
function asked(session: TestSession): readonly string[] {
  return session.requests.map(({ name }) => name);
}

function outcome(session: TestSession): Json | undefined {
  return session.get('_data.outcome');
}

describe('inbound_chat', () => {
  it('gives the chat of an existing service to its session', async () => {
    const centre = await openInbound();
    const service = centre.gms.create('waiting');
    const chat = service.openChat();
    const session = centre.sessions[1]!;

    expect(session).to.have.asked(`GET /genesys/1/storage/${service.dataId}`);
    expect(session).to.have.asked('interaction.associate', {
      interactionid: chat.id,
      session: service.session.id,
    });
    expect(asked(session)).to.have.length(2);
    expect(session).to.have.ended.and.to.be.answered;
    expect(outcome(session)).to.equal('associated');
    expect(service.session).to.be.in('served');
    expect(session.timers).to.deep.equal([]);
  });

  it('gives the chat away without a storage request when the service has no stored data', async () => {
    const centre = await openInbound();
    const { id } = centre.gms.create('waiting').session;
    centre.chats.create({ userData: { _id: '369-1', _ors_session_id: id } });

    expect(asked(centre.sessions[1]!)).to.deep.equal(['interaction.associate']);
  });

  it('routes a chat without a service to the group', async () => {
    const centre = await openInbound();
    const chat = centre.chats.create({ userData: { subject: 'hello' } });
    const session = centre.sessions[0]!;
    expect(session).to.have.asked('queue.submit', { interactionid: chat.id, route: true, timeout: 45 });
    centre.agents.login('kate', { groups: ['Everybody'] });
    chat.accept();

    expect(session).to.have.ended;
    expect(outcome(session)).to.equal('routed');
  });

  it('routes a chat whose service has ended to the group', async () => {
    const gone = await openInbound();
    gone.gms.fail(404, '/storage/').create('waiting').openChat();
    expect(asked(gone.sessions[1]!)).to.deep.equal(['session.fetch', 'queue.submit']);

    const ended = await openInbound();
    const service = ended.gms.create('waiting');
    service.session.terminate();
    service.openChat();
    expect(asked(ended.sessions[1]!)).to.deep.equal([
      'session.fetch',
      'interaction.associate',
      'queue.submit',
    ]);
  });

  it('ends the chat when no agent of the group takes it in time', async () => {
    const centre = await openInbound();
    const chat = centre.chats.create();
    expect(centre.advance('44s').sessions[0]!).to.be.in('submitting');
    centre.advance('1s');

    expect(centre.sessions[0]!).to.have.ended;
    expect(chat).to.include({ state: 'ended' });
    expect(chat.lines.at(-1)).to.include({ text: 'no agent is available' });
  });

  it('asks for an agent again after the time, where its queue says so', async () => {
    const centre = await openInbound({ app_after_timeout: 'again' });
    centre.chats.create();
    const session = centre.advance('90s').sessions[0]!;
    expect(session).to.have.asked('queue.submit', {}, 3);
    session.expectModule('queue.submit').error({ error: 'unsupported', description: '' });

    expect(asked(session)).to.deep.equal([...Array(3).fill('queue.submit'), 'interaction.terminate']);
    expect(session).to.have.ended;
  });

  it('ends the chat when there is neither a service nor a group', async () => {
    const centre = await openInbound({ app_selected_agent_group: '' });
    centre.chats.create();

    expect(asked(centre.sessions[0]!)).to.deep.equal(['interaction.terminate']);
    expect(centre.sessions[0]!).to.have.ended;
  });

  it('uses a group that is a whole target unchanged', async () => {
    const centre = await openInbound({ app_selected_agent_group: '?:English=20@Stat_Server.GA' });
    const chat = centre.chats.create();
    centre.agents.login('tom', { skills: { English: 10 } }).login('kate', { skills: { English: 20 } });

    expect(chat).to.include({ state: 'offered', agent: 'kate' });
  });

  it('ends when the customer leaves meanwhile', async () => {
    const centre = await openInbound();
    centre.gms.fail('silence', '/storage/').create('waiting').openChat().end();

    expect(asked(centre.sessions[1]!)).to.deep.equal(['session.fetch']);
    expect(centre.sessions[1]!).to.have.ended;
    expect(outcome(centre.sessions[1]!)).to.equal('abandoned');
  });

  it('ends the chat at an unexpected fault, so that the customer is not lost', async () => {
    const centre = await openInbound();
    const chat = centre.gms.fail('silence', '/storage/').create('waiting').openChat();
    centre.sessions[1]!.send('error.communication', { description: 'nobody there' });
    expect(asked(centre.sessions[1]!)).to.deep.equal(['session.fetch', 'interaction.terminate']);
    expect(chat).to.include({ state: 'ended' });

    const empty = await openDocument(await callbackDocument('inbound_chat'));
    empty.send('error.communication', { description: 'nobody there' });
    expect(empty.requests).to.deep.equal([]);
    expect(empty).to.have.ended;
  });

  it('ignores a timer that fired before it was cancelled', async () => {
    const centre = await openInbound();
    centre.gms.fail('silence', '/storage/').create('waiting').openChat();
    const session = centre.sessions[1]!;
    session.send('error.notallowed', { sendid: 'send1' });
    expect(session).to.be.in('lookingUp');
    session.expectFetch('/storage/').reply({ json: {} });

    expect(asked(session)).to.deep.equal(['session.fetch', 'interaction.associate']);
    expect(session.lines.filter(({ text }) => text.startsWith('log'))).to.deep.equal([]);
  });

  it('ends when no interaction ever comes', async () => {
    const session = await openDocument(await callbackDocument('inbound_chat'));

    expect(session.advance('60s')).to.have.ended;
  });
});
