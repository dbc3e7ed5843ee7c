import { expect, use } from 'chai';
import { orsayChai } from '../../testing/index.ts';
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
  traceOf,
  USER,
} from '../support/chatDelayWorld.ts';

use(orsayChai);

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
  for (const restarts of [false, true]) {
    it(`takes the customer from start to the agent${restarts ? ', with a restart after each step' : ''}`, async () => {
      const { session } = await openWorld();
      const restart = (): void => void (restarts && session.restart());

      restart();
      expect(session.request('start')).to.deep.equal({ positive: true, body: WAIT_DIALOG });
      restart();
      expect(session.request('connect')).to.deep.equal({ positive: true, body: START_CHAT });
      restart();
      chatArrives(session);
      restart();
      expect(session.request('method_urs_request_route_done', ROUTE).positive).to.equal(true);
      restart();
      redirectEnds(session, 'interaction.redirect.done');
      restart();
      chatEnds(session);

      expect(traceOf(session)).to.deep.equal([
        START_CALL,
        'answer',
        `GET /urs/call/${CALL_ID}/lvq?name=VQ_Billing&tenant=Environment&aqt=urs&agent_logged_in=true&estimates=true`,
        `${REPORT} {"_callback_state":"QUEUED","_reason":""}`,
        `POST /genesys/1/notification/publish ${ANNOUNCEMENT}`,
        'answer',
        `GET /urs/call/${CALL_ID}/invoke?strategy=SetRouteDelay&DELAY=0`,
        `${REPORT} {"_callback_state":"ROUTING","_reason":""}`,
        'answer',
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
      expect(session.status).to.equal('completed');
      expect(session.timers.length).to.equal(0);
    });
  }

  it('ends with the agent connected when the session is not retained', async () => {
    const { session } = await openWorld({ params: { _retain_session_until_ixn_deleted: 'false' } });
    session.request('start');
    session.request('connect');
    chatArrives(session);
    session.request('method_urs_request_route_done', ROUTE);
    redirectEnds(session, 'interaction.redirect.done');

    expect(reported(session)).to.deep.equal(['QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED AGENT_CONNECTED']);
    expect(session.status).to.equal('completed');
  });

  it('stays with the chat no longer than _max_time_to_wait_for_ixn_delete', async () => {
    const { session } = await openWorld({ params: { _max_time_to_wait_for_ixn_delete: '600' } });
    session.request('start');
    session.request('connect');
    chatArrives(session);
    session.request('method_urs_request_route_done', ROUTE);
    redirectEnds(session, 'interaction.redirect.done');
    session.advance('599s');
    expect(session.status).to.equal('running');
    session.advance('1s');

    expect(reported(session).at(-1)).to.equal('COMPLETED AGENT_CONNECTED');
    expect(session.status).to.equal('completed');
  });

  it('polls faster with a shorter estimate, and asks when the threshold is passed', async () => {
    const { session, queue } = await openWorld({ queue: { pos: 9, calls: 12, ewt: 100 } });
    session.request('start');
    const polls = (): number => traceOf(session).filter((line) => line.includes('/lvq?')).length;
    const asked = (): number =>
      traceOf(session).filter((line) => line.includes('notification/publish')).length;

    session.advance('29s');
    expect(polls()).to.equal(1);
    queue.ewt = 20;
    queue.pos = 3;
    session.advance('1s');
    expect(polls()).to.equal(2);
    session.advance('9s');
    expect(polls()).to.equal(2);
    queue.ewt = 8;
    session.advance('1s');
    expect([polls(), asked()]).to.deep.equal([3, 1]);
    expect(session).to.be.in('awaitingConfirm');
  });

  it('continues to poll while URS is unreachable, and keeps the position', async () => {
    const { session, queue } = await openWorld({ queue: { reachable: false } });
    session.request('start');
    session.advance('300s');
    expect(session).to.be.in('pausing');
    queue.reachable = true;
    session.advance('30s');

    expect(session).to.be.in('awaitingConfirm');
  });

  it('asks whatever the estimate is when _urs_ewt_estimation_method is ursdial', async () => {
    const { session } = await openWorld({
      params: { _urs_ewt_estimation_method: 'ursdial' },
      queue: { pos: 50, ewt: 900 },
    });
    session.request('start');

    expect(traceOf(session).filter((line) => line.includes('/lvq?'))).to.have.length(1);
    expect(session).to.be.in('awaitingConfirm');
  });

  it('asks again after a snooze, twice, and then connects', async () => {
    const { session } = await openWorld({ params: { _snooze_duration: '120' } });
    session.request('start');
    const asked = (): number =>
      traceOf(session).filter((line) => line.includes('notification/publish')).length;
    const snoozed = {
      _dialog_id: '0',
      _action: 'ConfirmationDialog',
      _text: 'We will try again in 2 minutes',
      _ok_title: 'Ok',
      _id: SERVICE_ID,
    };

    expect(session.request('snooze')).to.deep.equal({ positive: true, body: snoozed });
    session.advance('119s');
    expect(asked()).to.equal(1);
    session.advance('1s');
    expect(asked()).to.equal(2);
    expect(session.request('snooze').positive).to.equal(true);
    session.advance('120s');
    expect(asked()).to.equal(3);
    expect(session.request('connect')).to.deep.equal({ positive: true, body: START_CHAT });
    chatArrives(session);
    session.request('method_urs_request_route_done', ROUTE);
    redirectEnds(session, 'interaction.redirect.done');
    chatEnds(session);

    expect(reported(session).at(-1)).to.equal('COMPLETED AGENT_CONNECTED');
  });

  it('lets a customer who polls connect before they were notified', async () => {
    const { session } = await openWorld({ queue: { pos: 40, ewt: 900 } });
    session.request('start');
    expect(session.request('connect')).to.deep.equal({ positive: true, body: START_CHAT });
    expect(session).to.be.in('awaitingChat');
    session.advance('3600s');
    expect(session).to.be.in('awaitingChat');
  });

  it('continues without a confirmation with CONNECT-ANYWAY', async () => {
    const { session } = await openWorld({
      params: {
        _on_user_confirm_timeout: 'CONNECT-ANYWAY',
        _max_number_of_user_availability_confirmation_attempts: '2',
        _agent_availability_notification_delay: '10',
      },
    });
    session.request('start');
    session.advance('30s');
    expect(session).to.be.in('pausingBeforeAsk');
    session.advance('10s');
    expect(session).to.be.in('awaitingConfirm');
    session.advance('30s');

    expect(session).to.be.in('awaitingChat');
    expect(traceOf(session).filter((line) => line.includes('notification/publish'))).to.have.length(2);
  });

  it('lets the customer snooze after it continued without their confirmation', async () => {
    const { session } = await openWorld({
      params: {
        _on_user_confirm_timeout: 'CONNECT-ANYWAY',
        _max_number_of_user_availability_confirmation_attempts: '1',
      },
    });
    session.request('start');
    session.advance('30s');
    expect(session.request('snooze').positive).to.equal(true);
    expect(session).to.be.in('snoozing');
    session.advance('300s');

    expect(session).to.be.in('awaitingConfirm');
  });

  it('takes a chat that arrives before the position in the queue', async () => {
    const { session } = await openWorld({ fetches: [['GET', /call\/start/, 'silence']] });
    session.ask('start');
    chatArrives(session);
    session.expectFetch(/call\/start/).reply({ json: { conn_id: CALL_ID } });

    expect(session).to.be.in('awaitingRoute');
  });

  it('tells the customer to start the chat when no confirmation is wanted', async () => {
    const { session } = await openWorld({ params: { _wait_for_user_confirm: 'false' } });
    session.request('start');

    const push = traceOf(session).find((line) => line.includes('notification/publish'));
    expect(push).to.include('get-dialog-start-chat');
    expect(session).to.be.in('awaitingChat');
  });

  it('answers start with the chat itself when it waits for no agent', async () => {
    const { session } = await openWorld({ params: { _wait_for_agent: 'false' } });

    expect(session.request('start')).to.deep.equal({ positive: true, body: START_CHAT });
    expect(session).to.be.in('awaitingChat');
  });

  it('tries a push again, and waits for the customer even when every push fails', async () => {
    const { session } = await openWorld({
      fetches: [['POST', /publish$/, { status: 503 }]],
      params: { _max_notify_delivery_attempts: '2' },
    });
    session.request('start');
    session.advance('2s');

    expect(traceOf(session).filter((line) => line.includes('notification/publish'))).to.have.length(2);
    expect(session).to.be.in('awaitingConfirm');
  });

  it('offers the chat to the next agent when one rejects it', async () => {
    const { session } = await openWorld();
    session.request('start');
    session.request('connect');
    chatArrives(session);
    session.request('method_urs_request_route_done', ROUTE);
    redirectEnds(session, 'error.interaction.redirect');
    expect(traceOf(session).filter((line) => line.includes('/invoke?'))).to.have.length(2);
    const next = session.request('method_urs_request_route_done', { ...ROUTE, agent: 'tom' });
    expect(next?.positive).to.equal(true);
    redirectEnds(session, 'interaction.redirect.done');
    chatEnds(session);

    expect(reported(session).at(-1)).to.equal('COMPLETED AGENT_CONNECTED');
  });

  it('takes the target that comes before URS has answered the release', async () => {
    const { session } = await openWorld({ fetches: [['GET', /invoke/, 'silence']] });
    session.request('start');
    session.request('connect');
    chatArrives(session);
    expect(session.request('method_urs_request_route_done', ROUTE).positive).to.equal(true);
    session.expectFetch(/invoke/).reply({ json: {} });

    expect(session).to.be.in('redirecting');
  });

  it('counts a missing result of the redirect as success when _agent_transfer_confirm_timeout is set', async () => {
    const { session } = await openWorld({ params: { _agent_transfer_confirm_timeout: '20' } });
    session.request('start');
    session.request('connect');
    chatArrives(session);
    session.request('method_urs_request_route_done', ROUTE);
    session.advance('20s');

    expect(reported(session)).to.deep.equal(['QUEUED', 'ROUTING', 'PROCESSING']);
  });

  it('repeats a report that GMS refused, and keeps their order', async () => {
    let refusals = 2;
    const { session } = await openWorld({
      fetches: [['PUT', /./, () => (refusals-- > 0 ? { status: 500 } : { json: {} })]],
    });
    session.request('start');
    session.request('connect');
    chatArrives(session);
    session.advance('4s');

    expect(reported(session)).to.deep.equal(['QUEUED', 'QUEUED', 'QUEUED', 'ROUTING']);
  });

  it('ends although GMS refuses every report', async () => {
    const { session } = await openWorld({ fetches: [['PUT', /./, 'unreachable']] });
    session.request('start');
    session.advance('4s');
    session.request('cancel');
    session.advance('4s');

    expect(reported(session).slice(3)).to.deep.equal(Array(3).fill('COMPLETED CANCELLED'));
    expect(session.status).to.equal('completed');
  });
});
