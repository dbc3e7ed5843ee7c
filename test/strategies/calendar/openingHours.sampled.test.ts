import { expect } from 'chai';
import fc from 'fast-check';
import { type Capacity, capacityAt, capacityPeriods } from '../../../strategies/calendar/capacity.ts';
import { closedReason, openPeriods } from '../../../strategies/calendar/openingHours.ts';
import { readCapacity } from '../../../strategies/calendar/readCapacity.ts';
import { readHours } from '../../../strategies/calendar/readHours.ts';
import {
  clockText,
  clockTexts,
  DAY_MS,
  instantOf,
  isTimeZone,
  MINUTE_MS,
} from '../../../strategies/calendar/zoneTime.ts';
import { runsOf, sampleOf } from '../../support/runLength.ts';

/**
 * Zones whose clocks change by an hour, by half an hour (Lord Howe), four times a year (Casablanca), to the
 * other side of the date line (Apia, 2011), by a quarter of an hour off the others, and never.
 */
const ZONES = [
  ['America/New_York', 2026],
  ['Europe/Paris', 2026],
  ['Australia/Lord_Howe', 2026],
  ['Africa/Casablanca', 2026],
  ['America/St_Johns', 2027],
  ['Asia/Kathmandu', 2026],
  ['Pacific/Apia', 2011],
  ['UTC', 2028],
] as const;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MINUTES_A_DAY = 1440;

interface Rules {
  readonly regular: readonly { first: number; last: number; from: number; to: number }[];
  readonly added: readonly { date: string; from: number; to: number }[];
  readonly holidays: readonly string[];
  readonly effective: readonly { from: string; to: string }[];
}

/** The clock on the wall for each minute of a year, by the formatter of the runtime. */
function clockWalk(zone: string, year: number): { start: number; clock: readonly number[] } {
  const start = Date.UTC(year, 0, 1);
  const count = (Date.UTC(year + 1, 0, 1) - start) / MINUTE_MS;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const clock: number[] = [];
  // Clocks change on a quarter of an hour.
  for (let minute = 0; minute < count; minute += 15) {
    const shown = Date.parse(`${format.format(start + minute * MINUTE_MS).replace(' ', 'T')}Z`);
    for (let more = 0; more < 15; more++) clock.push(shown + more * MINUTE_MS);
  }
  return { start, clock };
}

/** Date and day of the week of each day, from the calendar of the runtime. */
const days = new Map<number, { readonly date: string; readonly weekday: number }>();
function dayAt(number: number): { readonly date: string; readonly weekday: number } {
  const known = days.get(number);
  if (known !== undefined) return known;
  const day = new Date(number * DAY_MS);
  const found = { date: day.toISOString().slice(0, 10), weekday: day.getUTCDay() };
  days.set(number, found);
  return found;
}

/** The definition, minute by minute, without any arithmetic of periods. */
function isOpenOnClock(clock: number, rules: Rules): boolean {
  const number = Math.floor(clock / DAY_MS);
  const minute = (clock - number * DAY_MS) / MINUTE_MS;
  const today = dayAt(number);
  const yesterday = dayAt(number - 1);
  const isOn = (date: string, day: typeof today): boolean => day.date.endsWith(date);
  const { effective } = rules;
  if (effective.length > 0 && !effective.some(({ from, to }) => from <= today.date && today.date <= to)) {
    return false;
  }
  const covers = (
    { from, to }: { readonly from: number; readonly to: number },
    matches: (day: typeof today) => boolean,
  ): boolean =>
    from < to
      ? from <= minute && minute < to && matches(today)
      : (from <= minute && matches(today)) || (minute < to && matches(yesterday));
  const isHoliday = rules.holidays.some((date) => isOn(date, today));
  const isRegular = rules.regular.some((rule) =>
    covers(rule, ({ weekday: day }) => (day - rule.first + 7) % 7 <= (rule.last - rule.first + 7) % 7),
  );
  return (isRegular && !isHoliday) || rules.added.some((rule) => covers(rule, (day) => isOn(rule.date, day)));
}

