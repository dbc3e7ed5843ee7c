import { z } from 'zod';
import { type Operation, replyOf } from '../openapi/index.ts';
import { ACTOR_FIELD, action, CHAT, INTERACTION, OFFER } from './interactionOperations.ts';
import {
  invitationSchema,
  messageSchema,
  pushUrlSchema,
  removeSchema,
  transferSchema,
  userDataSchema,
  watchSchema,
} from './wire.ts';

const POSITION = {
  200: replyOf('The position of the entry.', z.object({ position: z.number().int() })),
};
/** A part of the list, and the id after which the next part begins. */
const LISTED = z.object({
  interactions: z.array(INTERACTION.extend({ agentId: z.string().optional() })),
  next: z.string().optional(),
});

const HISTORY = z.object({
  customer: z.record(z.string(), z.string()).describe('The properties that find the customer.'),
  chats: z.array(
    z.looseObject({ interactionId: z.string(), subject: z.string(), startedAt: z.number().int() }),
  ),
  openMedia: z.array(
    z.looseObject({ interactionId: z.string(), media: z.string(), startedAt: z.number().int() }),
  ),
  callbacks: z.array(z.looseObject({ serviceId: z.string(), service: z.string(), state: z.string() })),
});

/** A request that other agents and supervisors of an interaction learn of. */
function party(summary: string, schema: z.ZodObject, body: Record<string, unknown>): Operation {
  return action(summary, {
    body: { schema: schema.extend(ACTOR_FIELD).loose() },
    errors: ['INTERACTION_NOT_FOUND', 'INTERACTION_STATE', 'AGENT_NOT_FOUND', 'CONFLICT'],
    examples: {
      kate: {
        path: { id: CHAT },
        type: 'application/json',
        body: { agentId: 'kate', ...body } as never,
        reply: { status: 200, body: {} },
      },
    },
  });
}

function entry(summary: string, schema: z.ZodObject, body: Record<string, string>): Operation {
  return action(summary, {
    body: { schema: schema.extend(ACTOR_FIELD).loose() },
    replies: POSITION,
    examples: {
      kate: {
        path: { id: CHAT },
        type: 'application/json',
        body: { agentId: 'kate', ...body },
        reply: { status: 200, body: { position: 3 } },
      },
    },
  });
}

/** Several agents and supervisors in one interaction, and what they say besides messages. */
export const CONFERENCE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /agent/1/interactions': {
    summary: 'lists the interactions that are not over',
    repeated: 'reads',
    query: { after: z.string().describe('`next` of the reply with the part before.').optional() },
    replies: { 200: replyOf('The interactions that the caller sees.', LISTED) },
    examples: {
      one: { reply: { status: 200, body: { interactions: [{ ...OFFER, agentId: 'kate' }] } } },
    },
  },
  'POST /agent/1/interactions/:id/transfer': party(
    'gives the interaction to an agent or a queue',
    transferSchema,
    { to: { agentId: 'liz' }, text: 'wants a refund' },
  ),
  'POST /agent/1/interactions/:id/conference': party(
    'invites an agent whom the customer will see',
    invitationSchema,
    { to: { agentId: 'liz' } },
  ),
  'POST /agent/1/interactions/:id/consult': party(
    'invites an agent whom the customer does not see',
    invitationSchema,
    { to: { agentId: 'liz' } },
  ),
  'POST /agent/1/interactions/:id/remove': party('takes an agent out, or an invitation back', removeSchema, {
    participant: 'liz',
  }),
  'POST /agent/1/interactions/:id/monitor': party('a supervisor watches', watchSchema, {
    agentId: 'sue',
    visibility: 'VIP',
  }),
  'POST /agent/1/interactions/:id/join': party('a supervisor joins, seen by everybody', z.object({}), {
    agentId: 'sue',
  }),
  'GET /agent/1/interactions/:id/history': {
    summary: 'shows the earlier chats, open media, e-mails and callbacks of the customer',
    repeated: 'reads',
    replies: { 200: replyOf('The newest first.', HISTORY) },
    errors: ['INTERACTION_NOT_FOUND'],
    examples: {
      none: {
        path: { id: CHAT },
        reply: { status: 200, body: { customer: {}, chats: [], openMedia: [], callbacks: [] } },
      },
    },
  },
  'GET /agent/1/interactions/:id/history/:earlier': {
    summary: 'shows an earlier interaction of the customer',
    repeated: 'reads',
    replies: { 200: replyOf('As GET /agent/1/interactions/{id}.', INTERACTION) },
    errors: ['INTERACTION_NOT_FOUND'],
  },
  'POST /agent/1/interactions/:id/userData': action('changes user data of the interaction', {
    repeated: 'nature, key',
    body: { schema: userDataSchema.extend(ACTOR_FIELD).loose() },
    examples: {
      kate: {
        path: { id: CHAT },
        type: 'application/json',
        body: { agentId: 'kate', userData: { size: '42' } },
        reply: { status: 200, body: {} },
      },
    },
  }),
  'POST /agent/1/interactions/:id/notice': entry("adds a notice of the application's own", messageSchema, {
    text: 'order 17 is open',
  }),
  'POST /agent/1/interactions/:id/pushUrl': entry('adds a URL for the other parties', pushUrlSchema, {
    url: 'https://example.com/shoes',
  }),
};
