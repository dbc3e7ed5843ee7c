import { EngineChildren } from '../../engine/host/children/index.ts';
import { type HostEngine, ownEngine } from '../../engine/host/index.ts';
import { ownId } from '../../engine/ports/index.ts';
import { count, inTurns } from '../rounds.ts';
import { eventsApart } from './apart.ts';
import { BOUND, DATA_TEXT, LIGHT } from './documents.ts';
import { loadRequest, log, openHost, temporaryFolder } from './openHost.ts';

/** Engine children, compared with the engine in the server's own process. */

const DURABLE_IN_FLIGHT = 32;
const DURABLE_EVENTS = 12_800;

function open(children: number): EngineChildren {
  return new EngineChildren({ log, children, deadlineMs: 2_000, memoryMb: 400 });
}

/** Prints the rows, each after the first with its ratio to the first. */
async function table(name: string, unit: string, rows: Record<string, () => Promise<number>>): Promise<void> {
  const base = Object.keys(rows)[0]!;
  const measured = await inTurns(rows, base);
  console.log(`\n${name}`);
  for (const [row, { value, ratio }] of Object.entries(measured)) {
    const beside = row === base ? '' : `   ${ratio.toFixed(2)} of the first`;
    console.log(`  ${row.padEnd(28)}${count(value)} ${unit}${beside}`);
  }
}

/** Events per second. */
async function steps(
  engine: HostEngine,
  xml: string,
  load: { events: number; inFlight: number },
): Promise<number> {
  const program = await engine.loadProgram(loadRequest(xml));
  const executions = await Promise.all(
    Array.from({ length: load.inFlight }, async (_, index) => {
      const execution = engine.startExecution(program, { sessionId: ownId(`S${index}`), seed: 1 });
      await execution.step({ kind: 'start' }, { now: 1 });
      return execution;
    }),
  );
  const begun = performance.now();
  await Promise.all(
    executions.map(async (execution) => {
      for (let n = 0; n < load.events / load.inFlight; n++) {
        const event = { name: 'e', data: JSON.parse(DATA_TEXT) };
        await execution.step({ kind: 'event', event }, { now: 2 });
        // The host stores this text.
        execution.snapshotText();
      }
    }),
  );
  return (load.events * 1_000) / (performance.now() - begun);
}

interface DurableRow {
  /** Events per second. */
  measure(): Promise<number>;
  close(): Promise<void>;
}

/** Durable events through one host, which stays open between measurements. It syncs every commit. */
async function durable(engine: HostEngine): Promise<DurableRow> {
  const folder = temporaryFolder();
  const host = openHost({ folder: folder.path, document: LIGHT, engine });
  const ids = await host.start(DURABLE_IN_FLIGHT);
  return {
    async measure() {
      const begun = performance.now();
      await Promise.all(
        ids.map(async (sessionId) => {
          for (let n = 0; n < DURABLE_EVENTS / ids.length; n++) {
            await host.sessions.publish(sessionId, { name: 'e', data: JSON.parse(DATA_TEXT) });
          }
        }),
      );
      return (DURABLE_EVENTS * 1_000) / (performance.now() - begun);
    },
    async close() {
      await host.close();
      folder.remove();
    },
  };
}

/** ms from the start of a child to its first answer. */
async function firstAnswer(): Promise<number> {
  const children = open(1);
  const begun = performance.now();
  await steps(children.engine, LIGHT, { events: 1, inFlight: 1 });
  children.close();
  return performance.now() - begun;
}

const one = open(1);
const two = open(2);
await table('a macrostep: 1.1 KB event in, 1 KB snapshot out', 'events/s', {
  'in process, 1 in flight': () => steps(ownEngine, LIGHT, { events: 20_000, inFlight: 1 }),
  'one child, 1 in flight': () => steps(one.engine, LIGHT, { events: 5_000, inFlight: 1 }),
  'one child, 32 in flight': () => steps(one.engine, LIGHT, { events: 20_000, inFlight: 32 }),
  'two children, 64 in flight': () => steps(two.engine, LIGHT, { events: 20_000, inFlight: 64 }),
});
const hosts = {
  trusted: await durable(ownEngine),
  'sandboxed, one child': await durable(one.engine),
  'sandboxed, two children': await durable(two.engine),
};
await table(
  `a durable event through the host over lmdb, ${DURABLE_IN_FLIGHT} in flight`,
  'events/s',
  Object.fromEntries(Object.entries(hosts).map(([row, { measure }]) => [row, measure])),
);
for (const host of Object.values(hosts)) await host.close();
await table('an event that computes for long, 16 in flight', 'events/s', {
  'one child': () => steps(one.engine, BOUND, { events: 960, inFlight: 16 }),
  'two children': () => steps(two.engine, BOUND, { events: 960, inFlight: 16 }),
});
await table('the same in processes that have nothing to do with each other, without a server', 'events/s', {
  'one process': () => eventsApart(1),
  'two processes': () => eventsApart(2),
});
await table('from nothing to the first answer', 'ms', { 'a child': firstAnswer });
one.close();
two.close();
process.exit(0);