const time = (minute: number): string => `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;

function optionsOf(zone: string, { regular, added, holidays, effective }: Rules): Record<string, string> {
  const numbered = (name: string, values: readonly string[]) =>
    values.map((value, index) => [`${name}${index + 1}`, value] as const);
  return Object.fromEntries([
    ['_timezone', zone],
    ...numbered(
      '_bh_regular',
      regular.map(({ first, last, from, to }) => `${DAYS[first]}-${DAYS[last]} ${time(from)}-${time(to)}`),
    ),
    ...numbered(
      '_bh_add',
      added.map(({ date, from, to }) => `${date} ${time(from)}-${time(to)}`),
    ),
    ...numbered('_holiday', holidays),
    ...numbered(
      '_effective_dates',
      effective.map(({ from, to }) => `${from} to ${to}`),
    ),
  ]);
}

/** Many rules touch the hours in which clocks change. */
const minuteOfDay = fc.oneof(
  fc.integer({ min: 0, max: MINUTES_A_DAY - 1 }),
  fc.integer({ min: 0, max: 12 }).map((quarter) => quarter * 15),
);
const dayPart = { from: minuteOfDay, to: minuteOfDay };
const weekday = fc.integer({ min: 0, max: 6 });
function dateIn(year: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.integer({ min: 0, max: 364 }), fc.boolean())
    .map(([day, everyYear]) =>
      new Date(Date.UTC(year, 0, 1) + day * DAY_MS).toISOString().slice(everyYear ? 5 : 0, 10),
    );
}
function rulesIn(year: number): fc.Arbitrary<Rules> {
  const range = fc
    .tuple(fc.integer({ min: 1, max: 180 }), fc.integer({ min: 0, max: 180 }))
    .map(([first, length]) => {
      const date = (day: number) => new Date(Date.UTC(year, 0, day)).toISOString().slice(0, 10);
      return { from: date(first), to: date(first + length) };
    });
  return fc.record({
    regular: fc.array(fc.record({ first: weekday, last: weekday, ...dayPart }), {
      minLength: 1,
      maxLength: 4,
    }),
    added: fc.array(fc.record({ date: dateIn(year), ...dayPart }), { maxLength: 4 }),
    holidays: fc.array(dateIn(year), { maxLength: 4 }),
    effective: fc.array(range, { maxLength: 2 }),
  });
}

describe('opening hours', () => {
  for (const [zone, year] of sampleOf(ZONES, 4)) {
    it(`are those of a walk through every minute of ${year} in ${zone}`, () => {
      const { start, clock } = clockWalk(zone, year);
      fc.assert(
        fc.property(rulesIn(year), (rules) => {
          const { hours, problems } = readHours(optionsOf(zone, rules));
          expect(problems).to.deep.equal([]);
          const periods = openPeriods(hours, start, start + clock.length * MINUTE_MS);
          const expected: { start: number; end: number }[] = [];
          clock.forEach((shown, minute) => {
            if (!isOpenOnClock(shown, rules)) return;
            const at = start + minute * MINUTE_MS;
            const last = expected.at(-1);
            if (last?.end === at) last.end = at + MINUTE_MS;
            else expected.push({ start: at, end: at + MINUTE_MS });
          });
          expect(periods).to.deep.equal(expected);
          for (const { start: opens, end: closes } of periods.slice(0, 50)) {
            expect(closedReason(hours, opens)).to.equal(undefined);
            expect(closedReason(hours, closes - 1)).to.equal(undefined);
            if (closes < start + clock.length * MINUTE_MS)
              expect(closedReason(hours, closes)).to.be.a('string');
          }
        }),
        { numRuns: runsOf({ sample: 1, all: 3 }) },
      );
    }).timeout(60_000);
  }

  it('are open twice in the hour that the clock repeats, and miss the one that it skips', () => {
    const { hours } = readHours({ _timezone: 'Europe/Paris', _bh_regular1: 'Sun 02:15-02:45' });
    const of = (day: number, month: number) =>
      openPeriods(hours, Date.UTC(2026, month, day), Date.UTC(2026, month, day + 1)).map((period) =>
        new Date(period.start).toISOString(),
      );
    expect(of(25, 9)).to.deep.equal(['2026-10-25T00:15:00.000Z', '2026-10-25T01:15:00.000Z']);
    expect(of(29, 2)).to.deep.equal([]);
    expect(of(22, 2)).to.deep.equal(['2026-03-22T01:15:00.000Z']);
  });

  it('say that another day of the week, or only another time, is open', () => {
    const { hours } = readHours({ _bh_regular1: 'Mon-Fri 09:00-17:00', _holiday1: '2026-01-06' });
    expect(closedReason(hours, Date.UTC(2026, 0, 4, 12))).to.equal('closed_day_of_week');
    expect(closedReason(hours, Date.UTC(2026, 0, 5, 8, 59, 59, 999))).to.equal('closed_no_match');
    expect(closedReason(hours, Date.UTC(2026, 0, 5, 9))).to.equal(undefined);
    expect(closedReason(hours, Date.UTC(2026, 0, 6, 12))).to.equal('closed_no_match');
  });

  it('name every option that cannot be read', () => {
    const { problems } = readHours({
      _type: 'builtin',
      _service: 'office-hours',
      _ttl: '30',
      _timezone: 'PST',
      _bh_regular1: 'Mon-Fri 9-17',
      _bh_regular2: 'Xyz 09:00-17:00',
      _bh_regular3: '',
      _bh_add1: '02-30 10:00-14:00',
      _holiday1: '2026-13-01',
      _effective_dates1: '2026-10-31 to 2026-04-01',
      _use_alternative1: 'other',
    });
    const regular = "days of the week and times, such as 'Mon-Fri 09:00-17:00' or 'Sat 19:00-07:00'";
    expect(problems.map(({ name, message }) => `${name} ${message}`)).to.deep.equal([
      `_bh_regular1 expected ${regular}, got 'Mon-Fri 9-17'.`,
      `_bh_regular2 expected ${regular}, got 'Xyz 09:00-17:00'.`,
      "_bh_add1 expected a day and times, such as '2026-11-30 10:00-14:00', or '11-30 10:00-14:00' for every year, got '02-30 10:00-14:00'.",
      "_holiday1 expected a day, such as '2026-07-15', or '07-15' for every year, got '2026-13-01'.",
      "_effective_dates1 expected a day or a range of days, such as '2026-04-01 to 2026-10-31', got '2026-10-31 to 2026-04-01'.",
      '_use_alternative1 is no option of an office-hours service. They are _bh_regular<n>, _bh_add<n>, _holiday<n>, _effective_dates<n>, _type, _service, _timezone, _ttl.',
      "_timezone expected a time zone of the tz database, such as Europe/Paris, got 'PST'.",
    ]);
  });
});

describe('the time on the clock of a zone', () => {
  for (const [zone, year] of sampleOf(ZONES, 4)) {
    it(`leads back to its first instant in ${zone}`, () => {
      const { start, clock } = clockWalk(zone, year);
      const first = new Map<number, number>();
      clock.forEach((shown, minute) => {
        if (!first.has(shown)) first.set(shown, start + minute * MINUTE_MS);
      });
      const isNearChange = (minute: number): boolean =>
        clock[minute + 180]! - clock[minute - 180]! !== 360 * MINUTE_MS;
      // The year's ends have no neighbours, and Apia left out a whole day.
      const last = clock.length - (zone === 'Pacific/Apia' ? 5 : 1) * MINUTES_A_DAY;
      for (let minute = MINUTES_A_DAY; minute < last; minute++) {
        if (minute % 311 !== 0 && !isNearChange(minute)) continue;
        const instant = start + minute * MINUTE_MS;
        const shown = clock[minute]!;
        if (instantOf(zone, shown) !== first.get(shown))
          expect.fail(`${zone} ${new Date(shown).toISOString()}`);
        expect(clockText(zone, instant)).to.equal(new Date(shown).toISOString().slice(0, -1));
      }
    }).timeout(60_000);
  }

  it('that is skipped is as long after the change as it would be without it', () => {
    const skipped = Date.parse('2026-03-29T02:30:00.000Z');
    expect(new Date(instantOf('Europe/Paris', skipped)).toISOString()).to.equal('2026-03-29T01:30:00.000Z');
  });
});

describe('capacity', () => {
  const OPTIONS = {
    _type: 'builtin',
    _service: 'capacity',
    _timezone: 'Europe/Paris',
    _capacity: '[Mon, Tue, Wed, Thu, Fri, Sat, Sun]',
    _capacity_1: '{"1":{"0900":4,"1000":4,"1200":2}}',
    _capacity_7: '{"7":{"0200":3}}',
    _capacity_add: '{"2026-01-12":{"0900":1},"12-25":{}}',
    _max_capacity: '4',
  };

  it('is that of the hour on the clock, with exceptions by date', () => {
    const { capacity, problems } = readCapacity(OPTIONS);
    expect(problems).to.deep.equal([]);
    const at = (text: string) => capacityAt(capacity, Date.parse(text));
    expect(at('2026-01-05T08:00:00.000Z')).to.equal(4);
    expect(at('2026-01-05T09:59:59.999Z')).to.equal(4);
    expect(at('2026-01-05T10:00:00.000Z')).to.equal(0);
    expect(at('2026-01-12T08:00:00.000Z')).to.equal(1);
    expect(at('2026-01-12T09:00:00.000Z')).to.equal(0);
    expect(at('2028-12-25T08:00:00.000Z')).to.equal(0);
    // Both hours that the clock shows as 02:00 in October, and none in March.
    expect(at('2026-10-25T00:30:00.000Z')).to.equal(3);
    expect(at('2026-10-25T01:30:00.000Z')).to.equal(3);
    expect(at('2026-03-29T01:00:00.000Z')).to.equal(0);
  });

  it('has periods whose values are those of each minute', () => {
    const { capacity } = readCapacity(OPTIONS);
    const from = Date.parse('2026-10-23T07:10:00.000Z');
    const to = from + 4 * DAY_MS;
    const periods = capacityPeriods(capacity, from, to);
    expect(periods[0]!.start).to.equal(from);
    expect(periods.at(-1)!.end).to.equal(to);
    periods.slice(1).forEach(({ start, capacity: value }, index) => {
      expect(start).to.equal(periods[index]!.end);
      expect(value).not.to.equal(periods[index]!.capacity);
    });
    expect(minutesOf(capacity, from, to)).to.deep.equal(
      periods.flatMap(({ start, end, capacity: value }) => Array((end - start) / MINUTE_MS).fill(value)),
    );
  });

  function minutesOf(capacity: Capacity, from: number, to: number): number[] {
    return Array.from({ length: (to - from) / MINUTE_MS }, (_, index) =>
      capacityAt(capacity, from + index * MINUTE_MS),
    );
  }

  it('names every option that cannot be read', () => {
    const { problems } = readCapacity({
      _capacity_1: '{"2":{"0900":4}}',
      _capacity_2: '{"2":{"0900":1001}}',
      _capacity_3: '{"3":{"0930":4}}',
      _capacity_4: 'many',
      _capacity_add: '{"2026-02-30":{}}',
      _capacity_8: '{}',
    });
    expect(problems.map(({ name }) => name)).to.deep.equal([
      '_capacity_1',
      '_capacity_2',
      '_capacity_3',
      '_capacity_4',
      '_capacity_add',
      '_capacity_8',
    ]);
    expect(problems[1]!.message).to.equal(
      'expected JSON such as {"2":{"0900":4,"1000":4}} with values up to 1000, got \'{"2":{"0900":1001}}\'.',
    );
  });

  it('takes both forms of no exceptions', () => {
    for (const _capacity_add of ['{}', '[]', ''])
      expect(readCapacity({ _capacity_add }).problems).to.deep.equal([]);
  });
});

describe('the clock of a zone', () => {
  it('shows many instants as it shows each of them', () => {
    for (const [zone, year] of sampleOf(ZONES, 4)) {
      const instants = Array.from({ length: 400 }, (_, day) => Date.UTC(year, 0, 1) + day * DAY_MS);
      expect(clockTexts(zone, instants), zone).to.deep.equal(instants.map((at) => clockText(zone, at)));
    }
    expect(clockTexts('UTC', [])).to.deep.equal([]);
  });

  it('takes memory for a zone once, however requests spell its name', () => {
    const { DateTimeFormat } = Intl;
    let made = 0;
    Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
      construct(target, given) {
        made += 1;
        return new target(...given);
      },
    });
    try {
      for (const name of ['Asia/Tashkent', 'asia/tashkent', 'ASIA/TASHKENT', 'aSIA/tashKent']) {
        expect(isTimeZone(name)).to.equal(true);
        expect(clockText(name, 0)).to.equal('1970-01-01T06:00:00.000');
      }
    } finally {
      Intl.DateTimeFormat = DateTimeFormat;
    }
    expect(made).to.equal(2);
  });
});
