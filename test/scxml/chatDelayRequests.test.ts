import { expect, use } from 'chai';
import type { Json } from '../../engine/ports/json.ts';
import { orsayChai } from '../../testing/index.ts';
import {
  chatArrives,
  openWorld,
  ROUTE,
  redirectEnds,
  SERVICE_ID,
  traceOf,
} from '../support/chatDelayWorld.ts';

use(orsayChai);

const GMS = 'http://orsay.test/genesys';
const NOTE = { _display_message: 'Message to be displayed', _application_message: 'FOR_THE_APP' };
const SENT = { positive: true, body: { message: 'Notification Sent' } };

function menuItem(id: string, label: string, request: string): { [name: string]: Json } {
  return {
    _dialog_id: id,
    _label: label,
    _action: 'MenuItem',
    _user_action_url: `${GMS}/1/service/${SERVICE_ID}/${request}`,
    _method: 'POST',
    _id_to_jump_before: 'exit://',
  };
}

function confirmationDialog(connect: { [name: string]: Json }): Json {
  return {
    _dialog_id: '0',
    _label: 'Agent is available right now',
    _user_action_url: `${GMS}/1/service/${SERVICE_ID}/not-used`,
    _method: 'POST',
    _action: 'DisplayMenu',
    _expires: '2024-03-01T10:00:30.000Z',
    _resource_url: `${GMS}/1/service/${SERVICE_ID}/get-dialog-user-confirmation`,
    _content: [
      {
        _group_name: 'Are you ready?',
        _group_content: [
          connect,
          menuItem('2', 'No, try again in 5 minutes', 'snooze'),
          menuItem('3', 'Cancel, my problem has been solved', 'cancel'),
        ],
      },
    ],
  };
}

const CONNECT = menuItem('1', "Yes, I'm ready to talk", 'connect');
const CONNECT_WITH_CODE = {
  ...CONNECT,
  _confirmation_dialog: {
    _text: 'You will hear tones immediately after call is connected. This is normal.',
    _dialog_type: 'Notification',
    _dismiss_timeout: 2,
  },
};

