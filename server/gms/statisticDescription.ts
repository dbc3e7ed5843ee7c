import { z } from 'zod';
import { type ApiDescription, type Operation, replyOf } from '../openapi/index.ts';
import { peekSchema } from './statistics.wire.ts';

const MAX_AGE = {
  'Cache-Control': z
    .string()
    .describe('max-age=<seconds>: an older value is computed again. Without it the latest value counts.')
    .optional(),
};

const PEEK: Operation = {
  summary: 'shows the value of a statistic',
  repeated: 'reads',
  headers: MAX_AGE,
  body: { schema: peekSchema },
  replies: {
    200: {
      ...replyOf('The value.', z.object({ value: z.number() })),
      headers: { Age: 'Age of the value in seconds.' },
    },
  },
  errors: ['STATISTIC_INVALID', 'STATISTIC_UNAVAILABLE'],
  examples: {
    loginTime: {
      headers: { 'Cache-Control': 'max-age=2' },
      body: {
        objectId: 'KSippola',
        objectType: 'Agent',
        tenant: 'Environment',
        tenantPassword: '',
        metric: 'TotalLoginTime',
      },
      reply: { status: 200, body: { value: 1025 } },
    },
    unknownPlace: {
      body: {
        objectId: 'SIP_Server_Place',
        objectType: 'Place',
        tenant: 'Environment',
        metric: 'TotalLoginTime',
      },
      reply: {
        status: 403,
        body: {
          message: "Place 'SIP_Server_Place' (Tenant 'Environment') not found",
          exception: 'com.genesyslab.gsg.services.statistic.StatisticException',
          code: 'STATISTIC_INVALID',
        },
      },
    },
  },
};

/** gms-8.5.2 2. */
export const STATISTIC_DESCRIPTION: ApiDescription = {
  tag: 'Statistics',
  description: 'Stat Server API: the present values of statistics.',
  operations: {
    'POST /genesys/1/statistic': PEEK,
    'POST /genesys/1/internal_statistic': { ...PEEK, summary: 'the same, for programs beside the server' },
    'POST /genesys/1/statistics': {
      summary: 'shows the values of several statistics',
      repeated: 'reads',
      headers: MAX_AGE,
      body: {
        schema: z
          .record(z.string(), z.string())
          .describe(
            '1 to MAX_STATISTICS (100) statistics by any names: Metric;ObjectType;ObjectId;TenantName.',
          ),
      },
      replies: { 200: replyOf('The values by the names of the request.', z.record(z.string(), z.number())) },
      errors: ['STATISTIC_UNKNOWN', 'STATISTIC_UNAVAILABLE'],
      examples: {
        twoQueues: {
          body: {
            stat1: 'ExpectedWaitTime;Queue;9002@SIP Switch;Environment',
            stat2: 'ExpectedWaitTime;Queue;9001@SIP Switch;Environment',
          },
          reply: { status: 200, body: { stat1: 10000, stat2: 10000 } },
        },
      },
    },
  },
};
