import { z } from 'zod';
import { ANY_JSON, type ApiDescription, NOTHING, replyOf, textReply } from '../openapi/index.ts';
import { COPY_OPERATIONS } from './copyDescription.ts';
import { MAX_LISTED_STEPS } from './liveDebugger.ts';
import { HELLO_FIELDS, SESSION, SESSION_FIELDS, STEP } from './schemas.ts';
import { WATCH_OPERATIONS } from './watchDescription.ts';
import { BREAKPOINT, MAX_EXPRESSION_CHARS, NOTE } from './wire.ts';

const ROOT = '/genesys/1/admin/debug';
const ID = '5f0c9a52-7b1d-4c7e-9a53-1f6f0a6d2b11';

const PATH = { id: z.string().describe('Id of a debugger.') };
const FACTS = {
  id: z.string(),
  who: z.string().describe('As in the audit log. Nobody else may use the debugger.'),
  state: z
    .enum(['waiting', 'stopped', 'running', 'ended'])
    .describe('waiting: no session has started yet. ended: the session has ended.'),
  nextOf: z.string().describe('The document whose next session it waits for, or waited for.').optional(),
  session: z.string().describe('Id of the session.').optional(),
};
const DEBUGGER = z.object(FACTS);
const STATE = z
  .object({
    ...FACTS,
    note: z.string(),
    maxPauseSeconds: z.number().describe('The session goes on after a stop of so many seconds.'),
    breakpoints: z.array(BREAKPOINT).describe('As they were given.'),
    steps: z
      .array(STEP)
      .describe(`The last ${MAX_LISTED_STEPS} inputs that the session took, the oldest first.`),
  })
  .extend(z.object(SESSION_FIELDS).partial().shape);

const PRESENT = { id: ID, who: 'administrator', state: 'stopped', session: SESSION };
const PRESENT_STATE = {
  ...PRESENT,
  note: NOTE,
  maxPauseSeconds: 600,
  breakpoints: [],
  steps: [],
  ...HELLO_FIELDS,
};

const command = (summary: string, after: string): ApiDescription['operations'][string] => ({
  summary,
  repeated: 'nature',
  path: PATH,
  replies: { 200: replyOf('The debugger.', DEBUGGER) },
  errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT'],
  examples: { hello: { path: { id: ID }, reply: { status: 200, body: { ...PRESENT, state: after } } } },
});

