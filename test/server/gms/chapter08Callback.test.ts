import { expect } from 'chai';
import type { Config } from '../../../server/process/config.ts';
import { asId } from '../../support/ids.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

/** Answers `start` with its parameters, `refuse` negatively; reports and ends by request. */
const DOCUMENT = orsDocument(
  `<datamodel>
     <data id="_service_id" expr="''"/><data id="_service_name" expr="''"/><data id="_data_id" expr="''"/>
     <data id="_gms_url" expr="''"/><data id="_ors_url" expr="''"/><data id="_urs_url" expr="''"/>
     <data id="_gms_user" expr="''"/><data id="_customer_number" expr="''"/><data id="_target" expr="''"/>
     <data id="_urs_virtual_queue" expr="''"/><data id="_device_os" expr="''"/><data id="_type" expr="''"/>
     <data id="seen" expr="[]"/>
   </datamodel>
   <state id="working">
     <transition event="start">
       <ws:response requestid="_event.sendid">
         <param name="_text" expr="'wait'"/>
         <param name="params" expr="{ id: _data._service_id, name: _data._service_name, data: _data._data_id,
           gms: _data._gms_url, ors: _data._ors_url, urs: _data._urs_url, user: _data._gms_user,
           number: _data._customer_number, target: _data._target, vq: _data._urs_virtual_queue,
           os: _data._device_os, type: _data._type }"/>
       </ws:response>
     </transition>
     <transition event="connect">
       <ws:response requestid="_event.sendid"><param name="_action" expr="'StartChat'"/></ws:response>
     </transition>
     <transition event="report">
       <session:fetch method="'put'" enctype="'application/json'"
         srcexpr="_data._gms_url + '/1/service/callback/' + _data._service_name + '/' + _data._service_id">
         <param name="_callback_state" expr="_event.data.state"/><param name="_reason" expr="_event.data.reason"/>
       </session:fetch>
       <ws:response requestid="_event.sendid"/>
     </transition>
     <transition event="reportAndLeave" target="gone">
       <ws:response requestid="_event.sendid"/>
       <session:fetch method="'put'" enctype="'application/json'"
         srcexpr="_data._gms_url + '/1/service/callback/' + _data._service_name + '/' + _data._service_id">
         <param name="_callback_state" expr="'COMPLETED'"/><param name="_reason" expr="'AGENT_CONNECTED'"/>
       </session:fetch>
     </transition>
     <transition event="leave" target="gone"><ws:response requestid="_event.sendid"/></transition>
     <transition event="cancel" target="cancelled"/>
     <transition event="refuse">
       <ws:response requestid="_event.sendid" type="negative" resultcode="'409'">
         <param name="message" expr="'too late'"/>
       </ws:response>
     </transition>
   </state>
   <final id="gone"/>
   <final id="cancelled"/>`,
  'initial="working"',
);
const ROOT = '/genesys/1/service/callback/chat-delay';
const CUSTOMER = { _customer_number: '4082652649', usr_customer_name: 'Bob Markel' };

