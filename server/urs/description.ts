import { z } from 'zod';
import { ESTIMATE_METHODS, URS_FUNCTIONS } from '../../strategies/routing/index.ts';
import {
  ANY_FIELDS,
  ANY_JSON,
  type ApiDescription,
  type Fields,
  NOTHING,
  type Operation,
  replyOf,
} from '../openapi/index.ts';
import { startSchema } from './wire.ts';

const CALL = z
  .string()
  .describe(
    'Connection id: 1 to 16 hexadecimal digits; or @ and the id of an interaction that was submitted.',
  );
const CALL_OR_LAST = z
  .string()
  .describe('As for the other requests; or max, which stands for a call that comes now.');

const QUEUE_QUERY: Fields = {
  name: z.string().max(255).describe('Virtual queue, or a group of routing.queueGroups with .GQ.').optional(),
  tenant: z.string().max(64).describe('That of the call is the default.').optional(),
  aqt: z
    .enum([...ESTIMATE_METHODS, 'ursdial', ''])
    .describe('Method of the estimate; routing.estimateMethod of the configuration is the default.')
    .optional(),
  estimates: z
    .enum(['true', 'false'])
    .describe('true: the reply has ewt_p50, ewt_p90 and ewt_rough.')
    .optional(),
  agent_logged_in: z
    .enum(['true', 'false'])
    .describe('true: the reply says whether an agent is logged in.')
    .optional(),
};

const POSITION = z.object({
  time: z.number().int().describe('Seconds since 1970.'),
  wt: z.number().int().describe('Seconds that the call has waited.'),
  calls: z.number().int().describe('Calls in the queue.'),
  pos: z.number().int().describe('Position of the call; 1 is next.'),
  wpos: z.number().describe('Position weighted by priorities.'),
  hit: z.number().describe('Calls that left the queue to an agent.'),
  ewt: z.number().describe('Seconds that it will wait; absent: there is no estimate.').optional(),
  agent_logged_in: z.boolean().optional(),
  ewt_p50: z.number().int().describe('Seconds: half of such waits are shorter.').optional(),
  ewt_p90: z.number().int().describe('Seconds: nine tenths of such waits are shorter.').optional(),
  ewt_rough: z.boolean().describe('true: few waits of this queue are known yet.').optional(),
});

const QUEUE: Operation = {
  summary: 'shows the position of a call in its queue',
  repeated: 'reads',
  path: { id: CALL_OR_LAST },
  query: QUEUE_QUERY,
  replies: { 200: replyOf('The position.', POSITION) },
  errors: ['CALL_NOT_FOUND', 'PARAMETER_MISSING'],
};

const REPLY: Operation = {
  summary: 'refuses: no call waits for a reply',
  repeated: 'reads',
  path: { id: CALL, ref: z.string().describe('Reference of a request.') },
  replies: {},
  errors: ['CALL_NOT_FOUND', 'CONFLICT'],
};

const DELETE: Operation = {
  summary: 'removes the call',
  repeated: 'nature, key',
  path: { id: CALL },
  replies: { 200: NOTHING },
  errors: ['CALL_NOT_FOUND'],
  examples: { delete: { path: { id: '222222' }, reply: { status: 200, body: {} } } },
};

const METHODS = z.object({ methods: z.array(ANY_FIELDS) });

