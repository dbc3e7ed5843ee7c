import type { TestServer } from '../../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../../support/writeDocuments.ts';
import type { Replacements } from '../exampleRequest.ts';
import { type Arrangement, type Arrangements, made } from './arrangement.ts';

type Options = Readonly<Record<string, string>>;

const ROOT = '/genesys/1/service/callback';
const ID = 'a550a12e-ca77-4146-98d0-58960e0939f7';
const OTHER = '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8';
const DONE = '361-cf088d4e-88ab-452c-ac1f-39086cc96cbe';
const WEEKDAYS = { _type: 'builtin', _service: 'office-hours', _bh_regular1: 'Mon-Fri 00:00-24:00' };

/** Answers `start`, then waits. */
const DOCUMENTS = writeDocuments({
  'callback/src/chat-delay.scxml': orsDocument(
    `<state id="working">
       <transition event="start"><ws:response requestid="_event.sendid"/></transition>
       <transition event="cancel" target="cancelled"/>
     </state>
     <final id="cancelled"/>`,
    'initial="working"',
  ),
});

interface Given {
  /** Time of the server. */
  readonly at?: string;
  /** Names of callback services, and their options beside those of chat-delay. */
  readonly services: Readonly<Record<string, Options>>;
  readonly others?: Readonly<Record<string, Options>>;
  readonly patterns?: Options;
  readonly arrange?: (server: TestServer) => Promise<Replacements>;
}

function given({
  at = '2013-05-20T09:00:00.000Z',
  services,
  others = {},
  patterns = {},
  arrange,
}: Given): Arrangement {
  return {
    startMs: Date.parse(at),
    documents: DOCUMENTS,
    config: (config) => ({
      ...config,
      patterns: { list: {}, groups: { Callback_exceptions: patterns } },
      services: {
        ...Object.fromEntries(
          Object.entries(services).map(([name, options]) => [
            name,
            { ...config.services['chat-delay'], ...options },
          ]),
        ),
        ...others,
      },
    }),
    ...(arrange !== undefined && { arrange }),
  };
}

function book(server: TestServer, name: string, fields: Options = {}): Promise<string> {
  return made(server, `${ROOT}/${name}`, { form: { _customer_number: '5115', ...fields } });
}

async function fill(server: TestServer, time: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await book(server, 'BasicCallback', { _desired_time: time });
  }
}

function scheduled(name: string, printed: string, fields: Options = {}) {
  return async (server: TestServer): Promise<Replacements> => ({
    [printed]: await book(server, name, { _desired_time: '2013-05-27T12:00:00.000Z', ...fields }),
  });
}

const SERVED = async (server: TestServer): Promise<Replacements> => {
  const id = await book(server, 'callback-test', { _callback_state: 'PROCESSING' });
  return { [OTHER]: id };
};

const CANCELLED = async (server: TestServer): Promise<Replacements> => {
  const found = await scheduled('callback-test', DONE)(server);
  await server.send('DELETE', `${ROOT}/callback-test/${found[DONE]}`);
  return found;
};

const BASIC = { BasicCallback: {} };
const FIFTEEN = { _request_time_bucket: '15', _max_request_by_time_bucket: '5' };

