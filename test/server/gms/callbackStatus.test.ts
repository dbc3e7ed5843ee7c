import { expect } from 'chai';
import type { HttpClient } from '../../../engine/ports/httpClient.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const DOCUMENT = orsDocument(
  `<state id="working">
     <transition event="start"><ws:response requestid="_event.sendid"/></transition>
     <transition event="cancel" target="cancelled"/>
   </state>
   <final id="cancelled"/>`,
  'initial="working"',
);
const ROOT = '/genesys/1/service/callback/chat-delay';
const TARGET = 'http://127.0.0.1:9/status';
const MINUTE_MS = 60_000;
const ON = {
  _enable_status_notification: 'subscribe_notify',
  _status_notification_type: 'httpcb',
  _status_notification_target: TARGET,
};

type Fields = Readonly<Record<string, string>>;

describe('status notifications of callbacks', () => {
  let server: TestServer;
  let posted: { readonly url: string; readonly body: Fields }[];
  let status: number;

  afterEach(() => server.orsay.close());

  function begin(service: Fields, lists: object = {}): void {
    posted = [];
    status = 200;
    const http: HttpClient = async ({ url, body }) => {
      if (status === 200) posted.push({ url, body: JSON.parse(String(body)) });
      return { status, headers: {}, body: '' } as unknown as Awaited<ReturnType<HttpClient>>;
    };
    server = createTestServer({
      documents: writeDocuments({ 'callback/src/chat-delay.scxml': DOCUMENT }),
      http,
      config: (config) => ({
        ...config,
        lists: lists as typeof config.lists,
        services: { ...config.services, 'chat-delay': { ...config.services['chat-delay'], ...service } },
      }),
    });
  }

  const at = (ms: number): string => new Date(server.clock.now() + ms).toISOString();
  async function create(fields: Fields = {}): Promise<string> {
    const reply: TestReply = await server.send('POST', ROOT, {
      form: { _customer_number: '5115', ...fields },
    });
    expect(reply.status, reply.text).to.equal(200);
    return (reply.json as { _id: string })._id;
  }
  const put = (id: string, json: object): Promise<TestReply> => server.send('PUT', `${ROOT}/${id}`, { json });
  async function tags(): Promise<readonly string[]> {
    await server.orsay.durable.idle();
    return posted.map(({ body }) => body.tag!.replace('_cbe_on_callback_', ''));
  }

  it('report the events of the session that its document tells, also after the end', async () => {
    begin(ON);
    const id = await create();
    expect((await put(id, { _callback_event: 'target_found' })).status).to.equal(200);
    await put(id, { _callback_state: 'COMPLETED', _reason: 'AGENT_CONNECTED' });
    expect((await put(id, { _callback_event: 'service_exit' })).status).to.equal(200);
    await server.orsay.durable.idle();
    expect(posted.map(({ body }) => body.tag)).to.deep.equal([
      '_cbe_on_callback_queued',
      '_cbe_on_callback_submitted',
      '_cbe_on_target_found',
      '_cbe_on_callback_status_updated',
      '_cbe_on_service_exit',
    ]);
    expect(posted.at(-1)!.body).to.include({ _service_id: id, _callback_reason: 'AGENT_CONNECTED' });
    const wrong = await put(id, { _callback_event: 'dial_done' });
    expect([wrong.status, (wrong.json as Fields).message]).to.deep.equal([
      400,
      'Expected _callback_event to be service_create, virtual_ixn_create, customer_queued, target_found, route_to_agent, service_exit, got "dial_done".',
    ]);
  });

  it('report the states of an immediate callback to the target of the service', async () => {
    begin(ON);
    const id = await create();
    await put(id, { _callback_state: 'PROCESSING' });
    await put(id, { _callback_state: 'COMPLETED', _reason: 'FAIL_ERROR' });
    expect(await tags()).to.deep.equal(['queued', 'submitted', 'status_updated', 'processing_failed']);
    expect(posted[0]).to.deep.equal({
      url: TARGET,
      body: {
        tag: '_cbe_on_callback_queued',
        _service_id: id,
        _service_name: 'chat-delay',
        _customer_number: '5115',
        _desired_time: at(0),
        _callback_state: 'QUEUED',
      },
    });
  });

  it('report a callback that is scheduled, rescheduled, reminded of, and cancelled', async () => {
    begin({ ...ON, _enable_notification_reminder: 'true' });
    const id = await create({ _desired_time: at(60 * MINUTE_MS) });
    await put(id, { _new_desired_time: at(90 * MINUTE_MS) });
    await server.advance(84 * MINUTE_MS);
    expect(await tags()).to.deep.equal(['scheduled', 'rescheduled']);
    await server.advance(MINUTE_MS);
    expect(await tags()).to.deep.equal(['scheduled', 'rescheduled', 'reminder']);
    await server.send('DELETE', `${ROOT}/${id}`);
    await server.advance(10 * MINUTE_MS);
    expect(await tags()).to.deep.equal(['scheduled', 'rescheduled', 'reminder', 'cancelled']);
  });

  it('are sent again, in order, until the target answers 200', async () => {
    begin(ON);
    status = 503;
    const id = await create();
    await server.send('DELETE', `${ROOT}/${id}`);
    status = 200;
    await server.advance(10 * MINUTE_MS);
    expect(await tags()).to.deep.equal(['queued', 'submitted', 'cancelled']);
  });

  it('have the events and the values of the list that the service names', async () => {
    const lists = {
      Events: {
        properties: { ...ON, _status_notification_target: 'http://127.0.0.1:9/other' },
        _cbe_on_callback_scheduled: { notify_params: '_service_id,_v_queue,_missing' },
      },
    };
    begin({ _callback_events_list: 'Events' }, lists);
    const id = await create({ _desired_time: at(60 * MINUTE_MS) });
    await create();
    await server.orsay.durable.idle();
    expect(posted).to.deep.equal([
      {
        url: 'http://127.0.0.1:9/other',
        body: { tag: '_cbe_on_callback_scheduled', _service_id: id, _v_queue: 'VQ_Waiting_for_agent' },
      },
    ]);
  });

  it('are off by default, and those that wait leave with the data of the customer', async () => {
    begin({ ...ON, _enable_status_notification: 'false' });
    await create();
    expect(await tags()).to.deep.equal([]);
    await server.orsay.close();
    begin(ON);
    status = 503;
    await create();
    await server.orsay.durable.idle();
    await server.send('DELETE', '/genesys/1/admin/customers?_customer_number=5115');
    status = 200;
    await server.advance(60 * MINUTE_MS);
    expect(await tags()).to.deep.equal([]);
  });
});
