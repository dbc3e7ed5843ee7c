import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { type Config, ConfigError, initialConfig, parseConfig } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const BOUNDARY = '----WebKitFormBoundaryy16gocbN6tmPORZL';
const NUMBERS = ['8003449999', '8003448888'];
const REQUEST = '/genesys/1/service/request-interaction';
const ACCESS = '/genesys/1/service/request-access';
const MATCH = '/genesys/1/service/match-interaction';

function withServices(config: Config): Config {
  return {
    ...config,
    accessNumbers: { DNIS: NUMBERS },
    services: {
      ...config.services,
      'request-interaction': { _type: 'builtin', _service: 'request-interaction', _ttl: '600' },
      'request-access': { _type: 'builtin', _service: 'request-access', _booking_expiration_timeout: '60' },
      'match-interaction': { _type: 'builtin', _service: 'match-interaction' },
      'request-chat-poll': {
        _type: 'builtin',
        _service: 'request-chat-poll',
        _target: 'Billing@Stat_Server.GA',
      },
      wait: { _type: 'builtin', _service: 'urs-stat', _urs_stat_url_parameters: 'name%3DVQ_1%26aqt%3Durs' },
      health: { _type: 'builtin', _service: 'get', _online_code: '204', _offline_code: '500' },
    },
  };
}

/** The sample of "Service API", Create. */
function sample(): { readonly body: Buffer; readonly headers: Record<string, string> } {
  const fields = {
    _phone_number: '6504669999',
    _provide_code: 'true',
    language: 'french',
    current_location_latitude: '48.8583',
    current_location_longitude: '2.2945',
  };
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="FileKey"; filename="MyPic.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--${BOUNDARY}--\r\n`;
  return {
    body: Buffer.from(parts.join('') + file),
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  };
}

const codeOf = (reply: TestReply): unknown[] => [reply.status, (reply.json as { code?: string }).code];

interface Booked {
  readonly _id: string;
  readonly _access_number: string;
  readonly _access_code?: string;
  readonly _expiration_time: string;
}

