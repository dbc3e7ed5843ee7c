import { SimulatedAgent } from '../../test/simulators/agent.ts';
import { call, eventually } from '../../test/support/crash/load.ts';
import { type ServerProcess, startServerProcess } from '../../test/support/crash/orsayProcess.ts';
import { quantile } from '../rounds.ts';
import { fsyncLine, measureFsync } from './disk.ts';
import { temporaryFolder } from './openHost.ts';
import { anonymousMb, processorMs, startOrsay } from './orsayServer.ts';

/**
 * The main job as users cause it: callbacks of the installed chat-delay service, over HTTP, compared with a
 * bare Koa handler that reads the same body and commits one record. Processor time is that of the server's
 * process with all its threads.
 */

const CLIENTS = [1, 16, 64];
const WARM_UP_MS = 3_000;
const SAMPLE_MS = 8_000;
const WAIT_MS = 20_000;
const WALKERS = 16;
const AGENTS = 8;
const MESSAGES = 4;
const DEPARTURES = 3;
const QUEUE = 'VQ_Waiting_for_agent';
/** A stored record of about the size of a waiting session's. */
const RECORD = JSON.stringify({ data: 'z'.repeat(9_000) });
const CALLBACKS = '/genesys/1/service/callback/chat-delay';

interface Sample {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of processor time of one piece of work. */
  readonly cpuMs: number;
  readonly done: number;
}

/** Lets `clients` do pieces of work, one after the other each, for `ms`. */
async function sample(
  server: ServerProcess,
  { clients, ms }: { readonly clients: number; readonly ms: number },
  work: () => Promise<unknown>,
): Promise<Sample> {
  const times: number[] = [];
  const cpu = processorMs(server.child.pid!);
  const begun = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - begun < ms) {
      const from = performance.now();
      await work();
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const elapsed = performance.now() - begun;
  return {
    perSecond: (times.length * 1_000) / elapsed,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    cpuMs: (processorMs(server.child.pid!) - cpu) / times.length,
    done: times.length,
  };
}

async function post(url: string, form: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const { status, body } = await call(url, { form });
  if (status !== 200) throw new Error(`${url}: ${status} ${JSON.stringify(body)}`);
  return body as Record<string, unknown>;
}

class Customers {
  readonly #base: string;
  #count = 0;

  constructor(base: string) {
    this.#base = base;
  }

  get created(): number {
    return this.#count;
  }

  async create(): Promise<string> {
    const number = `40826${String(this.#count++).padStart(6, '0')}`;
    return String((await post(`${this.#base}${CALLBACKS}`, { _customer_number: number }))._id);
  }

  /** From the request for a callback to the end of the chat. */
  async walk(): Promise<void> {
    const id = await this.create();
    const service = `${this.#base}/genesys/1/service/${id}`;
    await eventually(
      () => `a dialog to start the chat of ${id}`,
      async () => ((await post(`${service}/connect`, {}))._action === 'StartChat' ? true : undefined),
    );
    await post(`${service}/ixn/chat`, { firstName: 'James', subject: 'billing' });
    await eventually(
      () => `an agent for ${id}`,
      async () => {
        const { transcriptToShow = [] } = await post(`${service}/ixn/chat/refresh`, {
          transcriptPosition: '1',
        });
        return (transcriptToShow as string[][]).some(([kind]) => kind === 'Notice.Joined') || undefined;
      },
    );
    for (let n = 0; n < MESSAGES; n++) await post(`${service}/ixn/chat/send`, { message: `message ${n}` });
    await post(`${service}/ixn/chat/disconnect`, {});
    await eventually(
      () => `the end of ${id}`,
      async () => {
        const { body } = await call(`${this.#base}/genesys/1/service/callback?_id=${id}`, { method: 'GET' });
        const [record] = body as readonly Record<string, unknown>[];
        return record?._callback_state === 'COMPLETED' || undefined;
      },
    );
  }
}

/** Agents who accept every chat at once. */
async function startAgents(base: string): Promise<readonly SimulatedAgent[]> {
  return Promise.all(
    Array.from({ length: AGENTS }, async (_, n) => {
      const agent = new SimulatedAgent(base, `agent${n}`);
      await agent.put('ready', { capacity: WALKERS });
      await agent.listen();
      void accept(agent);
      return agent;
    }),
  );
}

async function accept(agent: SimulatedAgent): Promise<void> {
  for (;;) {
    const { interactionId } = await agent.nextEvent('offered');
    // The customer may have left.
    await agent.post(String(interactionId), 'accept').catch(() => {});
  }
}

