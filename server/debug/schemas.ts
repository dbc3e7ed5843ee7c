import { z } from 'zod';
import { MAX_SHOWN_INPUTS } from '../../engine/host/index.ts';
import { ANY_JSON, INSTANT } from '../openapi/index.ts';

/** A session of the examples. */
export const SESSION = '0123456789ABCDEFGHIJKLMNOPQRSTUV';
/** Its document. */
export const HELLO = 'http://localhost:8080/genesys/1/document/service_template/hello/hello.scxml';

const PLACE = { file: z.string(), line: z.number().int(), column: z.number().int() };
const LINE = z.object({ text: z.string() }).extend(z.object(PLACE).partial().shape);
const OMITTED = z.literal(true).describe('It is too long to be shown.').optional();

const CHANGE = z.object({
  path: z.string().describe('As in `order.items[0].price`.'),
  before: ANY_JSON.describe('Absent: it did not exist.').optional(),
  after: ANY_JSON.describe('Absent: it does not exist any more.').optional(),
  omitted: OMITTED,
});

const EFFECT = z.looseObject({
  kind: z
    .enum(['send', 'timer', 'timerCancelled', 'invoke', 'uninvoke', 'module', 'answer', 'log'])
    .describe('timer: armed, until `dueAt`. module: an element such as `<session:fetch>`.'),
  id: z.string().describe('The step with its result has it in `resultOf`.').optional(),
  name: z.string().describe('Name of the event, or module and element: `session.fetch`.').optional(),
  data: ANY_JSON.optional(),
  dataOmitted: OMITTED,
});

const INPUT = {
  kind: z
    .enum(['start', 'event', 'timer', 'continue', 'terminate'])
    .describe('continue: an event that the session sent to itself.'),
  name: z.string().describe('Name of the event, key of the timer, or reason of the termination.'),
  data: ANY_JSON.optional(),
  dataOmitted: OMITTED,
};

/** A step that a session has taken. */
export const STEP = z.object({
  type: z.literal('step'),
  ...INPUT,
  sendid: z.string().optional(),
  invokeid: z.string().optional(),
  origin: z.string().optional(),
  resultOf: z.string().describe('`id` of the effect of an earlier step whose result this is.').optional(),
  at: INSTANT,
  lines: z.array(LINE).describe('Events, transitions, states and effects, in their order.'),
  changes: z.array(CHANGE).describe('The data that it changed.'),
  moreChanges: z.number().int().describe('Changes that are not listed.').optional(),
  effects: z.array(EFFECT).describe('What it asked for: the rest of the server does it after the step.'),
  moreEffects: z.number().int().describe('Effects that are not listed.').optional(),
  configuration: z
    .array(z.string())
    .describe('Active states after it; absent: it ended the session.')
    .optional(),
});

export const TIMERS = z.array(
  z.object({ key: z.string(), event: z.string(), sendid: z.string(), dueAt: INSTANT }),
);

/** The fields of a session between two steps. */
export const SESSION_FIELDS = {
  document: z.string().describe('URL of the document.'),
  configuration: z.array(z.string()).describe('Active states, ancestors first.'),
  states: z
    .array(z.object({ id: z.string(), ...PLACE }))
    .describe('The active states, and where they begin.'),
  data: ANY_JSON,
  timers: TIMERS,
  waiting: z
    .array(z.object({ ...INPUT, since: INSTANT }))
    .describe(`The first ${MAX_SHOWN_INPUTS} inputs that wait, in their order.`),
  waitingCount: z.number().int(),
};

export const HELLO_TIMERS = [
  { key: 'timer1', event: 'timer.ttl', sendid: 'send1', dueAt: '2026-01-05T10:00:00.000Z' },
];

/** SESSION_FIELDS of the session of the examples. */
export const HELLO_FIELDS = {
  document: HELLO,
  configuration: ['awaitingStart'],
  states: [{ id: 'awaitingStart', file: HELLO, line: 11, column: 3 }],
  data: { _ttl: '3600' },
  timers: HELLO_TIMERS,
  waiting: [],
  waitingCount: 0,
};
