import { expect } from 'chai';
import { CALL_ID, chatArrives, openWorld, ROUTE, redirectEnds, reported } from '../support/chatDelayWorld.ts';

const USER_DATA = { colour: 'red', order: { id: 7 } };

/** The parameters of the last request for a virtual interaction. */
function startedWith(trace: readonly string[]): Record<string, string> {
  const line = trace.findLast((one) => one.startsWith('GET /urs/call/start?'))!;
  return Object.fromEntries(new URL(line.slice('GET '.length), 'http://orsay.test').searchParams);
}

/** A chat that is offered to an agent. */
async function offered(params: Record<string, string>) {
  const { driver } = await openWorld({ params });
  driver.request('start');
  driver.request('connect');
  chatArrives(driver);
  driver.request('method_urs_request_route_done', ROUTE);
  return driver;
}

describe('chat-delay: options of the transfer and of URS', () => {
  it('_urs_udata_xfer_keys: URS gets these keys of the user data and of the parameters', async () => {
    const { driver } = await openWorld({
      params: { _urs_udata_xfer_keys: 'colour, order, _customer_number, absent' },
      fetches: [['GET', /^\/genesys\/1\/storage\/788887$/, { status: 200, body: USER_DATA }]],
    });
    expect(driver.request('start')?.positive).to.equal(true);
    expect(startedWith(driver.trace)).to.deep.include({
      colour: 'red',
      order: '{"id":7}',
      _customer_number: '5551230001',
      VQ: 'VQ_Billing',
    });
    expect(startedWith(driver.trace)).not.to.have.property('absent');
  });

  it('_urs_udata_xfer_keys: the parameters alone, when the user data cannot be read', async () => {
    const { driver } = await openWorld({
      params: { _urs_udata_xfer_keys: 'colour,_customer_number' },
      fetches: [['GET', /^\/genesys\/1\/storage\/788887$/, { status: 404 }]],
    });
    expect(driver.request('start')?.positive).to.equal(true);
    expect(startedWith(driver.trace)).to.deep.include({ _customer_number: '5551230001' });
  });

  it('_urs_extension_data: its members are parameters of the call, except those of URS itself', async () => {
    const { driver } = await openWorld({
      params: { _urs_extension_data: '{"segment":"gold","VQ":"VQ_Other"}' },
    });
    driver.request('start');
    expect(startedWith(driver.trace)).to.deep.include({ segment: 'gold', VQ: 'VQ_Billing' });
  });

  it('_urs_sec_server_url: the next attempt and everything after it goes to the other URS', async () => {
    const { driver } = await openWorld({
      params: { _urs_sec_server_url: 'http://orsay.test/backup/' },
      fetches: [
        ['GET', /^\/urs\/call\/start\?/, 'unreachable'],
        ['GET', /^\/backup\/urs\/call\/start\?/, { status: 200, body: { conn_id: CALL_ID } }],
        ['GET', /^\/backup\/urs\/call\/\w+\/lvq\?/, { status: 200, body: { pos: 1, calls: 1 } }],
      ],
    });
    driver.request('start');
    driver.advance(2);
    expect(
      driver.trace.filter((line) => line.includes('/urs/')).map((line) => line.split('?')[0]),
    ).to.deep.equal([
      'GET /urs/call/start',
      'GET /backup/urs/call/start',
      `GET /backup/urs/call/${CALL_ID}/lvq`,
    ]);
  });

  it('_transfer_to_agent_retry_timeout: another agent is asked after this pause', async () => {
    const driver = await offered({ _transfer_to_agent_retry_timeout: '20' });
    const releases = () => driver.trace.filter((line) => line.includes('/invoke?')).length;
    expect(releases()).to.equal(1);
    redirectEnds(driver, 'error.interaction.redirect');
    driver.advance(19);
    expect(releases()).to.equal(1);
    driver.advance(1);
    expect(releases()).to.equal(2);
    expect(driver.faults).to.deep.equal([]);
  });

  it('_ixn_redirect_confirm=false: the agent counts as connected at once', async () => {
    const driver = await offered({ _ixn_redirect_confirm: 'false' });
    expect(reported(driver).at(-1)).to.equal('PROCESSING');
    expect(driver.faults).to.deep.equal([]);
  });

  it('_desired_connect_time_threshold: no agent is announced earlier before the desired time', async () => {
    const { driver } = await openWorld({
      params: { _desired_time: '2024-03-01T10:05:00.000Z', _desired_connect_time_threshold: '60' },
      queue: { pos: 1, calls: 1 },
    });
    const announced = () => driver.trace.some((line) => line.startsWith('POST /genesys/1/notification'));
    driver.request('start');
    driver.advance(239);
    expect(announced()).to.equal(false);
    driver.advance(31);
    expect(announced()).to.equal(true);
    expect(driver.faults).to.deep.equal([]);
  });
});
