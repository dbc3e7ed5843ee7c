import { expect } from 'chai';
import {
  CALL_ID,
  CHAT_ID,
  chatArrives,
  chatEnds,
  openWorld,
  ROUTE,
  redirectEnds,
  reported,
  SERVICE_ID,
  USER,
} from '../support/chatDelayWorld.ts';

const GMS = 'http://orsay.test/genesys';
const WAIT_DIALOG = {
  _dialog_id: '0',
  _action: 'ConfirmationDialog',
  _text: 'We will notify you when agent is available',
  _ok_title: 'Ok',
  _id: SERVICE_ID,
};
const START_CHAT = {
  _dialog_id: '1',
  _action: 'StartChat',
  _label: 'Start Chat',
  _start_chat_url: `${GMS}/1/service/${SERVICE_ID}/ixn/chat`,
  _comet_url: `${GMS}/cometd`,
  _user_header: USER,
  _id_to_jump_before: 'exit://',
  _chat_parameters: { subject: 'None' },
  _id: SERVICE_ID,
};
const ANNOUNCEMENT = JSON.stringify({
  message: JSON.stringify({
    _id: SERVICE_ID,
    _action: 'get-dialog-user-confirmation-provide_code-false',
  }),
  notificationDetails: {
    properties: {
      'apple.alertMessage.body': 'Agent is available. Waiting for your confirmation.',
      debug: 'false',
    },
    deviceId: USER,
    type: 'comet',
  },
  tag: `service.agentavailable.${SERVICE_ID}`,
});
const REPORT = `PUT /genesys/1/service/callback/chat-delay/${SERVICE_ID}`;
const START_CALL =
  'GET /urs/call/start?tenant=Environment&strategy=WaitForTarget&VQ_TARGET=Billing%40Stat_Server.GA' +
  '&VQ=VQ_Billing&SESSION=http%3A%2F%2Forsay.test%2Fscxml%2Fsession%2FSESSION0000000000000000000000001' +
  `&AGENT_RESERVE_TIMEOUT=30&TELL_POSITION=9&TELL_QUEUE=urs&SERVICE_ID=${SERVICE_ID}`;

