import { z } from 'zod';
import { ANY_FIELDS, FORM_TEXT, INSTANT } from '../openapi/index.ts';

export const SERVICE_NAME = z.string().describe('Name of a callback service of the configuration.');
export const CALLBACK_ID = z.string().describe('Id of a callback.');

export const CALLBACK_STATE = z.enum(['SCHEDULED', 'QUEUED', 'ROUTING', 'PROCESSING', 'PAUSED', 'COMPLETED']);

/** `2013-05-28T15:30:00.000Z`, or with another zone; '' counts as absent. */
export const WIRE_TIME = z.string().meta({ examples: ['2013-05-28T15:30:00.000Z'] });

/** The fields of a request that starts a callback or a service. */
export const CREATE_FIELDS = z.looseObject({
  _customer_number: FORM_TEXT.describe(
    'Number to call back. A service may have other mandatory properties (option _mandatory_customer_lookup_keys).',
  ).optional(),
  _desired_time: WIRE_TIME.describe('Desired time, ISO 8601 with a zone. Now is the default.').optional(),
  _callback_state: CALLBACK_STATE.describe('Only other servers and documents force a state.').optional(),
  _callback_reason: z.string().optional(),
  _urs_virtual_queue: z
    .string()
    .describe('The virtual queue, if the service lets requests choose it.')
    .optional(),
  _request_queue_time_stat: z
    .string()
    .describe('The statistic of the waiting time, such as ExpectedWaitTime;Queue;8999.')
    .optional(),
  _device_os: z
    .string()
    .describe('Type of the device for notifications: comet, gcm, ios, httpcb, orscb.')
    .optional(),
  _device_notification_id: z.string().describe('Id of the device; for comet the gms_user.').optional(),
});

/** The fields of a change. */
export const CHANGE_FIELDS = z.looseObject({
  _new_desired_time: WIRE_TIME.describe('Another time for a scheduled callback.').optional(),
  _callback_state: CALLBACK_STATE.describe('Only documents and other servers report a state.').optional(),
  _reason: z.string().nullable().describe('Why the callback is in this state.').optional(),
  _callback_reason: z.string().nullable().optional(),
});

/** The reply to a create: the id, and the answer of the document. */
export const CREATED = ANY_FIELDS.extend({ _id: z.string() });

/** A record of a query. All values are texts. Further fields are lookup keys and returned-keys. */
export const CALLBACK_RECORD = z
  .object({
    _id: z.string(),
    _service_name: z.string(),
    _callback_state: CALLBACK_STATE,
    _callback_reason: z.string().optional(),
    _desired_time: INSTANT,
    _expiration_time: INSTANT,
    _data_id: z.string(),
    _url: z.string(),
    url: z.string(),
  })
  .catchall(z.string());

/** The fields of a time range: of availability, office hours and capacities. */
export const RANGE_FIELDS = {
  start: WIRE_TIME.describe(
    'Begin of the range; now is the default. Without a zone it is in timezone, else UTC.',
  ).optional(),
  timestamp: WIRE_TIME.describe('An older name of start.').optional(),
  end: WIRE_TIME.describe('End of the range; start is the default.').optional(),
  'number-of-days': z
    .union([z.string().regex(/^\d{1,9}$/), z.number().int().min(0)])
    .describe('Days from start, instead of end.')
    .optional(),
  'start-ms': z
    .string()
    .regex(/^\d{1,15}$/)
    .describe('start in milliseconds since 1970.')
    .optional(),
  'end-ms': z
    .string()
    .regex(/^\d{1,15}$/)
    .describe('end in milliseconds since 1970.')
    .optional(),
  timezone: z.string().describe('Name in the tz database, such as Europe/Paris.').optional(),
};

export const SLOT_LIMIT = z
  .string()
  .regex(/^\d{1,9}$/)
  .describe('Most time slots in the reply.')
  .optional();

/** A record of a scheduled callback. */
export const RECORD_EXAMPLE = {
  _customer_number: '555-5461206',
  _id: 'a550a12e-ca77-4146-98d0-58960e0939f7',
  _service_name: 'BasicCallback',
  _callback_state: 'SCHEDULED',
  _desired_time: '2013-05-27T12:00:00.000Z',
  _expiration_time: '2013-05-28T12:00:00.000Z',
  _data_id: '39a98e24-b03b-4191-b756-1efe8f3b16b8',
  _ors_session_id: '0123456789ABCDEFGHIJKLMNOPQRSTUV',
  _url: 'http://localhost:8080/genesys/1/service/callback/BasicCallback/a550a12e-ca77-4146-98d0-58960e0939f7',
  url: 'http://localhost:8080/genesys/1/service/callback/BasicCallback/a550a12e-ca77-4146-98d0-58960e0939f7',
};
