import { expect } from 'chai';
import type { Json } from '../../engine/ports/json.ts';
import { DocumentDriver, type FetchRow, type ModuleRow } from '../support/documentDriver.ts';

const SRC = new URL('../../scxml/callback/src/inbound_chat.scxml', import.meta.url);
const CHAT_ID = '00AB1CHAT0000001';
const SERVICE_SESSION = 'QCHJI7ETI92K16DNK1OIEGUV6S0000OM';
const OF_A_SERVICE = { _id: '369-1', _ors_session_id: SERVICE_SESSION, _data_id: '788887' };

const done: readonly ModuleRow[] = [
  ['interaction.associate', () => [{ name: 'interaction.associate.done', data: {} }]],
  ['interaction.terminate', () => [{ name: 'interaction.terminate.done', data: {} }]],
  ['queue.submit', () => [{ name: 'queue.submit.done', data: { interactionid: CHAT_ID } }]],
];
const alive: FetchRow = ['GET', /^\/genesys\/1\/storage\/788887$/, { status: 200, body: {} }];

async function openInbound(changes: {
  readonly afterTimeout?: string;
  readonly userData?: { readonly [key: string]: Json };
  readonly group?: string;
  readonly fetches?: readonly FetchRow[];
  readonly modules?: readonly ModuleRow[];
}): Promise<DocumentDriver> {
  const driver = await DocumentDriver.open({
    src: SRC,
    params: {
      app_find_agent_timeout: '45',
      app_selected_agent_group: changes.group ?? 'Everybody',
      ...(changes.afterTimeout === undefined ? {} : { app_after_timeout: changes.afterTimeout }),
      _gms_url: 'http://orsay.test/genesys',
    },
    fetches: changes.fetches ?? [alive],
    modules: [...(changes.modules ?? []), ...done],
  });
  const udata = changes.userData ?? OF_A_SERVICE;
  const view = { id: CHAT_ID, media: 'chat', udata };
  driver.event('interaction.added', { interactionid: CHAT_ID }, { interactions: { [CHAT_ID]: view } });
  driver.event('interaction.present', { interactionid: CHAT_ID });
  return driver;
}

const SUBMIT = `queue.submit ${JSON.stringify({ interactionid: CHAT_ID, route: true, timeout: 45 })} ${JSON.stringify(
  [
    {
      name: 'targets',
      attributes: {},
      params: {},
      children: [
        { name: 'targetid', attributes: { expr: 'Everybody@Stat_Server.GA' }, params: {}, children: [] },
      ],
    },
  ],
)}`;
const LOOKUP = 'GET /genesys/1/storage/788887';
const ASSOCIATE = `interaction.associate ${JSON.stringify({ interactionid: CHAT_ID, session: SERVICE_SESSION })}`;
const TERMINATE = `interaction.terminate ${JSON.stringify({
  interactionid: CHAT_ID,
  reason: 'no agent is available',
})}`;

