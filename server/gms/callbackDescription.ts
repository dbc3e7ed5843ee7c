import { z } from 'zod';
import { type ApiDescription, type Example, INSTANT, NOTHING, replyOf } from '../openapi/index.ts';
import {
  CALLBACK_ID,
  CALLBACK_RECORD,
  CALLBACK_STATE,
  CHANGE_FIELDS,
  CREATE_FIELDS,
  CREATED,
  RANGE_FIELDS,
  RECORD_EXAMPLE,
  SERVICE_NAME,
  SLOT_LIMIT,
  WIRE_TIME,
} from './callbackSchemas.ts';

const ID = 'a550a12e-ca77-4146-98d0-58960e0939f7';
const BASIC = { name: 'BasicCallback', id: ID };
const PAGE_ERROR = 'com.genesyslab.gsg.services.callback';

const START_EXAMPLES: Readonly<Record<string, Example>> = {
  scheduled: {
    path: { name: 'request-callback' },
    type: 'application/json',
    body: {
      _customer_number: '5115',
      _usr_customer_name: 'Bob Markel',
      _usr_reason: 'billing question',
      _device_notification_id: 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673',
      _device_os: 'comet',
      _desired_time: '2013-06-17T10:25:00.000Z',
    },
    reply: { status: 200, body: { _id: ID } },
  },
  otherQueue: {
    summary: 'Replaces $vq_name_token$ in the options of the service.',
    path: { name: 'callback-for-mobile' },
    body: { _customer_number: '01822256', vq_name_token: 'MYVQNAMEVALUE' },
    reply: { status: 200, body: { _id: ID } },
  },
  numberRefused: {
    path: { name: 'BasicCallback' },
    type: 'application/json',
    body: { _customer_number: '12345' },
    reply: {
      status: 400,
      body: {
        message:
          "Customer Number [12345] is not allowed. Check option 'exceptions' : details={Callback_exceptions=exception2}",
        exception: `${PAGE_ERROR}.CallbackServiceException`,
        code: 'CALLBACK_INVALID',
      },
    },
  },
  closed: {
    path: { name: 'BasicCallback' },
    type: 'application/json',
    body: { _customer_number: '5551234', _desired_time: '2013-05-26T15:30:00.000Z' },
    reply: {
      status: 400,
      body: {
        message: '{"status":"closed","reason":"closed_day_of_week"}',
        exception: `${PAGE_ERROR}.CallbackServiceException`,
        code: 'CALLBACK_CLOSED',
      },
    },
  },
  slotFull: {
    path: { name: 'BasicCallback' },
    type: 'application/json',
    body: { _customer_number: '5551234', _desired_time: '2013-05-28T15:30:00.000Z' },
    reply: {
      status: 400,
      body: {
        message:
          'Too many requests at desired time [2013-05-28T15:30:00.000Z, 2013-05-28T15:45:00.000Z]. Proposing time slots.',
        exception: `${PAGE_ERROR}.CallbackAvailabilityException`,
        code: 'CALLBACK_SLOT_FULL',
        availability: {
          '2013-05-28T16:00:00.000Z': 4,
          '2013-05-28T16:45:00.000Z': 5,
          '2013-05-28T15:00:00.000Z': 5,
          '2013-05-28T15:45:00.000Z': 5,
          '2013-05-28T15:15:00.000Z': 5,
          '2013-05-28T16:30:00.000Z': 5,
          '2013-05-28T16:15:00.000Z': 5,
        },
      },
    },
  },
};

const CANCEL_EXAMPLES: Readonly<Record<string, Example>> = {
  cancel: { path: BASIC, reply: { status: 200, body: {} } },
  unknown: {
    path: BASIC,
    reply: {
      status: 400,
      body: {
        message: `No such request to cancel: [${ID}]`,
        exception: `${PAGE_ERROR}.CallbackException`,
        code: 'CALLBACK_NOT_FOUND',
      },
    },
  },
  cancelledBefore: {
    path: { name: 'callback-test', id: '361-cf088d4e-88ab-452c-ac1f-39086cc96cbe' },
    reply: {
      status: 400,
      body: {
        message: 'Request already cancelled or completed: [361-cf088d4e-88ab-452c-ac1f-39086cc96cbe]',
        exception: `${PAGE_ERROR}.exceptions.CallbackExceptionInvalidOperation`,
        code: 'CALLBACK_OPERATION_INVALID',
      },
    },
  },
};

