import { expect } from 'chai';
import type { Config } from '../../../server/process/config.ts';
import { initialConfig, parseConfig } from '../../../server/process/config.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const SERVICES: Config['services'] = {
  hours: {
    _type: 'builtin',
    _service: 'office-hours',
    _ttl: '30',
    _timezone: 'Europe/Paris',
    _bh_regular1: 'Mon-Fri 09:00-17:00',
    _bh_add1: '01-10 12:00-14:30',
    _holiday1: '2026-01-06',
  },
  // As configurations of earlier versions have it.
  old: { _type: 'ors', _service: 'office-hours', _bh_regular1: 'Mon-Sun 00:00-24:00' },
  // The sample of the Capacity API.
  Capacity: {
    _capacity: '[Mon, Tue, Wed, Thu, Fri, Sat, Sun]',
    _capacity_1: '{"1":{"0000":1,"0100":3}}',
    _capacity_2: '{"2":{"0100":3}}',
    _capacity_3: '{"3":{"1000":6,"1100":6,"1200":6}}',
    _capacity_4: '{"4":{"1100":3,"0100":3}}',
    _capacity_5: '{"5":{"0100":3}}',
    _capacity_6: '{"6":{"0100":3}}',
    _capacity_7: '{"7":{"0000":1,"0100":3}}',
    _capacity_add: '{}',
    _service: 'capacity',
    _timezone: 'UTC',
    _type: 'builtin',
  },
};
const HOURS = '/genesys/1/service/hours';
const CAPACITY = '/genesys/1/service/Capacity';