describe('inbound_chat', () => {
  it('gives the chat of an existing service to its session', async () => {
    const driver = await openInbound({});

    expect(driver.trace).to.deep.equal([LOOKUP, ASSOCIATE]);
    expect(driver.status).to.equal('completed');
    expect(driver.pendingTimers).to.equal(0);
  });

  it('gives the chat away without a storage request when the service has no stored data', async () => {
    const driver = await openInbound({ userData: { _id: '369-1', _ors_session_id: SERVICE_SESSION } });

    expect(driver.trace).to.deep.equal([ASSOCIATE]);
  });

  it('routes a chat without a service to the group', async () => {
    const driver = await openInbound({ userData: { subject: 'hello' } });

    expect(driver.trace).to.deep.equal([SUBMIT]);
    expect(driver.status).to.equal('completed');
  });

  it('routes a chat whose service has ended to the group', async () => {
    const gone = await openInbound({ fetches: [['GET', /storage/, { status: 404 }]] });
    expect(gone.trace).to.deep.equal([LOOKUP, SUBMIT]);

    const refused = await openInbound({
      modules: [
        [
          'interaction.associate',
          () => [{ name: 'error.interaction.associate', data: { error: 'nosuchsession', description: '' } }],
        ],
      ],
    });
    expect(refused.trace).to.deep.equal([LOOKUP, ASSOCIATE, SUBMIT]);
  });

  it('ends the chat when no agent of the group takes it in time', async () => {
    const driver = await openInbound({
      userData: {},
      modules: [
        ['queue.submit', () => [{ name: 'error.queue.submit', data: { error: 'timeout', description: '' } }]],
      ],
    });

    expect(driver.trace).to.deep.equal([SUBMIT, TERMINATE]);
    expect(driver.status).to.equal('completed');
  });

  it('asks for an agent again after the time, where its queue says so', async () => {
    let submits = 0;
    const driver = await openInbound({
      userData: {},
      afterTimeout: 'again',
      modules: [
        [
          'queue.submit',
          () => {
            submits += 1;
            const error = submits < 3 ? 'timeout' : 'unsupported';
            return [{ name: 'error.queue.submit', data: { error, description: '' } }];
          },
        ],
      ],
    });

    expect(driver.trace).to.deep.equal([SUBMIT, SUBMIT, SUBMIT, TERMINATE]);
  });

  it('ends the chat when there is neither a service nor a group', async () => {
    const driver = await openInbound({ userData: {}, group: '' });

    expect(driver.trace).to.deep.equal([TERMINATE]);
    expect(driver.status).to.equal('completed');
  });

  it('uses a group that is a whole target unchanged', async () => {
    const driver = await openInbound({ userData: {}, group: '?:English=20@Stat_Server.GA' });

    expect(driver.trace[0]).to.include('"?:English=20@Stat_Server.GA"');
  });

  it('ends when the customer leaves meanwhile', async () => {
    const driver = await openInbound({ fetches: [['GET', /storage/, 'hold']] });
    driver.event(
      'interaction.deleted',
      { interactionid: CHAT_ID, resultof: 'deletion' },
      { interactions: { [CHAT_ID]: null } },
    );

    expect(driver.trace).to.deep.equal([LOOKUP]);
    expect(driver.status).to.equal('completed');
  });

  it('does not end when it loses the chat by giving it away', async () => {
    const driver = await openInbound({ modules: [['interaction.associate', () => []]] });
    driver.event('interaction.deleted', { interactionid: CHAT_ID }, { interactions: { [CHAT_ID]: null } });
    driver.event('interaction.notcontrolled', { interactionid: CHAT_ID });
    expect(driver.configuration).to.include('associating');
    const { requests } = driver.data() as { requests: { associate: string } };
    driver.event('interaction.associate.done', { requestid: requests.associate });

    expect(driver.trace).to.deep.equal([LOOKUP, ASSOCIATE]);
    expect(driver.status).to.equal('completed');
  });

  it('ends the chat at an unexpected fault, so that the customer is not lost', async () => {
    const driver = await openInbound({ fetches: [['GET', /storage/, 'hold']] });
    driver.event('error.communication', { description: 'nobody there' });
    expect(driver.trace).to.deep.equal([LOOKUP, TERMINATE]);
    expect(driver.status).to.equal('completed');

    const empty = await DocumentDriver.open({ src: SRC });
    empty.event('error.communication', { description: 'nobody there' });
    expect(empty.trace).to.deep.equal([]);
    expect(empty.status).to.equal('completed');
  });

  it('ignores a timer that fired before it was cancelled', async () => {
    const driver = await openInbound({ fetches: [['GET', /storage/, 'hold']] });
    driver.event('error.notallowed', { sendid: 'send1' });
    expect(driver.configuration).to.include('lookingUp');
    driver.release(/storage/, { status: 200, body: {} });

    expect(driver.trace).to.deep.equal([LOOKUP, ASSOCIATE]);
    expect(driver.errors).to.deep.equal([]);
  });

  it('ends when no interaction ever comes', async () => {
    const driver = await DocumentDriver.open({ src: SRC });
    driver.advance(60);

    expect(driver.status).to.equal('completed');
  });
});