/** urs-routing 1. */
export const URS_DESCRIPTION: ApiDescription = {
  tag: 'Virtual interactions',
  description:
    'The URS web API, as callback documents use it: virtual calls wait in virtual queues. Requests are GET.',
  operations: {
    'GET /urs/call/start': {
      summary: 'puts a virtual call into its queue',
      description: 'Other parameters (at most MAX_CALL_DATA_FIELDS) are kept with the call.',
      repeated: 'key',
      query: startSchema.shape,
      replies: {
        200: replyOf(
          'The call.',
          z.object({
            conn_id: z.string(),
            tell_position: z.number().optional(),
            lvq: POSITION.describe('With TELL_QUEUE: its position.').optional(),
          }),
        ),
      },
      errors: ['QUOTA_EXCEEDED'],
      examples: {
        waitForTarget: {
          query: { tenant: 'Environment', strategy: 'WaitForTarget', VQ_TARGET: 'Billing@Stat_Server.GA' },
          reply: { status: 200, body: { conn_id: '222222' } },
        },
        noTarget: {
          query: { tenant: 'Environment', strategy: 'WaitForTarget' },
          reply: {
            status: 400,
            body: {
              message: 'VQ_TARGET: expected a target string or a JSON array of targets, got none',
              exception: 'orsay.BadRequestException',
              code: 'PARAMETER_INVALID',
              problems: ['VQ_TARGET: expected a target string or a JSON array of targets, got none'],
            },
          },
        },
      },
    },
    'GET /urs/call/:id/lvq': {
      ...QUEUE,
      examples: {
        position: {
          path: { id: '222222' },
          query: { name: 'VQ_Waiting_for_agent' },
          reply: {
            status: 200,
            body: { time: 1380769087, wt: 0, calls: 1, pos: 1, wpos: 1, hit: 0 },
          },
        },
      },
    },
    'GET /urs/call/:id/lvq/:vq': {
      ...QUEUE,
      summary: 'shows its position in another queue',
      path: { id: CALL_OR_LAST, vq: z.string().max(255).describe('Virtual queue, or a group with .GQ.') },
      examples: {
        position: {
          path: { id: '222222', vq: 'VQ_Waiting_for_agent' },
          reply: {
            status: 200,
            body: { time: 1380769087, wt: 0, calls: 1, pos: 1, wpos: 1, hit: 0 },
          },
        },
      },
    },
    'GET /urs/call/:id/invoke': {
      summary: 'routes the call: SetRouteDelay',
      repeated: 'key',
      path: { id: CALL },
      query: {
        strategy: z.string().min(1).describe('SetRouteDelay, or its name in routing.strategies.'),
        DELAY: z.string().describe('Seconds, or infinite.').optional(),
      },
      replies: { 200: NOTHING },
      errors: ['CALL_NOT_FOUND', 'PARAMETER_MISSING'],
      examples: {
        route: {
          path: { id: '222222' },
          query: { strategy: 'SetRouteDelay', DELAY: '0' },
          reply: { status: 200, body: {} },
        },
      },
    },
    'GET /urs/call/:id/query': {
      summary: 'shows a call and the other parameters of its start',
      repeated: 'reads',
      path: { id: CALL },
      replies: {
        200: replyOf(
          'The call.',
          z.object({
            conn_id: z.string(),
            state: z.enum(['held', 'delayed', 'routable', 'announcing', 'routed', 'removed']),
            strategy: z.string(),
            tenant: z.string(),
            vq: z.string(),
            entered: z.number().int().describe('Seconds since 1970.'),
            agent: z.string().optional(),
            data: z.record(z.string(), z.string()).optional(),
          }),
        ),
      },
      errors: ['CALL_NOT_FOUND'],
      examples: {
        held: {
          path: { id: '222222' },
          reply: {
            status: 200,
            body: {
              conn_id: '0000000000222222',
              state: 'held',
              strategy: 'WaitForTarget',
              tenant: 'Environment',
              vq: 'VQ_Waiting_for_agent',
              entered: 1380769087,
            },
          },
        },
      },
    },
    'GET /urs/call/:id/func': {
      summary: 'runs a function of URS for a call',
      repeated: 'key',
      path: { id: CALL },
      query: {
        name: z
          .string()
          .min(1)
          .describe(`One of ${URS_FUNCTIONS.join(', ')}.`),
        params: z.string().describe('JSON array of at most 20 values.').optional(),
        sync: z.string().describe('Always in effect.').optional(),
      },
      replies: { 200: replyOf('The result.', z.object({ result: ANY_JSON })) },
      errors: ['CALL_NOT_FOUND', 'PARAMETER_MISSING'],
      examples: {
        priority: {
          path: { id: '222222' },
          query: { name: 'Priority', params: '[5]', sync: '1' },
          reply: { status: 200, body: { result: 5 } },
        },
        unknown: {
          path: { id: '222222' },
          query: { name: 'RequestRouter' },
          reply: { status: 400 },
        },
      },
    },
    'GET /urs/call/:id/reply': {
      ...REPLY,
      path: { id: CALL },
      examples: { refused: { path: { id: '222222' }, reply: { status: 409 } } },
    },
    'GET /urs/call/:id/reply/:ref': {
      ...REPLY,
      summary: 'as before',
      examples: { refused: { path: { id: '222222', ref: '17' }, reply: { status: 409 } } },
    },
    'GET /urs/help': {
      summary: 'describes the methods',
      repeated: 'reads',
      replies: { 200: replyOf('The methods.', METHODS) },
      examples: { help: { reply: { status: 200 } } },
    },
    'GET /urs/call/:method/help': {
      summary: 'describes a method',
      repeated: 'reads',
      path: { method: z.string().describe('Name of a method.') },
      replies: { 200: replyOf('The method.', METHODS) },
      errors: ['NOT_FOUND'],
      examples: { start: { path: { method: 'start' }, reply: { status: 200 } } },
    },
    'GET /urs/call/:id/delete': DELETE,
    'DELETE /urs/call/:id': DELETE,
  },
};
