import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SimulatedWorker } from '../../test/simulators/loadWorker.ts';
import { VisitorV1 } from '../../test/simulators/visitorV1.ts';
import { inTurns, quantile } from '../rounds.ts';
import { temporaryFolder } from './openHost.ts';
import { processorMs, startOrsay } from './orsayServer.ts';

/**
 * Active chats beside clients that disturb the server: the time from a customer's message to the agent's
 * answer at the customer, durable on both ways. The troublemakers are processes of their own.
 */

/** ORSAY_BENCH_CLIENTS sets the number of the clients that vanish. */
const VANISHING = Number(process.env.ORSAY_BENCH_CLIENTS ?? 10_000);
const FLOODING = 16;
const CHATS = 10;
const MESSAGES_OF_CHAT = 10;
const PATIENCE_MS = 120_000;

class Troublemakers {
  readonly #child: ChildProcess;

  constructor(kind: 'vanishing' | 'flooding', base: string, count: number) {
    const program = fileURLToPath(new URL('troubleMakers.ts', import.meta.url));
    this.#child = fork(program, [kind, base, String(count)]);
  }

  /** The result of the measurement while they make trouble. */
  async during<Result>(measured: () => Promise<Result>): Promise<Result> {
    this.#child.send('prepare');
    await once(this.#child, 'message');
    this.#child.send('begin');
    const result = await measured();
    this.#child.send('end');
    await once(this.#child, 'message');
    return result;
  }

  leave(): void {
    this.#child.disconnect();
  }
}

const folder = temporaryFolder();
const server = await startOrsay(folder.path, 'none');
const base = await server.ready;
const agent = new SimulatedWorker({ base }, 'disturbed-agent', (error) => console.error(error));
await agent.begin(CHATS);
const visitors = Array.from({ length: CHATS }, (_, number) => {
  const options = { base, patienceMs: PATIENCE_MS, transport: 'websocket', pollMs: 1_000 } as const;
  return new VisitorV1(options, `active-${number}`);
});
for (const visitor of visitors) await visitor.begin();
let asked = 0;

/** The p99 of all messages of all chats. The median of all is kept for the report. */
const medians: Record<string, number[]> = {};
async function p99(name: string): Promise<number> {
  const times = await Promise.all(
    visitors.map(async (visitor) => {
      const own: number[] = [];
      for (let turn = 0; turn < MESSAGES_OF_CHAT; turn += 1) {
        asked += 1;
        own.push(await visitor.ask(`message ${asked}`));
      }
      return own;
    }),
  );
  medians[name] = [...(medians[name] ?? []), quantile(times.flat(), 0.5)];
  return quantile(times.flat(), 0.99);
}

const vanishing = new Troublemakers('vanishing', base, VANISHING);
const flooding = new Troublemakers('flooding', base, FLOODING);
console.log(`${CHATS} active chats, whose customers write again as soon as they have their answer`);
const rows = await inTurns(
  {
    quiet: () => p99('quiet'),
    vanishing: () => vanishing.during(() => p99('vanishing')),
    flooding: () => flooding.during(() => p99('flooding')),
  },
  'quiet',
);
const names = {
  quiet: 'nobody else',
  vanishing: `${VANISHING} clients of CometD vanish at one moment`,
  flooding: `${FLOODING} clients send events as fast as they are answered`,
} as const;
for (const name of ['quiet', 'vanishing', 'flooding'] as const) {
  const { value, ratio } = rows[name];
  const p50 = quantile(medians[name]!, 0.5).toFixed(1);
  const beside = name === 'quiet' ? '' : `, ${ratio.toFixed(2)} of nobody else`;
  console.log(`  ${names[name]}: p50 ${p50} ms, p99 ${value.toFixed(1)} ms${beside}`);
}
const spent = processorMs(server.child.pid!) / 1_000;
console.log(`  processor time of the server in all: ${spent.toFixed(1)} s`);
vanishing.leave();
flooding.leave();
await server.kill();
folder.remove();
// Clients of CometD would go on to connect.
process.exit();
