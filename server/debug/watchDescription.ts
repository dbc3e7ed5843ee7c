import { z } from 'zod';
import { ANY_JSON, type ApiDescription, INSTANT, NOTHING, replyOf, textReply } from '../openapi/index.ts';
import { HELLO, HELLO_FIELDS, HELLO_TIMERS, SESSION, SESSION_FIELDS, TIMERS } from './schemas.ts';
import { MAX_EVENT_NAME_CHARS } from './wire.ts';

const ROOT = '/genesys/1/admin/debug/sessions/:sid';
const PATH = { sid: z.string().describe('Id of a session that runs.') };
const ERRORS = ['FORBIDDEN', 'SESSION_NOT_FOUND', 'SESSION_SET_ASIDE'] as const;

const WATCHED = z.object({
  session: z.string(),
  status: z.literal('running'),
  startedAt: INSTANT,
  documentHash: z.string(),
  isStopped: z.boolean().describe('A debugger has stopped it.'),
  ...SESSION_FIELDS,
});
const HELLO_STATE = {
  session: SESSION,
  status: 'running',
  startedAt: '2026-01-05T09:00:00.000Z',
  documentHash: '5d0b0d4bd1b7c3cf9c5b3e8f7a1f3c7f6c1f2b8f5d0b0d4bd1b7c3cf9c5b3e8f',
  isStopped: false,
  ...HELLO_FIELDS,
};

/** Sessions that are watched and not held. */
export const WATCH_OPERATIONS: ApiDescription['operations'] = {
  [`GET ${ROOT}`]: {
    summary: 'reads the state of a session, and does not stop it',
    repeated: 'reads',
    path: PATH,
    replies: { 200: replyOf('The session between two steps.', WATCHED) },
    errors: ERRORS,
    examples: { hello: { path: { sid: SESSION }, reply: { status: 200, body: HELLO_STATE } } },
  },
  [`GET ${ROOT}/document`]: {
    summary: 'reads the texts of the document of a session',
    description:
      'The texts of the version on which the session runs, its own first: those that lines refer to. A session that has ended needs a trace.',
    repeated: 'reads',
    path: PATH,
    replies: {
      200: replyOf(
        'The document.',
        z.object({
          url: z.string(),
          hash: z.string(),
          dialect: z.enum(['ors', 'w3c']),
          sources: z.array(z.object({ url: z.string(), text: z.string() })),
        }),
      ),
    },
    errors: ERRORS,
    examples: {
      hello: {
        path: { sid: SESSION },
        reply: {
          status: 200,
          body: {
            url: HELLO,
            hash: HELLO_STATE.documentHash,
            dialect: 'ors',
            sources: [{ url: HELLO, text: '<scxml version="1.0" …' }],
          },
        },
      },
    },
  },
  [`GET ${ROOT}/events`]: {
    summary: 'streams the steps of a session, and does not stop it',
    description:
      'Server-sent events: `state`, then a `step` for each input that the session takes, `ended` (`status`), and `removed`, the end of the stream. Several readers share the events of a session. A reader that lost its stream gets the later ones; after `debug.lostSeconds` without a reader, or when too many came, it gets `reload` and the state.',
    repeated: 'reads',
    path: PATH,
    headers: {
      'Last-Event-ID': z.string().describe('The last event that the reader has.').optional(),
    },
    replies: {
      200: textReply('`event` is the type, `data` the event as JSON, `id` its place.', 'text/event-stream'),
    },
    errors: [...ERRORS, 'SERVER_BUSY'],
    examples: {
      first: {
        summary: 'The beginning, with the first event.',
        path: { sid: SESSION },
        reply: {
          status: 200,
          body: `retry: 2000\n\nevent: state\ndata: ${JSON.stringify({ type: 'state', ...HELLO_STATE })}\nid: 1767603600000\n\n`,
        },
      },
    },
  },
  [`GET ${ROOT}/timers`]: {
    summary: 'lists the pending timers of a session',
    description: 'Delayed events that have not been sent yet, in the order of their due times.',
    repeated: 'reads',
    path: PATH,
    replies: { 200: replyOf('The timers.', TIMERS) },
    errors: ERRORS,
    examples: { hello: { path: { sid: SESSION }, reply: { status: 200, body: HELLO_TIMERS } } },
  },
  [`POST ${ROOT}/timers/:key/fire`]: {
    summary: 'lets a pending timer of a session become due now',
    description: 'A session that a debugger has stopped takes it later, behind the inputs that wait.',
    repeated: 'nature',
    path: { ...PATH, key: z.string().describe('`key` of a pending timer.') },
    replies: { 200: NOTHING },
    errors: [...ERRORS, 'NOT_FOUND', 'MAILBOX_FULL'],
    examples: {
      ttl: { path: { sid: SESSION, key: 'timer1' }, reply: { status: 200, body: {} } },
    },
  },
  [`POST ${ROOT}/event`]: {
    summary: 'sends an event to a session, as a person',
    repeated: 'key',
    path: PATH,
    body: {
      schema: z.object({
        name: z.string().min(1).max(MAX_EVENT_NAME_CHARS),
        data: ANY_JSON.optional(),
      }),
    },
    replies: { 200: NOTHING },
    errors: [...ERRORS, 'PARAMETER_INVALID', 'SESSION_ENDED', 'MAILBOX_FULL', 'DATA_TOO_DEEP'],
    examples: {
      hello: {
        path: { sid: SESSION },
        type: 'application/json',
        body: { name: 'greet', data: { name: 'Ann' } },
        reply: { status: 200, body: {} },
      },
    },
  },
};
