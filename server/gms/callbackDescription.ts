import { z } from 'zod';
import { type ApiDescription, INSTANT, NOTHING, replyOf } from '../openapi/index.ts';
import { CANCEL_EXAMPLES, CHANGE_EXAMPLES, START_EXAMPLES } from './callbackExamples.ts';
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
      errors: ['SERVICE_UNKNOWN', 'CALLBACK_INVALID'],
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
