import autocannon from 'autocannon';
import { type ServerProcess, startServerProcess } from '../../test/support/crash/orsayProcess.ts';
import { count, inTurns, median } from '../rounds.ts';
import { fsyncLine, measureFsync } from './disk.ts';
import { temporaryFolder } from './openHost.ts';
import { processorMs, startOrsay } from './orsayServer.ts';

/**
 * A record is created and then queried, in turns: data of the Storage Service, and scheduled callbacks. A
 * bare Koa handler parses the same body and commits one record, and reads it for the query. Each connection
 * sends its next request when it has the reply. The processor time of the servers is nearly the same on a
 * machine with other work.
 */

const CONNECTIONS = 64;
const SECONDS = 4;
const DAY_MS = 86_400_000;
/** The days over which the callbacks are scheduled: all have a place, and none begins. */
const DAYS = 28;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const DATA = { usr_reason: 'billing', usr_comment: 'The invoice of May is wrong.', usr_language: 'en' };

interface Kind {
  readonly server: ServerProcess;
  readonly createPath: string;
  /** The body of the request with that number. */
  bodyOf(index: number): Readonly<Record<string, string>>;
  queryPath(created: { readonly id?: string; readonly _id?: string }): string;
}

interface Context {
  query?: string;
}

const latencies = new Map<string, number[]>();
/** Processor ms of one request, of each round. */
const processor = new Map<string, number[]>();
let created = 0;

/** Requests a second; half of them create, half of them query. */
async function rate(name: string, { server, createPath, bodyOf, queryPath }: Kind): Promise<number> {
  const before = processorMs(server.child.pid!);
  const result = await autocannon({
    url: await server.ready,
    connections: CONNECTIONS,
    duration: SECONDS,
    requests: [
      {
        setupRequest: (request) => ({
          ...request,
          method: 'POST',
          path: createPath,
          headers: FORM,
          body: new URLSearchParams(bodyOf(created++)).toString(),
        }),
        onResponse(status, body, context) {
          if (status !== 200) throw new Error(`${name}: ${status} ${body}`);
          (context as Context).query = queryPath(JSON.parse(body));
        },
      },
      {
        setupRequest: (request, context) => ({
          ...request,
          method: 'GET',
          path: (context as Context).query!,
        }),
      },
    ],
  });
  if (result.non2xx + result.errors > 0) {
    throw new Error(`${name}: ${result.non2xx} answers were not 2xx, ${result.errors} errors.`);
  }
  const used = (processorMs(server.child.pid!) - before) / result['2xx'];
  processor.set(name, [...(processor.get(name) ?? []), used]);
  latencies.set(name, [...(latencies.get(name) ?? []), result.latency.p99]);
  return result['2xx'] / result.duration;
}

const folders = { bare: temporaryFolder(), orsay: temporaryFolder() };
console.log(
  `A create and a query in turns, ${CONNECTIONS} connections\n  ${fsyncLine(measureFsync(folders.bare.path))}`,
);
const bare = startServerProcess(['bench/host/bareServer.ts', folders.bare.path, JSON.stringify(DATA)]);
const orsay = await startOrsay(folders.orsay.path, 'uploaded', {
  chatDelay: { _max_request_by_time_bucket: '999999999' },
});
const from = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
const kinds: Readonly<Record<'bare' | 'storage' | 'callbacks', Kind>> = {
  bare: {
    server: bare,
    createPath: '/records',
    bodyOf: (index) => ({ ...DATA, usr_number: String(index) }),
    queryPath: ({ id }) => `/records/${id}`,
  },
  storage: {
    server: orsay,
    createPath: '/genesys/1/storage/3600',
    bodyOf: (index) => ({ ...DATA, usr_number: String(index) }),
    queryPath: ({ id }) => `/genesys/1/storage/${id}`,
  },
  callbacks: {
    server: orsay,
    createPath: '/genesys/1/service/callback/chat-delay',
    bodyOf: (index) => ({
      ...DATA,
      _customer_number: `40826${String(index).padStart(6, '0')}`,
      _desired_time: new Date(from + ((index * 300_000) % (DAYS * DAY_MS))).toISOString(),
    }),
    queryPath: ({ _id }) => `/genesys/1/service/callback/chat-delay?_id=${_id}`,
  },
};
const rows = await inTurns(
  {
    bare: () => rate('bare', kinds.bare),
    storage: () => rate('storage', kinds.storage),
    callbacks: () => rate('callbacks', kinds.callbacks),
  },
  'bare',
);
for (const [name, what] of [
  ['bare', 'bare Koa, one record'],
  ['storage', 'storage'],
  ['callbacks', 'scheduled callbacks'],
] as const) {
  const { value, ratio } = rows[name];
  const [p99, used] = [median(latencies.get(name)!), median(processor.get(name)!)];
  const beside = name === 'bare' ? '' : `   ${ratio.toFixed(2)} of the bare handler`;
  console.log(
    `  ${what.padEnd(22)}${count(value)} requests/s   p99 ${p99} ms   processor ${used.toFixed(2)} ms${beside}`,
  );
}
for (const server of [bare, orsay]) await server.kill();
for (const folder of Object.values(folders)) folder.remove();
