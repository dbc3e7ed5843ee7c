import { z } from 'zod';
import { type ApiDescription, INSTANT, replyOf, textReply } from '../openapi/index.ts';
import { FORK } from './copyWire.ts';
import { HELLO, HELLO_FIELDS, SESSION, SESSION_FIELDS, STEP } from './schemas.ts';

const ROOT = '/genesys/1/admin/debug/sessions/:sid';
const PATH = { sid: z.string().describe('Id of a session.') };
const STATUS = z.enum(['running', 'completed', 'terminated', 'failed']);
const { document, configuration, states, data, timers } = SESSION_FIELDS;

const STATE = z.object({
  status: STATUS,
  at: INSTANT,
  documentHash: z.string(),
  document,
  configuration,
  data,
  states,
  timers,
});
const HELLO_STATE = {
  status: 'running',
  at: '2026-01-05T09:00:00.000Z',
  documentHash: '5d0b0d4bd1b7c3cf9c5b3e8f7a1f3c7f6c1f2b8f5d0b0d4bd1b7c3cf9c5b3e8f',
  document: HELLO,
  configuration: HELLO_FIELDS.configuration,
  data: HELLO_FIELDS.data,
  states: HELLO_FIELDS.states,
  timers: HELLO_FIELDS.timers,
};
const STARTED = {
  session: SESSION,
  step: 1,
  type: 'step',
  kind: 'start',
  name: '',
  at: '2026-01-05T09:00:00.000Z',
  lines: [{ text: 'enter awaitingStart', file: HELLO, line: 11, column: 3 }],
  changes: [{ path: '_ttl', after: '3600' }],
  effects: [],
  configuration: ['awaitingStart'],
  status: 'running',
};

/** Steps on copies of sessions. */
export const COPY_OPERATIONS: ApiDescription['operations'] = {
  [`GET ${ROOT}/steps`]: {
    summary: 'computes the steps of a traced session again, with those of the sessions that it invoked',
    description:
      'One JSON object a line: the steps in the order of time, then `end` with their number. A list without the end was cut: by a fault, or since the reader kept it waiting for a minute in all. `differs`: the trace says something else, since another version of the server recorded it; the list ends there.',
    repeated: 'reads',
    path: PATH,
    replies: {
      200: textReply(
        'Lines of JSON: `session`, `step` (from 1), `status`, the fields of a step, and `differs`.',
        'application/x-ndjson',
      ),
    },
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND', 'CONFLICT', 'SERVER_BUSY'],
    examples: {
      hello: {
        path: { sid: SESSION },
        reply: { status: 200, body: `${JSON.stringify(STARTED)}\n{"end":1}\n` },
      },
    },
  },
  [`GET ${ROOT}/steps/:step`]: {
    summary: 'computes the state of a traced session after a step',
    repeated: 'reads',
    path: { ...PATH, step: z.number().int().positive().describe('A step of its trace.') },
    replies: {
      200: replyOf(
        'The state after the step.',
        z.object({ session: z.string(), step: z.number().int() }).extend(STATE.shape),
      ),
    },
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND', 'PARAMETER_INVALID', 'CONFLICT', 'SERVER_BUSY'],
    examples: {
      hello: {
        path: { sid: SESSION, step: '1' },
        reply: { status: 200, body: { session: SESSION, step: 1, ...HELLO_STATE } },
      },
    },
  },
  [`POST ${ROOT}/fork`]: {
    summary: 'takes inputs on a copy of a session',
    description:
      'The copy is the session as it is now, or after a step of its trace. Nothing is stored, sent or performed: results of effects are inputs as well. A timer comes at its due time, `afterMs` is the time since the input before.',
    repeated: 'reads',
    path: PATH,
    body: { types: ['application/json'], schema: FORK },
    replies: {
      200: replyOf(
        'The steps, and the state after them.',
        z.object({
          taken: z.number().int().describe('Fewer than were given: the copy ended, or has no such timer.'),
          steps: z.array(STEP),
          moreSteps: z
            .number()
            .int()
            .describe('Steps that are not listed, since the first ones are long. Absent: none.')
            .optional(),
          state: STATE,
        }),
      ),
    },
    errors: ['FORBIDDEN', 'SESSION_NOT_FOUND', 'PARAMETER_INVALID', 'CONFLICT', 'SERVER_BUSY'],
    examples: {
      hello: {
        path: { sid: SESSION },
        body: { inputs: [{ kind: 'event', name: 'unknown', data: { name: 'Ann' } }] },
        reply: {
          status: 200,
          body: {
            taken: 1,
            steps: [
              {
                type: 'step',
                kind: 'event',
                name: 'unknown',
                data: { name: 'Ann' },
                at: '2026-01-05T09:00:00.000Z',
                lines: [{ text: 'event unknown' }],
                changes: [],
                effects: [],
                configuration: ['awaitingStart'],
              },
            ],
            state: HELLO_STATE,
          },
        },
      },
    },
  },
};