describe('chapter 8, the Callback Services API', () => {
  let server: TestServer;

  function begin(change: (config: Config) => Config = (config) => config): void {
    server = createTestServer({
      documents: writeDocuments({ 'callback/src/chat-delay.scxml': DOCUMENT, 'hello/hello.scxml': DOCUMENT }),
      config: change,
    });
  }

  beforeEach(() => begin());
  afterEach(() => server.orsay.close());

  async function create(fields: Record<string, string> = CUSTOMER): Promise<string> {
    const reply = await server.send('POST', ROOT, { form: fields });
    expect(reply.status, reply.text).to.equal(200);
    return (reply.json as { _id: string })._id;
  }

  async function record(id: string): Promise<Record<string, string>> {
    const reply = await server.send('GET', `${ROOT}?_customer_number=4082652649`);
    return (reply.json as Record<string, string>[]).find(({ _id }) => _id === id) ?? {};
  }

  const codeOf = (reply: TestReply): unknown[] => [reply.status, (reply.json as { code?: string }).code];

  it('creates one callback when a create request is repeated with its Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'a1' };
    const first = await server.send('POST', ROOT, { form: CUSTOMER, headers });
    const again = await server.send('POST', ROOT, { form: CUSTOMER, headers });
    expect([again.status, again.text]).to.deep.equal([200, first.text]);
    // The key is the service's own.
    const hello = await server.send('POST', '/genesys/1/service/hello', { headers });
    expect((hello.json as { _id: string })._id).not.to.equal((first.json as { _id: string })._id);
    await create();
    const found = await server.send('GET', `${ROOT}?_customer_number=4082652649`);
    expect(found.json).to.have.length(2);
  });

  it('answers a create request with the answer of the session, the id, and the documented headers', async () => {
    const reply = await server.send('POST', ROOT, { form: CUSTOMER, headers: { gms_user: 'b164' } });
    expect(reply.status).to.equal(200);
    expect(reply.headers).to.include({
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': 'no-cache, no-store',
      pragma: 'no-cache',
      expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    const { _id, params, ...rest } = reply.json as { _id: string; params: Record<string, string> };
    expect(_id).to.match(/^1-[0-9a-f-]{36}$/);
    expect(rest).to.deep.equal({ _text: 'wait' });
    const { data, ...known } = params;
    expect(data).to.match(/^[0-9a-f-]{36}$/);
    expect(known).to.deep.equal({
      id: _id,
      name: 'chat-delay',
      gms: 'http://orsay.test/genesys',
      ors: 'http://orsay.test',
      urs: 'http://orsay.test',
      user: 'b164',
      number: '4082652649',
      target: 'Billing@Stat_Server.GA',
      vq: 'VQ_Waiting_for_agent',
      os: '',
      type: 'ors',
    });
  });

  it('passes parameters with an underscore to the session and keeps the others as user data', async () => {
    const id = await create({ ...CUSTOMER, usr_reason: 'billing question', _device_os: 'comet' });
    const storage = await server.send('GET', `/genesys/1/service/${id}/storage`);
    expect(storage.json).to.deep.equal({ usr_customer_name: 'Bob Markel', usr_reason: 'billing question' });
    const { _data_id: dataId } = await record(id);
    expect((await server.send('GET', `/genesys/1/storage/${dataId}`)).json).to.deep.equal(storage.json);
  });

  it('lets the request replace options, except those that select the document', async () => {
    const reply = await server.send('POST', ROOT, {
      json: { ...CUSTOMER, _urs_virtual_queue: 'VQ_2', _type: 'builtin', _service: 'http://evil.test/' },
    });
    expect((reply.json as { params: unknown }).params).to.include({ vq: 'VQ_2', type: 'ors' });
  });

  it('replaces $token$ in options from the request, and names a missing parameter', async () => {
    await server.orsay.close();
    begin((config) => ({
      ...config,
      services: {
        ...config.services,
        'chat-delay': { ...config.services['chat-delay'], _urs_virtual_queue: 'VQ_$vq_name_token$' },
      },
    }));
    const reply = await server.send('POST', ROOT, { form: { ...CUSTOMER, vq_name_token: 'Gold' } });
    expect((reply.json as { params: unknown }).params).to.include({ vq: 'VQ_Gold' });
    const missing = await server.send('POST', ROOT, { form: CUSTOMER });
    expect(codeOf(missing)).to.deep.equal([400, 'CALLBACK_INVALID']);
    expect((missing.json as { message: string }).message).to.contain("needs the parameter 'vq_name_token'");
  });

  it('refuses a request without the mandatory lookup keys, with a wrong option, and for an unknown service', async () => {
    expect(codeOf(await server.send('POST', ROOT, { form: { usr_x: '1' } }))).to.deep.equal([
      400,
      'CALLBACK_INVALID',
    ]);
    const wrong = await server.send('POST', ROOT, { form: { ...CUSTOMER, _provide_code: 'soon' } });
    expect(codeOf(wrong)).to.deep.equal([400, 'CALLBACK_INVALID']);
    expect((wrong.json as { message: string }).message).to.contain('_provide_code: expected true or false');
    for (const name of ['nothing', 'hello', 'constructor', '__proto__']) {
      const reply = await server.send('POST', `/genesys/1/service/callback/${name}`, { form: CUSTOMER });
      expect(codeOf(reply), name).to.deep.equal([404, 'SERVICE_UNKNOWN']);
    }
  });

  it('finds callbacks by property, state, both operands and desired time', async () => {
    const first = await create();
    const second = await create();
    await create({ _customer_number: '5115' });
    await server.send('PUT', `${ROOT}/${first}`, {
      json: { _callback_state: 'COMPLETED', _reason: 'FAIL_QUEUEING' },
    });
    const ids = async (query: string): Promise<string[]> => {
      const reply = await server.send('GET', query);
      expect(reply.status, reply.text).to.equal(200);
      return (reply.json as { _id: string }[]).map(({ _id }) => _id);
    };
    expect(await ids(`${ROOT}?_customer_number=4082652649`)).to.deep.equal([first, second]);
    expect(await ids(`/genesys/1/service/callback?_customer_number=4082652649`)).to.deep.equal([
      first,
      second,
    ]);
    expect(await ids(`${ROOT}?_customer_number=4082652649&_callback_state=COMPLETED`)).to.deep.equal([first]);
    expect(await ids(`${ROOT}?_customer_number=4082652649&_callback_state=!COMPLETED`)).to.deep.equal([
      second,
    ]);
    expect(
      await ids(`${ROOT}?_customer_number=4082652649&_desired_time_from=2027-01-01T00:00:00.000Z`),
    ).to.deep.equal([]);
    expect(await ids(`${ROOT}?_customer_number=none&operand=OR`)).to.deep.equal([]);
    expect(await record(first)).to.deep.include({
      _service_name: 'chat-delay',
      _callback_state: 'COMPLETED',
      _callback_reason: 'FAIL_QUEUEING',
      _desired_time: '2026-01-05T09:00:00.000Z',
      _expiration_time: '2026-01-06T09:00:00.000Z',
    });
  });

  it('names the searchable properties, and refuses invalid states and times', async () => {
    for (const query of ['', '?usr_customer_name=Bob', '?_customer_number=1&_device_os=comet']) {
      expect(codeOf(await server.send('GET', `${ROOT}${query}`)), query).to.deep.equal([
        400,
        'CALLBACK_INVALID',
      ]);
    }
    for (const query of ['_callback_state=DONE', 'operand=XOR', '_desired_time_to=tomorrow']) {
      const reply = await server.send('GET', `${ROOT}?_customer_number=1&${query}`);
      expect(codeOf(reply), query).to.deep.equal([400, 'PARAMETER_INVALID']);
    }
  });

  it('accepts reports of a session, and keeps a completed state', async () => {
    const id = await create();
    const put = (json: object): Promise<TestReply> => server.send('PUT', `${ROOT}/${id}`, { json });
    const reply = await put({ _callback_state: 'PROCESSING', _reason: '' });
    expect([reply.status, reply.text]).to.deep.equal([200, '{}']);
    const served = await record(id);
    expect(served).to.include({ _callback_state: 'PROCESSING' });
    expect(served).not.to.have.property('_callback_reason');
    expect(codeOf(await put({ _callback_state: 'ASLEEP' }))).to.deep.equal([400, 'PARAMETER_INVALID']);
    await put({ _callback_state: 'COMPLETED', _reason: 'AGENT_CONNECTED' });
    const late = await put({ _callback_state: 'QUEUED' });
    expect(late.status).to.equal(400);
    expect(late.json).to.include({
      code: 'CALLBACK_OPERATION_INVALID',
      exception: 'com.genesyslab.gsg.services.callback.exceptions.CallbackExceptionInvalidOperation',
    });
    expect((await put({ _callback_state: 'COMPLETED', _reason: 'FAIL_ERROR' })).status).to.equal(200);
    expect(await record(id)).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'AGENT_CONNECTED',
    });
  });

  it('accepts properties up to a limit', async () => {
    const id = await create();
    const put = (from: number, count: number): Promise<TestReply> =>
      server.send('PUT', `${ROOT}/${id}`, {
        json: Object.fromEntries(Array.from({ length: count }, (_, at) => [`_property_${from + at}`, 'x'])),
      });
    expect((await put(0, 900)).status).to.equal(200);
    const refused = await put(900, 200);
    expect(codeOf(refused)).to.deep.equal([400, 'CALLBACK_INVALID']);
    expect((refused.json as { message: string }).message).to.contain('MAX_PROPERTIES');
  });

  it('cancels once, tells the session, and answers with the documented errors', async () => {
    const id = await create();
    const { _ors_session_id: sessionId } = await record(id);
    const cancelled = await server.send('DELETE', `${ROOT}/${id}`);
    expect(cancelled.status).to.equal(200);
    expect(await record(id)).to.include({ _callback_state: 'COMPLETED', _callback_reason: 'CANCELLED' });
    await server.advance(0);
    expect(await server.orsay.sessions.query(asId(sessionId as string))).to.include({ status: 'completed' });
    const again = await server.send('DELETE', `${ROOT}/${id}`);
    expect(again.status).to.equal(400);
    expect(again.json).to.deep.equal({
      message: `Request already cancelled or completed: [${id}]`,
      exception: 'com.genesyslab.gsg.services.callback.exceptions.CallbackExceptionInvalidOperation',
      code: 'CALLBACK_OPERATION_INVALID',
    });
    const unknown = await server.send('DELETE', `${ROOT}/1-2`);
    expect(unknown.status).to.equal(400);
    expect(unknown.json).to.deep.equal({
      message: 'No such request to cancel: [1-2]',
      exception: 'com.genesyslab.gsg.services.callback.CallbackException',
      code: 'CALLBACK_NOT_FOUND',
    });
  });

  it('completes a callback as NOT_AVAILABLE when its session ends without a report', async () => {
    const id = await create();
    await server.send('POST', `/genesys/1/service/${id}/leave`);
    expect(await record(id)).to.include({ _callback_state: 'COMPLETED', _callback_reason: 'NOT_AVAILABLE' });
  });

  it("accepts the report of a session's last step", async () => {
    const id = await create();
    await server.send('POST', `/genesys/1/service/${id}/reportAndLeave`);
    await server.advance(0);
    expect(await record(id)).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'AGENT_CONNECTED',
    });
  });

  it('ends a callback after its time to live, keeps the reason for a while, then removes it', async () => {
    await server.orsay.close();
    begin((config) => ({
      ...config,
      services: { ...config.services, 'chat-delay': { ...config.services['chat-delay'], _ttl: '600' } },
    }));
    const id = await create({ ...CUSTOMER, _ttl: '9999999' });
    const { _ors_session_id: sessionId } = await record(id);
    await server.advance(661_000);
    expect(await record(id)).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'FAIL_TIMEOUT_TTL',
    });
    expect(await server.orsay.sessions.query(asId(sessionId as string))).to.include({ status: 'terminated' });
    await server.advance(3_700_000);
    expect(await record(id)).to.deep.equal({});
    expect(codeOf(await server.send('GET', `/genesys/1/service/${id}/storage`))).to.deep.equal([
      404,
      'SERVICE_NOT_FOUND',
    ]);
  });

  it('starts a scheduled callback at its time, and allows rescheduling before', async () => {
    const reply = await server.send('POST', ROOT, {
      json: { ...CUSTOMER, _desired_time: '2026-01-05T10:00:00.000Z' },
    });
    const { _id: id } = reply.json as { _id: string };
    expect(reply.json).to.deep.equal({ _id: id });
    expect(await record(id)).to.include({ _callback_state: 'SCHEDULED' });
    const moved = await server.send('PUT', `${ROOT}/${id}`, {
      json: { _new_desired_time: '2026-01-05T11:00:00.000Z' },
    });
    expect(moved.status, moved.text).to.equal(200);
    await server.advance(100 * 60_000);
    expect(await record(id)).to.include({
      _callback_state: 'SCHEDULED',
      _desired_time: '2026-01-05T11:00:00.000Z',
    });
    await server.advance(19 * 60_000);
    expect(await record(id)).to.include({
      _callback_state: 'QUEUED',
      _expiration_time: '2026-01-06T11:00:00.000Z',
    });
    const late = await server.send('PUT', `${ROOT}/${id}`, {
      json: { _new_desired_time: '2026-01-05T12:00:00.000Z' },
    });
    expect(late.status).to.equal(400);
    expect((late.json as { message: string }).message).to.equal(
      `Callback '${id}' is no longer scheduled. State=QUEUED`,
    );
  });

  const put = (id: string, json: object): Promise<TestReply> => server.send('PUT', `${ROOT}/${id}`, { json });
  const openChat = (id: string): Promise<TestReply> =>
    server.send('POST', `/genesys/1/service/${id}/ixn/chat`, { form: { subject: 'x' } });

  it('ends a callback that another system reports as COMPLETED: its session, its requests, its chats', async () => {
    const id = await create();
    await server.send('POST', `/genesys/1/service/${id}/connect`);
    const { _ors_session_id: sessionId } = await record(id);
    expect((await put(id, { _callback_state: 'COMPLETED', _reason: 'FAIL_ERROR' })).status).to.equal(200);
    expect((await openChat(id)).json).to.include({
      code: 'SERVICE_REQUEST_REFUSED',
      message: `The callback '${id}' is completed (FAIL_ERROR) and opens no chat.`,
    });
    expect(codeOf(await server.send('POST', `/genesys/1/service/${id}/connect`))).to.deep.equal([
      404,
      'SERVICE_NOT_FOUND',
    ]);
    await server.advance(0);
    expect(await server.orsay.sessions.query(asId(sessionId as string))).to.include({ status: 'completed' });
    expect(await record(id)).to.include({ _callback_state: 'COMPLETED', _callback_reason: 'FAIL_ERROR' });
  });

  it('leaves the session alone when its own document reports COMPLETED', async () => {
    const id = await create();
    const { _ors_session_id: sessionId } = await record(id);
    await server.send('POST', `/genesys/1/service/${id}/report`, {
      form: { state: 'COMPLETED', reason: 'AGENT_CONNECTED' },
    });
    await server.advance(3 * 60_000);
    expect(await record(id)).to.include({ _callback_state: 'COMPLETED' });
    expect(await server.orsay.sessions.query(asId(sessionId as string))).to.include({ status: 'running' });
  });

  it('refuses SCHEDULED for a callback that runs', async () => {
    const id = await create();
    const reply = await put(id, { _callback_state: 'SCHEDULED' });
    expect([reply.status, (reply.json as { message: string }).message]).to.deep.equal([
      400,
      `Callback '${id}' is no longer scheduled. State=QUEUED`,
    ]);
  });

  for (const state of ['QUEUED', 'ROUTING', 'PROCESSING', 'PAUSED', 'COMPLETED']) {
    it(`takes a scheduled callback out of the scheduler when another system reports ${state}`, async () => {
      const id = await create({ ...CUSTOMER, _desired_time: '2026-01-05T10:00:00.000Z' });
      const { _ors_session_id: sessionId } = await record(id);
      expect((await put(id, { _callback_state: state })).status).to.equal(200);
      await server.advance(3 * 3_600_000);
      expect(await record(id)).to.include({ _callback_state: state });
      expect(await server.orsay.sessions.query(asId(String(sessionId)))).to.equal(undefined);
    });
  }

  it('refuses to cancel while the agent and the customer talk', async () => {
    const id = await create();
    await put(id, { _callback_state: 'PROCESSING' });
    const refused = await server.send('DELETE', `${ROOT}/${id}`);
    expect([refused.status, refused.json]).to.deep.equal([
      400,
      {
        message: `Callback '${id}' is no longer in the queue. State=PROCESSING`,
        exception: 'com.genesyslab.gsg.services.callback.exceptions.CallbackExceptionInvalidOperation',
        code: 'CALLBACK_OPERATION_INVALID',
      },
    ]);
  });

  for (const device of ['ios', 'android', 'gcm', 'fcm', 'pager']) {
    it(`refuses a callback of a device '${device}', which no provider reaches`, async () => {
      const reply = await server.send('POST', ROOT, { form: { ...CUSTOMER, _device_os: device } });
      expect([reply.status, reply.json]).to.deep.equal([
        400,
        {
          message: `Expected _device_os to be comet, httpcb, orscb or absent, got '${device}': this installation has no provider for it.`,
          exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
          code: 'CALLBACK_INVALID',
        },
      ]);
    });
  }

  it('refuses a callback by voice at once, scheduled ones too', async () => {
    await server.orsay.close();
    begin((config) => ({
      ...config,
      services: { 'chat-delay': { ...config.services['chat-delay']!, _media_type: 'voice' } },
    }));
    for (const fields of [CUSTOMER, { ...CUSTOMER, _desired_time: '2026-01-05T10:00:00.000Z' }]) {
      const reply = await server.send('POST', ROOT, { form: fields });
      expect(codeOf(reply)).to.deep.equal([500, 'SERVICE_MISCONFIGURED']);
      expect((reply.json as { message: string }).message).to.include('src/voice.scxml');
    }
    const found = await server.send('GET', `${ROOT}?_customer_number=4082652649`);
    expect(found.json).to.deep.equal([]);
  });

  it('opens no chat for a service without one', async () => {
    const created = await server.send('POST', '/genesys/1/service/hello');
    const { _id: id } = created.json as { _id: string };
    expect((await openChat(id)).json).to.include({
      code: 'SERVICE_REQUEST_REFUSED',
      message: "The service 'hello' has no chat: its option _media_type is not 'chat'.",
    });
  });

  it('answers 500 as GMS does when the document does not load, and records SUBMIT_ERROR', async () => {
    await server.orsay.close();
    server = createTestServer({
      documents: writeDocuments({ 'callback/src/chat-delay.scxml': '<scxml><oops>' }),
    });
    const reply = await server.send('POST', ROOT, { form: CUSTOMER });
    expect(reply.status).to.equal(500);
    expect(reply.json).to.include({
      exception: 'com.genesyslab.gsg.services.ors.OrsServiceException',
      code: 'ORS_REQUEST_FAILED',
    });
    expect((reply.json as { message: string }).message).to.match(
      /^ORS request failed: .*chat-delay\.scxml:\d+:\d+/s,
    );
    const found = await server.send('GET', `${ROOT}?_customer_number=4082652649`);
    expect((found.json as object[])[0]).to.include({
      _callback_state: 'COMPLETED',
      _callback_reason: 'SUBMIT_ERROR',
    });
  });

  it('passes requests to the session, returns negative answers too, and announces the agent with StartChat', async () => {
    const id = await create();
    expect(server.orsay.services.get(asId(id))?.agentAnnounced).to.equal(false);
    const refused = await server.send('POST', `/genesys/1/service/${id}/refuse`);
    expect([refused.status, refused.json]).to.deep.equal([
      409,
      {
        message: 'too late',
        exception: 'orsay.NegativeResponseException',
        code: 'NEGATIVE_RESPONSE',
        resultcode: '409',
      },
    ]);
    const connected = await server.send('POST', `/genesys/1/service/${id}/connect`);
    expect(connected.json).to.deep.equal({ _action: 'StartChat' });
    expect(server.orsay.services.get(asId(id))?.agentAnnounced).to.equal(true);
  });

  for (const name of ['interaction.added', 'error.foo', 'timer.queued', 'method_urs_request_route_done']) {
    it(`takes no event '${name}' for a request of a customer`, async () => {
      const id = await create();
      const reply = await server.send('POST', `/genesys/1/service/${id}/${name}`);
      expect(codeOf(reply)).to.deep.equal([400, 'SERVICE_REQUEST_REFUSED']);
    });
  }

  it('announces the agent when the document publishes that one is available', async () => {
    const id = await create();
    await server.send('POST', '/genesys/1/notification/publish', {
      json: { tag: `service.agentavailable.${id}`, message: '{}' },
    });
    expect(server.orsay.services.get(asId(id))?.agentAnnounced).to.equal(true);
  });

  it('answers 404 to a request for an unknown service', async () => {
    expect(codeOf(await server.send('POST', '/genesys/1/service/1-2/connect'))).to.deep.equal([
      404,
      'SERVICE_NOT_FOUND',
    ]);
  });
});