/** Gives the queue its first departures, so that it has estimates. Nobody is ready afterwards. */
async function letQueueLearn(base: string): Promise<void> {
  const agent = new SimulatedAgent(base, 'first');
  await agent.put('ready');
  for (let departures = 0; departures < DEPARTURES; departures++) {
    const { body } = await call(`${base}/urs/call/start?VQ=${QUEUE}&VQ_TARGET=Billing@.GA`, {
      method: 'GET',
    });
    const { conn_id: started } = body as { readonly conn_id: string };
    await call(`${base}/urs/call/${started}/invoke?strategy=SetRouteDelay&DELAY=0`, { method: 'GET' });
    await eventually(
      () => `an agent for ${started}`,
      async () => {
        const { body: view } = await call(`${base}/urs/call/${started}/query`, { method: 'GET' });
        return (view as { readonly state: string }).state === 'routed' || undefined;
      },
    );
    await call(`${base}/urs/call/${started}/delete`, { method: 'GET' });
  }
  await agent.put('notReady');
  agent.close();
}

/** The counts of countWork.mjs. */
async function countsOf(server: ServerProcess): Promise<Record<string, number>> {
  const printed = new Promise<string>((resolve) => {
    const listen = (chunk: string): void => {
      const found = /counts (\{.*\})/.exec(chunk);
      if (found === null) return;
      server.child.stdout!.off('data', listen);
      resolve(found[1]!);
    };
    server.child.stdout!.on('data', listen);
  });
  server.child.kill('SIGUSR2');
  return JSON.parse(await printed) as Record<string, number>;
}

function line(name: string, found: Sample, bare: Sample): string {
  return [
    `  ${name.padEnd(22)}${found.perSecond.toFixed(1).padStart(8)} a second`,
    `${(found.perSecond / bare.perSecond).toFixed(3)} of bare`,
    `p50 ${found.p50.toFixed(0)} ms`,
    `p99 ${found.p99.toFixed(0)} ms (${(found.p99 / bare.p99).toFixed(0)} times bare)`,
    `processor ${found.cpuMs.toFixed(1)} ms (${(found.cpuMs / bare.cpuMs).toFixed(0)} bare requests)`,
  ].join('   ');
}

const folders = { bare: temporaryFolder(), orsay: temporaryFolder() };
console.log(`chat-delay over HTTP\n  ${fsyncLine(measureFsync(folders.bare.path))}`);
const bare = startServerProcess(['bench/host/bareServer.ts', folders.bare.path, RECORD]);
const preload = new URL('countWork.mjs', import.meta.url).href;
const server = await startOrsay(folders.orsay.path, 'uploaded', {
  env: { NODE_OPTIONS: `--import ${preload}` },
});
const bareUrl = `${await bare.ready}${CALLBACKS}`;
const base = await server.ready;
const customers = new Customers(base);
const ask = (): Promise<unknown> => post(bareUrl, { _customer_number: '4082652649' });

await letQueueLearn(base);
await sample(bare, { clients: 16, ms: WARM_UP_MS }, ask);
await sample(server, { clients: 16, ms: WARM_UP_MS }, () => customers.create());
let bareCpuMs = 0;
for (const clients of CLIENTS) {
  const floor = await sample(bare, { clients, ms: SAMPLE_MS / 2 }, ask);
  const before = await countsOf(server);
  const found = await sample(server, { clients, ms: SAMPLE_MS }, () => customers.create());
  const after = await countsOf(server);
  bareCpuMs = floor.cpuMs;
  console.log(
    `  bare, ${String(clients).padStart(2)} clients      ${floor.perSecond.toFixed(0).padStart(8)} a second`,
  );
  console.log(line(`create, ${clients} clients`, found, floor));
  const each = Object.entries(after).map(
    ([name, n]) => `${name} ${((n - before[name]!) / found.done).toFixed(1)}`,
  );
  console.log(`    each, with the customers who wait meanwhile: ${each.join(', ')}`);
}

const cpu = processorMs(server.child.pid!);
await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
const waiting = customers.created;
const minute = ((processorMs(server.child.pid!) - cpu) / waiting) * (60_000 / WAIT_MS);
console.log(
  `  ${waiting} customers wait: processor ${minute.toFixed(2)} ms a customer and minute (${(minute / bareCpuMs).toFixed(1)} bare requests), ${anonymousMb(server.child.pid!).toFixed(0)} MB of RssAnon`,
);
await server.kill();

const fresh = temporaryFolder();
const second = await startOrsay(fresh.path, 'uploaded');
const walkers = new Customers(await second.ready);
const agents = await startAgents(await second.ready);
await sample(second, { clients: WALKERS, ms: WARM_UP_MS }, () => walkers.walk());
const floor = await sample(bare, { clients: WALKERS, ms: SAMPLE_MS / 2 }, ask);
console.log(
  line('whole walk', await sample(second, { clients: WALKERS, ms: SAMPLE_MS }, () => walkers.walk()), floor),
);
for (const agent of agents) agent.close();
await second.kill();
await bare.kill();
for (const folder of [folders.bare, folders.orsay, fresh]) folder.remove();
process.exit(0);
