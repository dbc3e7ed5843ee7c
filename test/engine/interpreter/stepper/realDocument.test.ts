import { resolve } from 'node:path';
import { expect } from 'chai';
import { type ScriptRow, stepper } from '../../../../engine/index.ts';

const DOCUMENT = resolve(import.meta.dirname, '../../../../scxml/callback/src/chat-delay.scxml');
const SERVICE = '369-166652d2-aed6-443c-9781-6bdff370f9a9';

const PARAMS = {
  _service_id: SERVICE,
  _service_name: 'chat-delay',
  _data_id: '788887',
  _gms_url: 'http://orsay.test/genesys',
  _ors_url: 'http://orsay.test',
  _urs_url: 'http://orsay.test',
  _gms_user: 'jbond',
  _customer_number: '5551230001',
  _device_notification_id: 'jbond',
  _device_os: 'comet',
  _type: 'ors',
  _media_type: 'chat',
  _wait_for_agent: 'true',
  _wait_for_user_confirm: 'true',
  _target: 'Billing@Stat_Server.GA',
  _urs_virtual_queue: 'VQ_Billing',
  _urs_queued_ttl: '14400',
};

/** The partners of the document until an agent is almost available. */
const SCRIPT: readonly ScriptRow[] = [
  { fetch: '/urs/call/start', method: 'get', reply: { json: { conn_id: '00ee0266b1f0c001' } } },
  { fetch: '/urs/call/', reply: { json: { time: 1380769087, wt: 0, calls: 5, pos: 5 } } },
  { fetch: '/genesys/1/service/', reply: { json: {} } },
  { fetch: '/genesys/1/notification/publish', method: 'post', reply: { json: {} } },
];

describe('the stepper on a real ORS document', () => {
  it('plays chat-delay until it waits in the queue, goes back, and plays on', async () => {
    const s = await stepper(DOCUMENT, { params: PARAMS, script: SCRIPT, baseUrl: 'http://orsay.test' });
    s.start();
    const dialog = s.request('start');
    expect(dialog.positive).to.equal(true);
    expect(dialog.body).to.include({ _action: 'ConfirmationDialog', _id: SERVICE });
    s.expectSequence([/^event start$/, /^fetch GET http:\/\/orsay\.test\/urs\/call\/start\?/]);
    const waiting = [...s.configuration];
    const data = s.data;
    s.advance('5m');
    s.back().expectConfiguration(waiting);
    expect(s.data).to.deep.equal(data);
    s.advance('5m').verify();
    expect(s.status).to.equal('running');
  });

  it('shows each microstep of its start', async () => {
    const s = await stepper(DOCUMENT, { params: PARAMS, script: SCRIPT, baseUrl: 'http://orsay.test' });
    let microsteps = 0;
    while (s.microstep()) microsteps += 1;
    const stepped = s.lines.map(({ text }) => text);
    const whole = await stepper(DOCUMENT, { params: PARAMS, script: SCRIPT, baseUrl: 'http://orsay.test' });
    whole.start();
    expect(stepped).to.deep.equal(whole.lines.map(({ text }) => text));
    expect(microsteps).to.be.greaterThan(0);
  });
});
