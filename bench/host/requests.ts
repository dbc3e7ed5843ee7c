import autocannon from 'autocannon';
import { encodeRecord } from '../../engine/durable/index.ts';
import { call } from '../../test/support/crash/load.ts';
import { startServerProcess } from '../../test/support/crash/orsayProcess.ts';
import { startRecorder } from '../../test/support/crash/recorder.ts';
import { count, inTurns, median } from '../rounds.ts';
import { fsyncLine, measureFsync } from './disk.ts';
import { LIGHT } from './documents.ts';
import { openHost, temporaryFolder } from './openHost.ts';
import { startOrsay } from './orsayServer.ts';

/** Durable requests over HTTP, compared with a bare Koa handler that commits one record of the same size. */

const CONNECTIONS = 64;
const SECONDS = 4;
const DATA = { text: 'z'.repeat(1_050) };
const BODY = new URLSearchParams(DATA).toString();

interface Target {
  readonly base: string;
  /** A path for each connection. */
  readonly paths: readonly string[];
}

const latencies = new Map<string, number[]>();

async function rate(name: string, { base, paths }: Target): Promise<number> {
  let connection = 0;
  const result = await autocannon({
    url: base,
    connections: CONNECTIONS,
    duration: SECONDS,
    setupClient(client) {
      const path = paths[connection++ % paths.length]!;
      client.setRequests([
        {
          method: 'POST',
          path,
          body: BODY,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
      ]);
    },
  });
  if (result.non2xx + result.errors > 0) {
    throw new Error(`${name}: ${result.non2xx} answers were not 2xx, ${result.errors} errors.`);
  }
  latencies.set(name, [...(latencies.get(name) ?? []), result.latency.p99]);
  return result['2xx'] / result.duration;
}

async function sessionsOf(base: string, src: string): Promise<Target> {
  const paths = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const { body } = await call(`${base}/scxml/session/start`, { form: { src } });
      return `/scxml/session/${(body as { _id: string })._id}/request/ask`;
    }),
  );
  return { base, paths };
}

/** The stored record of a session of the document, as text. */
async function recordText(): Promise<string> {
  const folder = temporaryFolder();
  const host = openHost({ folder: folder.path, document: LIGHT });
  const [id] = await host.start(1);
  await host.sessions.request(id!, { name: 'ask', data: DATA, timeoutMs: 10_000 });
  const record = host.durable.get('session', id!);
  const text = encodeRecord(record, undefined, host.durable.text('session', id!));
  await host.close();
  folder.remove();
  return text;
}

const folders = { bare: temporaryFolder(), none: temporaryFolder(), all: temporaryFolder() };
const recorder = await startRecorder();
const src = recorder.serve('light.scxml', LIGHT);
const fsync = measureFsync(folders.none.path);
console.log(`Durable requests over HTTP, ${CONNECTIONS} connections, a session each\n  ${fsyncLine(fsync)}`);

const bare = startServerProcess(['bench/host/bareServer.ts', folders.bare.path, await recordText()]);
const inServer = await startOrsay(folders.none.path, 'none');
const inChildren = await startOrsay(folders.all.path, 'all');
const bareBase = await bare.ready;
const targets = {
  bare: {
    base: bareBase,
    paths: Array.from({ length: CONNECTIONS }, (_, n) => `/scxml/session/${n}/request/ask`),
  },
  trusted: await sessionsOf(await inServer.ready, src),
  sandboxed: await sessionsOf(await inChildren.ready, src),
};
const rows = await inTurns(
  {
    bare: () => rate('bare', targets.bare),
    trusted: () => rate('trusted', targets.trusted),
    sandboxed: () => rate('sandboxed', targets.sandboxed),
  },
  'bare',
);
const bound = Math.max(25, 5 * fsync.p50);
for (const [name, what] of [
  ['bare', 'bare Koa, one record'],
  ['trusted', 'a session in the server'],
  ['sandboxed', 'a session in a child'],
] as const) {
  const { value, ratio } = rows[name];
  const beside = name === 'bare' ? '' : `   ${ratio.toFixed(2)} of the bare handler`;
  console.log(
    `  ${what.padEnd(24)}${count(value)} requests/s   p99 ${median(latencies.get(name)!)} ms${beside}`,
  );
}
console.log(`  (p99 is to stay under ${bound.toFixed(0)} ms)`);
for (const server of [bare, inServer, inChildren]) await server.kill();
await recorder.close();
for (const folder of Object.values(folders)) folder.remove();
