import { z } from 'zod';
import { type ApiDescription, replyOf, textReply } from '../openapi/index.ts';
import { CONFERENCE_OPERATIONS } from './conferenceOperations.ts';
import { FILE_OPERATIONS } from './fileOperations.ts';
import { INTERACTION, INTERACTION_OPERATIONS, OFFER } from './interactionOperations.ts';
import { agentSchema } from './wire.ts';

const AGENT_ID = z.string().describe('Id of an agent.');
const AGENT = z.object({
  agentId: z.string(),
  state: z.string().describe('The best state of their media.'),
  mediaStates: z
    .record(z.string(), z.object({ state: z.string(), reason: z.string().optional() }))
    .describe('The media that are in another state.')
    .optional(),
  groups: z.array(z.string()),
  skills: z.record(z.string(), z.number()),
  place: z.string().optional(),
  media: z.array(z.string()),
  nickname: z.string().optional(),
  capacity: z.number().int(),
  mediaCapacity: z.record(z.string(), z.number().int()).optional(),
  reason: z.string().describe('Why the agent is not ready.').optional(),
});
const COUNTS = {
  current: z.number().int().describe('Interactions, offers, reservations and the work after interactions.'),
  max: z.number().int(),
  more: z.number().int().describe('Further ones that the agent can take now.'),
};
const LISTED = AGENT.extend({ current: COUNTS.current });
const CAPACITY = z.object({
  agentId: z.string(),
  ...COUNTS,
  media: z.record(z.string(), z.object({ state: z.string(), reason: z.string().optional(), ...COUNTS })),
});
const CODED = z.object({ code: z.string(), text: z.string() });
const KATE = {
  agentId: 'kate',
  state: 'ready',
  groups: ['Billing'],
  skills: { English: 20 },
  place: 'SIP_Server_Place1',
  media: ['chat'],
  capacity: 1,
};
/** The state of an agent is the first event of their stream. */
const PRESENT_STATE = 'retry: 2000\n\nevent: state\ndata: {"type":"state","state":"ready"}\nid: 1\n\n';

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
        mediaStates: {
          summary: 'Ready for chats, and not for calls; at most three chats.',
          path: { agentId: 'anna' },
          body: {
            state: 'ready',
            media: ['chat', 'voice'],
            mediaStates: { voice: { state: 'notReady', reason: 'lunch' } },
            mediaCapacity: { chat: 3, voice: 1 },
            capacity: 3,
          },
          reply: {
            status: 200,
            body: {
              agentId: 'anna',
              state: 'ready',
              mediaStates: { voice: { state: 'notReady', reason: 'lunch' } },
              groups: [],
              skills: {},
              media: ['chat', 'voice'],
              capacity: 3,
              mediaCapacity: { chat: 3, voice: 1 },
            },
          },
        },
        unknownState: {
          path: { agentId: 'kate' },
          body: { state: 'busy' },
          reply: {
            status: 400,
            body: {
              message: 'state: Invalid option: expected one of "ready"|"notReady"|"afterWork"|"loggedOut"',
              exception: 'orsay.BadRequestException',
              code: 'PARAMETER_INVALID',
              problems: ['state: Invalid option: expected one of "ready"|"notReady"|"afterWork"|"loggedOut"'],
            },
          },
        },
      },
    },
    'GET /agent/1/agents': {
      summary: 'lists the agents',
      repeated: 'reads',
      replies: {
        200: replyOf('The agents; only the own one for a user of the role agent.', z.array(LISTED)),
      },
      examples: { one: { reply: { status: 200, body: [{ ...KATE, current: 1 }] } } },
    },
    'GET /agent/1/agents/:agentId': {
      summary: 'shows an agent',
      repeated: 'reads',
      path: { agentId: AGENT_ID },
      replies: { 200: replyOf('The agent.', AGENT) },
      errors: ['AGENT_NOT_FOUND'],
      examples: { kate: { path: { agentId: 'kate' }, reply: { status: 200, body: KATE } } },
    },
    'DELETE /agent/1/agents/:agentId': {
      summary: 'removes an agent; their interactions return to the heads of their queues',
      repeated: 'key',
      path: { agentId: AGENT_ID },
      replies: { 200: replyOf('The agent is removed.', z.object({})) },
      errors: ['AGENT_NOT_FOUND'],
      examples: { kate: { path: { agentId: 'kate' }, reply: { status: 200, body: {} } } },
    },
    'GET /agent/1/agents/:agentId/capacity': {
      summary: 'shows how many interactions of each medium an agent has and could have',
      repeated: 'reads',
      path: { agentId: AGENT_ID },
      replies: { 200: replyOf('The capacity vector.', CAPACITY) },
      errors: ['AGENT_NOT_FOUND'],
      examples: {
        offered: {
          path: { agentId: 'kate' },
          reply: {
            status: 200,
            body: {
              agentId: 'kate',
              current: 1,
              max: 1,
              more: 0,
              media: { chat: { state: 'ready', current: 1, max: 1, more: 0 } },
            },
          },
        },
      },
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
      examples: {
        first: {
          summary: 'The beginning, with the first event.',
          path: { agentId: 'kate' },
          reply: { status: 200, body: PRESENT_STATE },
        },
      },
    },
    'GET /agent/1/cannedTexts': {
      summary: 'lists canned texts, by `group` and `language`',
      repeated: 'reads',
      query: {
        group: z.string().describe('Texts of this group only.').optional(),
        language: z.string().describe('Texts for customers of this language, such as de-AT.').optional(),
      },
      replies: {
        200: replyOf(
          'The texts, and all groups and languages.',
          z.object({
            groups: z.array(z.string()),
            languages: z.array(z.string()),
            texts: z.array(
              z.object({
                id: z.string(),
                title: z.string().optional(),
                group: z.string().optional(),
                language: z.string().optional(),
                text: z.string(),
              }),
            ),
          }),
        ),
      },
      examples: {
        greetings: {
          query: { group: 'greetings', language: 'de' },
          reply: {
            status: 200,
            body: {
              groups: ['greetings'],
              languages: ['de'],
              texts: [
                { id: 'hallo', title: 'Greeting', group: 'greetings', language: 'de', text: 'Guten Tag' },
              ],
            },
          },
        },
      },
    },
    'GET /agent/1/settings': {
      summary: 'shows the reasons and dispositions of the installation',
      repeated: 'reads',
      replies: {
        200: replyOf(
          'Codes and texts.',
          z.object({
            notReadyReasons: z.array(CODED),
            dispositions: z.array(CODED),
            afterWork: z.object({ seconds: z.number(), disposition: z.enum(['optional', 'required']) }),
          }),
        ),
      },
      examples: {
        lunch: {
          reply: {
            status: 200,
            body: {
              notReadyReasons: [{ code: 'lunch', text: 'Lunch' }],
              dispositions: [{ code: 'sold', text: 'Sold' }],
              afterWork: { seconds: 30, disposition: 'optional' },
            },
          },
        },
      },
    },
    ...INTERACTION_OPERATIONS,
    ...CONFERENCE_OPERATIONS,
    ...FILE_OPERATIONS,
  },
};
