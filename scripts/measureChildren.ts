import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from '../engine/document/load.ts';
import { createDurable } from '../engine/host/createDurable.ts';
import { createSessions } from '../engine/host/createSessions.ts';
import type { HostEngine } from '../engine/host/hostEngine.ts';
import { compileProgram, restoreExecution, startExecution } from '../engine/sessionExecution.ts';
import { type EngineChildren, openEngineChildren } from '../server/adapters/engineChildren.ts';
import { openLmdbStore } from '../server/adapters/lmdbStore.ts';
import { systemClock } from '../server/adapters/systemClock.ts';
import { systemIds } from '../server/adapters/systemIds.ts';

/**
 * What engine children cost and give, printed: npx tsx scripts/measureChildren.ts. Figures go into
 * engine/children/README.md. Each row is the median of ROUNDS rounds, the rows of a table interleaved.
 */
const ROUNDS = 5;

const LIGHT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="count" expr="0"/><data id="limits" expr="{ max: 1e9 }"/><data id="text" expr="'y'.repeat(700)"/></datamodel>
  <state id="s"><transition event="e" cond="_event.data.priority &gt; 3 &amp;&amp; count &lt; limits.max">
    <assign location="count" expr="count + 1"/></transition></state></scxml>`;
const BOUND = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="sum" expr="0"/></datamodel>
  <state id="s"><transition event="e"><script>for (var i = 0; i &lt; 200000; i++) sum = (sum + i) % 1013;</script></transition></state></scxml>`;
/** About 1.1 KB as JSON. */
const DATA = { priority: 5, text: 'z'.repeat(1_050) };

const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const trusted: HostEngine = { compileProgram, startExecution, restoreExecution };

function open(children: number): EngineChildren {
  return openEngineChildren({ log, children, deadlineMs: 2_000, memoryMb: 400 });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Rows measured in turns, so that what else the machine does meets all of them. */
async function table(name: string, unit: string, rows: Record<string, () => Promise<number>>): Promise<void> {
  const seen = new Map(Object.keys(rows).map((row) => [row, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [row, measure] of Object.entries(rows)) {
      const value = await measure();
      // The first round warms up.
      if (round > 0) seen.get(row)!.push(value);
    }
  }
  console.log(`\n${name}`);
  for (const [row, values] of seen) console.log(`  ${row}: ${median(values).toFixed(1)} ${unit}`);
}

/** us of wall time for each event. */
async function steps(
  engine: HostEngine,
  xml: string,
  load: { events: number; inFlight: number },
): Promise<number> {
  const program = engine.compileProgram(await parseDocument(xml));
  const executions = await Promise.all(
    Array.from({ length: load.inFlight }, async (_, index) => {
      const execution = engine.startExecution(program, { sessionId: `S${index}`, seed: 1 });
      await execution.step({ kind: 'start' }, { now: 1 });
      return execution;
    }),
  );
  const text = JSON.stringify(DATA);
  const begun = performance.now();
  await Promise.all(
    executions.map(async (execution) => {
      for (let n = 0; n < load.events / load.inFlight; n++) {
        const event = { name: 'e', data: JSON.parse(text) };
        const stepping = execution.step({ kind: 'event', event }, { now: 2 });
        if (stepping instanceof Promise) await stepping;
        // What the host stores.
        JSON.stringify(execution.snapshot());
      }
    }),
  );
  return ((performance.now() - begun) * 1_000) / load.events;
}

/** us of wall time for each durable event through the host, over lmdb, with every commit synced. */
async function durable(engine: HostEngine, load: { events: number; inFlight: number }): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'orsay-measure-'));
  const store = openLmdbStore({ path: folder });
  const parts = { clock: systemClock, ids: systemIds, log };
  const records = createDurable({ ...parts, store });
  const sessions = createSessions({
    ...{ ...parts, durable: records, engine, baseUrl: () => 'http://orsay.test' },
    fetchText: async () => LIGHT,
    http: () => Promise.reject(new Error('not here')),
  });
  records.start();
  const ids = await Promise.all(
    Array.from({ length: load.inFlight }, () => sessions.start({ src: 'http://orsay.test/a.scxml' })),
  );
  const text = JSON.stringify(DATA);
  const begun = performance.now();
  await Promise.all(
    ids.map(async ({ sessionId }) => {
      for (let n = 0; n < load.events / load.inFlight; n++) {
        await sessions.publish(sessionId, { name: 'e', data: JSON.parse(text) });
      }
    }),
  );
  const took = ((performance.now() - begun) * 1_000) / load.events;
  await records.stop();
  rmSync(folder, { recursive: true });
  return took;
}

/** ms from nothing to the first answer of a child. */
async function firstAnswer(): Promise<number> {
  const children = open(1);
  const begun = performance.now();
  await steps(children.engine, LIGHT, { events: 1, inFlight: 1 });
  children.close();
  return performance.now() - begun;
}

const one = open(1);
const two = open(2);
await table('a macrostep: 1.1 KB event in, 1 KB snapshot out', 'us', {
  'in process, 1 in flight': () => steps(trusted, LIGHT, { events: 20_000, inFlight: 1 }),
  'one child, 1 in flight': () => steps(one.engine, LIGHT, { events: 5_000, inFlight: 1 }),
  'one child, 32 in flight': () => steps(one.engine, LIGHT, { events: 20_000, inFlight: 32 }),
  'two children, 64 in flight': () => steps(two.engine, LIGHT, { events: 20_000, inFlight: 64 }),
});
await table('a durable event through the host over lmdb, 32 in flight', 'us', {
  trusted: () => durable(trusted, { events: 6_400, inFlight: 32 }),
  'sandboxed, one child': () => durable(one.engine, { events: 6_400, inFlight: 32 }),
  'sandboxed, two children': () => durable(two.engine, { events: 6_400, inFlight: 32 }),
});
await table('an event that computes for long, 16 in flight', 'us', {
  'one child': () => steps(one.engine, BOUND, { events: 480, inFlight: 16 }),
  'two children': () => steps(two.engine, BOUND, { events: 480, inFlight: 16 }),
});
await table('from nothing to the first answer', 'ms', { 'a child': firstAnswer });
one.close();
two.close();
process.exit(0);