/** Debuggers of running sessions. */
export const DEBUG_DESCRIPTION: ApiDescription = {
  tag: 'Debuggers',
  description:
    'Stop running sessions between two inputs, look into them, and let them go on; or watch them, and stop nothing. Only with `debug.enabled`, for the roles debugger and administrator. Each use is in the audit log.',
  operations: {
    [`GET ${ROOT}`]: {
      summary: 'lists the debuggers',
      repeated: 'reads',
      replies: { 200: replyOf('The debuggers.', z.array(DEBUGGER)) },
      examples: { one: { reply: { status: 200, body: [PRESENT] } } },
    },
    [`POST ${ROOT}`]: {
      summary: 'attaches a debugger to a session, or to the next session of a document',
      description:
        'The session stops at once. The next session of a document stops after its first step, or before it if that comes to a breakpoint. A session that the debugger neither reads nor follows for `debug.lostSeconds`, or that is stopped for `debug.maxPauseSeconds`, goes on without it; so do all sessions when the server restarts.',
      repeated: 'nature',
      body: {
        schema: z.object({
          session: z.string().describe('Id of a session that runs.').optional(),
          nextOf: z.string().describe('URL of a document, or the hash of a version.').optional(),
        }),
      },
      replies: { 200: replyOf('The debugger, with the state of the session.', STATE) },
      errors: ['PARAMETER_INVALID', 'SESSION_NOT_FOUND', 'SESSION_SET_ASIDE', 'CONFLICT', 'SERVER_BUSY'],
      examples: {
        session: {
          type: 'application/json',
          body: { session: SESSION },
          reply: { status: 200, body: PRESENT_STATE },
        },
        switchedOff: {
          type: 'application/json',
          body: { session: SESSION },
          reply: {
            status: 403,
            body: {
              message:
                'Debuggers are switched off: expected debug.enabled to be true in the configuration, got false.',
              exception: 'orsay.ForbiddenException',
              code: 'FORBIDDEN',
            },
          },
        },
      },
    },
    [`GET ${ROOT}/:id`]: {
      summary: 'reads the state of a debugged session',
      repeated: 'reads',
      path: PATH,
      replies: { 200: replyOf('The debugger, with the state of the session.', STATE) },
      errors: ['NOT_FOUND', 'SESSION_NOT_FOUND'],
      examples: { hello: { path: { id: ID }, reply: { status: 200, body: PRESENT_STATE } } },
    },
    [`GET ${ROOT}/:id/events`]: {
      summary: 'streams what happens to a debugged session',
      description:
        'Server-sent events: `state`, then `stopped` (`reason`), `continued`, `input` (an input waits), `step` (an input was taken), `letGo` (the longest pause is over), `ended`, and `removed` at the end. They end when the debugger leaves.',
      repeated: 'reads',
      path: PATH,
      headers: {
        'Last-Event-ID': z
          .string()
          .describe('The last event that the reader has: it gets the later ones.')
          .optional(),
      },
      replies: {
        200: textReply(
          '`event` is the type, `data` the event as JSON, `id` its number.',
          'text/event-stream',
        ),
      },
      errors: ['NOT_FOUND'],
      examples: {
        first: {
          summary: 'The beginning, with the first event.',
          path: { id: ID },
          reply: {
            status: 200,
            body: `retry: 2000\n\nevent: state\ndata: ${JSON.stringify({ type: 'state', ...PRESENT })}\nid: 1\n\n`,
          },
        },
      },
    },
    [`POST ${ROOT}/:id/pause`]: command('stops a session before its next input', 'stopped'),
    [`POST ${ROOT}/:id/continue`]: command('lets a session go on', 'running'),
    [`POST ${ROOT}/:id/step`]: command(
      'lets a session take one input, the next one to come if none waits',
      'running',
    ),
    [`PUT ${ROOT}/:id/breakpoints`]: {
      summary: 'replaces the breakpoints of a debugger',
      description:
        'A session that goes on stops before an input whose step comes to a breakpoint, and a session that the debugger waits for before its first step; the event `stopped` shows this step. A condition is evaluated with the data after the step.',
      repeated: 'nature',
      path: PATH,
      body: {
        types: ['application/json'],
        schema: z.object({ breakpoints: z.array(BREAKPOINT) }),
      },
      replies: {
        200: replyOf(
          'The breakpoints as they will stop, or why they never will.',
          z.object({ breakpoints: z.array(z.looseObject({ verified: z.boolean() })) }),
        ),
      },
      errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'PARAMETER_INVALID', 'SESSION_NOT_FOUND'],
      examples: {
        hello: {
          path: { id: ID },
          body: { breakpoints: [{ kind: 'state', id: 'answered' }] },
          reply: { status: 200, body: { breakpoints: [{ verified: true, kind: 'state', id: 'answered' }] } },
        },
      },
    },
    [`POST ${ROOT}/:id/evaluate`]: {
      summary: 'evaluates an expression over a copy of the data',
      description: 'It has the limits of a step, changes nothing, and sends nothing.',
      repeated: 'reads',
      path: PATH,
      body: { schema: z.object({ expression: z.string().min(1).max(MAX_EXPRESSION_CHARS) }) },
      replies: {
        200: replyOf('The value; absent: undefined.', z.object({ value: ANY_JSON.optional() })),
      },
      errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'PARAMETER_INVALID', 'SESSION_NOT_FOUND'],
      examples: {
        sum: {
          path: { id: ID },
          type: 'application/json',
          body: { expression: '1 + 1' },
          reply: { status: 200, body: { value: 2 } },
        },
      },
    },
    [`DELETE ${ROOT}/:id`]: {
      summary: 'ends a debugger; its session goes on',
      description: 'The inputs that wait are taken first, in their order.',
      repeated: 'nature',
      path: PATH,
      replies: { 200: NOTHING },
      errors: ['NOT_FOUND', 'FORBIDDEN'],
      examples: { hello: { path: { id: ID }, reply: { status: 200, body: {} } } },
    },
    ...WATCH_OPERATIONS,
    ...COPY_OPERATIONS,
  },
};
