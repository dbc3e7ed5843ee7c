import { expect, use } from 'chai';
import { type FetchReply, orsayChai } from '../../testing/index.ts';
import { chatArrives, errorsOf, openWorld, ROUTE, reported } from '../support/chatDelayWorld.ts';

use(orsayChai);

/** Fails the first time. */
function onceAway(then: FetchReply): () => FetchReply {
  let calls = 0;
  return () => (calls++ === 0 ? 'unreachable' : then);
}

const OK = { json: {} };

describe('chat-delay: its log', () => {
  it('has no error after a sequence in which every pause and every wait is ended by its timer', async () => {
    const { session, queue } = await openWorld({
      queue: { pos: 9, calls: 12, ewt: 100 },
      params: { _agent_transfer_confirm_timeout: '20', _max_time_to_wait_for_ixn_delete: '600' },
      fetches: [
        ['GET', /call\/start/, onceAway({ json: { conn_id: '00ee0266b1f0c001' } })],
        ['PUT', /./, onceAway(OK)],
        ['POST', /publish$/, onceAway(OK)],
        ['GET', /invoke/, onceAway(OK)],
      ],
    });
    const leaves = (state: string, seconds: number): void => {
      expect(session).to.be.in(state);
      session.advance(1000 * seconds);
      expect(session).not.to.be.in(state);
    };

    session.ask('start');
    leaves('pausingBeforeUrs', 2);
    leaves('reportPausing', 2);
    expect(session).to.be.in('pausing');
    queue.ewt = 8;
    leaves('pausing', 28);
    leaves('pausingBeforePublish', 2);
    leaves('awaitingConfirm', 30);
    leaves('pausingBeforeAsk', 30);
    session.request('snooze');
    leaves('snoozing', 300);
    session.request('connect');
    chatArrives(session);
    leaves('pausingBeforeRelease', 2);
    session.request('method_urs_request_route_done', ROUTE);
    leaves('redirecting', 20);
    leaves('talking', 600);

    expect(reported(session).at(-1)).to.equal('COMPLETED AGENT_CONNECTED');
    expect(errorsOf(session)).to.deep.equal([]);
  });

  for (const [timer, reason, params, queue] of [
    ['threshold', 'FAIL_TARGET_NOT_FOUND', { _max_time_to_reach_eta_pos_threshold: '600' }, { ewt: 900 }],
    ['queued', 'FAIL_TARGET_NOT_FOUND', { _urs_queued_ttl: '600' }, { ewt: 900 }],
    ['confirm', 'FAIL_USER_NO_CONFIRM', {}, {}],
    ['ttl', 'FAIL_TIMEOUT_TTL', { _ttl: '100' }, {}],
  ] as const) {
    it(`has no error after a service that timer.${timer} ends`, async () => {
      const { session } = await openWorld({ params, queue: { pos: 'ewt' in queue ? 40 : 2, ...queue } });
      session.request('start');
      session.advance('3600s');

      expect(reported(session).at(-1)).to.equal(`COMPLETED ${reason}`);
      expect(errorsOf(session)).to.deep.equal([]);
    });
  }

  it('names an unexpected fault', async () => {
    const { session } = await openWorld();
    session.send('error.communication', { description: 'nobody there' });

    expect(errorsOf(session)).to.deep.equal([`error.communication {"description":"nobody there"}`]);
  });
});
