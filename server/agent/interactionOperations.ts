import { z } from 'zod';
import { ANY_FIELDS, ANY_JSON, NOTHING, type Operation, replyOf } from '../openapi/index.ts';
import { mailReplySchema } from './openMediaWire.ts';
import { messageSchema, outcomeSchema, typingSchema } from './wire.ts';

const INTERACTION_ID = z.string().describe('Id of an interaction.');
const ACTOR = {
  'X-Agent-Id': z
    .string()
    .describe('The agent who acts; absent: the one who has the interaction.')
    .optional(),
};
export const ACTOR_FIELD = { agentId: z.string().describe('As the header X-Agent-Id.').optional() };

/** An interaction in replies. */
export const INTERACTION = z.looseObject({
  interactionId: z.string(),
  serviceId: z.string().optional(),
  state: z.string().describe('offered, active, wrapup, ended, ...'),
  media: z.string(),
  userData: z.record(z.string(), ANY_JSON),
  wrapupUntil: z.unknown().describe('End of the work after it.'),
  disposition: z.string().optional(),
  notes: z.string().optional(),
});

export const CHAT = '000C2a7VVQRB001U';
const MAIL = '04AMUAPEQJ80000V';
/** An active chat. */
export const OFFER = {
  interactionId: CHAT,
  serviceId: '369-9d6c31d3-1121-4ba9-91e1-b93c0fa6e32f',
  state: 'active',
  media: 'chat',
  userData: {
    fldnFirstName: 'Vasya',
    fldnLastName: 'Pupkin',
    Subject: 'shoes',
    _id: '369-9d6c31d3-1121-4ba9-91e1-b93c0fa6e32f',
    _data_id: '39a98e24-b03b-4191-b756-1efe8f3b16b8',
  },
};

/** A request of the agent who has an interaction. */
export function action(summary: string, of: Partial<Operation> = {}): Operation {
  return {
    summary,
    repeated: 'key',
    path: { id: INTERACTION_ID },
    headers: ACTOR,
    body: { schema: z.looseObject(ACTOR_FIELD) },
    replies: { 200: NOTHING },
    errors: ['INTERACTION_NOT_FOUND', 'INTERACTION_STATE', 'AGENT_NOT_FOUND'],
    examples: {
      kate: { path: { id: CHAT }, body: { agentId: 'kate' }, reply: { status: 200, body: {} } },
    },
    ...of,
  };
}

/** The requests of an agent about an interaction. */
export const INTERACTION_OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /agent/1/interactions/:id': {
    summary: 'shows a chat with its transcript, or another interaction with its types and its e-mail',
    repeated: 'reads',
    path: { id: INTERACTION_ID },
    query: {
      position: z
        .string()
        .regex(/^\d+$/)
        .describe('The first entry of the reply; 1 is the default.')
        .optional(),
    },
    replies: {
      200: replyOf(
        'The interaction.',
        INTERACTION.extend({
          agentId: z.string().optional(),
          transcript: z
            .array(
              z.looseObject({
                type: z.string(),
                party: ANY_FIELDS,
                text: z.string(),
                seconds: z.number().int(),
              }),
            )
            .describe('Of a chat.')
            .optional(),
          nextPosition: z.number().int().optional(),
          service: z.string().describe('This and the next fields: of open media and e-mail.').optional(),
          type: z.string().optional(),
          subtype: z.string().optional(),
          externalId: z.string().optional(),
          email: ANY_FIELDS.optional(),
        }),
      ),
    },
    errors: ['INTERACTION_NOT_FOUND'],
    examples: {
      whole: {
        path: { id: CHAT },
        reply: {
          status: 200,
          body: {
            ...OFFER,
            agentId: 'kate',
            transcript: [
              {
                type: 'Notice.Joined',
                party: { type: 'CLIENT', nickname: 'VasyaP' },
                text: 'has joined the session',
                seconds: 0,
              },
            ],
            nextPosition: 2,
          },
        },
      },
    },
  },

  'POST /agent/1/interactions/:id/accept': action('accepts an offer', {
    replies: { 200: replyOf('The interaction.', INTERACTION) },
    examples: {
      kate: { path: { id: CHAT }, body: { agentId: 'kate' }, reply: { status: 200, body: OFFER } },
    },
  }),
  'POST /agent/1/interactions/:id/reject': action('rejects an offer'),
  'POST /agent/1/interactions/:id/leave': action('leaves the interaction, which ends without another agent'),
  'POST /agent/1/interactions/:id/outcome': action('keeps the disposition and the notes of an interaction', {
    repeated: 'nature, key',
    body: { schema: outcomeSchema.extend(ACTOR_FIELD).loose() },
    examples: {
      kate: {
        path: { id: CHAT },
        body: { agentId: 'kate', notes: 'wants black shoes' },
        reply: { status: 200, body: {} },
      },
    },
  }),
  'POST /agent/1/interactions/:id/complete': action('completes the work after an interaction', {
    body: { schema: outcomeSchema.extend(ACTOR_FIELD).loose() },
    examples: {
      kate: {
        path: { id: CHAT },
        body: { agentId: 'kate', notes: 'wants black shoes' },
        reply: { status: 200, body: {} },
      },
    },
  }),
  'POST /agent/1/interactions/:id/message': action('adds a message', {
    body: { schema: messageSchema.extend(ACTOR_FIELD).loose() },
    replies: {
      200: replyOf('The position of the entry.', z.object({ position: z.number().int() })),
    },
    examples: {
      hello: {
        path: { id: CHAT },
        type: 'application/json',
        body: { agentId: 'kate', text: 'hello customer' },
        reply: { status: 200, body: { position: 3 } },
      },
    },
  }),
  'POST /agent/1/interactions/:id/reply': action('keeps a reply to an e-mail for its customer', {
    body: { schema: mailReplySchema.extend(ACTOR_FIELD).loose() },
    replies: {
      200: replyOf('The number of the reply; the first is 1.', z.object({ reply: z.number().int() })),
    },
    examples: {
      kate: {
        path: { id: MAIL },
        type: 'application/json',
        body: { agentId: 'kate', text: 'Your account is open again.' },
        reply: { status: 200, body: { reply: 1 } },
      },
    },
  }),
  'POST /agent/1/interactions/:id/startTyping': action('adds a notice to the transcript', {
    body: { schema: typingSchema.extend(ACTOR_FIELD).loose() },
  }),
  'POST /agent/1/interactions/:id/stopTyping': action('adds a notice to the transcript', {
    body: { schema: typingSchema.extend(ACTOR_FIELD).loose() },
  }),
};
