import { expect } from 'chai';
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
const CALLBACK = '/genesys/1/service/callback';
const ADMIN = '/genesys/1/admin/callback';
const HOUR_MS = 3_600_000;

type Record = { readonly [name: string]: string };

describe('queries of callbacks', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({
      documents: writeDocuments({ 'callback/src/chat-delay.scxml': DOCUMENT }),
      config: (config) => {
        const { 'chat-immediate': _immediate, ...services } = config.services;
        const options = services['chat-delay']!;
        return {
          ...config,
          callback: {
            ...config.callback,
            'returned-keys': '_ors_session_id,_service_type,colour',
            'filter-keys': '_callback_state,_service_type',
            callback_column_alias: '{"_customer_number":"Number, dialled"}',
          },
          services: {
            ...services,
            'chat-delay': {
              ...options,
              _customer_lookup_keys: '_customer_number,_email',
              _overwritable_options: '_service_type',
              _max_request_by_time_bucket: '1000',
            },
            sales: options,
          },
        };
      },
    });
  });
  afterEach(() => server.orsay.close());

  const get = (url: string): Promise<TestReply> => server.send('GET', url);
  const at = (ms: number): string => new Date(server.clock.now() + ms).toISOString();

  async function create(fields: Record, service = 'chat-delay'): Promise<string> {
    const reply = await server.send('POST', `${CALLBACK}/${service}`, { form: fields });
    expect(reply.status, reply.text).to.equal(200);
    return (reply.json as { _id: string })._id;
  }

  async function idsOf(query: string): Promise<readonly string[]> {
    const reply = await get(`${CALLBACK}?${query}`);
    expect(reply.status, reply.text).to.equal(200);
    return (reply.json as { _id: string }[]).map(({ _id }) => _id);
  }

  describe('Query-Callback', () => {
    it('finds a callback by its id, without the name of its service', async () => {
      const id = await create({ _customer_number: '5115' });
      expect(await idsOf(`_id=${id}`)).to.deep.equal([id]);
      expect(await idsOf(`_id=${id}&_customer_number=5115`)).to.deep.equal([id]);
      expect(await idsOf(`_id=${id}&_customer_number=5116`)).to.deep.equal([]);
      const other = await create({ _customer_number: '5116' });
      const both = await idsOf(`_id=${id}&_customer_number=5116&operand=OR`);
      expect([...both].sort()).to.deep.equal([id, other].sort());
    });

    it('answers an empty array for an id that no callback has', async () => {
      expect(await idsOf('_id=1-00000000-0000-4000-8000-00000000ffff')).to.deep.equal([]);
      expect(await idsOf('_id=..%2F')).to.deep.equal([]);
    });

    it('takes _callback_state as the reference prints it: in quotes, with and without !', async () => {
      const id = await create({ _customer_number: '5115' });
      for (const state of ["'QUEUED'", '"QUEUED"', "'!COMPLETED'", "!'COMPLETED'"]) {
        const query = `_customer_number=5115&_callback_state=${encodeURIComponent(state)}`;
        expect(await idsOf(query), state).to.deep.equal([id]);
      }
      const query = `_customer_number=5115&_callback_state=${encodeURIComponent("'COMPLETED'")}`;
      expect(await idsOf(query)).to.deep.equal([]);
    });

    it('answers records of texts, with the keys that are always there and the returned-keys', async () => {
      const id = await create({
        _customer_number: '5115',
        _email: 'anna@example.com',
        _service_type: 'callback',
        colour: 'red',
      });
      const url = `http://orsay.test${CALLBACK}/chat-delay/${id}`;
      const [record] = (await get(`${CALLBACK}?_id=${id}`)).json as Record[];
      const { _ors_session_id, _data_id, ...known } = record!;
      expect([typeof _ors_session_id, typeof _data_id]).to.deep.equal(['string', 'string']);
      expect(known).to.deep.equal({
        _id: id,
        _service_name: 'chat-delay',
        _callback_state: 'QUEUED',
        _desired_time: at(0),
        _expiration_time: at(24 * HOUR_MS),
        _customer_number: '5115',
        _email: 'anna@example.com',
        _service_type: 'callback',
        colour: 'red',
        _url: url,
        url,
      });
    });

    it('no longer has a property that a PUT sets to ""', async () => {
      const id = await create({
        _customer_number: '5115',
        _email: 'a@b.c',
        _x: '1',
        colour: 'red',
        size: '9',
      });
      const put = await server.send('PUT', `${CALLBACK}/chat-delay/${id}`, {
        json: { _email: '', _x: '', colour: '', size: '10', _desired_time: at(HOUR_MS) },
      });
      expect([put.status, put.text]).to.deep.equal([200, '{}']);
      expect(await idsOf('_email=a@b.c')).to.deep.equal([]);
      const [record] = (await get(`${CALLBACK}?_id=${id}`)).json as Record[];
      expect(record).not.to.have.any.keys('_email', '_x', 'colour');
      expect(record).to.include({ _customer_number: '5115', _desired_time: at(0) });
      const storage = await get(`/genesys/1/service/${id}/storage`);
      expect(storage.json).to.deep.equal({ size: '10' });
    });

    it('refuses to remove a property without which nobody finds the callback', async () => {
      const id = await create({ _customer_number: '5115' });
      const url = `${CALLBACK}/chat-delay/${id}`;
      const put = await server.send('PUT', url, { json: { _customer_number: '' } });
      expect([put.status, (put.json as { message: string }).message]).to.deep.equal([
        400,
        "Expected a value of _customer_number, got '': it is mandatory by the option _mandatory_customer_lookup_keys.",
      ]);
    });

    it('refuses a list or an object as a property that finds a callback', async () => {
      const json = { _customer_number: '5115', _email: 'a@b.test', _desired_time: at(HOUR_MS) };
      const id = await create(json);
      for (const [wrong, shown] of [
        [{ a: 1 }, '{"a":1}'],
        [['5115', '5116'], '["5115","5116"]'],
      ] as const) {
        for (const [method, url] of [
          ['POST', `${CALLBACK}/chat-delay`],
          ['PUT', `${CALLBACK}/chat-delay/${id}`],
        ] as const) {
          const reply = await server.send(method, url, { json: { ...json, _email: wrong } });
          expect([reply.status, reply.json], url).to.deep.equal([
            400,
            {
              message: `Expected _email to be a text, got ${shown}.`,
              exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
              code: 'CALLBACK_INVALID',
            },
          ]);
        }
      }
      const found = (await get(`${CALLBACK}/chat-delay?_id=${id}`)).json as Record[];
      expect(found[0]).to.include({ _email: 'a@b.test' });
    });

    it('finds no callback by an empty property, which many customers may have', async () => {
      const id = await create({ _customer_number: '5115', _email: '', _desired_time: at(HOUR_MS) });
      expect((await get(`${CALLBACK}/chat-delay?_email=`)).json).to.deep.equal([]);
      const [found] = (await get(`${CALLBACK}/chat-delay?_id=${id}`)).json as Record[];
      expect(found).to.include({ _customer_number: '5115' }).and.to.not.have.property('_email');
    });

    it('refuses a PUT that changes nothing', async () => {
      const id = await create({ _customer_number: '5115', _desired_time: at(HOUR_MS) });
      for (const content of [{}, { json: {} }, { form: {} }]) {
        const reply = await server.send('PUT', `${CALLBACK}/chat-delay/${id}`, content);
        expect([reply.status, reply.json]).to.deep.equal([
          400,
          {
            message: 'Expected _new_desired_time, _callback_state or properties of the callback, got none.',
            exception: 'orsay.BadRequestException',
            code: 'PARAMETER_MISSING',
          },
        ]);
      }
    });

    it('refuses a discard_ors_failure that is neither true nor false', async () => {
      const id = await create({ _customer_number: '5115' });
      const url = `${CALLBACK}/chat-delay/${id}?discard_ors_failure=`;
      expect((await server.send('DELETE', `${url}maybe`)).status).to.equal(400);
      expect((await server.send('DELETE', `${url}true`)).status).to.equal(200);
    });
  });

  describe('ADMIN queues', () => {
    const queuesOf = async (query = ''): Promise<{ [service: string]: readonly string[] }> => {
      const reply = await get(`${ADMIN}/queues${query}`);
      expect(reply.status, reply.text).to.equal(200);
      return Object.fromEntries(
        Object.entries(reply.json as { [service: string]: Record[] }).map(([name, records]) => [
          name,
          records.map(({ _id }) => _id!),
        ]),
      );
    };

    it('lists each callback service, by the desired times from 15 minutes ago to 24 hours from now', async () => {
      const now = await create({ _customer_number: '1' });
      const later = await create({ _customer_number: '2', _desired_time: at(20 * HOUR_MS) });
      const soon = await create({ _customer_number: '3', _desired_time: at(HOUR_MS) });
      await create({ _customer_number: '4', _desired_time: at(25 * HOUR_MS) });
      expect(await queuesOf()).to.deep.equal({ 'chat-delay': [now, soon, later], sales: [] });
      await server.advance(16 * 60_000);
      expect(await queuesOf('?target=chat-delay')).to.deep.equal({ 'chat-delay': [soon, later] });
    });

    it('filters by time, by states, by filter keys, and lists at most max of each service', async () => {
      const first = await create({ _customer_number: '1', _service_type: 'callback' });
      const second = await create({ _customer_number: '2' });
      const far = await create({ _customer_number: '3', _desired_time: at(48 * HOUR_MS) });
      const sold = await create({ _customer_number: '4' }, 'sales');
      const end = `&end_time=${at(72 * HOUR_MS)}`;
      const cases: readonly (readonly [string, object])[] = [
        [`?start_time=${at(1)}${end}`, { 'chat-delay': [far], sales: [] }],
        [`?states=SCHEDULED${end}`, { 'chat-delay': [far], sales: [] }],
        [`?states=QUEUED,SCHEDULED${end}`, { 'chat-delay': [first, second, far], sales: [sold] }],
        [`?max=1${end}`, { 'chat-delay': [first], sales: [sold] }],
        ['?_service_type=callback', { 'chat-delay': [first], sales: [] }],
        ['?_callback_state=!QUEUED', { 'chat-delay': [], sales: [] }],
        ['?_customer_number=1', { 'chat-delay': [first, second], sales: [sold] }],
      ];
      for (const [query, expected] of cases) {
        expect(await queuesOf(query), query).to.deep.equal(expected);
      }
    });

    it('follows a callback that is rescheduled', async () => {
      const id = await create({ _customer_number: '1', _desired_time: at(30 * HOUR_MS) });
      await server.send('PUT', `${CALLBACK}/chat-delay/${id}`, { json: { _new_desired_time: at(HOUR_MS) } });
      expect(await queuesOf('?target=chat-delay')).to.deep.equal({ 'chat-delay': [id] });
      expect(await queuesOf(`?target=chat-delay&start_time=${at(29 * HOUR_MS)}`)).to.deep.equal({
        'chat-delay': [],
      });
    });

    it('lists more callbacks than one macrotask reads', async () => {
      const fields = { _customer_number: '1', _desired_time: at(HOUR_MS) };
      const ids = await Promise.all(Array.from({ length: 510 }, () => create(fields)));
      expect((await queuesOf()).sales).to.deep.equal([]);
      expect((await queuesOf())['chat-delay']).to.have.length(500);
      const all = await queuesOf('?max=10000&states=SCHEDULED');
      expect([...all['chat-delay']!].sort()).to.deep.equal([...ids].sort());
    }).timeout(60_000);

    it('refuses values that it cannot use', async () => {
      for (const query of ['?max=0', '?max=10001', '?states=SLEEPING', '?start_time=yesterday']) {
        expect((await get(`${ADMIN}/queues${query}`)).status, query).to.equal(400);
      }
      const window = `?start_time=${at(2)}&end_time=${at(1)}`;
      expect((await get(`${ADMIN}/queues${window}`)).status).to.equal(400);
      expect((await get(`${ADMIN}/queues?target=hello`)).status).to.equal(404);
    });
  });

  describe('ADMIN watermarks', () => {
    const watermarks = async (query = ''): Promise<unknown> =>
      (await get(`${ADMIN}/watermarks${query}`)).json;

    it('counts the callbacks that have begun and have not ended', async () => {
      expect(await watermarks()).to.deep.equal({ services: { 'chat-delay': 0, sales: 0 }, total: 0 });
      const first = await create({ _customer_number: '1' });
      await create({ _customer_number: '2' });
      await create({ _customer_number: '3', _desired_time: at(HOUR_MS) });
      await create({ _customer_number: '4' }, 'sales');
      expect(await watermarks()).to.deep.equal({ services: { 'chat-delay': 2, sales: 1 }, total: 3 });
      const report = { _callback_state: 'PROCESSING' };
      await server.send('PUT', `${CALLBACK}/chat-delay/${first}`, { json: report });
      expect(await watermarks('?service_name=chat-delay')).to.deep.equal({
        services: { 'chat-delay': 2 },
        total: 2,
      });
      await server.send('PUT', `${CALLBACK}/chat-delay/${first}`, { json: { _callback_state: 'COMPLETED' } });
      expect(await watermarks('?service_name=chat-delay&service_name=sales')).to.deep.equal({
        services: { 'chat-delay': 1, sales: 1 },
        total: 2,
      });
      await server.advance(HOUR_MS);
      expect(await watermarks('?service_name=chat-delay')).to.deep.equal({
        services: { 'chat-delay': 2 },
        total: 2,
      });
    });

    it('counts no callback of a removed customer, and none whose time to live is over', async () => {
      await create({ _customer_number: '1' });
      await create({ _customer_number: '1' });
      await create({ _customer_number: '2' });
      const removed = await server.send('DELETE', '/genesys/1/admin/customers?_customer_number=1');
      expect(removed.status, removed.text).to.equal(200);
      expect(await watermarks()).to.deep.equal({ services: { 'chat-delay': 1, sales: 0 }, total: 1 });
      await server.advance(25 * HOUR_MS);
      expect(await watermarks()).to.deep.equal({ services: { 'chat-delay': 0, sales: 0 }, total: 0 });
    });

    it('refuses a service that is no callback service', async () => {
      expect((await get(`${ADMIN}/watermarks?service_name=hello`)).status).to.equal(404);
    });
  });

  describe('ADMIN cancel and reportcancelled', () => {
    const post = (path: string, json: unknown): Promise<TestReply> =>
      server.send('POST', `${ADMIN}/${path}`, { json });

    it('cancels several callbacks for a reason, tells the rest why not, and leaves one entry in the log', async () => {
      const queued = await create({ _customer_number: '1' });
      const scheduled = await create({ _customer_number: '2', _desired_time: at(HOUR_MS) });
      const served = await create({ _customer_number: '3' });
      const report = { _callback_state: 'PROCESSING' };
      await server.send('PUT', `${CALLBACK}/chat-delay/${served}`, { json: report });
      const ended = await create({ _customer_number: '4' });
      await server.send('DELETE', `${CALLBACK}/chat-delay/${ended}`);
      const reply = await post('cancel', {
        reason: 'CANCELLED_BY_ADMIN',
        ids: [queued, scheduled, served, ended, 'nobody'],
      });
      expect([reply.status, reply.json]).to.deep.equal([
        200,
        [
          { _id: queued, cancelled: true },
          { _id: scheduled, cancelled: true },
          {
            _id: served,
            cancelled: false,
            message: `Callback '${served}' is no longer in the queue. State=PROCESSING`,
          },
          { _id: ended, cancelled: false, message: `Request already cancelled or completed: [${ended}]` },
          { _id: 'nobody', cancelled: false, message: 'No such request to cancel: [nobody]' },
        ],
      ]);
      for (const id of [queued, scheduled]) {
        const [record] = (await get(`${CALLBACK}?_id=${id}`)).json as Record[];
        expect(record).to.include({ _callback_state: 'COMPLETED', _callback_reason: 'CANCELLED_BY_ADMIN' });
      }
      await server.advance(2 * HOUR_MS);
      const [still] = (await get(`${CALLBACK}?_id=${scheduled}`)).json as Record[];
      expect(still).to.include({ _callback_reason: 'CANCELLED_BY_ADMIN' });
      const { entries } = (await get('/genesys/1/admin/audit?action=callbacks.cancelled')).json as {
        entries: Record[];
      };
      expect(entries).to.have.length(1);
      expect(entries[0]).to.deep.include({
        object: 'callbacks:CANCELLED_BY_ADMIN',
        details: { cancelled: 2, refused: 3 },
      });
    });

    it('reports the callbacks that ended for a reason as CSV, without formulas of customers', async () => {
      const ids = [
        await create({ _customer_number: '+33612345678' }),
        await create({ _customer_number: '=cmd|"x"' }),
        await create({ _customer_number: '3' }),
      ];
      await post('cancel', { reason: 'CANCELLED_BY_ADMIN', ids: ids.slice(0, 2) });
      const reply = await post('reportcancelled', {
        callback_reason: 'CANCELLED_BY_ADMIN',
        exported_properties: ['_customer_number', '_service_id'],
      });
      expect(reply.headers).to.include({
        'content-type': 'text/csv;charset=UTF-8',
        'content-disposition': 'attachment; filename="CancelledCallbacks.csv"',
      });
      const [title, ...lines] = reply.text.trimEnd().split('\r\n');
      expect(title).to.equal('"Number, dialled",_service_id');
      expect(lines.sort()).to.deep.equal([`+33612345678,${ids[0]}`, `"'=cmd|""x""",${ids[1]}`].sort());
    });

    it('refuses bodies that it cannot use', async () => {
      const wrong: readonly (readonly [string, unknown])[] = [
        ['cancel', { reason: 'X' }],
        ['cancel', { reason: 'X', ids: [] }],
        ['cancel', { reason: 'X', ids: 'all' }],
        ['cancel', { reason: 'X', ids: [1] }],
        ['cancel', { ids: ['1'] }],
        ['cancel', { reason: 'X', ids: Array.from({ length: 1001 }, String) }],
        ['reportcancelled', {}],
        ['reportcancelled', { callback_reason: 'X', exported_properties: [] }],
        ['reportcancelled', { callback_reason: 'X', exported_properties: Array(101).fill('a') }],
      ];
      for (const [path, body] of wrong) {
        expect((await post(path, body)).status, JSON.stringify(body).slice(0, 60)).to.equal(400);
      }
    });
  });
});
