import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { Config } from '../../../server/process/config.ts';
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
const ROOT = '/genesys/1/service/callback';
const DOCUMENTS = writeDocuments({ 'callback/src/chat-delay.scxml': DOCUMENT });
const CLASSES = 'com.genesyslab.gsg.services.callback';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A Monday, 09:00 UTC. */
const START_MS = Date.UTC(2026, 0, 5, 9);

type Fields = Readonly<Record<string, string>>;

describe('the admission of callbacks', () => {
  let server: TestServer;

  afterEach(() => server.orsay.close());

  function begin({
    service = {},
    other = {},
    callback = {},
    patterns = {},
    lists = {},
    store = new MemoryStore(),
  }: {
    readonly service?: Fields;
    readonly other?: Fields;
    readonly callback?: Fields;
    readonly patterns?: Fields;
    readonly lists?: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
    readonly store?: MemoryStore;
  } = {}): void {
    server = createTestServer({
      documents: DOCUMENTS,
      store,
      startMs: START_MS,
      config: (config): Config => {
        const options = config.services['chat-delay']!;
        return {
          ...config,
          lists,
          patterns: { list: {}, groups: { Callback_exceptions: patterns } },
          callback: { ...config.callback, ...callback },
          services: {
            ...config.services,
            'chat-delay': { ...options, ...service },
            other: { ...options, ...service, ...other },
          },
        };
      },
    });
  }

  const at = (ms: number): string => new Date(server.clock.now() + ms).toISOString();
  const create = (
    fields: Fields = {},
    { name = 'chat-delay', headers = {} }: { readonly name?: string; readonly headers?: Fields } = {},
  ): Promise<TestReply> =>
    server.send('POST', `${ROOT}/${name}`, { form: { _customer_number: '5115', ...fields }, headers });
  const change = (id: string, json: object): Promise<TestReply> =>
    server.send('PUT', `${ROOT}/chat-delay/${id}`, { json });
  const idOf = ({ json }: TestReply): string => (json as { _id: string })._id;
  const refusalOf = ({ status, json }: TestReply): unknown => {
    const { message, exception } = json as { message: string; exception: string };
    return [status, message, exception.replace(`${CLASSES}.`, '')];
  };
  const statusOf = async (reply: Promise<TestReply>): Promise<number> => (await reply).status;

  describe('exceptions', () => {
    const refused = (number: string, pattern: string): unknown => [
      400,
      `Customer Number [${number}] is not allowed. Check option 'exceptions' : details={Callback_exceptions=${pattern}}`,
      'CallbackServiceException',
    ];

    beforeEach(() =>
      begin({
        service: { _exceptions: 'Callback_exceptions' },
        patterns: { exception1: '911', exception2: '123\\d+', abroad: '\\+33.*' },
      }),
    );

    it('refuse a number with the documented body, also with a + before it', async () => {
      expect(refusalOf(await create({ _customer_number: '12345' }))).to.deep.equal(
        refused('12345', 'exception2'),
      );
      expect(refusalOf(await create({ _customer_number: '33612345678' }))).to.deep.equal(
        refused('33612345678', 'abroad'),
      );
      expect(await statusOf(create({ _customer_number: '9119' }))).to.equal(200);
    });

    it('refuse a scheduled callback, and a change to such a number', async () => {
      const later = { _desired_time: at(DAY_MS) };
      expect(await statusOf(create({ _customer_number: '911', ...later }))).to.equal(400);
      const id = idOf(await create(later));
      expect(refusalOf(await change(id, { _customer_number: '911' }))).to.deep.equal(
        refused('911', 'exception1'),
      );
      const both = { _customer_number: '911', _new_desired_time: at(2 * DAY_MS) };
      expect(await statusOf(change(id, both))).to.equal(400);
      expect(await statusOf(change(id, { _new_desired_time: at(2 * DAY_MS) }))).to.equal(200);
      expect(await statusOf(change(id, { _customer_number: '5116' }))).to.equal(200);
    });
  });

  describe('phone numbers', () => {
    const ON = { _disallow_impossible_phone_numbers: 'true', _disallow_premium_phone_numbers: 'true' };
    const IMPOSSIBLE = [
      400,
      'Customer Number [111] is disallowed, because it is invalid. Check option _disallow_impossible_phone_numbers',
      'exceptions.CallbackExceptionNumber',
    ];

    it('refuse impossible and premium numbers of the country', async () => {
      begin({ service: ON });
      expect(refusalOf(await create({ _customer_number: '111' }))).to.deep.equal(IMPOSSIBLE);
      expect(refusalOf(await create({ _customer_number: '+19005550123' }))).to.deep.equal([
        400,
        "Customer Number [+19005550123] is disallowed, because it's a premium number. Check option _disallow_premium_phone_numbers",
        'exceptions.CallbackExceptionNumber',
      ]);
      expect(await statusOf(create({ _customer_number: '650 253 0000 please' }))).to.equal(400);
      expect(await statusOf(create({ _customer_number: '(650) 253-0000' }))).to.equal(200);
    });

    it('are read by _default_country', async () => {
      begin({ service: { ...ON, _default_country: 'FR' } });
      expect(await statusOf(create({ _customer_number: '0612345678' }))).to.equal(200);
      expect(await statusOf(create({ _customer_number: '0899123456' }))).to.equal(400);
    });

    it('are checked by default, and not when the options are off', async () => {
      begin({ service: { _disallow_impossible_phone_numbers: '', _disallow_premium_phone_numbers: '' } });
      expect(refusalOf(await create({ _customer_number: '111' }))).to.deep.equal(IMPOSSIBLE);
      await server.orsay.close();
      begin({
        service: {
          ...ON,
          _disallow_impossible_phone_numbers: 'false',
          _disallow_premium_phone_numbers: 'false',
        },
      });
      expect(await statusOf(create({ _customer_number: '111' }))).to.equal(200);
      expect(await statusOf(create({ _customer_number: '+19005550123' }))).to.equal(200);
    });

    it('cannot be checked without a country', async () => {
      begin({ service: { ...ON, _disallow_premium_phone_numbers: 'false', _default_country: '' } });
      const [status, message, exception] = refusalOf(await create({ _customer_number: '111' })) as string[];
      expect([status, exception]).to.deep.equal([400, 'exceptions.CallbackExceptionNumber']);
      expect(message).to.match(
        /^Service option callbackPhoneNumberValidationService \/ _default_country is not configured\. .*_disallow_impossible_phone_numbers/,
      );
    });
  });

  describe('intervals', () => {
    const INTERVALS = {
      _throttle_callbacks_per_service_1: '2',
      _throttle_ttl_1: '7',
      _throttle_callbacks_per_service_2: '3',
      _throttle_ttl_2: '19',
    };
    const refused = (seconds: number): unknown => [
      503,
      `Limit of queued callbacks for chat-delay is reached for interval ${seconds}s.`,
      'exceptions.CallbackExceptionServiceUnavailable',
    ];

    it('slide, count only admitted callbacks, and name the first that is full', async () => {
      begin({ service: INTERVALS });
      expect(await statusOf(create())).to.equal(200);
      expect(await statusOf(create())).to.equal(200);
      expect(refusalOf(await create())).to.deep.equal(refused(7));
      await server.advance(6_999);
      expect(refusalOf(await create())).to.deep.equal(refused(7));
      await server.advance(1);
      expect(await statusOf(create())).to.equal(200);
      expect(refusalOf(await create())).to.deep.equal(refused(19));
      await server.advance(12_000);
      expect(await statusOf(create())).to.equal(200);
    });

    it('count each service on its own, and no scheduled callback, also when it begins', async () => {
      begin({ service: INTERVALS });
      for (let index = 0; index < 5; index++) {
        expect(await statusOf(create({ _desired_time: at(10 * MINUTE_MS) }))).to.equal(200);
      }
      await server.advance(10 * MINUTE_MS);
      // As near as the execution buffer, it begins at once.
      expect(await statusOf(create({ _desired_time: at(30_000) }))).to.equal(200);
      expect(await statusOf(create())).to.equal(200);
      expect(await statusOf(create())).to.equal(503);
      expect(await statusOf(create({}, { name: 'other' }))).to.equal(200);
    });

    it('count a scheduled callback that its customer reschedules to now', async () => {
      begin({ service: INTERVALS });
      const id = idOf(await create({ _desired_time: at(DAY_MS) }));
      await create();
      await create();
      expect(refusalOf(await change(id, { _new_desired_time: at(0) }))).to.deep.equal(refused(7));
      expect(await statusOf(change(id, { _new_desired_time: at(2 * DAY_MS) }))).to.equal(200);
    });

    it('never admit more than the limit, however many come at once, also across a restart', async () => {
      const store = new MemoryStore();
      begin({
        service: { ...INTERVALS, _throttle_callbacks_per_service_1: '5', _throttle_ttl_2: '0' },
        store,
      });
      const replies = await Promise.all(Array.from({ length: 40 }, () => statusOf(create())));
      expect(replies.filter((status) => status === 200)).to.have.length(5);
      expect(replies.filter((status) => status === 503)).to.have.length(35);
      begin({
        service: { ...INTERVALS, _throttle_callbacks_per_service_1: '5', _throttle_ttl_2: '0' },
        store,
      });
      expect(await statusOf(create())).to.equal(503);
    });

    it('are off with 0 seconds, admit nothing with 0 callbacks, and take the default for a negative one', async () => {
      begin({ service: { ...INTERVALS, _throttle_ttl_1: '0', _throttle_ttl_2: '0' } });
      for (let index = 0; index < 5; index++) expect(await statusOf(create())).to.equal(200);
      await server.orsay.close();
      begin({ service: { ...INTERVALS, _throttle_callbacks_per_service_2: '0' } });
      expect(refusalOf(await create())).to.deep.equal(refused(19));
      await server.orsay.close();
      const negative = {
        _throttle_callbacks_per_service_1: '-1',
        _throttle_ttl_1: '-5',
        _throttle_ttl_2: '0',
      };
      begin({ service: { ...INTERVALS, ...negative }, callback: { _throttle_callbacks_per_service_1: '1' } });
      expect(await statusOf(create())).to.equal(200);
      expect(await statusOf(create())).to.equal(200);
    });

    it('come from the section callback where the service sets none', async () => {
      begin({
        service: { _throttle_callbacks_per_service_1: '', _throttle_ttl_1: '' },
        callback: { _throttle_callbacks_per_service_1: '1', _throttle_ttl_1: '60' },
      });
      expect(await statusOf(create())).to.equal(200);
      expect(refusalOf(await create())).to.deep.equal(refused(60));
    });
  });

  describe('callbacks of a parameter in a day', () => {
    const LIMIT = { _throttle_request_parameters_limit: '2', _throttle_request_parameters: '' };
    const refused = (parameter: string, value: string): unknown => [
      503,
      `Callback for ${parameter}=${value} rejected because previous callbacks for this parameter were requested for more than 2 times today.`,
      'exceptions.CallbackExceptionServiceUnavailable',
    ];

    it('are counted by the number of the customer and by service, and again on the next day', async () => {
      begin({ service: LIMIT });
      const id = idOf(await create());
      await create();
      expect(refusalOf(await create())).to.deep.equal(refused('_customer_number', '5115'));
      await server.send('DELETE', `${ROOT}/chat-delay/${id}`);
      expect(await statusOf(create())).to.equal(503);
      expect(await statusOf(create({ _customer_number: '5116' }))).to.equal(200);
      expect(await statusOf(create({}, { name: 'other' }))).to.equal(200);
      expect(await statusOf(create({ _desired_time: at(60 * MINUTE_MS) }))).to.equal(200);
      await server.advance(DAY_MS);
      expect(await statusOf(create())).to.equal(200);
    });

    it('are counted by fields and headers; a header comes before a field of its name', async () => {
      begin({ service: { ...LIMIT, _throttle_request_parameters: '_email, x-device' } });
      const device = { headers: { 'X-Device': 'd1' } };
      await create({ _email: 'a@b.c' }, device);
      await create({ 'x-device': 'other' }, device);
      expect(refusalOf(await create({}, device))).to.deep.equal(refused('x-device', 'd1'));
      expect(await statusOf(create({ _email: 'a@b.c' }))).to.equal(200);
      expect(refusalOf(await create({ _email: 'a@b.c' }))).to.deep.equal(refused('_email', 'a@b.c'));
      await server.orsay.close();
      begin({
        service: { ...LIMIT, _throttle_request_parameters: 'x-device' },
        callback: { _enable_throttle_header_parameters: 'false' },
      });
      for (let index = 0; index < 4; index++) expect(await statusOf(create({}, device))).to.equal(200);
    });

    it('are 6 by default, by the older name of the option too, and none with 0', async () => {
      begin({ service: { ...LIMIT, _throttle_request_parameters_limit: '' } });
      for (let index = 0; index < 6; index++) expect(await statusOf(create())).to.equal(200);
      expect(await statusOf(create())).to.equal(503);
      await server.orsay.close();
      const older = { _throttle_request_parameters_limit: '', _throttle_customer_number_limit: '1' };
      begin({ service: { ...LIMIT, ...older } });
      expect(await statusOf(create())).to.equal(200);
      expect(await statusOf(create())).to.equal(503);
      await server.orsay.close();
      begin({ service: { ...LIMIT, _throttle_request_parameters_limit: '0' } });
      expect(await statusOf(create())).to.equal(503);
    });

    it('are forgotten with the data of the customer', async () => {
      begin({ service: LIMIT });
      await create();
      await create();
      await server.send('DELETE', '/genesys/1/admin/customers?_customer_number=5115');
      expect([...server.orsay.durable.scan('callback.daily')]).to.deep.equal([]);
    });
  });

  describe('the queue', () => {
    const FULL = [
      503,
      'Limit of queued callbacks for chat-delay is reached.',
      'exceptions.CallbackExceptionServiceUnavailable',
    ];

    it('has at most _max_queued_callbacks_per_service callbacks, not counting scheduled ones', async () => {
      begin({ service: { _max_queued_callbacks_per_service: '1' } });
      const id = idOf(await create());
      expect(refusalOf(await create())).to.deep.equal(FULL);
      expect(await statusOf(create({ _desired_time: at(DAY_MS) }))).to.equal(200);
      expect(await statusOf(create({}, { name: 'other' }))).to.equal(200);
      await server.send('DELETE', `${ROOT}/chat-delay/${id}`);
      expect(await statusOf(create())).to.equal(200);
    });

    it('takes the limit of the section callback, and refuses all with 0', async () => {
      begin({
        service: { _max_queued_callbacks_per_service: '' },
        callback: { max_queued_callbacks_per_service: '0' },
      });
      expect(refusalOf(await create())).to.deep.equal(FULL);
    });

    it('has two callbacks of a customer, one with strict, and any number without the check', async () => {
      const queued = (count: number): unknown => [
        503,
        `Callback for _customer_number=5115 rejected because ${count} callbacks for this number are queued already. Check option _enable_in_queue_checking`,
        'exceptions.CallbackExceptionServiceUnavailable',
      ];
      begin({ service: { _enable_in_queue_checking: '' } });
      const id = idOf(await create());
      expect(await statusOf(create({ _desired_time: at(DAY_MS) }))).to.equal(200);
      expect(refusalOf(await create())).to.deep.equal(queued(2));
      expect(refusalOf(await create({ _desired_time: at(DAY_MS) }))).to.deep.equal(queued(2));
      expect(await statusOf(create({ _customer_number: '5116' }))).to.equal(200);
      expect(await statusOf(create({}, { name: 'other' }))).to.equal(200);
      await server.send('DELETE', `${ROOT}/chat-delay/${id}`);
      expect(await statusOf(create())).to.equal(200);
      await server.orsay.close();
      begin({ service: { _enable_in_queue_checking: 'strict' } });
      await create();
      expect(refusalOf(await create())).to.deep.equal(queued(1));
      await server.orsay.close();
      begin({ service: { _enable_in_queue_checking: '' }, callback: { _enable_in_queue_checking: 'false' } });
      for (let index = 0; index < 4; index++) expect(await statusOf(create())).to.equal(200);
    });
  });

  describe('a paused service', () => {
    const PAUSE = { _paused_services_list: 'GMS_Paused_Services' };
    const listed = (
      key: string,
      value: string,
    ): { readonly lists: Record<string, { services: Fields }> } => ({
      lists: { GMS_Paused_Services: { services: { [key]: value } } },
    });
    const stateOf = async (id: string): Promise<string> => {
      await server.orsay.durable.idle();
      const { json } = await server.send('GET', `${ROOT}?_id=${id}`);
      return (json as Fields[])[0]!._callback_state!;
    };

    it('begins no callback, immediate or due, until it goes on', async () => {
      const store = new MemoryStore();
      begin({ service: PAUSE, ...listed('all', 'true'), store });
      const now = await create();
      expect(now.json).to.deep.equal({ _id: idOf(now) });
      const later = idOf(await create({ _desired_time: at(10 * MINUTE_MS) }));
      expect([await stateOf(idOf(now)), await stateOf(later)]).to.deep.equal(['PAUSED', 'SCHEDULED']);
      await server.advance(11 * MINUTE_MS);
      expect([await stateOf(idOf(now)), await stateOf(later)]).to.deep.equal(['PAUSED', 'PAUSED']);
      expect(await server.orsay.sessions.list()).to.deep.equal([]);
      const paused = server;
      begin({ service: PAUSE, ...listed('all', 'false'), store });
      await server.advance(paused.clock.now() - server.clock.now() + 2 * MINUTE_MS);
      expect([await stateOf(idOf(now)), await stateOf(later)]).to.deep.equal(['QUEUED', 'QUEUED']);
      expect(await server.orsay.sessions.list()).to.have.length(2);
    });

    it('is named by its own name or _paused_services_id, and its callbacks can be cancelled', async () => {
      begin({ service: PAUSE, ...listed('chat-delay', 'true') });
      const id = idOf(await create());
      expect(await stateOf(id)).to.equal('PAUSED');
      expect(await stateOf(idOf(await create({}, { name: 'other' })))).to.equal('QUEUED');
      expect((await server.send('DELETE', `${ROOT}/chat-delay/${id}`)).status).to.equal(200);
      await server.advance(5 * MINUTE_MS);
      expect(await stateOf(id)).to.equal('COMPLETED');
      await server.orsay.close();
      begin({ service: { ...PAUSE, _paused_services_id: 'line-7' }, ...listed('line-7', 'true') });
      expect(await stateOf(idOf(await create()))).to.equal('PAUSED');
    });
  });

  describe('_callback_state of a create', () => {
    const recordOf = async (id: string): Promise<Fields> =>
      ((await server.send('GET', `${ROOT}?_id=${id}`)).json as Fields[])[0]!;

    it('leaves to the scheduler a callback that would begin at once, and begins one that is for later', async () => {
      begin();
      const scheduled = await create({ _callback_state: 'SCHEDULED' });
      expect(scheduled.json).to.deep.equal({ _id: idOf(scheduled) });
      await server.orsay.durable.idle();
      expect((await recordOf(idOf(scheduled)))._callback_state).to.equal('QUEUED');
      const queued = await create({ _callback_state: 'QUEUED', _desired_time: at(DAY_MS) });
      const record = await recordOf(idOf(queued));
      expect(record).to.include({ _callback_state: 'QUEUED', _desired_time: at(DAY_MS) });
      expect(await server.orsay.sessions.list()).to.have.length(2);
    });

    it('leaves callbacks in other states to the system that creates them: they have no session', async () => {
      begin();
      for (const state of ['ROUTING', 'PROCESSING', 'PAUSED', 'COMPLETED']) {
        const reply = await create({ _callback_state: state });
        expect([reply.status, reply.json]).to.deep.equal([200, { _id: idOf(reply) }]);
        const record = await recordOf(idOf(reply));
        expect([record._callback_state, record._ors_session_id]).to.deep.equal([state, undefined]);
      }
      expect(await server.orsay.sessions.list()).to.deep.equal([]);
      const ended = await create({ _callback_state: 'COMPLETED', _callback_reason: 'CALLED_ELSEWHERE' });
      expect(await recordOf(idOf(ended))).to.include({ _callback_reason: 'CALLED_ELSEWHERE' });
      const begun = await create({ _callback_state: 'PROCESSING' });
      expect(await statusOf(change(idOf(begun), { _callback_state: 'COMPLETED' }))).to.equal(200);
    });

    it('refuses a state that there is not, and one of a service that is no callback', async () => {
      begin();
      expect(await statusOf(create({ _callback_state: 'SLEEPING' }))).to.equal(400);
      const form = { _callback_state: 'QUEUED' };
      expect((await server.send('POST', '/genesys/1/service/request-chat', { form })).status).to.equal(400);
    });
  });

  it('needs _customer_number when the service sets no keys of the customer', async () => {
    begin({ service: { _customer_lookup_keys: '', _mandatory_customer_lookup_keys: '' } });
    const reply = await server.send('POST', `${ROOT}/chat-delay`, { form: { colour: 'red' } });
    expect([reply.status, (reply.json as { message: string }).message]).to.deep.equal([
      400,
      'The request has no _customer_number: mandatory by the option _mandatory_customer_lookup_keys.',
    ]);
    const id = idOf(await create());
    const { json } = await server.send('GET', `${ROOT}?_customer_number=5115`);
    expect((json as { _id: string }[]).map(({ _id }) => _id)).to.deep.equal([id]);
  });

  it('stores nothing of a refused callback', async () => {
    begin({ service: { _max_queued_callbacks_per_service: '0' } });
    const tables = ['service.instance', 'service.time', 'service.waiting', 'callback.rate', 'callback.daily'];
    expect(await statusOf(create())).to.equal(503);
    expect(tables.flatMap((table) => [...server.orsay.durable.scan(table)])).to.deep.equal([]);
  });
});
