import { type ApiDescription, textReply } from '../openapi/index.ts';

/** The metrics for operators. */
export const METRICS_DESCRIPTION: ApiDescription = {
  tag: 'Metrics',
  description: 'The state and the work of the server, for a monitoring system.',
  operations: {
    'GET /metrics': {
      summary: 'shows the metrics of the server',
      description:
        'In the text format of Prometheus, as docs/reference/metrics.md lists them. The role viewer is enough.',
      repeated: 'reads',
      replies: { 200: textReply('The metrics.') },
      errors: ['STORE_UNAVAILABLE'],
      examples: { whole: { reply: { status: 200 } } },
    },
  },
};
