import { expect } from 'chai';
import type { Config } from '../../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

/** Answers `start`, then waits. */
const PATIENT = orsDocument(
  `<state id="awaitingStart"><transition event="start" target="waiting">
    <ws:response requestid="_event.sendid"><param name="_text" expr="'wait'"/></ws:response>
  </transition></state>
  <state id="waiting"><transition event="cancel" target="gone"/></state><final id="gone"/>`,
  'initial="awaitingStart"',
);
const ROOT = '/genesys/1/service/callback/chat-delay';

describe('booking a callback', () => {
  let server: TestServer;

  function begin(
    options: Readonly<Record<string, string>> = {},
    { others = {}, at = '2026-01-05T09:00:00.000Z' }: { others?: Config['services']; at?: string } = {},
  ): void {
    server = createTestServer({
      startMs: Date.parse(at),
      documents: writeDocuments({ 'callback/src/chat-delay.scxml': PATIENT }),
      config: (config) => ({
        ...config,
        services: { 'chat-delay': { ...config.services['chat-delay'], ...options } as never, ...others },
      }),
    });
  }

  afterEach(() => server.orsay.close());

  function book(_desired_time: string): Promise<TestReply> {
    return server.send('POST', ROOT, { json: { _customer_number: '5115', _desired_time } });
  }

  function move(id: string, _new_desired_time: string): Promise<TestReply> {
    return server.send('PUT', `${ROOT}/${id}`, { json: { _new_desired_time } });
  }

  const idOf = (reply: TestReply): string => (reply.json as { _id: string })._id;

  describe('farther ahead than _reject_future_desired_time', () => {
    const refusal = (got: string) => ({
      message: `Expected a desired time of at most 2026-01-12T09:00:00.000Z (option _reject_future_desired_time=1w), got ${got}.`,
      exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
      code: 'CALLBACK_INVALID',
    });

    it('is refused, and so is moving a callback there', async () => {
      begin({ _reject_future_desired_time: '1w' });
      const booked = await book('2026-01-12T09:00:00.000Z');
      expect(booked.status, booked.text).to.equal(200);

      const late = '2026-01-12T09:00:00.001Z';
      for (const refused of [await book(late), await move(idOf(booked), late)]) {
        expect([refused.status, refused.json]).to.deep.equal([400, refusal(late)]);
      }
      const { json } = await server.send('GET', `${ROOT}?_customer_number=5115`);
      expect(json).to.have.length(1);
      expect((json as object[])[0]).to.include({ _desired_time: '2026-01-12T09:00:00.000Z' });
    });
  });

  describe('outside the opening hours', () => {
    const HOURS = {
      _type: 'builtin',
      _service: 'office-hours',
      _timezone: 'Europe/Paris',
      _bh_regular1: 'Mon-Fri 09:00-17:00',
    };
    const closed = (reason: string) => ({
      message: `{"status":"closed","reason":"${reason}"}`,
      exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
      code: 'CALLBACK_CLOSED',
    });

    it('is refused with the documented errors, and so is moving a callback there', async () => {
      begin({ _business_hours_service: 'hours' }, { others: { hours: HOURS } });
      const booked = await book('2026-01-06T08:00:00.000Z');
      expect(booked.status, booked.text).to.equal(200);
      for (const [time, reason] of [
        ['2026-01-06T07:59:59.999Z', 'closed_no_match'],
        ['2026-01-06T16:00:00.000Z', 'closed_no_match'],
        ['2026-01-10T12:00:00.000Z', 'closed_day_of_week'],
      ] as const) {
        for (const refused of [await book(time), await move(idOf(booked), time)]) {
          expect([refused.status, refused.json]).to.deep.equal([400, closed(reason)]);
        }
      }
      expect((await move(idOf(booked), '2026-01-06T15:59:59.999Z')).status).to.equal(200);
    });

    it('is a matter of _enable_reject_out_of_office_hours for a callback that starts at once', async () => {
      const night = '2026-01-05T03:00:00.000Z';
      begin({ _business_hours_service: 'hours' }, { others: { hours: HOURS }, at: night });
      expect((await book(night)).status).to.equal(200);
      await server.orsay.close();
      begin(
        { _business_hours_service: 'hours', _enable_reject_out_of_office_hours: 'true' },
        { others: { hours: HOURS }, at: night },
      );
      for (const refused of [
        await book(night),
        await server.send('POST', ROOT, { form: { _customer_number: '1' } }),
      ]) {
        expect([refused.status, refused.json]).to.deep.equal([400, closed('closed_no_match')]);
      }
    });
  });

  describe('in a time slot without a free place', () => {
    async function fill(time: string, count: number): Promise<void> {
      for (let index = 0; index < count; index++) expect((await book(time)).status).to.equal(200);
    }

    it('is refused with the free slots around it, as in the sample of the reference', async () => {
      begin(
        { _request_time_bucket: '15', _max_request_by_time_bucket: '5' },
        { at: '2013-05-28T14:59:00.000Z' },
      );
      await fill('2013-05-28T15:30:00.000Z', 5);
      await fill('2013-05-28T16:03:00.000Z', 1);
      const refused = await book('2013-05-28T15:44:59.999Z');
      expect([refused.status, refused.json]).to.deep.equal([
        400,
        {
          message:
            'Too many requests at desired time [2013-05-28T15:30:00.000Z, 2013-05-28T15:45:00.000Z]. Proposing time slots.',
          exception: 'com.genesyslab.gsg.services.callback.CallbackAvailabilityException',
          code: 'CALLBACK_SLOT_FULL',
          availability: {
            '2013-05-28T15:00:00.000Z': 5,
            '2013-05-28T15:15:00.000Z': 5,
            '2013-05-28T15:45:00.000Z': 5,
            '2013-05-28T16:00:00.000Z': 4,
            '2013-05-28T16:15:00.000Z': 5,
            '2013-05-28T16:30:00.000Z': 5,
            '2013-05-28T16:45:00.000Z': 5,
          },
        },
      ]);
    });

    it('is refused to a callback that moves, as in the sample of the reference', async () => {
      const hours = { _type: 'builtin', _service: 'office-hours', _bh_regular1: 'Mon 00:00-17:00' };
      begin(
        { _max_request_by_time_bucket: '5', _business_hours_service: 'hours' },
        { at: '2013-05-27T16:21:00.000Z', others: { hours } },
      );
      await fill('2013-05-27T16:45:00.000Z', 5);
      await fill('2013-05-27T16:55:00.000Z', 2);
      const moving = await book('2013-05-27T16:24:30.000Z');
      const refused = await move(idOf(moving), '2013-05-27T16:45:00.000Z');
      expect([refused.status, refused.json]).to.deep.equal([
        400,
        {
          message:
            'Too many requests at desired time [2013-05-27T16:45:00.000Z, 2013-05-27T16:50:00.000Z]. Proposing time slots.',
          exception: 'com.genesyslab.gsg.services.callback.CallbackExceptionAvailability',
          code: 'CALLBACK_NEW_SLOT_FULL',
          availability: {
            '2013-05-27T16:25:00.000Z': 5,
            '2013-05-27T16:30:00.000Z': 5,
            '2013-05-27T16:35:00.000Z': 5,
            '2013-05-27T16:40:00.000Z': 5,
            '2013-05-27T16:50:00.000Z': 5,
            '2013-05-27T16:55:00.000Z': 3,
          },
        },
      ]);
    });

    it('is refused without proposals when no slot is free at all', async () => {
      begin({ _max_request_by_time_bucket: '0', _reject_future_desired_time: '1d' });
      const refused = await book('2026-01-05T18:03:29.952Z');
      expect([refused.status, refused.json]).to.deep.equal([
        400,
        {
          message: 'Too many requests around this desired time: 2026-01-05T18:03:29.952Z',
          exception: 'com.genesyslab.gsg.services.callback.CallbackServiceException',
          code: 'CALLBACK_SLOTS_FULL',
        },
      ]);
      const immediate = await server.send('POST', ROOT, { form: { _customer_number: '1' } });
      expect(immediate.status, immediate.text).to.equal(200);
    });

    it('is possible again when a callback of the slot moves, is cancelled or is removed', async () => {
      begin({ _max_request_by_time_bucket: '1' });
      const time = '2026-01-05T12:00:00.000Z';
      const first = idOf(await book(time));
      // Within its own slot it needs no second place.
      expect((await move(first, '2026-01-05T12:04:00.000Z')).status).to.equal(200);
      expect((await book(time)).status).to.equal(400);

      expect((await move(first, '2026-01-05T13:00:00.000Z')).status).to.equal(200);
      const second = idOf(await book(time));
      expect((await server.send('DELETE', `${ROOT}/${second}`)).status).to.equal(200);
      const third = idOf(await book(time));
      expect((await server.send('DELETE', `/genesys/1/service/${third}`)).status).to.equal(200);
      expect((await book(time)).status).to.equal(200);
      expect((await book(time)).status).to.equal(400);
      expect((await book('2026-01-05T13:00:00.000Z')).status).to.equal(400);
    });

    it('counts the places that the capacity service has for the hour, for each slot of it', async () => {
      const cap = {
        _type: 'builtin',
        _service: 'capacity',
        _capacity_1: '{"1":{"1000":2,"1100":0}}',
        _timezone: 'UTC',
      };
      begin(
        { _capacity_service: 'cap', _request_time_bucket: '30', _max_request_by_time_bucket: '' },
        { others: { cap } },
      );
      await fill('2026-01-05T10:00:00.000Z', 2);
      await fill('2026-01-05T10:30:00.000Z', 2);
      for (const time of ['10:00', '10:59', '11:00', '12:00']) {
        const refused = await book(`2026-01-05T${time}:00.000Z`);
        expect((refused.json as { code: string }).code).to.equal('CALLBACK_SLOT_FULL');
        expect(Object.keys((refused.json as { availability: object }).availability)[0]).to.equal(
          '2026-01-12T10:00:00.000Z',
        );
      }
    });
  });

  describe('with a queue time statistic', () => {
    const EWT = 'ExpectedWaitTime;Queue;8999@SIP_Server;Environment';

    async function stateOf(reply: TestReply): Promise<string> {
      const found = await server.send('GET', `${ROOT}?_customer_number=5115`);
      const records = found.json as { _id: string; _callback_state: string }[];
      return records.find(({ _id }) => _id === idOf(reply))!._callback_state;
    }

    it('refuses a statistic that is no wait of a queue', async () => {
      begin();
      const form = {
        _customer_number: '1',
        _request_queue_time_stat: 'CallsAnswered;Agent;kate;Environment',
      };
      const refused = await server.send('POST', ROOT, { form });
      expect([refused.status, (refused.json as { message: string }).message]).to.deep.equal([
        400,
        "Expected _request_queue_time_stat as 'ExpectedWaitTime;Queue;<queue>@<switch>;<tenant>', got 'CallsAnswered;Agent;kate;Environment'.",
      ]);
    });

    it('begins earlier by the wait of the queue of _request_ewt_service', async () => {
      const stat = { _type: 'builtin', _service: 'urs-stat', _urs_stat_url_parameters: 'name=VQ_Known' };
      begin({ _request_ewt_service: 'wait' }, { others: { wait: stat } });
      server.orsay.routing.viewQueue = async () => ({ ewtSeconds: 600 }) as never;
      expect(await stateOf(await book('2026-01-05T09:13:00.000Z'))).to.equal('SCHEDULED');
      expect(await stateOf(await book('2026-01-05T09:11:00.000Z'))).to.equal('QUEUED');
    });

    it('is scheduled all the same while nothing is known about the queue', async () => {
      begin({ _request_queue_time_stat: EWT });
      expect(await stateOf(await book('2026-01-05T09:05:00.000Z'))).to.equal('SCHEDULED');
      expect(await stateOf(await book('2026-01-05T09:02:00.000Z'))).to.equal('QUEUED');
    });
  });

  describe('and asking for availability', () => {
    const V1 = `${ROOT}/availability`;
    const V2 = '/genesys/2/service/callback/chat-delay/availability';

    async function read(url: string): Promise<string> {
      const reply = await server.send('GET', url);
      expect(reply.status, reply.text).to.equal(200);
      return reply.text;
    }

    it('shows the free places of each slot, as in the sample of the reference', async () => {
      begin(
        { _request_time_bucket: '10', _max_request_by_time_bucket: '5' },
        { at: '2014-10-17T12:30:00.000Z' },
      );
      await book('2014-10-17T13:15:00.000Z');
      for (let count = 0; count < 5; count++) await book('2014-10-17T13:20:00.000Z');
      const sample =
        '{"2014-10-17T13:00:00.000Z":5,"2014-10-17T13:10:00.000Z":4,"2014-10-17T13:30:00.000Z":5}';
      const start = '2014-10-17T13:00:00.000Z';
      for (const query of [
        `start=${start}&end=2014-10-17T13:40:00.000Z`,
        `timestamp=${start}&end=2014-10-17T13:31:00.000Z`,
        `start=${start}&number-of-days=2&max-time-slots=3`,
      ]) {
        expect(await read(`${V1}?${query}`), query).to.equal(sample);
      }
      expect(await read(`${V1}?start=${start}`)).to.equal('{"2014-10-17T13:00:00.000Z":5}');
      expect(await read(V1)).to.equal('{"2014-10-17T12:30:00.000Z":5}');
      expect(await read(`${V1}?start=${start}&max-time-slots=0&number-of-days=1`)).to.equal('{}');
    });

    it('shows busy slots, totals and local times in version 2', async () => {
      begin(
        { _request_time_bucket: '10', _max_request_by_time_bucket: '4' },
        { at: '2026-03-05T09:30:00.000Z' },
      );
      for (let count = 0; count < 4; count++) await book('2026-03-05T10:09:00.000Z');
      await book('2026-03-05T10:10:00.000Z');
      const query = 'start-ms=1772704800000&number-of-days=1&max-time-slots=2';
      expect(await read(`${V2}?${query}&timezone=Europe/Paris&report-busy=true`)).to.equal(
        '{"durationMin":10,"timezone":"Europe/Paris","slots":[' +
          '{"utcTime":"2026-03-05T10:00:00.000Z","localTime":"2026-03-05T11:00:00.000","capacity":0,"total":4},' +
          '{"utcTime":"2026-03-05T10:10:00.000Z","localTime":"2026-03-05T11:10:00.000","capacity":3,"total":4}]}',
      );
      expect(await read(`${V2}?${query}`)).to.equal(
        '{"durationMin":10,"slots":[' +
          '{"utcTime":"2026-03-05T10:10:00.000Z","capacity":3,"total":4},' +
          '{"utcTime":"2026-03-05T10:20:00.000Z","capacity":4,"total":4}]}',
      );
      // A time without a zone is one of `timezone`.
      expect(
        await read(`${V2}?start=2026-03-05T11:20:00&end=2026-03-05T11:30:00&timezone=Europe/Paris`),
      ).to.equal(
        '{"durationMin":10,"timezone":"Europe/Paris","slots":[{"utcTime":"2026-03-05T10:20:00.000Z","localTime":"2026-03-05T11:20:00.000","capacity":4,"total":4}]}',
      );
    });

    it('leaves out closed times, the past, and times that are too far ahead', async () => {
      const hours = {
        _type: 'builtin',
        _service: 'office-hours',
        _timezone: 'Asia/Kolkata',
        _bh_regular1: 'Mon-Sun 09:00-12:00',
      };
      begin(
        {
          _business_hours_service: 'hours',
          _request_time_bucket: '60',
          _max_request_by_time_bucket: '7',
          _reject_future_desired_time: '1d',
        },
        { others: { hours }, at: '2026-01-05T05:10:00.000Z' },
      );
      // 09:00 to 12:00 in Kolkata is 03:30 to 06:30 UTC: the first and the last slot are open in part.
      expect(JSON.parse(await read(`${V1}?start=2026-01-01T00:00:00.000Z&number-of-days=30`))).to.deep.equal({
        '2026-01-05T05:00:00.000Z': 7,
        '2026-01-05T06:00:00.000Z': 7,
        '2026-01-06T03:30:00.000Z': 7,
        '2026-01-06T04:00:00.000Z': 7,
        '2026-01-06T05:00:00.000Z': 7,
      });
      const every = Object.keys(JSON.parse(await read(`${V1}?number-of-days=2`)) as object);
      for (const time of every) expect((await book(time)).status, time).to.equal(200);
    });

    it('shows the slot of a start that was a moment ago, until the slot is over', async () => {
      begin(
        { _request_time_bucket: '10', _max_request_by_time_bucket: '5' },
        { at: '2014-10-17T12:37:00.000Z' },
      );
      const slot = '{"2014-10-17T12:30:00.000Z":5}';
      const slot2 =
        '{"durationMin":10,"slots":[{"utcTime":"2014-10-17T12:30:00.000Z","capacity":5,"total":5}]}';
      for (const [start, first, second] of [
        ['2014-10-17T12:36:59.999Z', slot, slot2],
        ['2014-10-17T12:30:00.000Z', slot, slot2],
        ['2014-10-17T12:29:59.999Z', '{}', '{"durationMin":10,"slots":[]}'],
        ['2014-10-16T12:36:00.000Z', '{}', '{"durationMin":10,"slots":[]}'],
      ] as const) {
        for (const query of [
          `start=${start}`,
          `start=${start}&number-of-days=0`,
          `start=${start}&end=${start}`,
        ]) {
          expect(await read(`${V1}?${query}`), query).to.equal(first);
          expect(await read(`${V2}?${query}`), query).to.equal(second);
        }
      }
    });

    it('has no slots after the booking horizon, as before now', async () => {
      begin({ _reject_future_desired_time: '1w' });
      for (const url of [V1, V2]) {
        const none = url === V1 ? {} : [];
        for (const query of [
          'start=2026-03-01T00:00:00.000Z',
          'start=9999-12-31T23:59:59.000Z&number-of-days=366',
          'start=0000-01-01T00:00:00.000Z',
        ]) {
          const reply = JSON.parse(await read(`${url}?${query}`)) as { slots?: unknown };
          expect(reply.slots ?? reply, query).to.deep.equal(none);
        }
      }
    });

    it('refuses a range whose list would be too long, and lists its first slots', async () => {
      begin({ _reject_future_desired_time: '1y' });
      for (const url of [V1, V2]) {
        const { status, json } = await server.send('GET', `${url}?number-of-days=366&timezone=Europe/Paris`);
        expect([status, json]).to.deep.equal([
          400,
          {
            message:
              'Expected a time range with at most MAX_LISTED_SLOTS (10000) time slots, got more. A shorter range, or max-time-slots, lists fewer.',
            exception: 'orsay.BadRequestException',
            code: 'PARAMETER_INVALID',
          },
        ]);
      }
      const first = await read(`${V1}?number-of-days=366&max-time-slots=10000`);
      expect(Object.keys(JSON.parse(first) as object)).to.have.length(10_000);
    });

    it('refuses parameters that it cannot use, and services that it does not know', async () => {
      begin();
      for (const [query, message] of [
        ['max-time-slots=many', 'Expected max-time-slots to be a whole number of at least 0, got "many".'],
        ['start-ms=x', 'Expected start-ms to be milliseconds since 1970, got "x".'],
        ['report-busy=1', 'Expected report-busy to be true or false, got "1".'],
        [
          'start=2026-01-05T09:00:00.000Z&start-ms=1',
          'Expected one of start, timestamp, start-ms, got start and start-ms.',
        ],
      ] as const) {
        const { status, json } = await server.send('GET', `${V2}?${query}`);
        expect([status, (json as { message: string }).message]).to.deep.equal([400, message]);
      }
      const unknown = await server.send('GET', '/genesys/1/service/callback/hello/availability');
      expect([unknown.status, (unknown.json as { code: string }).code]).to.deep.equal([
        404,
        'SERVICE_UNKNOWN',
      ]);
    });
  });
});
