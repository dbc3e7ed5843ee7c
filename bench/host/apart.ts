import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ownEngine } from '../../engine/host/index.ts';
import { ownId } from '../../engine/ports/index.ts';
import { BOUND } from './documents.ts';
import { loadRequest } from './openHost.ts';

/**
 * The same document in independent processes, without a server: how much faster two processes are than one on
 * this machine.
 */

const SAMPLE_MS = 1_000;
const WARM_UP_EVENTS = 100;
const PROGRAM = fileURLToPath(import.meta.url);

/** Events per second of all processes together. */
export async function eventsApart(processes: number): Promise<number> {
  const started = Array.from({ length: processes }, () => fork(PROGRAM));
  await Promise.all(started.map((child) => once(child, 'message')));
  const rates = await Promise.all(
    started.map(async (child) => {
      child.send('begin');
      const [rate] = await once(child, 'message');
      return rate as number;
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}

/** Runs in each of the processes, which prints its rate and ends. */
async function run(): Promise<void> {
  const program = await ownEngine.loadProgram(loadRequest(BOUND));
  const execution = ownEngine.startExecution(program, { sessionId: ownId('S'), seed: 1 });
  const step = async (): Promise<void> => {
    await execution.step({ kind: 'event', event: { name: 'e' } }, { now: 2 });
    execution.snapshotText();
  };
  await execution.step({ kind: 'start' }, { now: 1 });
  for (let event = 0; event < WARM_UP_EVENTS; event++) await step();
  process.send!('ready');
  await once(process, 'message');
  const begun = performance.now();
  let events = 0;
  for (; performance.now() - begun < SAMPLE_MS; events++) await step();
  process.send!((events * 1_000) / (performance.now() - begun));
}

if (process.argv[1] === PROGRAM) await run();