const CHANGE_EXAMPLES: Readonly<Record<string, Example>> = {
  reschedule: {
    path: BASIC,
    type: 'application/json',
    body: { _new_desired_time: '2013-05-27T15:05:00.000Z' },
    reply: { status: 200, body: {} },
  },
  noLongerScheduled: {
    path: { name: 'callback-test', id: '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8' },
    type: 'application/json',
    body: { _new_desired_time: '2014-07-22T10:00:00.000Z' },
    reply: {
      status: 400,
      body: {
        message:
          "Callback '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8' is no longer scheduled. State=PROCESSING",
        exception: `${PAGE_ERROR}.exceptions.CallbackExceptionInvalidOperation`,
        code: 'CALLBACK_OPERATION_INVALID',
      },
    },
  },
  slotFull: {
    path: BASIC,
    type: 'application/json',
    body: { _new_desired_time: '2013-05-27T16:45:00.000Z' },
    reply: {
      status: 400,
      body: {
        message:
          'Too many requests at desired time [2013-05-27T16:45:00.000Z, 2013-05-27T16:50:00.000Z]. Proposing time slots.',
        exception: `${PAGE_ERROR}.CallbackExceptionAvailability`,
        code: 'CALLBACK_NEW_SLOT_FULL',
        availability: {
          '2013-05-27T16:50:00.000Z': 5,
          '2013-05-27T16:35:00.000Z': 5,
          '2013-05-27T16:40:00.000Z': 5,
          '2013-05-27T16:55:00.000Z': 3,
          '2013-05-27T16:25:00.000Z': 5,
          '2013-05-27T16:30:00.000Z': 5,
        },
      },
    },
  },
  reportState: {
    summary: 'A document reports the state of its callback.',
    path: { name: 'callback-test', id: '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8' },
    type: 'application/json',
    body: { _callback_state: 'PROCESSING', _reason: '' },
    reply: { status: 200, body: {} },
  },
};

const FIND_QUERY = {
  _customer_number: z
    .string()
    .describe('A property of the customer. Every parameter that has no other meaning is one.')
    .optional(),
  operand: z.enum(['AND', 'OR']).describe('AND, the default: all properties match. OR: any.').optional(),
  _id: z.string().describe('Id of a callback.').optional(),
  _callback_state: z
    .string()
    .describe(`A state (${CALLBACK_STATE.options.join(', ')}), or ! and a state; quotes may be around it.`)
    .optional(),
  _desired_time_from: WIRE_TIME.describe('Callbacks at this time or later.').optional(),
  _desired_time_to: WIRE_TIME.describe('Callbacks at this time or earlier.').optional(),
};
const FOUND = replyOf('The callbacks.', z.array(CALLBACK_RECORD));

