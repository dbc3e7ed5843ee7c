import { z } from 'zod';
import { SESSION_STATUSES } from '../../engine/host/index.ts';
import { CallbackState } from '../../strategies/instances/index.ts';
import { type ApiDescription, INSTANT, replyOf } from '../openapi/index.ts';

const COUNT = z.number().int();

const LIFE = z.object({
  _id: z.string(),
  service: z.string(),
  state: z.enum(Object.values(CallbackState)),
  reason: z.string(),
  customer: z.record(z.string(), z.string()).describe('The properties that find it.'),
  gmsUser: z.string().optional(),
  dataId: z.string().describe('Id of its storage area.'),
  startedBy: z.string().describe('The session whose document created it.').optional(),
  createdAt: INSTANT,
  desiredTime: INSTANT,
  bookedFor: INSTANT.describe('It has a place in the time slot of this time.').optional(),
  expiresAt: INSTANT,
  submitAttempts: COUNT.describe('Failed attempts to start it.'),
  isHeld: z.boolean().describe('Its service is paused.'),
  agentAnnounced: z.boolean().describe('The customer was told that an agent is available.'),
  announcedAt: INSTANT.describe('When a notification first told them.').optional(),
  confirmedAt: INSTANT.describe('When a request of the customer first opened the chat.').optional(),
  session: z
    .object({
      _id: z.string(),
      src: z.string(),
      status: z.enum(SESSION_STATUSES),
      states: z.array(z.string()).describe('Ids of the active states.'),
      startedAt: INSTANT,
      endedAt: INSTANT.optional(),
      reason: z.string().optional(),
    })
    .describe('Absent before it starts, and when it is forgotten.')
    .optional(),
  calls: z
    .array(
      z.object({
        _id: z.string(),
        state: z.string(),
        queue: z.string(),
        enteredAt: INSTANT,
        position: COUNT.describe('1: next. 0: it waits no longer.'),
        waiting: COUNT.describe('Calls that wait in the queue.'),
        estimatedWaitSeconds: z.number().optional(),
        agentId: z.string().optional(),
      }),
    )
    .describe('Its calls in virtual queues, at most MAX_LIFE_PARTS (20).'),
  chat: z
    .object({
      _id: z.string(),
      startedAt: INSTANT,
      isPushed: z.boolean().describe('Its entries are pushed over CometD.'),
      parties: z
        .array(z.object({ at: INSTANT, type: z.string(), name: z.string(), isJoin: z.boolean() }))
        .describe('Those who joined and left, in the first 500 entries.'),
      endedAt: INSTANT.optional(),
      endedBy: z.string().optional(),
    })
    .optional(),
  interactions: z
    .array(
      z.object({
        _id: z.string(),
        media: z.string(),
        state: z.string(),
        queue: z.string(),
        sessionId: z.string().describe('The session that controls it.').optional(),
        agentId: z.string().describe('The agent who is asked, or has or had it.').optional(),
        createdAt: INSTANT,
        queuedAt: INSTANT.optional(),
        endedAt: INSTANT.optional(),
        endedBy: z.string().optional(),
        disposition: z.string().optional(),
      }),
    )
    .describe('At most MAX_LIFE_PARTS (20).'),
});

/** One callback with all its parts. */
export const CALLBACK_LIFE: ApiDescription['operations'] = {
  'GET /genesys/1/admin/callback/:id/life': {
    summary: 'shows a callback with its session, calls, chat and interactions',
    description: 'Times and ids, and no words of a chat.',
    repeated: 'reads',
    path: { id: z.string().describe('Id of a callback.') },
    replies: { 200: replyOf('The callback.', LIFE) },
    errors: ['CALLBACK_NOT_FOUND'],
    examples: {
      scheduled: {
        path: { id: 'a550a12e-ca77-4146-98d0-58960e0939f7' },
        reply: {
          status: 200,
          body: {
            _id: 'a550a12e-ca77-4146-98d0-58960e0939f7',
            service: 'BasicCallback',
            state: 'SCHEDULED',
            reason: '',
            customer: { _customer_number: '5115' },
            dataId: '39a98e24-b03b-4191-b756-1efe8f3b16b8',
            createdAt: '2013-05-20T09:00:00.000Z',
            desiredTime: '2013-05-27T12:00:00.000Z',
            bookedFor: '2013-05-27T12:00:00.000Z',
            expiresAt: '2013-05-28T12:00:00.000Z',
            submitAttempts: 0,
            isHeld: false,
            agentAnnounced: false,
            calls: [],
            interactions: [],
          },
        },
      },
    },
  },
};
