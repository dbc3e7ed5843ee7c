import { expect } from 'chai';
import type { Json } from '../../engine/ports/json.ts';
import { chatArrives, openWorld, ROUTE, redirectEnds, SERVICE_ID } from '../support/chatDelayWorld.ts';

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
    const { driver, queue } = await openWorld({ params: { _eta_pos_threshold: '0:6,36:0' } });
    driver.request('start');
    expect(driver.request('check-queue-position')?.body).to.deep.equal({
      _position: 2,
      _eta: 'n/a',
      _total_waiting: 2,
      _agent_ready_threshold_passed: true,
      _agent_ready_threshold_passed_reason: 'eta n/a',
    });
    queue.ewt = 30;
    expect(driver.request('check-queue-position')?.body).to.deep.equal({
      _position: 2,
      _eta: 30,
      _total_waiting: 2,
      _agent_ready_threshold_passed: true,
      _agent_ready_threshold_passed_reason: 'eta  <= 35 and position <=5 ',
    });
  });

  it('gives the waits that half and nine tenths do not pass, when URS tells them', async () => {
    const { driver } = await openWorld({
      fetches: [
        [
          'GET',
          /lvq/,
          { status: 200, body: { pos: 9, calls: 11, ewt: 60, ewt_p50: 42, ewt_p90: 138, ewt_rough: true } },
        ],
      ],
    });
    driver.request('start');
    expect(driver.request('check-queue-position')?.body).to.include({
      _eta: 60,
      _eta_p50: 42,
      _eta_p90: 138,
      _eta_rough: true,
    });
  });

  it('names the missing condition while the threshold is not passed', async () => {
    const { driver } = await openWorld({ queue: { pos: 9, calls: 11, ewt: 25 } });
    driver.request('start');

    expect(driver.request('check-queue-position')?.body).to.deep.equal({
      _position: 9,
      _eta: 25,
      _total_waiting: 11,
      _agent_ready_threshold_passed: false,
      _agent_ready_threshold_passed_reason: 'eta  <= 29 and position >1 ',
    });
  });

  it('gives each of several concurrent requests its own answer', async () => {
    const { driver, queue } = await openWorld({
      fetches: [['GET', /lvq/, 'hold']],
      queue: { pos: 40, ewt: 900 },
    });
    driver.request('start');
    const ids = [1, 2, 3].map(() => driver.ask('check-queue-position'));
    expect(ids.map((id) => driver.later(id))).to.deep.equal([undefined, undefined, undefined]);
    expect(queue.reachable).to.equal(true);

    // The first held request is the document's own poll.
    driver.release(/lvq/, { status: 200, body: { pos: 9, calls: 9, ewt: 900 } });
    for (const pos of [8, 7, 6]) driver.release(/lvq/, { status: 200, body: { pos, calls: 9, ewt: 900 } });
    const positions = ids.map((id) => driver.later(id)?.body as { _position: number } | undefined);
    expect(positions.map((body) => body?._position)).to.deep.equal([8, 7, 6]);
  });

  it('answers with the last known position when URS is unreachable and when the agent has the chat', async () => {
    const { driver, queue } = await openWorld();
    driver.request('start');
    queue.reachable = false;
    expect(driver.request('check-queue-position')?.body).to.include({ _position: 2, _eta: 'n/a' });
    driver.request('connect');
    chatArrives(driver);
    driver.request('method_urs_request_route_done', ROUTE);
    redirectEnds(driver, 'interaction.redirect.done');
    const looks = driver.trace.filter((line) => line.includes('/lvq?')).length;

    expect(driver.request('check-queue-position')?.body).to.include({ _position: 2 });
    expect(driver.trace.filter((line) => line.includes('/lvq?'))).to.have.length(looks);
  });

  it('refuses a position request when no position was ever known', async () => {
    const { driver } = await openWorld({ queue: { reachable: false } });
    expect(driver.request('check-queue-position')).to.deep.include({ positive: false, code: '503' });
    driver.request('start');
    expect(driver.request('check-queue-position')).to.deep.include({ positive: false, code: '503' });
  });

  for (const name of ['internal-notification', 'poke'])
    it(`pushes a message of the agent to the device: ${name}`, async () => {
      const { driver } = await openWorld();
      driver.request('start');
      expect(driver.request(name, NOTE)).to.deep.equal(SENT);

      const push = driver.trace.filter((line) => line.includes('notification/publish')).at(-1) ?? '';
      const body = JSON.parse(push.slice(push.indexOf('{'))) as { message: string; tag: string };
      expect(body.tag).to.equal(`service.internalnotification.${SERVICE_ID}`);
      expect(JSON.parse(body.message)).to.deep.equal({
        _internal_message: 'FOR_THE_APP',
        _id: SERVICE_ID,
        _display_message: 'Message to be displayed',
      });
      expect(driver.request('retrieve-notifications')).to.deep.equal({ positive: true, body: [] });
    });

  it('keeps a message that no device got until it is fetched once', async () => {
    for (const changes of [
      { params: { _device_os: '', _device_notification_id: '' } },
      { fetches: [['POST', /publish/, 'unreachable']] },
    ] as Parameters<typeof openWorld>[0][]) {
      const { driver } = await openWorld(changes);
      driver.request('start');
      expect(driver.request('internal-notification', NOTE)).to.deep.equal(SENT);
      expect(driver.request('retrieve-notifications')?.body).to.deep.equal([
        {
          _internal_message: 'FOR_THE_APP',
          _id: SERVICE_ID,
          _display_message: 'Message to be displayed',
        },
      ]);
      expect(driver.request('retrieve-notifications')?.body).to.deep.equal([]);
    }
  });

  it("keeps the customer's messages for the agent's desktop, in the documented format (gms-api 6.2)", async () => {
    const { driver } = await openWorld();
    driver.request('start');
    expect(driver.request('agent-notification', NOTE)).to.deep.equal(SENT);

    expect(driver.request('retrieve-agent-notifications')?.body).to.deep.equal([
      {
        message: `{"_id":"${SERVICE_ID}", "_internal_message":"FOR_THE_APP", "_display_message":"Message to be displayed"}`,
        tag: `agent.message.${SERVICE_ID}`,
      },
    ]);
    expect(driver.request('retrieve-agent-notifications')?.body).to.deep.equal([]);
  });

  it('keeps a hundred unread messages and refuses more', async () => {
    const { driver } = await openWorld();
    driver.request('start');
    for (let count = 0; count < 100; count++) driver.request('agent-notification', NOTE);

    expect(driver.request('agent-notification', NOTE)).to.deep.equal({
      positive: false,
      code: '503',
      body: { message: 'at most 100 unread notifications are kept' },
    });
    expect(driver.request('retrieve-agent-notifications')?.body).to.have.length(100);
  });

  it('returns every dialog that a notification can name', async () => {
    const { driver } = await openWorld();
    driver.request('start');
    const body = (name: string): Json | undefined => driver.request(name)?.body;

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
    const { driver } = await openWorld({
      params: { _notification_message_file: 'http://texts.test/fr.json' },
      fetches: [['GET', /^\/fr\.json$/, { status: 200, body: { wait_for_agent: 'Nous vous préviendrons' } }]],
    });

    expect(driver.request('start')?.body).to.include({ _text: 'Nous vous préviendrons', _ok_title: 'Ok' });
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
      const { driver } = await openWorld({
        params: {
          _notification_message_file: 'http://texts.test/messages.xml',
          _status_notification_language: language,
          _customer_number: '5115',
        },
        fetches: [
          ['GET', /^\/messages\.xml$/, { status: 200, text: LOCALIZED }],
          ['GET', /^\/genesys\/1\/storage\//, { status: 200, body: { customer } }],
        ],
      });

      expect(driver.request('start')?.body).to.include({ _text: text, _ok_title: "D'accord" });
    });
  }

  it('answers a start that is repeated with the same dialog', async () => {
    const { driver } = await openWorld();
    const first = driver.request('start');

    expect(driver.request('start')).to.deep.equal(first);
    expect(driver.trace.filter((line) => line.includes('/call/start'))).to.have.length(1);
  });

  it('refuses requests at the wrong time, and unknown requests', async () => {
    const { driver } = await openWorld();
    expect(driver.request('connect')).to.deep.equal({
      positive: false,
      code: '409',
      body: { message: "'connect' came before 'start' was answered" },
    });
    driver.request('start');
    expect(driver.request('method_urs_request_route_done', ROUTE)).to.deep.equal({
      positive: false,
      code: '409',
      body: { message: 'no chat waits for a target, or the route names none' },
    });
    expect(driver.request('dispose')).to.deep.equal({
      positive: false,
      code: '404',
      body: { message: 'this service has no request "dispose"' },
    });
    driver.request('connect');
    expect(driver.request('snooze')).to.deep.include({ positive: false, code: '409' });
    expect(driver.status).to.equal('running');
  });

  it('ends a second chat, which it does not need', async () => {
    const { driver } = await openWorld();
    driver.request('start');
    driver.request('connect');
    chatArrives(driver);
    chatArrives(driver, 'chat', '00AB1CHAT0000002');

    const ended = driver.trace.filter((line) => line.startsWith('interaction.terminate'));
    expect(ended).to.have.length(2);
    expect(ended.every((line) => line.includes('00AB1CHAT0000002'))).to.equal(true);
    expect(driver.configuration).to.include('awaitingRoute');
  });

  it('reads a JSON body that came as a content type and a text', async () => {
    const { driver } = await openWorld();
    driver.request('start');
    driver.request('connect');
    chatArrives(driver);
    const data = { paramtype: 'application/json', param: JSON.stringify(ROUTE) };

    expect(driver.request('method_urs_request_route_done', data)?.positive).to.equal(true);
    expect(driver.configuration).to.include('redirecting');
  });
});
