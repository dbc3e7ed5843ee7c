import { z } from 'zod';
import { MAX_CANCELLED } from '../../strategies/callback/index.ts';
import { type ApiDescription, INSTANT, replyOf, textReply } from '../openapi/index.ts';
import { CALLBACK_RECORD, RECORD_EXAMPLE, WIRE_TIME } from './callbackSchemas.ts';

const PERIOD = { start: INSTANT, end: INSTANT };
const REASON = z.string().min(1).max(200);

/** The documents of service templates, the state of the node, and the callbacks of all customers. */
export const GMS_ADMIN_DESCRIPTION: ApiDescription = {
  tag: 'Administration',
  description:
    'Administration: the node, callbacks of all customers, the configuration, sessions, the audit log.',
  operations: {
    'GET /genesys/1/admin/callback/queues': {
      summary: 'lists the callbacks of each service, by desired time',
      description: 'Keys of the option filter-keys are filters too.',
      repeated: 'reads',
      query: {
        target: z.string().describe('Name of a service; absent: every service.').optional(),
        start_time: WIRE_TIME.describe('15 minutes ago is the default.').optional(),
        end_time: WIRE_TIME.describe('24 hours later is the default.').optional(),
        states: z.string().describe('States with commas between them.').optional(),
        max: z
          .string()
          .regex(/^\d{1,6}$/)
          .describe('Callbacks of one service, from 1 to MAX_LISTED_CALLBACKS (10000). 500 is the default.')
          .optional(),
        _callback_state: z.string().describe('A state, or ! and a state.').optional(),
      },
      replies: {
        200: replyOf(
          'The callbacks by the names of their services.',
          z.record(z.string(), z.array(CALLBACK_RECORD)),
        ),
      },
      errors: ['SERVICE_UNKNOWN'],
      examples: { allServices: { reply: { status: 200, body: { BasicCallback: [RECORD_EXAMPLE] } } } },
    },
    'GET /genesys/1/admin/callback/calendar': {
      summary: 'shows opening hours and time slots of a service, by days of its office',
      description:
        'Full and past slots too. A day on which the clock of the office changes has 23 or 25 hours. The zone is that of the office hours, else that of the capacity, else UTC.',
      repeated: 'reads',
      query: {
        service: z.string().describe('Name of a callback service. Mandatory.').optional(),
        date: z.string().describe('First day at the office; today is the default.').optional(),
        days: z
          .string()
          .regex(/^\d{1,2}$/)
          .describe('From 1 to MAX_OFFICE_DAYS (14); 7 is the default.')
          .optional(),
      },
      replies: {
        200: replyOf(
          'The days.',
          z.object({
            service: z.string(),
            timezone: z.string().describe('Name in the tz database.'),
            slotMinutes: z.number().int(),
            now: INSTANT.describe('The clock of the server.'),
            latest: INSTANT.describe('The latest time that may be booked now.'),
            days: z.array(
              z.object({
                date: z.string(),
                ...PERIOD,
                open: z.array(z.object(PERIOD)),
                slots: z.array(
                  z.object({
                    start: INSTANT,
                    free: z.number().int().describe('Free places.'),
                    total: z.number().int().describe('All places.'),
                  }),
                ),
              }),
            ),
          }),
        ),
      },
      errors: ['SERVICE_UNKNOWN', 'SERVICE_MISCONFIGURED', 'PARAMETER_MISSING'],
      examples: {
        oneDay: {
          query: { service: 'billing', date: '2026-03-29', days: '1' },
          reply: {
            status: 200,
            body: {
              service: 'billing',
              timezone: 'Europe/Berlin',
              slotMinutes: 30,
              now: '2026-03-27T10:00:00.000Z',
              latest: '2026-04-27T10:00:00.000Z',
              days: [
                {
                  date: '2026-03-29',
                  start: '2026-03-28T23:00:00.000Z',
                  end: '2026-03-29T22:00:00.000Z',
                  open: [{ start: '2026-03-29T07:00:00.000Z', end: '2026-03-29T08:00:00.000Z' }],
                  slots: [
                    { start: '2026-03-29T07:00:00.000Z', free: 3, total: 4 },
                    { start: '2026-03-29T07:30:00.000Z', free: 4, total: 4 },
                  ],
                },
              ],
            },
          },
        },
      },
    },
    'GET /genesys/1/admin/callback/watermarks': {
      summary: 'counts the callbacks that wait or are served',
      repeated: 'reads',
      query: {
        service_name: z
          .string()
          .describe('Name of a service; it may be repeated. Absent: every service.')
          .optional(),
      },
      replies: {
        200: replyOf(
          'Numbers by service, and their sum.',
          z.object({ services: z.record(z.string(), z.number().int()), total: z.number().int() }),
        ),
      },
      errors: ['SERVICE_UNKNOWN'],
      examples: {
        allServices: { reply: { status: 200, body: { services: { billing: 2, sales: 0 }, total: 2 } } },
      },
    },
    'POST /genesys/1/admin/callback/cancel': {
      summary: 'cancels callbacks for a reason',
      repeated: 'nature',
      body: {
        types: ['application/json'],
        schema: z.object({ reason: REASON, ids: z.array(z.string()).min(1).max(MAX_CANCELLED) }),
      },
      replies: {
        200: replyOf(
          'Each callback of the request.',
          z.array(z.object({ _id: z.string(), cancelled: z.boolean(), message: z.string().optional() })),
        ),
      },
      examples: {
        two: {
          body: {
            reason: 'CANCELLED_BY_ADMIN',
            ids: ['361-cf088d4e-88ab-452c-ac1f-39086cc96cbe', '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8'],
          },
          reply: {
            status: 200,
            body: [
              { _id: '361-cf088d4e-88ab-452c-ac1f-39086cc96cbe', cancelled: true },
              {
                _id: '361-738dadcb-9d20-4557-8e24-fddb82f9c1b8',
                cancelled: false,
                message: 'No such request to cancel: [361-738dadcb-9d20-4557-8e24-fddb82f9c1b8]',
              },
            ],
          },
        },
      },
    },
    'POST /genesys/1/admin/callback/reportcancelled': {
      summary: 'a CSV file of the callbacks that ended for a reason',
      repeated: 'reads',
      body: {
        types: ['application/json'],
        schema: z.object({
          callback_reason: REASON,
          exported_properties: z.array(z.string()).min(1).max(100).optional(),
        }),
      },
      replies: { 200: textReply('A title line, then a line for each callback.', 'text/csv') },
      examples: {
        ids: {
          body: { callback_reason: 'CANCELLED_BY_ADMIN', exported_properties: ['_service_id'] },
          reply: { status: 200 },
        },
      },
    },
  },
};