describe('the built-in services', () => {
  let server: TestServer;
  let store: MemoryStore;

  beforeEach(() => {
    store = new MemoryStore();
    server = createTestServer({ config: withServices, store });
  });
  afterEach(() => server.orsay.close());

  const post = (path: string, form: Record<string, string> = {}): Promise<TestReply> =>
    server.send('POST', path, { form });

  async function booked(form: Record<string, string> = {}): Promise<Booked> {
    const reply = await post(REQUEST, form);
    expect(reply.status).to.equal(200);
    return reply.json as unknown as Booked;
  }

  it('request-interaction gives the access number and the code of the documented sample', async () => {
    const reply = await server.send('POST', REQUEST, sample());
    const made = reply.json as unknown as Booked;
    expect([reply.status, Object.keys(made)]).to.deep.equal([
      200,
      ['_id', '_access_number', '_access_code', '_expiration_time'],
    ]);
    expect(made).to.include({ _access_number: '8003449999', _expiration_time: '30' });
    expect(made._access_code).to.match(/^\d{6}$/);
    const data = (await server.send('GET', `/genesys/1/service/${made._id}/storage`)).json;
    expect(data).to.include({ language: 'french', current_location_latitude: '48.8583' });
  });

  it('request-interaction gives a number to one customer at a time, and 503 when all are taken', async () => {
    const first = await booked();
    const second = await booked();
    expect([first, second].map((one) => one._access_number)).to.deep.equal(NUMBERS);
    expect(first).to.not.have.property('_access_code');
    expect(codeOf(await post(REQUEST))).to.deep.equal([503, 'ACCESS_UNAVAILABLE']);
    // Codes tell the customers of one number apart.
    expect((await booked({ _provide_code: 'true' }))._access_number).to.equal('8003449999');
    await server.send('DELETE', `/genesys/1/service/${second._id}`);
    expect((await booked())._access_number, 'the number of the service that was deleted').to.equal(
      '8003448888',
    );
    await server.advance(31_000);
    expect((await booked())._access_number, 'after the end of the booking').to.equal('8003449999');
  });

  it('request-interaction gives the same number to a repetition with the same key', async () => {
    const headers = { 'idempotency-key': 'one' };
    const replies = [
      await server.send('POST', REQUEST, { form: {}, headers }),
      await server.send('POST', REQUEST, { form: {}, headers }),
    ];
    expect(replies[1]!.json).to.deep.equal(replies[0]!.json);
    expect((await booked())._access_number).to.equal('8003448888');
  });

  it('match-interaction finds the service of a call by number and code once, after a restart too', async () => {
    const made = await booked({ _provide_code: 'true', customer: 'Ada' });
    const call = { _access_number: made._access_number, _access_code: made._access_code! };
    const other = made._access_code === '000000' ? '000001' : '000000';
    expect(codeOf(await post(MATCH, { ...call, _access_code: other }))).to.deep.equal([
      404,
      'SERVICE_NO_MATCH',
    ]);
    expect((await post(MATCH, { _access_number: made._access_number })).status).to.equal(404);
    await server.orsay.close();
    server = createTestServer({ config: withServices, store });
    const found = await post(MATCH, { ...call, _return_user_data: 'true' });
    const { _data_id, ...rest } = found.json as { _data_id: string };
    expect(rest).to.deep.equal({ _id: made._id, _user_data: { customer: 'Ada' } });
    expect((await server.send('GET', `/genesys/1/storage/${_data_id}`)).json).to.deep.equal({
      customer: 'Ada',
    });
    expect(codeOf(await post(MATCH, call)), 'the number is free again').to.deep.equal([
      404,
      'SERVICE_NO_MATCH',
    ]);
  });

  it('match-interaction needs a number, and can return a list of matches', async () => {
    const made = await booked();
    expect(codeOf(await post(MATCH))).to.deep.equal([400, 'SERVICE_REQUEST_REFUSED']);
    const found = await post(MATCH, {
      _access_number: made._access_number,
      _access_code: '',
      _return_multiple_matches: 'true',
    });
    const { matches } = found.json as { matches: { _id: string }[] };
    expect(matches.map(({ _id }) => _id)).to.deep.equal([made._id]);
  });

  it('match-interaction does not take the call of another customer, nor one that comes too late', async () => {
    const made = await booked({ _phone_number: '6504669999' });
    const call = { _access_number: made._access_number };
    expect((await post(MATCH, { ...call, _phone_number: '6500000000' })).status).to.equal(404);
    await server.advance(31_000);
    expect((await post(MATCH, { ...call, _phone_number: '6504669999' })).status).to.equal(404);
  });

  it('request-access books a number for a service that exists', async () => {
    const { _id } = (await post('/genesys/1/service/request-chat')).json as { _id: string };
    expect(codeOf(await post(ACCESS, { _id: 'none' }))).to.deep.equal([404, 'SERVICE_NOT_FOUND']);
    expect(codeOf(await post(ACCESS))).to.deep.equal([400, 'PARAMETER_MISSING']);
    expect(
      codeOf(await post(ACCESS, { _id, _provide_code: 'true', _access_code_length: '3' })),
    ).to.deep.equal([400, 'SERVICE_REQUEST_REFUSED']);
    const form = { _id, _provide_code: 'true', _access_code_length: '4', _phone_number: 'undefined' };
    const made = (await post(ACCESS, form)).json as unknown as Booked;
    expect(made).to.include({ _id, _access_number: '8003449999', _expiration_time: '60' });
    expect(made._access_code).to.match(/^\d{4}$/);
    const call = { _access_number: made._access_number, _access_code: made._access_code! };
    expect(((await post(MATCH, call)).json as { _id: string })._id).to.equal(_id);
  });

  it('tell how many numbers are booked when _return_pool_health is set, and customers cannot set it', async () => {
    await server.orsay.close();
    server = createTestServer({
      config: (config) => {
        const { services, ...others } = withServices(config);
        const told = Object.fromEntries(
          ['request-interaction', 'request-access'].map((name) => [
            name,
            { ...services[name], _return_pool_health: 'true' },
          ]),
        );
        const untold = { quiet: services['request-interaction']! };
        return { ...others, services: { ...services, ...told, ...untold } };
      },
    });
    const health = async (path: string, form: Record<string, string> = {}): Promise<unknown> =>
      ((await post(path, form)).json as { _pool_health?: unknown })._pool_health;
    const coded = { _provide_code: 'true' };
    expect(await health(REQUEST, coded)).to.deep.equal({ numbers: 2, booked: 1, free: 1 });
    await server.advance(20_000);
    expect(await health(REQUEST, coded)).to.deep.equal({ numbers: 2, booked: 2, free: 0 });
    await server.advance(11_000);
    const { _id } = (await post('/genesys/1/service/request-chat')).json as { _id: string };
    expect(await health(ACCESS, { ...coded, _id }), 'one has ended').to.deep.equal({
      numbers: 2,
      booked: 2,
      free: 0,
    });
    expect(await health('/genesys/1/service/quiet', { ...coded, _return_pool_health: 'true' })).to.equal(
      undefined,
    );
  });

  it('get answers with the code of the option, by GET and POST', async () => {
    const replies = [
      await server.send('GET', '/genesys/1/service/health'),
      await post('/genesys/1/service/health'),
    ];
    expect(replies.map(({ status }) => status)).to.deep.equal([204, 204]);
  });

  it('request-chat-poll is available once an agent could take the chat, and opens it then', async () => {
    const created = await post('/genesys/1/service/request-chat-poll', { verbose: 'false' });
    const { _id } = created.json as { _id: string };
    expect(created.json).to.deep.equal({ _id });
    const status = async (): Promise<unknown> => (await post(`/genesys/1/service/${_id}/status`)).json;
    const openChat = (): Promise<TestReply> =>
      post(`/genesys/1/service/${_id}/ixn/chat`, { firstName: 'Ada', subject: 'None' });
    expect(await status()).to.deep.equal({ status: 'unavailable' });
    expect((await openChat()).status).to.equal(503);
    await server.send('PUT', '/agent/1/agents/sam', { json: { state: 'ready', groups: ['Sales'] } });
    expect(await status()).to.deep.equal({ status: 'unavailable' });
    await server.send('PUT', '/agent/1/agents/kate', { json: { state: 'ready', groups: ['Billing'] } });
    expect(await status()).to.deep.equal({ status: 'available' });
    expect((await openChat()).status).to.equal(200);
    const other = await post(`/genesys/1/service/${_id}/poke`);
    expect(codeOf(other)).to.deep.equal([400, 'SERVICE_REQUEST_REFUSED']);
  });

  it('urs-stat shows the queue of the option, or of the request, by GET and POST', async () => {
    const started = '/urs/call/start?strategy=WaitForTarget&VQ_TARGET=Billing%40Stat_Server.GA&VQ=VQ_1';
    await server.send('GET', started);
    const own = await server.send('GET', '/urs/call/max/lvq?name=VQ_1');
    expect((await server.send('GET', '/genesys/1/service/wait')).json).to.deep.equal(own.json);
    expect((await post('/genesys/1/service/wait')).json)
      .to.deep.equal(own.json)
      .and.to.include({ calls: 1 });
    const other = await server.send('GET', '/genesys/1/service/wait?name=VQ_2&aqt=urs2');
    expect(other.json).to.include({ calls: 0, pos: 1 });
    expect((await server.send('GET', '/genesys/1/service/wait?aqt=none')).status).to.equal(400);
  });

  it('are refused when the configuration is read and an option is wrong', () => {
    const config = withServices(initialConfig());
    const wrong = {
      ...config,
      services: {
        ...config.services,
        health: { _type: 'builtin', _service: 'get', _online_code: '99' },
        pool: { _type: 'builtin', _service: 'request-access', _resource_group: 'none' },
        stat: { _type: 'builtin', _service: 'urs-stat', _urs_url: 'http://urs:2060/urs/call/max/lvq' },
        code: { _type: 'builtin', _service: 'request-access', _access_code_length: '99' },
      },
    };
    expect(() => parseConfig(wrong, 'here'))
      .to.throw(ConfigError)
      .with.property('problems')
      .that.deep.equals([
        "services.health._online_code: expected an HTTP status from 200 to 599, got '99'",
        "services.pool._resource_group: there is no pool 'none' in accessNumbers",
        'services.stat._urs_url: expected none: the queues are those of this server',
        "services.code._service: Expected _access_code_length to be a whole number from 4 to 12, got '99'.",
      ]);
  });
});