describe('the office-hours and capacity services', () => {
  let server: TestServer;

  // Monday, 5 January 2026, 09:00 UTC: the office is open since 08:00.
  before(() => {
    server = createTestServer({
      config: (config) => ({ ...config, services: { ...config.services, ...SERVICES } }),
    });
  });
  after(() => server.orsay.close());

  async function read(url: string): Promise<unknown> {
    const reply = await server.send('GET', url);
    expect(reply.status, reply.text).to.equal(200);
    expect(reply.headers['content-type']).to.match(/^application\/json/);
    return reply.json;
  }

  async function refusal(url: string): Promise<unknown> {
    const { status, json } = await server.send('GET', url);
    const { message, code } = json as { readonly message: string; readonly code: string };
    return [status, code, message];
  }

  const open = (...periods: readonly (readonly [string, string])[]) => ({
    error: null,
    periods: periods.map(([start, end]) => ({ start, end })),
  });

  it('list the open periods of a range, in UTC', async () => {
    expect(await read(`${HOURS}?start=2026-01-05T10:00:00.000Z&end=2026-01-10T12:00:00.000Z`)).to.deep.equal(
      open(
        ['2026-01-05T10:00:00.000Z', '2026-01-05T16:00:00.000Z'],
        ['2026-01-07T08:00:00.000Z', '2026-01-07T16:00:00.000Z'],
        ['2026-01-08T08:00:00.000Z', '2026-01-08T16:00:00.000Z'],
        ['2026-01-09T08:00:00.000Z', '2026-01-09T16:00:00.000Z'],
        ['2026-01-10T11:00:00.000Z', '2026-01-10T12:00:00.000Z'],
      ),
    );
  });

  it('begin now without a start, and tell whether the office is open now without any parameter', async () => {
    expect(await read(`${HOURS}?number-of-days=2`)).to.deep.equal(
      open(
        ['2026-01-05T09:00:00.000Z', '2026-01-05T16:00:00.000Z'],
        ['2026-01-07T08:00:00.000Z', '2026-01-07T09:00:00.000Z'],
      ),
    );
    expect(await read(HOURS)).to.deep.equal(open(['2026-01-05T09:00:00.000Z', '2026-01-05T09:00:00.000Z']));
    expect(await read(`${HOURS}?start=2026-01-05T16:00:00.000Z`)).to.deep.equal(open());
    expect(
      await read('/genesys/1/service/old?start=2026-01-06T03:00:00.000Z&number-of-days=1'),
    ).to.deep.equal(open(['2026-01-06T03:00:00.000Z', '2026-01-07T03:00:00.000Z']));
  });

  it('answer POST like GET, with the parameters in a form or JSON', async () => {
    const fields = { start: '2026-01-05T15:00:00.000Z', 'number-of-days': '1' };
    for (const content of [{ form: fields }, { json: { ...fields, 'number-of-days': 1 } }]) {
      const { status, json } = await server.send('POST', HOURS, content);
      expect([status, json]).to.deep.equal([
        200,
        open(['2026-01-05T15:00:00.000Z', '2026-01-05T16:00:00.000Z']),
      ]);
    }
  });

  it('list the capacity of a range, in the time of the asked zone', async () => {
    const range = 'start=2026-01-05T00:30:00.000&end=2026-01-05T03:00:00.000';
    expect(await read(`${CAPACITY}?${range}&timezone=UTC`)).to.deep.equal([
      { start: '2026-01-05T00:30:00.000', end: '2026-01-05T01:00:00.000', capacity: 1 },
      { start: '2026-01-05T01:00:00.000', end: '2026-01-05T02:00:00.000', capacity: 3 },
      { start: '2026-01-05T02:00:00.000', end: '2026-01-05T03:00:00.000', capacity: 0 },
    ]);
    expect(await read(`${CAPACITY}?${range}&timezone=Europe/Paris`)).to.deep.equal([
      { start: '2026-01-05T00:30:00.000', end: '2026-01-05T01:00:00.000', capacity: 0 },
      { start: '2026-01-05T01:00:00.000', end: '2026-01-05T02:00:00.000', capacity: 1 },
      { start: '2026-01-05T02:00:00.000', end: '2026-01-05T03:00:00.000', capacity: 3 },
    ]);
  });

  it('name the parameter that is wrong, what was expected and what came', async () => {
    const expected = (name: string, got: string) => [
      400,
      'PARAMETER_INVALID',
      `Expected ${name} as '2013-05-28T15:30:00.000Z', got ${got}.`,
    ];
    expect(await refusal(`${HOURS}?start=today`)).to.deep.equal(expected('start', '"today"'));
    expect(await refusal(`${HOURS}?end=1`)).to.deep.equal(expected('end', '"1"'));
    expect(await refusal(`${HOURS}?number-of-days=-1`)).to.deep.equal([
      400,
      'PARAMETER_INVALID',
      'Expected number-of-days to be a whole number of at least 0, got "-1".',
    ]);
    expect(await refusal(`${HOURS}?number-of-days=367`)).to.deep.equal([
      400,
      'PARAMETER_INVALID',
      'Expected a range of at most MAX_CALENDAR_DAYS (366) days, got 2026-01-05T09:00:00.000Z to 2027-01-07T09:00:00.000Z.',
    ]);
    expect(await refusal(`${HOURS}?number-of-days=999999999`)).to.deep.equal([
      400,
      'PARAMETER_INVALID',
      'Expected a range of at most MAX_CALENDAR_DAYS (366) days, got 2026-01-05T09:00:00.000Z to 9999-12-31T23:59:59.999Z.',
    ]);
    expect(await refusal(`${HOURS}?end=2026-01-05T08:00:00.000Z`)).to.deep.equal([
      400,
      'PARAMETER_INVALID',
      'Expected an end at or after 2026-01-05T09:00:00.000Z, the start, got 2026-01-05T08:00:00.000Z.',
    ]);
    expect(await refusal(`${HOURS}?end=2026-01-06T08:00:00.000Z&number-of-days=1`)).to.deep.equal([
      400,
      'PARAMETER_INVALID',
      'Expected one of end, end-ms, number-of-days, got end and number-of-days.',
    ]);
    expect(await refusal(`${CAPACITY}?start=2026-01-05T00:30:00.000`)).to.deep.equal([
      400,
      'PARAMETER_INVALID',
      "Expected end as '2015-03-17T09:15:00.000', got none.",
    ]);
    for (const zone of ['PST', 'No/Where', 'No/Where+05', `Europe/${'a'.repeat(64)}`]) {
      expect(await refusal(`${HOURS}?timezone=${encodeURIComponent(zone)}`)).to.deep.equal([
        400,
        'PARAMETER_INVALID',
        `Expected timezone to be a name of the tz database, such as Europe/Paris, got "${zone}".`,
      ]);
    }
  });

  it('are, with get and urs-stat, the only services that GET reads', async () => {
    expect(await refusal('/genesys/1/service/hello')).to.deep.equal([
      405,
      'METHOD_NOT_ALLOWED',
      "Expected POST for the service 'hello', got GET: only get, urs-stat, office-hours and capacity services are read.",
    ]);
    expect(await refusal('/genesys/1/service/nothing')).to.deep.equal([
      404,
      'SERVICE_UNKNOWN',
      "No service 'nothing' is configured.",
    ]);
  });

  it('are checked when the server starts, and so are their names in callback services', () => {
    const config = initialConfig();
    const services = {
      ...config.services,
      'chat-delay': {
        ...config.services['chat-delay'],
        _business_hours_service: 'Capacity',
        _capacity_service: 'Capacty',
      },
      Capacity: { ...SERVICES.Capacity, _max_capacity: '2' },
      hours: { ...SERVICES.hours, _bh_regular1: 'Mon-Fri 9-17' },
    };
    const problems = (() => {
      try {
        parseConfig({ ...config, services }, 'of the test');
        return [];
      } catch (error) {
        return (error as { problems: readonly string[] }).problems;
      }
    })();
    expect(problems.map((problem) => problem.split(':')[0])).to.deep.equal([
      'services.Capacity._capacity_1',
      'services.Capacity._capacity_2',
      'services.Capacity._capacity_3',
      'services.Capacity._capacity_4',
      'services.Capacity._capacity_5',
      'services.Capacity._capacity_6',
      'services.Capacity._capacity_7',
      'services.hours._bh_regular1',
      'services.chat-delay._business_hours_service',
      'services.chat-delay._capacity_service',
    ]);
  });
});