describe('chat-delay: requests at any time', () => {
  it('gives the position, with an estimate and without', async () => {
    const { session, queue } = await openWorld({ params: { _eta_pos_threshold: '0:6,36:0' } });
    session.request('start');
    expect(session.request('check-queue-position').body).to.deep.equal({
      _position: 2,
      _eta: 'n/a',
      _total_waiting: 2,
      _agent_ready_threshold_passed: true,
      _agent_ready_threshold_passed_reason: 'eta n/a',
    });
    queue.ewt = 30;
    expect(session.request('check-queue-position').body).to.deep.equal({
      _position: 2,
      _eta: 30,
      _total_waiting: 2,
      _agent_ready_threshold_passed: true,
      _agent_ready_threshold_passed_reason: 'eta  <= 35 and position <=5 ',
    });
  });

  it('gives the waits that half and nine tenths do not pass, when URS tells them', async () => {
    const { session } = await openWorld({
      fetches: [
        ['GET', /lvq/, { json: { pos: 9, calls: 11, ewt: 60, ewt_p50: 42, ewt_p90: 138, ewt_rough: true } }],
      ],
    });
    session.request('start');
    expect(session.request('check-queue-position').body).to.include({
      _eta: 60,
      _eta_p50: 42,
      _eta_p90: 138,
      _eta_rough: true,
    });
  });

  it('names the missing condition while the threshold is not passed', async () => {
    const { session } = await openWorld({ queue: { pos: 9, calls: 11, ewt: 25 } });
    session.request('start');

    expect(session.request('check-queue-position').body).to.deep.equal({
      _position: 9,
      _eta: 25,
      _total_waiting: 11,
      _agent_ready_threshold_passed: false,
      _agent_ready_threshold_passed_reason: 'eta  <= 29 and position >1 ',
    });
  });

  it('gives each of several concurrent requests its own answer', async () => {
    const { session, queue } = await openWorld({
      fetches: [['GET', /lvq/, 'silence']],
      queue: { pos: 40, ewt: 900 },
    });
    session.request('start');
    const ids = [1, 2, 3].map(() => session.ask('check-queue-position'));
    expect(ids.map((id) => session.answerTo(id))).to.deep.equal([undefined, undefined, undefined]);
    expect(queue.reachable).to.equal(true);

    // The first held request is the document's own poll.
    session.expectFetch(/lvq/).reply({ json: { pos: 9, calls: 9, ewt: 900 } });
    for (const pos of [8, 7, 6]) session.expectFetch(/lvq/).reply({ json: { pos, calls: 9, ewt: 900 } });
    const positions = ids.map((id) => session.answerTo(id)?.body as { _position: number } | undefined);
    expect(positions.map((body) => body?._position)).to.deep.equal([8, 7, 6]);
  });

  it('answers with the last known position when URS is unreachable and when the agent has the chat', async () => {
    const { session, queue } = await openWorld();
    session.request('start');
    queue.reachable = false;
    expect(session.request('check-queue-position').body).to.include({ _position: 2, _eta: 'n/a' });
    session.request('connect');
    chatArrives(session);
    session.request('method_urs_request_route_done', ROUTE);
    redirectEnds(session, 'interaction.redirect.done');
    const looks = traceOf(session).filter((line) => line.includes('/lvq?')).length;

    expect(session.request('check-queue-position').body).to.include({ _position: 2 });
    expect(traceOf(session).filter((line) => line.includes('/lvq?'))).to.have.length(looks);
  });

  it('refuses a position request when no position was ever known', async () => {
    const { session } = await openWorld({ queue: { reachable: false } });
    expect(session.request('check-queue-position')).to.deep.include({ positive: false, resultCode: '503' });
    session.request('start');
    expect(session.request('check-queue-position')).to.deep.include({ positive: false, resultCode: '503' });
  });

  for (const name of ['internal-notification', 'poke'])
    it(`pushes a message of the agent to the device: ${name}`, async () => {
      const { session } = await openWorld();
      session.request('start');
      expect(session.request(name, NOTE)).to.deep.equal(SENT);

      const push =
        traceOf(session)
          .filter((line) => line.includes('notification/publish'))
          .at(-1) ?? '';
      const body = JSON.parse(push.slice(push.indexOf('{'))) as { message: string; tag: string };
      expect(body.tag).to.equal(`service.internalnotification.${SERVICE_ID}`);
      expect(JSON.parse(body.message)).to.deep.equal({
        _internal_message: 'FOR_THE_APP',
        _id: SERVICE_ID,
        _display_message: 'Message to be displayed',
      });
      expect(session.request('retrieve-notifications')).to.deep.equal({ positive: true, body: [] });
    });

  it('keeps a message that no device got until it is fetched once', async () => {
    for (const changes of [
      { params: { _device_os: '', _device_notification_id: '' } },
      { fetches: [['POST', /publish/, 'unreachable']] },
    ] as Parameters<typeof openWorld>[0][]) {
      const { session } = await openWorld(changes);
      session.request('start');
      expect(session.request('internal-notification', NOTE)).to.deep.equal(SENT);
      expect(session.request('retrieve-notifications').body).to.deep.equal([
        {
          _internal_message: 'FOR_THE_APP',
          _id: SERVICE_ID,
          _display_message: 'Message to be displayed',
        },
      ]);
      expect(session.request('retrieve-notifications').body).to.deep.equal([]);
    }
  });

  it("keeps the customer's messages for the agent's desktop, in the documented format (gms-api 6.2)", async () => {
    const { session } = await openWorld();
    session.request('start');
    expect(session.request('agent-notification', NOTE)).to.deep.equal(SENT);

    expect(session.request('retrieve-agent-notifications').body).to.deep.equal([
      {
        message: `{"_id":"${SERVICE_ID}", "_internal_message":"FOR_THE_APP", "_display_message":"Message to be displayed"}`,
        tag: `agent.message.${SERVICE_ID}`,
      },
    ]);
    expect(session.request('retrieve-agent-notifications').body).to.deep.equal([]);
  });

  it('keeps a hundred unread messages and refuses more', async () => {
    const { session } = await openWorld();
    session.request('start');
    for (let count = 0; count < 100; count++) session.request('agent-notification', NOTE);

    expect(session.request('agent-notification', NOTE)).to.deep.equal({
      positive: false,
      resultCode: '503',
      body: { message: 'at most 100 unread notifications are kept' },
    });
    expect(session.request('retrieve-agent-notifications').body).to.have.length(100);
  });

  it('returns every dialog that a notification can name', async () => {
    const { session } = await openWorld();
    session.request('start');
    const body = (name: string): Json | undefined => session.request(name).body;

    expect(body('get-dialog-user-confirmation-provide_code-false')).to.deep.equal(
      confirmationDialog(CONNECT),
    );
    expect(body('get-dialog-user-confirmation-provide_code-true')).to.deep.equal(
      confirmationDialog(CONNECT_WITH_CODE),
    );
    expect(body('get-dialog-user-confirmation')).to.deep.equal(confirmationDialog(CONNECT));
    expect(body('get-dialog-start-chat')).to.deep.equal(body('connect'));
    expect(body('connect-inbound')).to.deep.equal({
      _dialog_id: '0',
      _label: 'Connecting ...',
      _action: 'DialNumber',
      _tel_url: 'n/a',
      _access_code: 'n/a',
      _id: SERVICE_ID,
    });
    expect(body('connect-outbound')).to.include({ _text: 'You will receive the call shortly' });
    expect(body('wait-for-agent')).to.include({ _text: 'We will notify you when agent is available' });
    expect(body('status')).to.deep.equal({
      _id: SERVICE_ID,
      _callback_state: 'QUEUED',
      _callback_reason: '',
    });
  });

  it('uses the texts of the message file', async () => {
    const { session } = await openWorld({
      params: { _notification_message_file: 'http://texts.test/fr.json' },
      fetches: [['GET', /^\/fr\.json$/, { json: { wait_for_agent: 'Nous vous préviendrons' } }]],
    });

    expect(session.request('start').body).to.include({ _text: 'Nous vous préviendrons', _ok_title: 'Ok' });
  });

  const LOCALIZED = `<?xml version="1.0" encoding="UTF-8" ?>
    <messages>
      <!-- <message id="ok"><locale language="fr"><entry key="text">Non</entry></locale></message> -->
      <message id="wait_for_agent">
        <locale language="en_US"><entry key="text">Dear $customer.lastname, we will notify you</entry></locale>
        <locale language="fr"><entry key="text">Cher client $customer.lastname, nous vous pr\\u00E9viendrons
          au <![CDATA[<$_customer_number>]]> &amp; ici</entry></locale>
      </message>
      <message id="ok"><locale language="fr"><entry key="text">D&#x27;accord$usr_none</entry></locale></message>
    </messages>`;

  for (const [language, text, customer] of [
    ['fr', 'Cher client Doe, nous vous préviendrons\n          au <5115> & ici', { lastname: 'Doe' }],
    ['fr_CA', 'Cher client Doe, nous vous préviendrons\n          au <5115> & ici', '{"lastname":"Doe"}'],
    ['', 'Dear Doe, we will notify you', { lastname: 'Doe' }],
  ] as const) {
    it(`uses the texts of a localization file in the language '${language}', with user data as arguments`, async () => {
      const { session } = await openWorld({
        params: {
          _notification_message_file: 'http://texts.test/messages.xml',
          _status_notification_language: language,
          _customer_number: '5115',
        },
        fetches: [
          ['GET', /^\/messages\.xml$/, { body: LOCALIZED }],
          ['GET', /^\/genesys\/1\/storage\//, { json: { customer } }],
        ],
      });

      expect(session.request('start').body).to.include({ _text: text, _ok_title: "D'accord" });
    });
  }

  it('answers a start that is repeated with the same dialog', async () => {
    const { session } = await openWorld();
    const first = session.request('start');

    expect(session.request('start')).to.deep.equal(first);
    expect(traceOf(session).filter((line) => line.includes('/call/start'))).to.have.length(1);
  });

  it('refuses requests at the wrong time, and unknown requests', async () => {
    const { session } = await openWorld();
    expect(session.request('connect')).to.deep.equal({
      positive: false,
      resultCode: '409',
      body: { message: "'connect' came before 'start' was answered" },
    });
    session.request('start');
    expect(session.request('method_urs_request_route_done', ROUTE)).to.deep.equal({
      positive: false,
      resultCode: '409',
      body: { message: 'no chat waits for a target, or the route names none' },
    });
    expect(session.request('dispose')).to.deep.equal({
      positive: false,
      resultCode: '404',
      body: { message: 'this service has no request "dispose"' },
    });
    session.request('connect');
    expect(session.request('snooze')).to.deep.include({ positive: false, resultCode: '409' });
    expect(session.status).to.equal('running');
  });

  it('ends a second chat, which it does not need', async () => {
    const { session } = await openWorld();
    session.request('start');
    session.request('connect');
    chatArrives(session);
    chatArrives(session, 'chat', '00AB1CHAT0000002');

    const ended = traceOf(session).filter((line) => line.startsWith('interaction.terminate'));
    expect(ended).to.have.length(2);
    expect(ended.every((line) => line.includes('00AB1CHAT0000002'))).to.equal(true);
    expect(session).to.be.in('awaitingRoute');
  });

  it('reads a JSON body that came as a content type and a text', async () => {
    const { session } = await openWorld();
    session.request('start');
    session.request('connect');
    chatArrives(session);
    const data = { paramtype: 'application/json', param: JSON.stringify(ROUTE) };

    expect(session.request('method_urs_request_route_done', data).positive).to.equal(true);
    expect(session).to.be.in('redirecting');
  });
});
