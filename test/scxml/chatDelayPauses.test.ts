import { expect, use } from 'chai';
import { orsayChai, type TestSession } from '../../testing/index.ts';
import { chatArrives, errorsOf, openWorld, ROUTE, reported, traceOf } from '../support/chatDelayWorld.ts';

use(orsayChai);

const ANNOUNCEMENT = 'POST /genesys/1/notification/publish';
const isTold = (session: TestSession): boolean =>
  traceOf(session).some((line) => line.startsWith(ANNOUNCEMENT));

describe('chat-delay: a paused service', () => {
  it('tells nobody of an agent, and asks nobody, until it goes on', async () => {
    const { session, queue } = await openWorld({ queue: { pos: 9, calls: 9, ewt: 500 } });
    session.request('start');
    session.send('pause');
    expect(session).to.be.in('held');
    Object.assign(queue, { pos: 1, ewt: 0 });
    session.advance('3600s');
    expect(isTold(session)).to.equal(false);
    const refused = { positive: false, resultCode: '409', body: { message: 'the service is paused' } };
    expect(session.request('connect')).to.deep.equal(refused);
    expect(session.request('snooze')).to.deep.equal(refused);
    expect(session.request('check-queue-position').positive).to.equal(true);
    session.send('resume');
    expect(isTold(session)).to.equal(true);
    expect(reported(session)).to.deep.equal(['QUEUED']);
  });

  it('ends nobody by the time in the queue, which begins again when it goes on', async () => {
    const { session } = await openWorld({
      params: { _urs_queued_ttl: '60', _ttl: '86400' },
      queue: { pos: 9, ewt: 500 },
    });
    session.request('start');
    session.send('pause');
    session.advance('600s');
    session.send('resume');
    session.advance('59s');
    expect(reported(session)).to.deep.equal(['QUEUED']);
    session.advance('2s');
    expect(reported(session)).to.deep.equal(['QUEUED', 'COMPLETED FAIL_TARGET_NOT_FOUND']);
  });

  it('keeps a chat that comes meanwhile, and routes it when it goes on', async () => {
    const { session } = await openWorld();
    session.request('start');
    session.request('connect');
    session.send('pause');
    chatArrives(session);
    expect(reported(session)).to.deep.equal(['QUEUED']);
    session.send('resume');
    expect(reported(session)).to.deep.equal(['QUEUED', 'ROUTING']);
    expect(session.request('method_urs_request_route_done', ROUTE).positive).to.equal(true);
  });

  it('holds a callback that was still on its way into the queue', async () => {
    const { session } = await openWorld({ fetches: [['GET', /^\/urs\/call\/start\?/, 'silence']] });
    session.ask('start');
    session.send('pause');
    session.expectFetch(/start/).reply({ json: { conn_id: 'c1' } });
    expect(session).to.be.in('held');
    session.send('resume');
    expect(isTold(session)).to.equal(true);
  });

  it('can be cancelled by its customer', async () => {
    const { session } = await openWorld();
    session.request('start');
    session.send('pause');
    expect(session.request('cancel').positive).to.equal(true);
    expect(reported(session)).to.deep.equal(['QUEUED', 'COMPLETED CANCELLED']);
  });
});

describe('chat-delay: the end', () => {
  it('is no fault when URS does not know the call any more', async () => {
    const { session } = await openWorld({ fetches: [['GET', /\/delete$/, { status: 404 }]] });
    session.request('start');
    session.request('cancel');
    expect([reported(session), errorsOf(session)]).to.deep.equal([['QUEUED', 'COMPLETED CANCELLED'], []]);
  });
});

describe('chat-delay: _urs_sec_server_url', () => {
  it('gets the questions about the position when the first URS does not answer', async () => {
    const lvq = { json: { pos: 1, calls: 1, wt: 0 } };
    const { session, queue } = await openWorld({
      params: { _urs_sec_server_url: 'http://orsay.test/backup' },
      fetches: [['GET', /^\/backup\/urs\/call\/\w+\/lvq\?/, lvq]],
    });
    queue.reachable = false;
    session.request('start');
    session.advance('60s');
    expect(isTold(session)).to.equal(true);
  });
});
