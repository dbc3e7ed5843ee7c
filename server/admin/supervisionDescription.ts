import { z } from 'zod';
import { type ApiDescription, INSTANT, replyOf } from '../openapi/index.ts';

const ROOT = '/genesys/1/admin';
const COUNT = z.number().int();
const SECONDS = z.number().int().describe('Seconds.');

const QUEUE = z.object({
  key: z.string().describe('Names the queue in the parameter `queue`.'),
  name: z.string().describe('Absent: its calls named no queue, and wait for the same target.').optional(),
  waiting: COUNT,
  oldestSeconds: SECONDS,
  agents: z
    .object({ loggedIn: COUNT, free: COUNT })
    .describe('Agents who could take one of the waiting calls, and those of them who are free.'),
  estimate: z
    .object({
      seconds: SECONDS,
      fromSeconds: SECONDS,
      toSeconds: SECONDS.describe('80 % of the waits are expected from `fromSeconds` to here.'),
      isRough: z.boolean().describe('Few calls were served: the range is that of a formula.'),
    })
    .describe('The wait of a call that would come now. Absent: nothing is known yet.')
    .optional(),
  accuracy: z
    .object({ calls: COUNT, waitSeconds: SECONDS, saidSeconds: SECONDS, inBand: z.number() })
    .describe('The waits of the last served calls, and what they were told. `inBand`: share in their ranges.')
    .optional(),
  today: z
    .object({
      entered: COUNT,
      served: COUNT,
      servedInTime: COUNT,
      inTimeSeconds: z.number(),
      abandoned: COUNT,
      serviceLevel: z
        .number()
        .describe('Percent of the served and abandoned calls that were served in time.')
        .optional(),
    })
    .describe('Since midnight in the zone of the statistics. In time: within the time range Default.'),
});

const CALL = z.object({
  connId: z.string(),
  position: COUNT,
  enteredAt: INSTANT,
  estimatedSeconds: SECONDS.describe('The rest of its wait.').optional(),
  session: z.string().optional(),
  service: z.string().describe('Id of the use of a service.').optional(),
});

const SPAN = z.object({
  state: z.enum(['loggedOut', 'notReady', 'ready', 'afterWork', 'busy']),
  from: INSTANT,
  to: INSTANT,
});

const WARNING = z.object({
  at: INSTANT,
  level: z.enum(['warn', 'error']),
  message: z.string(),
  reason: z.string().describe('The message of the error. Only for administrators.').optional(),
  session: z.string().optional(),
});

export const SUPERVISION: ApiDescription['operations'] = {
  [`GET ${ROOT}/queues`]: {
    summary: 'shows the queues with their waits, estimates and service levels, and how many agents do what',
    repeated: 'reads',
    replies: {
      200: replyOf(
        'The queues in which calls wait, or of which an estimate is in memory: at most the 500 with most calls.',
        z.object({
          agents: z.record(z.string(), COUNT).describe('Agents by their state for all media.'),
          busyAgents: COUNT.describe('Agents with an interaction, an offer or a reservation.'),
          queueCount: COUNT.describe('All queues.'),
          queues: z.array(QUEUE),
        }),
      ),
    },
    errors: ['STORE_UNAVAILABLE'],
    examples: { now: { reply: { status: 200 } } },
  },
  [`GET ${ROOT}/queues/calls`]: {
    summary: 'lists the first calls of a queue, at most 200, in their order',
    repeated: 'reads',
    query: { queue: z.string().min(1).describe('`key` of a queue.') },
    replies: { 200: replyOf('The calls that wait.', z.object({ calls: z.array(CALL) })) },
    errors: ['PARAMETER_MISSING', 'STORE_UNAVAILABLE'],
    examples: { none: { query: { queue: 'nobody' }, reply: { status: 200, body: { calls: [] } } } },
  },
  [`GET ${ROOT}/queues/agents`]: {
    summary: 'lists the agents of a queue, at most 1,000, those who are free first',
    description: 'The agents who are logged in and could take one of the calls that wait.',
    repeated: 'reads',
    query: { queue: z.string().min(1).describe('`key` of a queue.') },
    replies: {
      200: replyOf(
        'The agents.',
        z.object({ agents: z.array(z.object({ agentId: z.string(), isFree: z.boolean() })) }),
      ),
    },
    errors: ['PARAMETER_MISSING', 'STORE_UNAVAILABLE'],
    examples: { none: { query: { queue: 'nobody' }, reply: { status: 200, body: { agents: [] } } } },
  },
  [`GET ${ROOT}/agents/:agentId/states`]: {
    summary: 'shows the states of an agent since midnight',
    description:
      'By whole minutes, each with the state that took most of it. Minutes are kept for 26 hours. busy: has an ' +
      'interaction, an offer or a reservation.',
    repeated: 'reads',
    path: { agentId: z.string().describe('Id of an agent.') },
    replies: {
      200: replyOf(
        'One span after the other.',
        z.object({ from: INSTANT, to: INSTANT, states: z.array(SPAN) }),
      ),
    },
    errors: ['AGENT_NOT_FOUND', 'STORE_UNAVAILABLE'],
    examples: {
      unknown: {
        path: { agentId: 'nobody' },
        reply: {
          status: 404,
          body: {
            message: "Expected the id of an agent, got 'nobody'.",
            exception: 'orsay.NotFoundException',
            code: 'AGENT_NOT_FOUND',
          },
        },
      },
    },
  },
  [`GET ${ROOT}/warnings`]: {
    summary: 'lists the last warnings and errors of the log, at most 100, the latest first',
    description:
      'Kept in memory since the start. Lines about sessions, and reasons, are shown to administrators only, ' +
      'because documents write them.',
    repeated: 'reads',
    replies: { 200: replyOf('The lines.', z.object({ warnings: z.array(WARNING) })) },
    examples: { now: { reply: { status: 200 } } },
  },
};