export const CALLBACK_ARRANGEMENTS: Arrangements = {
  [`POST ${ROOT}/:name scheduled`]: given({ services: { 'request-callback': {} } }),
  [`POST ${ROOT}/:name otherQueue`]: given({
    services: { 'callback-for-mobile': { _urs_virtual_queue: '$vq_name_token$' } },
  }),
  [`POST ${ROOT}/:name numberRefused`]: given({
    services: { BasicCallback: { _exceptions: 'Callback_exceptions' } },
    patterns: { exception2: '123\\d+' },
  }),
  [`POST ${ROOT}/:name closed`]: given({
    services: { BasicCallback: { _business_hours_service: 'hours' } },
    others: { hours: WEEKDAYS },
  }),
  [`POST ${ROOT}/:name slotFull`]: given({
    at: '2013-05-28T14:59:00.000Z',
    services: { BasicCallback: FIFTEEN },
    async arrange(server) {
      await fill(server, '2013-05-28T15:30:00.000Z', 5);
      await fill(server, '2013-05-28T16:03:00.000Z', 1);
      return {};
    },
  }),
  [`DELETE ${ROOT}/:name/:id cancel`]: given({ services: BASIC, arrange: scheduled('BasicCallback', ID) }),
  [`DELETE ${ROOT}/:name/:id unknown`]: given({ services: BASIC }),
  [`DELETE ${ROOT}/:name/:id cancelledBefore`]: given({
    services: { 'callback-test': {} },
    arrange: CANCELLED,
  }),
  [`PUT ${ROOT}/:name/:id reschedule`]: given({ services: BASIC, arrange: scheduled('BasicCallback', ID) }),
  [`PUT ${ROOT}/:name/:id noLongerScheduled`]: given({ services: { 'callback-test': {} }, arrange: SERVED }),
  [`PUT ${ROOT}/:name/:id reportState`]: given({
    services: { 'callback-test': {} },
    arrange: async (server) => ({ [OTHER]: await book(server, 'callback-test') }),
  }),
  [`PUT ${ROOT}/:name/:id slotFull`]: given({
    at: '2013-05-27T16:21:00.000Z',
    services: { BasicCallback: { _max_request_by_time_bucket: '5', _business_hours_service: 'hours' } },
    others: { hours: { ...WEEKDAYS, _bh_regular1: 'Mon 00:00-17:00' } },
    async arrange(server) {
      await fill(server, '2013-05-27T16:45:00.000Z', 5);
      await fill(server, '2013-05-27T16:55:00.000Z', 2);
      return scheduled('BasicCallback', ID, { _desired_time: '2013-05-27T16:24:30.000Z' })(server);
    },
  }),
  [`GET ${ROOT}/:name/availability twoDays`]: given({
    at: '2014-12-03T15:00:00.000Z',
    services: { callback_VQ: { _max_request_by_time_bucket: '5', _request_time_bucket: '10' } },
  }),
  'GET /genesys/2/service/callback/:name/availability localTimes': given({
    at: '2026-03-05T09:00:00.000Z',
    services: { billing: { _max_request_by_time_bucket: '4', _request_time_bucket: '10' } },
  }),
  [`GET ${ROOT} notCompleted`]: given({
    services: BASIC,
    arrange: scheduled('BasicCallback', ID, { _customer_number: '555-5461206' }),
  }),
  [`GET ${ROOT}/:name byNumber`]: given({
    services: BASIC,
    arrange: scheduled('BasicCallback', ID, { _customer_number: '555-5461206' }),
  }),
  'GET /genesys/1/admin/callback/queues allServices': given({
    services: BASIC,
    arrange: scheduled('BasicCallback', ID, {
      _customer_number: '555-5461206',
      _desired_time: '2013-05-20T15:00:00.000Z',
    }),
  }),
  'GET /genesys/1/admin/callback/calendar oneDay': given({
    at: '2026-03-27T10:00:00.000Z',
    services: {
      billing: {
        _business_hours_service: 'hours',
        _max_request_by_time_bucket: '4',
        _request_time_bucket: '30',
      },
    },
    others: { hours: { ...WEEKDAYS, _timezone: 'Europe/Berlin', _bh_regular1: 'Sun 09:00-10:00' } },
    async arrange(server) {
      await book(server, 'billing', { _desired_time: '2026-03-29T07:00:00.000Z' });
      return {};
    },
  }),
  'GET /genesys/1/admin/callback/:id/life scheduled': given({
    services: BASIC,
    arrange: scheduled('BasicCallback', ID),
  }),
  'GET /genesys/1/admin/callback/watermarks allServices': given({
    services: { billing: {}, sales: {} },
    async arrange(server) {
      await book(server, 'billing');
      await book(server, 'billing');
      return {};
    },
  }),
  'POST /genesys/1/admin/callback/cancel two': given({
    services: { 'callback-test': {} },
    arrange: scheduled('callback-test', DONE),
  }),
};
