import { z } from 'zod';
import { type ApiDescription, replyOf, textReply } from '../openapi/index.ts';

const STATUS = z.object({
  status: z.enum(['ONLINE', 'OFFLINE']),
  role: z.enum(['single', 'owner', 'follower']).describe('single: the node has no cell.'),
  ready: z.boolean(),
  name: z.string().describe('Name of the cell.').optional(),
  node: z.string().describe('Name of this node.').optional(),
  owner: z.string().describe('Name of the node that has the cell; empty when none has.').optional(),
  address: z.string().describe('Where the other nodes reach the owner.').optional(),
  claim: z.number().int().describe('Counts the claims of the cell.').optional(),
  head: z.number().int().describe('Number of the last frame of the log.').optional(),
  lag: z.number().int().describe('Frames that the copy of a follower does not have.').optional(),
});
const LIVE = z.object({ status: z.literal('live') });
const READY = z.object({ status: z.enum(['ready', 'not ready']) });

/** The routes by which load balancers and supervisors check a node. */
export const HEALTH_DESCRIPTION: ApiDescription = {
  tag: 'Health',
  description: 'The state of the node that gets the request.',
  operations: {
    'GET /health/live': {
      summary: 'tells that the process runs',
      description: 'For the supervisor that starts a process again. The database may be away.',
      repeated: 'reads',
      replies: { 200: replyOf('It runs.', LIVE) },
      examples: { live: { reply: { status: 200, body: { status: 'live' } } } },
    },
    'GET /health/ready': {
      summary: 'tells whether the node answers requests, or sends them to the node that does',
      description: 'For load balancers. 503 also while the node will stop in the next seconds.',
      repeated: 'reads',
      replies: {
        200: replyOf('It does.', READY),
        503: replyOf('It does not at present.', READY),
      },
      examples: { ready: { reply: { status: 200, body: { status: 'ready' } } } },
    },
    'GET /genesys/1/admin/node/status': {
      summary: 'shows ONLINE or OFFLINE',
      description:
        'OFFLINE: the node will stop in the next seconds. With `Accept: application/json`, on a listener of administrators: also the role of the node, and the state of its cell.',
      repeated: 'reads',
      replies: { 200: { ...textReply('ONLINE or OFFLINE.'), others: { 'application/json': STATUS } } },
      examples: { online: { reply: { status: 200, body: 'ONLINE' } } },
    },
  },
};
