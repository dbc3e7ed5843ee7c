import { z } from 'zod';
import { SESSION_STATUSES } from '../../engine/host/index.ts';
import { CallbackState } from '../../strategies/instances/index.ts';
import { type ApiDescription, INSTANT, type Operation, replyOf, textReply } from '../openapi/index.ts';

const ROOT = '/genesys/1/admin/sessions';
const SID = '0123456789ABCDEFGHIJKLMNOPQRSTUV';
const COUNT = z.number().int();

const FOUND = z.object({
  found: COUNT.describe('Sessions that match. The reply has at most MAX_FOUND_SESSIONS (5,000) of them.'),
  counts: z
    .object({
      ...(Object.fromEntries(SESSION_STATUSES.map((status) => [status, COUNT])) as Record<
        (typeof SESSION_STATUSES)[number],
        typeof COUNT
      >),
      waiting: COUNT.describe('Live ones whose callback is SCHEDULED or QUEUED.'),
    })
    .describe('Sessions by their status, whatever was searched for.'),
  more: z
    .literal(true)
    .describe('There are more than MAX_SEARCHED_SESSIONS (20,000) sessions; the others were not looked at.')
    .optional(),
  sessions: z.array(
    z.object({
      _id: z.string(),
      src: z.string().describe('URL of the document.'),
      documentHash: z.string(),
      status: z.enum(SESSION_STATUSES),
      configuration: z.array(z.string()).describe('Ids of the active states.'),
      startedAt: INSTANT,
      endedAt: INSTANT.optional(),
      reason: z.string().optional(),
      service: z
        .object({
          id: z.string(),
          name: z.string(),
          state: z.enum(Object.values(CallbackState)),
          reason: z.string(),
        })
        .describe('The use of a service that the session belongs to.')
        .optional(),
      customer: z.array(z.string()).describe('The gms_user and the properties of the customer.').optional(),
    }),
  ),
});

const RESULTS = z.object({
  results: z.array(
    z.object({
      _id: z.string(),
      done: z.boolean(),
      code: z.string().describe('Absent when it was done.').optional(),
      message: z.string().optional(),
    }),
  ),
});

function bulk(summary: string): Operation {
  return {
    summary,
    description: 'Each on its own: one that is refused does not keep the others from being done.',
    repeated: 'nature',
    body: {
      schema: z.object({
        sessions: z.array(z.string()).min(1).max(1_000).describe('Ids of sessions.'),
        reason: z.string().min(1).max(200).describe('Goes into the audit log.'),
      }),
      types: ['application/json'],
    },
    replies: { 200: replyOf('The result of each session.', RESULTS) },
    errors: ['PARAMETER_INVALID'],
    examples: {
      unknown: {
        body: { sessions: [SID], reason: 'Wrong opening hours' },
        reply: {
          status: 200,
          body: {
            results: [
              {
                _id: SID,
                done: false,
                code: 'SESSION_NOT_FOUND',
                message: `No session '${SID}', or it has ended.`,
              },
            ],
          },
        },
      },
    },
  };
}

export const SESSION_SEARCH: ApiDescription['operations'] = {
  [`GET ${ROOT}/search`]: {
    summary: 'finds sessions with their services and customers, and counts all',
    description: 'The latest start comes first. Sessions are read at most once a second for all who ask.',
    repeated: 'reads',
    query: {
      status: z.enum(SESSION_STATUSES).optional(),
      waiting: z.literal('true').describe('Callbacks that have not reached an agent yet.').optional(),
      document: z.string().max(8_192).describe('URL of a document, or hash of a version.').optional(),
      service: z.string().describe('Name of a service.').optional(),
      customer: z.string().describe('The gms_user or a property of the customer, whole.').optional(),
      find: z.string().describe('Words that an entry has to contain, in any case.').optional(),
      limit: z
        .string()
        .regex(/^[1-9]\d{0,6}$/)
        .describe('Most sessions of the reply.')
        .optional(),
    },
    replies: { 200: replyOf('The sessions.', FOUND) },
    errors: ['PARAMETER_INVALID'],
    examples: { waiting: { query: { waiting: 'true' }, reply: { status: 200 } } },
  },
  [`GET ${ROOT}/search/events`]: {
    summary: 'streams when a search is worth a repetition',
    description:
      'Server-sent events: `changed` at first, and then one second after a session or its service has changed, however many change meanwhile.',
    repeated: 'reads',
    replies: { 200: textReply('Events without content.', 'text/event-stream') },
    errors: ['SERVER_BUSY'],
    examples: {
      first: {
        summary: 'The beginning, with the first event.',
        reply: {
          status: 200,
          body: 'retry: 2000\n\nevent: changed\ndata: {"type":"changed"}\nid: 0\n\n',
        },
      },
    },
  },
  [`POST ${ROOT}/terminate`]: bulk('ends many sessions'),
  [`POST ${ROOT}/retry`]: bulk('tries again to restore many sessions that are set aside'),
};
