import { expect } from 'chai';
import type { FetchReply, TestSession } from '../../testing/index.ts';
import {
  chatArrives,
  chatEnds,
  type FetchAnswer,
  openWorld,
  ROUTE,
  redirectEnds,
  traceOf,
} from '../support/chatDelayWorld.ts';

const isTold = (session: TestSession): boolean =>
  traceOf(session).some((line) => line.startsWith('POST /genesys/1/notification/publish'));
const ASKS_OTHER = /^\/urs\/call\/max\/lvq\?name=VQ_All&/;
const estimate = (reply: () => FetchReply): readonly FetchAnswer[] => [['GET', ASKS_OTHER, reply]];

describe('chat-delay: _urs_ewt_virtual_queue', () => {
  it('is the queue whose estimate counts; the position is that of the own queue', async () => {
    let ewt = 500;
    const { session } = await openWorld({
      params: { _urs_ewt_virtual_queue: 'VQ_All', _eta_pos_threshold: '0:10,10:1' },
      queue: { pos: 3, calls: 4, ewt: 0 },
      fetches: estimate(() => ({ json: { pos: 9, calls: 9, ewt } })),
    });
    session.request('start');
    session.advance('60s');
    expect(isTold(session)).to.equal(false);
    expect(session.request('check-queue-position').body).to.include({
      _position: 3,
      _eta: 500,
      _total_waiting: 4,
      _agent_ready_threshold_passed: false,
    });
    ewt = 5;
    session.advance('60s');
    expect(isTold(session)).to.equal(true);
  });

  it('has an earlier name, _urs_ewt_vq', async () => {
    const { session } = await openWorld({
      params: { _urs_ewt_vq: 'VQ_All' },
      queue: { ewt: 0 },
      fetches: estimate(() => ({ json: { pos: 9, ewt: 500 } })),
    });
    session.request('start');
    expect(isTold(session)).to.equal(false);
  });

  it('is asked again when it does not answer, and the position is told without an estimate', async () => {
    let reply: FetchReply = 'unreachable';
    const { session } = await openWorld({
      params: { _urs_ewt_virtual_queue: 'VQ_All' },
      queue: { pos: 3, ewt: 0 },
      fetches: estimate(() => reply),
    });
    session.request('start');
    session.advance('60s');
    expect(isTold(session)).to.equal(false);
    expect(session.request('check-queue-position').body).to.include({ _position: 3 });
    reply = { json: { pos: 9, ewt: 5 } };
    session.advance('60s');
    expect(isTold(session)).to.equal(true);
  });
});

describe('chat-delay: a position in the reply to call/start', () => {
  const lines = (session: TestSession, pattern: RegExp): number =>
    traceOf(session).filter((line) => pattern.test(line)).length;

  it('is judged at once, without a request for it', async () => {
    const lvq = { pos: 3, calls: 4, wt: 0, ewt: 500 };
    const { session } = await openWorld({
      fetches: [['GET', /^\/urs\/call\/start\?/, () => ({ json: { conn_id: '00ee0266b1f0c001', lvq } })]],
      queue: { pos: 1, calls: 1, ewt: 0 },
    });
    session.request('start');
    expect([lines(session, /\/lvq\?/), isTold(session)]).to.deep.equal([0, false]);
    session.advance('60s');
    expect([lines(session, /\/lvq\?/), isTold(session)]).to.deep.equal([1, true]);
  });
});

describe('chat-delay: _max_queue_wait', () => {
  const away = (waited: () => number): readonly FetchAnswer[] => [
    [
      'GET',
      /^\/urs\/call\/\w+\/lvq\?/,
      () => ({ json: { pos: 1, calls: 1, wt: waited(), agent_logged_in: false } }),
    ],
  ];

  it('with ursdial, the customer is told after this wait although nobody is logged in', async () => {
    let wt = 0;
    const { session } = await openWorld({
      params: { _urs_ewt_estimation_method: 'ursdial', _max_queue_wait: '300' },
      fetches: away(() => wt),
    });
    session.request('start');
    wt = 299;
    session.advance('60s');
    expect(isTold(session)).to.equal(false);
    wt = 300;
    session.advance('60s');
    expect(isTold(session)).to.equal(true);
  });

  it('does nothing with another method', async () => {
    const { session } = await openWorld({ params: { _max_queue_wait: '300' }, fetches: away(() => 900) });
    session.request('start');
    session.advance('60s');
    expect(isTold(session)).to.equal(false);
  });
});

describe('chat-delay: the events of the session', () => {
  it('are reported in their order, when GMS tells other systems of them', async () => {
    for (const mode of ['subscribe_notify', 'false']) {
      const { session } = await openWorld({ params: { _enable_status_notification: mode } });
      session.request('start');
      session.request('connect');
      chatArrives(session);
      session.request('method_urs_request_route_done', ROUTE);
      redirectEnds(session, 'interaction.redirect.done');
      chatEnds(session);
      const told = traceOf(session).flatMap(
        (line) => /"_callback_(?:event|state)":"(\w+)"/.exec(line)?.[1] ?? [],
      );
      expect(told).to.deep.equal(
        mode === 'false'
          ? ['QUEUED', 'ROUTING', 'PROCESSING', 'COMPLETED']
          : [
              'service_create',
              'QUEUED',
              'virtual_ixn_create',
              'ROUTING',
              'customer_queued',
              'target_found',
              'PROCESSING',
              'route_to_agent',
              'COMPLETED',
              'service_exit',
            ],
      );
    }
  });
});
