import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

interface Day {
  readonly date: string;
  readonly start: string;
  readonly end: string;
  readonly open: readonly unknown[];
  readonly slots: readonly { readonly start: string; readonly free: number; readonly total: number }[];
}

const ROOT = '/genesys/1/admin/callback/calendar';
const HOUR_MS = 3_600_000;

describe('the calendar of a callback service', () => {
  let server: TestServer;

  function begin(zone: string, at: string, options: Readonly<Record<string, string>> = {}): void {
    server = createTestServer({
      startMs: Date.parse(at),
      config: (config) => ({
        ...config,
        services: {
          night: {
            ...config.services['chat-delay'],
            _business_hours_service: 'hours',
            _request_time_bucket: '30',
            _max_request_by_time_bucket: '2',
            ...options,
          } as never,
          hours: {
            _type: 'builtin',
            _service: 'office-hours',
            _timezone: zone,
            _bh_regular1: 'Mon-Sun 01:00-04:00',
          },
        },
      }),
    });
  }
  afterEach(() => server.orsay.close());

  async function daysOf(query: string): Promise<readonly Day[]> {
    const { status, json, text } = await server.send('GET', `${ROOT}?service=night&${query}`);
    expect(status, text).to.equal(200);
    return (json as { days: readonly Day[] }).days;
  }
  const startsOf = ({ slots }: Day): readonly string[] => slots.map(({ start }) => start.slice(11, 16));
  const hoursOf = ({ start, end }: Day): number => (Date.parse(end) - Date.parse(start)) / HOUR_MS;

  it('has no slots in an hour that the clock skips, and those of both hours that it shows twice', async () => {
    const cases = [
      ['Europe/Berlin', '2026-03-29', 23, '00:00 00:30 01:00 01:30'],
      ['Europe/Berlin', '2026-10-25', 25, '23:00 23:30 00:00 00:30 01:00 01:30 02:00 02:30'],
      ['America/New_York', '2026-03-08', 23, '06:00 06:30 07:00 07:30'],
      ['America/New_York', '2026-11-01', 25, '05:00 05:30 06:00 06:30 07:00 07:30 08:00 08:30'],
    ] as const;
    for (const [zone, date, hours, slots] of cases) {
      begin(zone, `${date}T00:00:00.000Z`);
      const [day, ...others] = await daysOf(`date=${date}&days=1`);
      expect(others).to.deep.equal([]);
      expect([zone, day!.date, hoursOf(day!), startsOf(day!).join(' ')]).to.deep.equal([
        zone,
        date,
        hours,
        slots,
      ]);
      await server.orsay.close();
    }
  });

  it('shows a week from today at the office, with what is booked and what has passed', async () => {
    // In New York it is still Saturday.
    begin('America/New_York', '2026-03-08T04:00:00.000Z');
    const booked = await server.send('POST', '/genesys/1/service/callback/night', {
      json: { _customer_number: '5115', _desired_time: '2026-03-08T07:00:00.000Z' },
    });
    expect(booked.status, booked.text).to.equal(200);
    const days = await daysOf('');
    expect(days.map(({ date }) => date)).to.deep.equal([
      '2026-03-07',
      '2026-03-08',
      '2026-03-09',
      '2026-03-10',
      '2026-03-11',
      '2026-03-12',
      '2026-03-13',
    ]);
    expect(days.map(hoursOf)).to.deep.equal([24, 23, 24, 24, 24, 24, 24]);
    expect(days[0]!.slots).to.have.length(6);
    expect(days[1]!.slots[2]).to.deep.equal({ start: '2026-03-08T07:00:00.000Z', free: 1, total: 2 });
    expect(days[1]!.open).to.deep.equal([
      { start: '2026-03-08T06:00:00.000Z', end: '2026-03-08T08:00:00.000Z' },
    ]);
  });

  it('has the zone UTC without hours and capacity', async () => {
    begin('Europe/Berlin', '2026-03-08T04:00:00.000Z', { _business_hours_service: '' });
    const { json } = await server.send('GET', `${ROOT}?service=night&days=1`);
    expect(json).to.include({ service: 'night', timezone: 'UTC', slotMinutes: 30 });
    expect((json as { days: readonly Day[] }).days[0]!.slots).to.have.length(48);
  });

  it('refuses what is no service, no date or too many days', async () => {
    begin('Europe/Berlin', '2026-03-08T04:00:00.000Z');
    const cases = [
      ['', 400, 'PARAMETER_MISSING'],
      ['service=none', 404, 'SERVICE_UNKNOWN'],
      ['service=hours', 404, 'SERVICE_UNKNOWN'],
      ['service=night&date=2026-02-30', 400, 'PARAMETER_INVALID'],
      ['service=night&date=9999-12-31', 400, 'PARAMETER_INVALID'],
      ['service=night&date=soon', 400, 'PARAMETER_INVALID'],
      ['service=night&days=0', 400, 'PARAMETER_INVALID'],
      ['service=night&days=15', 400, 'PARAMETER_INVALID'],
    ] as const;
    for (const [query, status, code] of cases) {
      const reply = await server.send('GET', `${ROOT}?${query}`);
      expect([query, reply.status, (reply.json as { code: string }).code]).to.deep.equal([
        query,
        status,
        code,
      ]);
    }
  });
});
