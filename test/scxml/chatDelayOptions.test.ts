import { expect } from 'chai';
import {
  CALL_ID,
  chatArrives,
  openWorld,
  ROUTE,
  redirectEnds,
  reported,
  traceOf,
} from '../support/chatDelayWorld.ts';

const USER_DATA = { colour: 'red', order: { id: 7 } };

/** The parameters of the last request for a virtual interaction. */
function startedWith(trace: readonly string[]): Record<string, string> {
  const line = trace.findLast((one) => one.startsWith('GET /urs/call/start?'))!;
  return Object.fromEntries(new URL(line.slice('GET '.length), 'http://orsay.test').searchParams);
}

/** A chat that is offered to an agent. */
async function offered(params: Record<string, string>) {
  const { session } = await openWorld({ params });
  session.request('start');
  session.request('connect');
  chatArrives(session);
  session.request('method_urs_request_route_done', ROUTE);
  return session;
}

describe('chat-delay: options of the transfer and of URS', () => {
  it('_urs_udata_xfer_keys: URS gets these keys of the user data and of the parameters', async () => {
    const { session } = await openWorld({
      params: { _urs_udata_xfer_keys: 'colour, order, _customer_number, absent' },
      fetches: [['GET', /^\/genesys\/1\/storage\/788887$/, { json: USER_DATA }]],
    });
    expect(session.request('start').positive).to.equal(true);
    expect(startedWith(traceOf(session))).to.deep.include({
      colour: 'red',
      order: '{"id":7}',
      _customer_number: '5551230001',
      VQ: 'VQ_Billing',
    });
    expect(startedWith(traceOf(session))).not.to.have.property('absent');
  });

  it('_urs_udata_xfer_keys: the parameters alone, when the user data cannot be read', async () => {
    const { session } = await openWorld({
      params: { _urs_udata_xfer_keys: 'colour,_customer_number' },
      fetches: [['GET', /^\/genesys\/1\/storage\/788887$/, { status: 404 }]],
    });
    expect(session.request('start').positive).to.equal(true);
    expect(startedWith(traceOf(session))).to.deep.include({ _customer_number: '5551230001' });
  });

  it('_urs_extension_data: its members are parameters of the call, except those of URS itself', async () => {
    const { session } = await openWorld({
      params: { _urs_extension_data: '{"segment":"gold","VQ":"VQ_Other"}' },
    });
    session.request('start');
    expect(startedWith(traceOf(session))).to.deep.include({ segment: 'gold', VQ: 'VQ_Billing' });
  });

  it('_urs_sec_server_url: the next attempt and everything after it goes to the other URS', async () => {
    const { session } = await openWorld({
      params: { _urs_sec_server_url: 'http://orsay.test/backup/' },
      fetches: [
        ['GET', /^\/urs\/call\/start\?/, 'unreachable'],
        ['GET', /^\/backup\/urs\/call\/start\?/, { json: { conn_id: CALL_ID } }],
        ['GET', /^\/backup\/urs\/call\/\w+\/lvq\?/, { json: { pos: 1, calls: 1 } }],
      ],
    });
    session.ask('start');
    session.advance('2s');
    expect(
      traceOf(session)
        .filter((line) => line.includes('/urs/'))
        .map((line) => line.split('?')[0]),
    ).to.deep.equal([
      'GET /urs/call/start',
      'GET /backup/urs/call/start',
      `GET /backup/urs/call/${CALL_ID}/lvq`,
    ]);
  });

  it('_transfer_to_agent_retry_timeout: another agent is asked after this pause', async () => {
    const session = await offered({ _transfer_to_agent_retry_timeout: '20' });
    const releases = () => traceOf(session).filter((line) => line.includes('/invoke?')).length;
    expect(releases()).to.equal(1);
    redirectEnds(session, 'error.interaction.redirect');
    session.advance('19s');
    expect(releases()).to.equal(1);
    session.advance('1s');
    expect(releases()).to.equal(2);
  });

  it('_ixn_redirect_confirm=false: the agent counts as connected at once', async () => {
    const session = await offered({ _ixn_redirect_confirm: 'false' });
    expect(reported(session).at(-1)).to.equal('PROCESSING');
  });

  it('_desired_connect_time_threshold: no agent is announced earlier before the desired time', async () => {
    const { session } = await openWorld({
      params: { _desired_time: '2024-03-01T10:05:00.000Z', _desired_connect_time_threshold: '60' },
      queue: { pos: 1, calls: 1 },
    });
    const announced = () => traceOf(session).some((line) => line.startsWith('POST /genesys/1/notification'));
    session.request('start');
    session.advance('239s');
    expect(announced()).to.equal(false);
    session.advance('31s');
    expect(announced()).to.equal(true);
  });
});
