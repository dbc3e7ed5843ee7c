import { expect } from 'chai';
import { chatArrives, openWorld, ROUTE, reported } from '../support/chatDelayWorld.ts';
import type { FetchReply } from '../support/documentDriver.ts';

/** Fails the first time. */
function onceAway(then: FetchReply): () => FetchReply {
  let calls = 0;
  return () => (calls++ === 0 ? 'unreachable' : then);
}

const OK = { status: 200, body: {} };

describe('chat-delay: its log', () => {
  it('has no error after a sequence in which every pause and every wait is ended by its timer', async () => {
    const { driver, queue } = await openWorld({
      queue: { pos: 9, calls: 12, ewt: 100 },
      params: { _agent_transfer_confirm_timeout: '20', _max_time_to_wait_for_ixn_delete: '600' },
      fetches: [
        ['GET', /call\/start/, onceAway({ status: 200, body: { conn_id: '00ee0266b1f0c001' } })],
        ['PUT', /./, onceAway(OK)],
        ['POST', /publish$/, onceAway(OK)],
        ['GET', /invoke/, onceAway(OK)],
      ],
    });
    const leaves = (state: string, seconds: number): void => {
      expect(driver.configuration).to.include(state);
      driver.advance(seconds);
      expect(driver.configuration).to.not.include(state);
    };

    driver.ask('start');
    leaves('pausingBeforeUrs', 2);
    leaves('reportPausing', 2);
    expect(driver.configuration).to.include('pausing');
    queue.ewt = 8;
    leaves('pausing', 28);
    leaves('pausingBeforePublish', 2);
    leaves('awaitingConfirm', 30);
    leaves('pausingBeforeAsk', 30);
    driver.request('snooze');
    leaves('snoozing', 300);
    driver.request('connect');
    chatArrives(driver);
    leaves('pausingBeforeRelease', 2);
    driver.request('method_urs_request_route_done', ROUTE);
    leaves('redirecting', 20);
    leaves('talking', 600);

    expect(reported(driver).at(-1)).to.equal('COMPLETED AGENT_CONNECTED');
    expect(driver.errors).to.deep.equal([]);
  });

  for (const [timer, reason, params, queue] of [
    ['threshold', 'FAIL_TARGET_NOT_FOUND', { _max_time_to_reach_eta_pos_threshold: '600' }, { ewt: 900 }],
    ['queued', 'FAIL_TARGET_NOT_FOUND', { _urs_queued_ttl: '600' }, { ewt: 900 }],
    ['confirm', 'FAIL_USER_NO_CONFIRM', {}, {}],
    ['ttl', 'FAIL_TIMEOUT_TTL', { _ttl: '100' }, {}],
  ] as const) {
    it(`has no error after a service that timer.${timer} ends`, async () => {
      const { driver } = await openWorld({ params, queue: { pos: 'ewt' in queue ? 40 : 2, ...queue } });
      driver.request('start');
      driver.advance(3_600);

      expect(reported(driver).at(-1)).to.equal(`COMPLETED ${reason}`);
      expect(driver.errors).to.deep.equal([]);
    });
  }

  it('names an unexpected fault', async () => {
    const { driver } = await openWorld();
    driver.event('error.communication', { description: 'nobody there' });

    expect(driver.errors).to.deep.equal([`'fault' error.communication {"description":"nobody there"}`]);
  });
});