/** The requests print no Content-Type, and the ids are those of this server. */
describe('chapter 8, the samples of the Callback Services API', () => {
  const ALL = '/genesys/1/service/callback';
  const DEVICE = 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673';
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      documents: writeDocuments({ 'callback/src/chat-delay.scxml': DOCUMENT }),
      startMs: Date.UTC(2013, 4, 24, 12),
      config: (config) => {
        const options = config.services['chat-delay']!;
        return {
          ...config,
          services: {
            ...config.services,
            'request-callback': options,
            BasicCallback: options,
            'callback-test': options,
            'callback-for-mobile': { ...options, _urs_virtual_queue: '$vq_name_token$' },
          },
        };
      },
    });
  });
  afterEach(() => server.orsay.close());

  const send = (method: string, path: string, body?: object): Promise<TestReply> =>
    server.send(method, `${ALL}/${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
  const idOf = (reply: TestReply): string => (reply.json as { _id: string })._id;

  it('replaces $vq_name_token$ by the parameter of the sample', async () => {
    const reply = await server.send('POST', `${ALL}/callback-for-mobile`, {
      body: '_customer_number=01822256&vq_name_token=MYVQNAMEVALUE',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect((reply.json as { params: unknown }).params).to.include({
      number: '01822256',
      vq: 'MYVQNAMEVALUE',
    });
  });

  it('starts the callback of the sample at its time, and answers with its id only', async () => {
    const reply = await send('POST', 'request-callback', {
      _customer_number: '5115',
      _usr_customer_name: 'Bob Markel',
      _usr_reason: 'billing question',
      _device_notification_id: DEVICE,
      _device_os: 'comet',
      _desired_time: '2013-06-17T10:25:00.000Z',
    });
    expect([reply.status, reply.json]).to.deep.equal([200, { _id: idOf(reply) }]);
    const found = (await send('GET', 'request-callback?_customer_number=5115')).json;
    expect(found).to.have.length(1);
    expect((found as object[])[0]).to.include({
      _id: idOf(reply),
      _callback_state: 'SCHEDULED',
      _desired_time: '2013-06-17T10:25:00.000Z',
    });
  });

  it('cancels, and refuses the two cancellations of the samples in their words', async () => {
    const path = 'BasicCallback/a550a12e-ca77-4146-98d0-58960e0939f7';
    const unknown = await send('DELETE', path);
    expect([unknown.status, unknown.json]).to.deep.equal([
      400,
      {
        message: 'No such request to cancel: [a550a12e-ca77-4146-98d0-58960e0939f7]',
        exception: 'com.genesyslab.gsg.services.callback.CallbackException',
        code: 'CALLBACK_NOT_FOUND',
      },
    ]);
    const id = idOf(await send('POST', 'callback-test', { _customer_number: '5115' }));
    expect((await send('DELETE', `callback-test/${id}`)).status).to.equal(200);
    const again = await send('DELETE', `callback-test/${id}`);
    expect([again.status, again.json]).to.deep.equal([
      400,
      {
        message: `Request already cancelled or completed: [${id}]`,
        exception: 'com.genesyslab.gsg.services.callback.exceptions.CallbackExceptionInvalidOperation',
        code: 'CALLBACK_OPERATION_INVALID',
      },
    ]);
  });

  it('reschedules, takes the report of a session, and then refuses to reschedule', async () => {
    const created = await send('POST', 'BasicCallback', {
      _customer_number: '555-5461206',
      _desired_time: '2013-05-27T12:00:00.000Z',
    });
    const path = `BasicCallback/${idOf(created)}`;
    expect((await send('PUT', path, { _new_desired_time: '2013-05-27T15:05:00.000Z' })).status).to.equal(200);
    const found = await send('GET', 'BasicCallback?_customer_number=555-5461206');
    expect((found.json as object[])[0]).to.include({
      _id: idOf(created),
      _callback_state: 'SCHEDULED',
      _desired_time: '2013-05-27T15:05:00.000Z',
    });
    const reported = await send('PUT', path, { _callback_state: 'PROCESSING', _reason: '' });
    expect([reported.status, reported.json]).to.deep.equal([200, {}]);
    const refused = await send('PUT', path, { _new_desired_time: '2014-07-22T10:00:00.000Z' });
    expect([refused.status, refused.json]).to.deep.equal([
      400,
      {
        message: `Callback '${idOf(created)}' is no longer scheduled. State=PROCESSING`,
        exception: 'com.genesyslab.gsg.services.callback.exceptions.CallbackExceptionInvalidOperation',
        code: 'CALLBACK_OPERATION_INVALID',
      },
    ]);
  });
});
