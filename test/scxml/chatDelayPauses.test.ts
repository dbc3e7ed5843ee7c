import { expect } from 'chai';
import { chatArrives, openWorld, ROUTE, reported } from '../support/chatDelayWorld.ts';
import type { DocumentDriver } from '../support/documentDriver.ts';

const ANNOUNCEMENT = 'POST /genesys/1/notification/publish';
const isTold = ({ trace }: DocumentDriver): boolean => trace.some((line) => line.startsWith(ANNOUNCEMENT));

describe('chat-delay: a paused service', () => {
  it('tells nobody of an agent, and asks nobody, until it goes on', async () => {
    const { driver, queue } = await openWorld({ queue: { pos: 9, calls: 9, ewt: 500 } });
    driver.request('start');
    driver.event('pause');
    expect(driver.configuration).to.include('held');
    Object.assign(queue, { pos: 1, ewt: 0 });
    driver.advance(3600);
    expect(isTold(driver)).to.equal(false);
    const refused = { positive: false, code: '409', body: { message: 'the service is paused' } };
    expect(driver.request('connect')).to.deep.equal(refused);
    expect(driver.request('snooze')).to.deep.equal(refused);
    expect(driver.request('check-queue-position')?.positive).to.equal(true);
    driver.event('resume');
    expect(isTold(driver)).to.equal(true);
    expect(reported(driver)).to.deep.equal(['QUEUED']);
  });

  it('ends nobody by the time in the queue, which begins again when it goes on', async () => {
    const { driver } = await openWorld({
      params: { _urs_queued_ttl: '60', _ttl: '86400' },
      queue: { pos: 9, ewt: 500 },
    });
    driver.request('start');
    driver.event('pause');
    driver.advance(600);
    driver.event('resume');
    driver.advance(59);
    expect(reported(driver)).to.deep.equal(['QUEUED']);
    driver.advance(2);
    expect(reported(driver)).to.deep.equal(['QUEUED', 'COMPLETED FAIL_TARGET_NOT_FOUND']);
  });

  it('keeps a chat that comes meanwhile, and routes it when it goes on', async () => {
    const { driver } = await openWorld();
    driver.request('start');
    driver.request('connect');
    driver.event('pause');
    chatArrives(driver);
    expect(reported(driver)).to.deep.equal(['QUEUED']);
    driver.event('resume');
    expect(reported(driver)).to.deep.equal(['QUEUED', 'ROUTING']);
    expect(driver.request('method_urs_request_route_done', ROUTE)?.positive).to.equal(true);
  });

  it('holds a callback that was still on its way into the queue', async () => {
    const { driver } = await openWorld({ fetches: [['GET', /^\/urs\/call\/start\?/, 'hold']] });
    driver.request('start');
    driver.event('pause');
    driver.release(/start/, { status: 200, body: { conn_id: 'c1' } });
    expect(driver.configuration).to.include('held');
    driver.event('resume');
    expect(isTold(driver)).to.equal(true);
  });

  it('can be cancelled by its customer', async () => {
    const { driver } = await openWorld();
    driver.request('start');
    driver.event('pause');
    expect(driver.request('cancel')?.positive).to.equal(true);
    expect(reported(driver)).to.deep.equal(['QUEUED', 'COMPLETED CANCELLED']);
  });
});

describe('chat-delay: the end', () => {
  it('is no fault when URS does not know the call any more', async () => {
    const { driver } = await openWorld({ fetches: [['GET', /\/delete$/, { status: 404 }]] });
    driver.request('start');
    driver.request('cancel');
    expect([reported(driver), driver.errors]).to.deep.equal([['QUEUED', 'COMPLETED CANCELLED'], []]);
  });
});

describe('chat-delay: _urs_sec_server_url', () => {
  it('gets the questions about the position when the first URS does not answer', async () => {
    const lvq = { status: 200, body: { pos: 1, calls: 1, wt: 0 } };
    const { driver, queue } = await openWorld({
      params: { _urs_sec_server_url: 'http://orsay.test/backup' },
      fetches: [['GET', /^\/backup\/urs\/call\/\w+\/lvq\?/, lvq]],
    });
    queue.reachable = false;
    driver.request('start');
    driver.advance(60);
    expect(isTold(driver)).to.equal(true);
  });
});
