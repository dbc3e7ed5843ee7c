import { z } from 'zod';
import {
  ANY_FIELDS,
  ANY_JSON,
  type ApiDescription,
  NOTHING,
  type Operation,
  replyOf,
  textReply,
} from '../openapi/index.ts';
import { agentSchema, messageSchema } from './wire.ts';

const AGENT_ID = z.string().describe('Id of an agent.');
const INTERACTION_ID = z.string().describe('Id of an interaction.');
const ACTOR = {
  'X-Agent-Id': z
    .string()
    .describe('The agent who acts; absent: the one who has the interaction.')
    .optional(),
};
const ACTOR_FIELD = { agentId: z.string().describe('As the header X-Agent-Id.').optional() };

const AGENT = z.object({
  agentId: z.string(),
  state: z.string(),
  groups: z.array(z.string()),
  skills: z.record(z.string(), z.number()),
  place: z.string().optional(),
  media: z.array(z.string()),
  nickname: z.string().optional(),
  capacity: z.number().int(),
  reason: z.string().describe('Why the agent is not ready.').optional(),
});
const INTERACTION = z.looseObject({
  interactionId: z.string(),
  serviceId: z.string().optional(),
  state: z.string(),
  media: z.string(),
  userData: z.record(z.string(), ANY_JSON),
});

const KATE = {
  agentId: 'kate',
  state: 'ready',
  groups: ['Billing'],
  skills: { English: 20 },
  place: 'SIP_Server_Place1',
  media: ['chat'],
  capacity: 1,
};
const CHAT = '000C2a7VVQRB001U';
const OFFER = {
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
function action(summary: string, of: Partial<Operation> = {}): Operation {
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

const ACTIONS: Readonly<Record<string, Operation>> = {
  'POST /agent/1/interactions/:id/accept': action('accepts an offer', {
    replies: { 200: replyOf('The interaction.', INTERACTION) },
    examples: {
      kate: { path: { id: CHAT }, body: { agentId: 'kate' }, reply: { status: 200, body: OFFER } },
    },
  }),
  'POST /agent/1/interactions/:id/reject': action('rejects an offer'),
  'POST /agent/1/interactions/:id/leave': action('ends the interaction'),
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
  'POST /agent/1/interactions/:id/startTyping': action('adds a notice to the transcript'),
  'POST /agent/1/interactions/:id/stopTyping': action('adds a notice to the transcript'),
};

/** The API of agent desktops. */
export const AGENT_DESCRIPTION: ApiDescription = {
  tag: 'Agents',
  description:
    'Agents log in, get offers and serve their interactions. A user of the role agent acts as their agent only.',
  operations: {
    'PUT /agent/1/agents/:agentId': {
      summary: 'creates or changes an agent',
      repeated: 'nature',
      path: { agentId: AGENT_ID },
      body: { types: ['application/json'], schema: agentSchema },
      replies: { 200: replyOf('The agent.', AGENT) },
      examples: {
        login: {
          path: { agentId: 'kate' },
          body: {
            state: 'ready',
            groups: ['Billing'],
            skills: { English: 20 },
            place: 'SIP_Server_Place1',
            media: ['chat'],
          },
          reply: { status: 200, body: KATE },
        },
        unknownState: {
          path: { agentId: 'kate' },
          body: { state: 'busy' },
          reply: {
            status: 400,
            body: {
              message: 'state: Invalid option: expected one of "ready"|"notReady"|"loggedOut"',
              exception: 'orsay.BadRequestException',
              code: 'PARAMETER_INVALID',
              problems: ['state: Invalid option: expected one of "ready"|"notReady"|"loggedOut"'],
            },
          },
        },
      },
    },
    'GET /agent/1/agents': {
      summary: 'lists the agents',
      repeated: 'reads',
      replies: { 200: replyOf('The agents; only the own one for a user of the role agent.', z.array(AGENT)) },
      examples: { one: { reply: { status: 200, body: [KATE] } } },
    },
    'GET /agent/1/agents/:agentId': {
      summary: 'shows an agent',
      repeated: 'reads',
      path: { agentId: AGENT_ID },
      replies: { 200: replyOf('The agent.', AGENT) },
      errors: ['AGENT_NOT_FOUND'],
      examples: { kate: { path: { agentId: 'kate' }, reply: { status: 200, body: KATE } } },
    },
    'GET /agent/1/agents/:agentId/interactions': {
      summary: 'lists the offers and interactions of an agent',
      repeated: 'reads',
      path: { agentId: AGENT_ID },
      replies: { 200: replyOf('The interactions.', z.array(INTERACTION)) },
      errors: ['AGENT_NOT_FOUND'],
      examples: { active: { path: { agentId: 'kate' }, reply: { status: 200, body: [OFFER] } } },
    },
    'GET /agent/1/agents/:agentId/events': {
      summary: 'streams the events of an agent',
      description: 'Server-sent events: the present state, then each event. They do not end.',
      repeated: 'reads',
      path: { agentId: AGENT_ID },
      headers: {
        'Last-Event-ID': z
          .string()
          .describe('The last event that the desktop has: it gets the later ones.')
          .optional(),
      },
      replies: {
        200: textReply(
          '`event` is the type, `data` the event as JSON, `id` its position.',
          'text/event-stream',
        ),
      },
      errors: ['AGENT_NOT_FOUND'],
    },
    'GET /agent/1/interactions/:id': {
      summary: 'shows an interaction with its transcript',
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
            transcript: z.array(
              z.looseObject({
                type: z.string(),
                party: ANY_FIELDS,
                text: z.string(),
                seconds: z.number().int(),
              }),
            ),
            nextPosition: z.number().int(),
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
    ...ACTIONS,
  },
};
