import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compileProgram, parseDocument, restoreExecution, startExecution } from '../engine/index.ts';
import { parseSnapshot } from '../engine/interpreter/index.ts';
import { A, B, type BenchDocument, C, large, lcca, R, transitions } from './documents.ts';
import { orsay, type Peer, scion, xstate } from './peers.ts';

/** Samples of one figure; their median is taken. */
const SAMPLES = 5;
/** Duration of one sample in ms. */
const SAMPLE_MS = 250;
const IDLE_SESSIONS = 10_000;
/** Events per second. Sends the document's events again and again until the time of the sample is over. */
function rate(send: (event: string) => void, events: readonly string[]): number {
  const begin = process.hrtime.bigint();
  const end = begin + BigInt(SAMPLE_MS * 1e6);
  let sent = 0;
  while (process.hrtime.bigint() < end) {
    for (let batch = 0; batch < 20; batch++) for (const event of events) send(event);
    sent += 20 * events.length;
  }
  return sent / (Number(process.hrtime.bigint() - begin) / 1e9);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const figure = (value: number): string => Math.round(value).toLocaleString('en').padStart(12);

/** Peers take turns, so that other work on the machine slows all of them. */
async function compare(document: BenchDocument, peers: readonly Peer[]): Promise<void> {
  const senders = new Map<string, (event: string) => void>();
  for (const peer of peers) senders.set(peer.name, (await peer.load(document))());
  const rates = new Map([...senders.keys()].map((name): [string, number[]] => [name, []]));
  for (const send of senders.values()) rate(send, document.events);
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (const [name, send] of senders) rates.get(name)!.push(rate(send, document.events));
  }
  const ours = median(rates.get('orsay')!);
  console.log(`\n${document.name}: ${document.what}`);
  for (const [name, values] of rates) {
    const ratio = name === 'orsay' ? '' : `   orsay is ${(ours / median(values)).toFixed(1)} times`;
    console.log(`  ${name.padEnd(7)}${figure(median(values))} events/s${ratio}`);
  }
}

async function sizes(): Promise<void> {
  console.log('\nCost of an event in a large document');
  const costs: number[] = [];
  for (const size of [10, 10_000]) {
    const document = large(size);
    const send = (await orsay.load(document))();
    rate(send, document.events);
    const measured = median(Array.from({ length: SAMPLES }, () => rate(send, document.events)));
    costs.push(1e9 / measured);
    console.log(`  ${document.name.padEnd(18)}${figure(1e9 / measured)} ns`);
  }
  console.log(`  ratio ${(costs[1]! / costs[0]!).toFixed(2)}`);
}

/** Entries of `mark` per second. The document never becomes stable; the limit of microsteps ends it. */
async function marks(name: string, make: (n: number) => string, microstepsPerMark: number): Promise<void> {
  console.log(`\n${name}.N: entries of mark a second`);
  const rates: number[] = [];
  for (const n of [4, 16, 64, 256]) {
    const program = compileProgram(await parseDocument(make(n)));
    const run = (microsteps: number): number => {
      const limits = { MAX_MICROSTEPS_PER_MACROSTEP: microsteps };
      const execution = startExecution(program, { sessionId: 'BENCH', seed: 1, limits });
      const begin = process.hrtime.bigint();
      execution.step({ kind: 'start' }, { now: 0 });
      return microsteps / microstepsPerMark / (Number(process.hrtime.bigint() - begin) / 1e9);
    };
    run(1_000);
    const measured = median(Array.from({ length: SAMPLES }, () => run(2_000_000)));
    rates.push(measured);
    console.log(`  N=${String(n).padEnd(4)}${figure(measured)}`);
  }
  console.log(`  rate at 256 is ${(rates[3]! / rates[0]!).toFixed(2)} of the rate at 4`);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function heap(document: BenchDocument): Promise<void> {
  const program = compileProgram(await parseDocument(document.xml));
  const open = (n: number) => {
    const execution = startExecution(program, { sessionId: `S${n}`, seed: n });
    execution.step({ kind: 'start' }, { now: 0 });
    for (const event of document.events) {
      execution.step({ kind: 'event', event: { name: event } }, { now: 0 });
    }
    return execution;
  };
  Array.from({ length: 100 }, (_, n) => open(n));
  collect();
  const before = process.memoryUsage().heapUsed;
  const idle = Array.from({ length: IDLE_SESSIONS }, (_, n) => open(n));
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / idle.length;
  console.log(`  ${document.name}: ${Math.round(bytes)} bytes of heap for an idle session`);
}

async function creation(document: BenchDocument): Promise<void> {
  const program = compileProgram(await parseDocument(document.xml));
  const sample = (): number => {
    const begin = process.hrtime.bigint();
    for (let n = 0; n < 20_000; n++) {
      startExecution(program, { sessionId: `S${n}`, seed: n }).step({ kind: 'start' }, { now: 0 });
    }
    return 20_000 / (Number(process.hrtime.bigint() - begin) / 1e9);
  };
  sample();
  console.log(
    `  ${document.name}: ${figure(median(Array.from({ length: SAMPLES }, sample)))} sessions created and started a second`,
  );
}

/** Duration of one call in microseconds: the median of the samples. */
function microseconds(call: () => void): number {
  const calls = 2_000;
  const sample = (): number => {
    const begin = process.hrtime.bigint();
    for (let n = 0; n < calls; n++) call();
    return Number(process.hrtime.bigint() - begin) / 1e3 / calls;
  };
  sample();
  return median(Array.from({ length: SAMPLES }, sample));
}

async function snapshots(document: BenchDocument): Promise<void> {
  const program = compileProgram(await parseDocument(document.xml));
  const execution = startExecution(program, { sessionId: 'BENCH', seed: 1 });
  execution.step({ kind: 'start' }, { now: 0 });
  execution.step({ kind: 'event', event: { name: 't' } }, { now: 0 });
  const text = execution.snapshotText();
  const write = microseconds(() => execution.snapshotText());
  const read = microseconds(() => restoreExecution(program, parseSnapshot(text, 'BENCH')));
  console.log(
    `  ${document.name}: snapshot to text ${write.toFixed(1)} µs, restored from text ${read.toFixed(1)} µs`,
  );
}

/** Reads, checks and compiles a document, after the process has warmed up with others. */
async function loading(document: BenchDocument): Promise<void> {
  const load = async (): Promise<number> => {
    const begin = process.hrtime.bigint();
    compileProgram(await parseDocument(document.xml));
    return Number(process.hrtime.bigint() - begin) / 1e6;
  };
  for (let warm = 0; warm < 50; warm++) await load();
  const samples: number[] = [];
  for (let n = 0; n < 4 * SAMPLES; n++) samples.push(await load());
  console.log(`  ${document.name}: loaded and compiled in ${median(samples).toFixed(2)} ms`);
}

for (const document of [A, B, C, R]) await compare(document, [orsay, xstate, scion]);
await sizes();
await marks('lcca', lcca, 2);
await marks('transitions', transitions, 1);
console.log('\nSessions');
for (const document of [A, R]) {
  await heap(document);
  await creation(document);
}
await snapshots(R);
await loading(R);
// The measured sessions have timers, which would keep the process running.
process.exit(0);