/** gms-api 2. */
export const CALLBACK_DESCRIPTION: ApiDescription = {
  tag: 'Callbacks',
  description: 'Callback Services API: books, changes, cancels and finds callbacks.',
  operations: {
    'POST /genesys/1/service/callback/:name': {
      summary: 'creates a callback',
      repeated: 'key',
      path: { name: SERVICE_NAME },
      body: { schema: CREATE_FIELDS },
      replies: {
        200: replyOf('The id. An immediate callback also has the answer of its document.', CREATED),
      },
      errors: [
        'SERVICE_UNKNOWN',
        'SERVICE_MISCONFIGURED',
        'PARAMETER_MISSING',
        'CALLBACK_INVALID',
        'CALLBACK_NUMBER_INVALID',
        'CALLBACK_UNAVAILABLE',
        'CALLBACK_CLOSED',
        'CALLBACK_SLOT_FULL',
        'CALLBACK_SLOTS_FULL',
        'ORS_REQUEST_FAILED',
        'NEGATIVE_RESPONSE',
        'REQUEST_TIMEOUT',
        'QUOTA_EXCEEDED',
        'STORAGE_KEY_INVALID',
      ],
      examples: START_EXAMPLES,
    },
    'PUT /genesys/1/service/callback/:name/:id': {
      summary: 'reports its state, or reschedules it',
      repeated: 'nature, key',
      path: { name: SERVICE_NAME, id: CALLBACK_ID },
      body: { schema: CHANGE_FIELDS },
      replies: { 200: NOTHING },
      errors: [
        'CALLBACK_NOT_FOUND',
        'CALLBACK_INVALID',
        'CALLBACK_OPERATION_INVALID',
        'CALLBACK_CLOSED',
        'CALLBACK_NEW_SLOT_FULL',
        'CALLBACK_SLOTS_FULL',
        'CALLBACK_UNAVAILABLE',
        'CALLBACK_NUMBER_INVALID',
      ],
      examples: CHANGE_EXAMPLES,
    },
    'DELETE /genesys/1/service/callback/:name/:id': {
      summary: 'cancels the callback',
      repeated: 'nature, key',
      path: { name: SERVICE_NAME, id: CALLBACK_ID },
      query: {
        discard_ors_failure: z
          .enum(['true', 'false'])
          .describe('true: cancel it even if its session cannot be reached.')
          .optional(),
      },
      replies: { 200: NOTHING },
      errors: ['CALLBACK_NOT_FOUND', 'CALLBACK_OPERATION_INVALID', 'ORS_REQUEST_FAILED'],
      examples: CANCEL_EXAMPLES,
    },
    'GET /genesys/1/service/callback/:name/availability': {
      summary: 'shows the free time slots of a service',
      repeated: 'reads',
      path: { name: SERVICE_NAME },
      query: { ...RANGE_FIELDS, 'max-time-slots': SLOT_LIMIT },
      replies: {
        200: replyOf('Begin of each time slot, and its free places.', z.record(INSTANT, z.number().int())),
      },
      errors: ['SERVICE_UNKNOWN'],
      examples: {
        twoDays: {
          path: { name: 'callback_VQ' },
          query: { start: '2014-12-03T15:00:00.000Z', 'number-of-days': '2' },
          reply: {
            status: 200,
            body: {
              '2014-10-17T13:00:00.000Z': 5,
              '2014-10-17T13:10:00.000Z': 4,
              '2014-10-17T13:30:00.000Z': 5,
            },
          },
        },
      },
    },
    'GET /genesys/2/service/callback/:name/availability': {
      summary: 'the same with more parameters',
      repeated: 'reads',
      path: { name: SERVICE_NAME },
      query: {
        ...RANGE_FIELDS,
        'max-time-slots': SLOT_LIMIT,
        'report-busy': z.enum(['true', 'false']).describe('true: full time slots too.').optional(),
      },
      replies: {
        200: replyOf(
          'The time slots.',
          z.object({
            durationMin: z.number().int().describe('Length of a time slot.'),
            timezone: z.string().optional(),
            slots: z.array(
              z.object({
                utcTime: INSTANT,
                localTime: z.string().optional(),
                capacity: z.number().int().describe('Free places.'),
                total: z.number().int().describe('All places.'),
              }),
            ),
          }),
        ),
      },
      errors: ['SERVICE_UNKNOWN'],
      examples: {
        localTimes: {
          path: { name: 'billing' },
          query: {
            'start-ms': '1772704800000',
            'number-of-days': '1',
            timezone: 'Europe/Paris',
            'report-busy': 'true',
          },
          reply: {
            status: 200,
            body: {
              durationMin: 10,
              timezone: 'Europe/Paris',
              slots: [
                {
                  utcTime: '2026-03-05T10:00:00.000Z',
                  localTime: '2026-03-05T11:00:00.000',
                  capacity: 0,
                  total: 4,
                },
                {
                  utcTime: '2026-03-05T10:10:00.000Z',
                  localTime: '2026-03-05T11:10:00.000',
                  capacity: 3,
                  total: 4,
                },
              ],
            },
          },
        },
      },
    },
    'GET /genesys/1/service/callback': {
      summary: 'finds callbacks',
      repeated: 'reads',
      query: FIND_QUERY,
      replies: { 200: FOUND },
      examples: {
        notCompleted: {
          query: { _customer_number: '555-5461206', _callback_state: '!COMPLETED' },
          reply: { status: 200, body: [RECORD_EXAMPLE] },
        },
      },
    },
    'GET /genesys/1/service/callback/:name': {
      summary: 'finds callbacks of one service',
      repeated: 'reads',
      path: { name: SERVICE_NAME },
      query: FIND_QUERY,
      replies: { 200: FOUND },
      errors: ['SERVICE_UNKNOWN'],
      examples: {
        byNumber: {
          path: { name: 'BasicCallback' },
          query: { _customer_number: '555-5461206' },
          reply: { status: 200, body: [RECORD_EXAMPLE] },
        },
      },
    },
  },
};