describe('chat-delay: the whole sequence', () => {
  for (const restoreAlways of [false, true]) {
    it(`takes the customer from start to the agent${restoreAlways ? ', restored after every step' : ''}`, async () => {
      const { driver } = await openWorld({ restoreAlways });

      expect(driver.request('start')).to.deep.equal({ positive: true, body: WAIT_DIALOG });
      expect(driver.request('connect')).to.deep.equal({ positive: true, body: START_CHAT });
      chatArrives(driver);
      expect(driver.request('method_urs_request_route_done', ROUTE)?.positive).to.equal(true);
      redirectEnds(driver, 'interaction.redirect.done');
      chatEnds(driver);

      expect(driver.trace).to.deep.equal([
        START_CALL,
        'answer request-1',
        `GET /urs/call/${CALL_ID}/lvq?name=VQ_Billing&tenant=Environment&aqt=urs&agent_logged_in=true&estimates=true`,
        `${REPORT} {"_callback_state":"QUEUED","_reason":""}`,
        `POST /genesys/1/notification/publish ${ANNOUNCEMENT}`,
        'answer request-2',
        `GET /urs/call/${CALL_ID}/invoke?strategy=SetRouteDelay&DELAY=0`,
        `${REPORT} {"_callback_state":"ROUTING","_reason":""}`,
        'answer request-3',
        `interaction.redirect ${JSON.stringify({
          interactionid: CHAT_ID,
          to: {
            type: 'GA',
            id: 'Billing',
            agent: 'kate',
            place: 'Place1',
            dn: '7001',
            switch: 'SIP_Switch',
            resource: '7001',
            vq: 'VQ_Billing',
          },
          hints: { _agent_reserve_timeout: 30 },
        })}`,
        `${REPORT} {"_callback_state":"PROCESSING","_reason":""}`,
        `${REPORT} {"_callback_state":"COMPLETED","_reason":"AGENT_CONNECTED"}`,
      ]);
      expect(driver.status).to.equal('completed');
      expect(driver.pendingTimers).to.equal(0);
      expect(driver.faults).to.deep.equal([]);
    });
  }

  it('ends with the agent connected when the session is not retained', async () => {
    const { driver } = await openWorld({ params: { _retain_session_until_ixn_deleted: 'false' } });
    driver.request('start');
    driver.request('connect');
    chatArrives(driver);
    driver.request('method_urs_request_route_done', ROUTE);
    redirectEnds(driver, 'interaction.redirect.done');

    expect(reported(driver)).to.deep.equal(['QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED AGENT_CONNECTED']);
    expect(driver.status).to.equal('completed');
  });

  it('stays with the chat no longer than _max_time_to_wait_for_ixn_delete', async () => {
    const { driver } = await openWorld({ params: { _max_time_to_wait_for_ixn_delete: '600' } });
    driver.request('start');
    driver.request('connect');
    chatArrives(driver);
    driver.request('method_urs_request_route_done', ROUTE);
    redirectEnds(driver, 'interaction.redirect.done');
    driver.advance(599);
    expect(driver.status).to.equal('running');
    driver.advance(1);

    expect(reported(driver).at(-1)).to.equal('COMPLETED AGENT_CONNECTED');
    expect(driver.status).to.equal('completed');
  });

  it('polls faster with a shorter estimate, and asks when the threshold is passed', async () => {
    const { driver, queue } = await openWorld({ queue: { pos: 9, calls: 12, ewt: 100 } });
    driver.request('start');
    const polls = (): number => driver.trace.filter((line) => line.includes('/lvq?')).length;
    const asked = (): number => driver.trace.filter((line) => line.includes('notification/publish')).length;

    driver.advance(29);
    expect(polls()).to.equal(1);
    queue.ewt = 20;
    queue.pos = 3;
    driver.advance(1);
    expect(polls()).to.equal(2);
    driver.advance(9);
    expect(polls()).to.equal(2);
    queue.ewt = 8;
    driver.advance(1);
    expect([polls(), asked()]).to.deep.equal([3, 1]);
    expect(driver.configuration).to.include('awaitingConfirm');
  });

  it('continues to poll while URS is unreachable, and keeps the position', async () => {
    const { driver, queue } = await openWorld({ queue: { reachable: false } });
    driver.request('start');
    driver.advance(300);
    expect(driver.configuration).to.include('pausing');
    queue.reachable = true;
    driver.advance(30);

    expect(driver.configuration).to.include('awaitingConfirm');
  });

  it('asks whatever the estimate is when _urs_ewt_estimation_method is ursdial', async () => {
    const { driver } = await openWorld({
      params: { _urs_ewt_estimation_method: 'ursdial' },
      queue: { pos: 50, ewt: 900 },
    });
    driver.request('start');

    expect(driver.trace.filter((line) => line.includes('/lvq?'))).to.have.length(1);
    expect(driver.configuration).to.include('awaitingConfirm');
  });

  it('asks again after a snooze, twice, and then connects', async () => {
    const { driver } = await openWorld({ params: { _snooze_duration: '120' } });
    driver.request('start');
    const asked = (): number => driver.trace.filter((line) => line.includes('notification/publish')).length;
    const snoozed = {
      _dialog_id: '0',
      _action: 'ConfirmationDialog',
      _text: 'We will try again in 2 minutes',
      _ok_title: 'Ok',
      _id: SERVICE_ID,
    };

    expect(driver.request('snooze')).to.deep.equal({ positive: true, body: snoozed });
    driver.advance(119);
    expect(asked()).to.equal(1);
    driver.advance(1);
    expect(asked()).to.equal(2);
    expect(driver.request('snooze')?.positive).to.equal(true);
    driver.advance(120);
    expect(asked()).to.equal(3);
    expect(driver.request('connect')).to.deep.equal({ positive: true, body: START_CHAT });
    chatArrives(driver);
    driver.request('method_urs_request_route_done', ROUTE);
    redirectEnds(driver, 'interaction.redirect.done');
    chatEnds(driver);

    expect(reported(driver).at(-1)).to.equal('COMPLETED AGENT_CONNECTED');
  });

  it('lets a customer who polls connect before they were notified', async () => {
    const { driver } = await openWorld({ queue: { pos: 40, ewt: 900 } });
    driver.request('start');
    expect(driver.request('connect')).to.deep.equal({ positive: true, body: START_CHAT });
    expect(driver.configuration).to.include('awaitingChat');
    driver.advance(3600);
    expect(driver.configuration).to.include('awaitingChat');
  });

  it('continues without a confirmation with CONNECT-ANYWAY', async () => {
    const { driver } = await openWorld({
      params: {
        _on_user_confirm_timeout: 'CONNECT-ANYWAY',
        _max_number_of_user_availability_confirmation_attempts: '2',
        _agent_availability_notification_delay: '10',
      },
    });
    driver.request('start');
    driver.advance(30);
    expect(driver.configuration).to.include('pausingBeforeAsk');
    driver.advance(10);
    expect(driver.configuration).to.include('awaitingConfirm');
    driver.advance(30);

    expect(driver.configuration).to.include('awaitingChat');
    expect(driver.trace.filter((line) => line.includes('notification/publish'))).to.have.length(2);
  });

  it('lets the customer snooze after it continued without their confirmation', async () => {
    const { driver } = await openWorld({
      params: {
        _on_user_confirm_timeout: 'CONNECT-ANYWAY',
        _max_number_of_user_availability_confirmation_attempts: '1',
      },
    });
    driver.request('start');
    driver.advance(30);
    expect(driver.request('snooze')?.positive).to.equal(true);
    expect(driver.configuration).to.include('snoozing');
    driver.advance(300);

    expect(driver.configuration).to.include('awaitingConfirm');
  });

  it('takes a chat that arrives before the position in the queue', async () => {
    const { driver } = await openWorld({ fetches: [['GET', /call\/start/, 'hold']] });
    driver.ask('start');
    chatArrives(driver);
    driver.release(/call\/start/, { status: 200, body: { conn_id: CALL_ID } });

    expect(driver.configuration).to.include('awaitingRoute');
  });

  it('tells the customer to start the chat when no confirmation is wanted', async () => {
    const { driver } = await openWorld({ params: { _wait_for_user_confirm: 'false' } });
    driver.request('start');

    const push = driver.trace.find((line) => line.includes('notification/publish'));
    expect(push).to.include('get-dialog-start-chat');
    expect(driver.configuration).to.include('awaitingChat');
  });

  it('answers start with the chat itself when it waits for no agent', async () => {
    const { driver } = await openWorld({ params: { _wait_for_agent: 'false' } });

    expect(driver.request('start')).to.deep.equal({ positive: true, body: START_CHAT });
    expect(driver.configuration).to.include('awaitingChat');
  });

  it('tries a push again, and waits for the customer even when every push fails', async () => {
    const { driver } = await openWorld({
      fetches: [['POST', /publish$/, { status: 503 }]],
      params: { _max_notify_delivery_attempts: '2' },
    });
    driver.request('start');
    driver.advance(2);

    expect(driver.trace.filter((line) => line.includes('notification/publish'))).to.have.length(2);
    expect(driver.configuration).to.include('awaitingConfirm');
  });

  it('offers the chat to the next agent when one rejects it', async () => {
    const { driver } = await openWorld();
    driver.request('start');
    driver.request('connect');
    chatArrives(driver);
    driver.request('method_urs_request_route_done', ROUTE);
    redirectEnds(driver, 'error.interaction.redirect');
    expect(driver.trace.filter((line) => line.includes('/invoke?'))).to.have.length(2);
    const next = driver.request('method_urs_request_route_done', { ...ROUTE, agent: 'tom' });
    expect(next?.positive).to.equal(true);
    redirectEnds(driver, 'interaction.redirect.done');
    chatEnds(driver);

    expect(reported(driver).at(-1)).to.equal('COMPLETED AGENT_CONNECTED');
  });

  it('takes the target that comes before URS has answered the release', async () => {
    const { driver } = await openWorld({ fetches: [['GET', /invoke/, 'hold']] });
    driver.request('start');
    driver.request('connect');
    chatArrives(driver);
    expect(driver.request('method_urs_request_route_done', ROUTE)?.positive).to.equal(true);
    driver.release(/invoke/, { status: 200, body: {} });

    expect(driver.configuration).to.include('redirecting');
  });

  it('counts a missing result of the redirect as success when _agent_transfer_confirm_timeout is set', async () => {
    const { driver } = await openWorld({ params: { _agent_transfer_confirm_timeout: '20' } });
    driver.request('start');
    driver.request('connect');
    chatArrives(driver);
    driver.request('method_urs_request_route_done', ROUTE);
    driver.advance(20);

    expect(reported(driver)).to.deep.equal(['QUEUED', 'ROUTING', 'PROCESSING']);
  });

  it('repeats a report that GMS refused, and keeps their order', async () => {
    let refusals = 2;
    const { driver } = await openWorld({
      fetches: [['PUT', /./, () => (refusals-- > 0 ? { status: 500 } : { status: 200, body: {} })]],
    });
    driver.request('start');
    driver.request('connect');
    chatArrives(driver);
    driver.advance(4);

    expect(reported(driver)).to.deep.equal(['QUEUED', 'QUEUED', 'QUEUED', 'ROUTING']);
  });

  it('ends although GMS refuses every report', async () => {
    const { driver } = await openWorld({ fetches: [['PUT', /./, 'unreachable']] });
    driver.request('start');
    driver.advance(4);
    driver.request('cancel');
    driver.advance(4);

    expect(reported(driver).slice(3)).to.deep.equal(Array(3).fill('COMPLETED CANCELLED'));
    expect(driver.status).to.equal('completed');
  });
});
