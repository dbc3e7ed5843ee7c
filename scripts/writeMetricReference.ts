import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { METRICS, type MetricRow, PROCESS_METRICS } from '../server/metrics/metricTable.ts';
import { markdownTable } from './markdownTable.ts';

/** docs/reference/metrics.md, generated from server/metrics. `npm run docs:metrics` writes it. */
export const METRIC_REFERENCE = resolve(import.meta.dirname, '../docs/reference/metrics.md');

const HEAD = `# Metrics

<!-- Generated from server/metrics by \`npm run docs:metrics\`. Do not edit. -->

The metrics of \`GET /metrics\`, in the text format of Prometheus. [run-in-production](../guides/run-in-production.md)
tells how a scraper authenticates. Counters begin at 0 when the server starts, but for those of a cell that say another
beginning. Those of cells are 0 for a store that is no cell. Times are in seconds.

| label | values |
| --- | --- |
| \`route\` | method and pattern of a route, \`GET /urs/call/:id/lvq\`; \`none\` for a request without a route |
| \`outcome\` | \`2xx\`, \`3xx\`, \`4xx\`, \`5xx\` |
| \`status\` | \`completed\`, \`terminated\`, \`failed\` |
| \`reason\` | \`deadline\`, \`memory\`, \`crash\` |
| \`file\` | \`tree\`, \`journal\`; none for a store in memory |
| \`state\` of agents | \`ready\`, \`notReady\`, \`afterWork\`, \`loggedOut\` |
| \`state\` of agents of a queue | \`loggedIn\`, \`free\` |
| \`node\` | name of a node that follows the cell |
| \`queue\` | name of a virtual queue: the first \`limits.metrics.queues\` (100) that the server sees; \`other\` for all others together; \`unnamed\` for calls that named no queue |

No label has an id or data of a customer. Names of queues are labels, so they should name no customer. Requests that
documents send to the server itself count, too.

## The product
`;

const PROCESS = `
## The process

prom-client collects these from the first scrape on. Those of files and virtual memory exist on Linux only.
`;

/** The text of the page. */
export function metricReference(): string {
  const rows = Object.values<MetricRow>(METRICS).map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  const ofProcess = Object.entries(PROCESS_METRICS).map(([name, help]) => [`\`${name}\``, help]);
  return [
    HEAD,
    markdownTable(['metric', 'type', 'labels', 'meaning'], rows),
    PROCESS,
    markdownTable(['metric', 'meaning'], ofProcess),
    '',
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) writeFileSync(METRIC_REFERENCE, metricReference());
