import { parseArgs } from 'node:util';
import { ChatLoad, type ChatLoadResult, type ChatLoadState } from './chatLoad.ts';
import { WIRES, type Wire } from './loadVisitor.ts';
import { OwnServer } from './ownServer.ts';

const USAGE = `SIMULATION of customers who chat with agents, over real HTTP and CometD.

npm run simulate:chat -- [options]

  --customers N   customers (1000)
  --agents N      agents; their capacity is customers / agents, at most 100 (50)
  --wire NAME     API of the customers: v1 (Chat V1 with CometD), v2 (Chat V2 over REST), v2-cometd, or
                  mixed, which is all of them in turn (v1)
  --transport T   long-polling or websocket, of customers with CometD (long-polling)
  --poll MS       milliseconds between two polls of Chat V2 over REST (3000)
  --together      nobody writes before every customer has an agent: so many chats are active at one time
  --messages N    messages of each customer (5)
  --rate N        customers who begin in a second, at most (20)
  --pause MS      milliseconds between an answer and the next message (1000)
  --patience S    seconds for an agent to come, and for an answer (60)
  --server URL    a server that runs already; without it, one is started and removed at the end
  --login U:P     user and password of the agents, where they log in
`;

const { values } = parseArgs({
  options: {
    wire: { type: 'string', default: 'v1' },
    transport: { type: 'string', default: 'long-polling' },
    poll: { type: 'string', default: '3000' },
    together: { type: 'boolean', default: false },
    customers: { type: 'string', default: '1000' },
    agents: { type: 'string', default: '50' },
    messages: { type: 'string', default: '5' },
    rate: { type: 'string', default: '20' },
    pause: { type: 'string', default: '1000' },
    patience: { type: 'string', default: '60' },
    server: { type: 'string' },
    login: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function numberOf(
  name: 'customers' | 'agents' | 'messages' | 'rate' | 'pause' | 'poll' | 'patience',
): number {
  const number = Number(values[name]);
  const least = name === 'pause' ? 0 : 1;
  if (Number.isFinite(number) && number >= least) return number;
  throw new Error(`Expected --${name} to be a number from ${least}, got '${values[name]}'.`);
}

function wiresOf(): readonly Wire[] {
  const { wire } = values;
  if (wire === 'mixed') return WIRES;
  const found = WIRES.find((one) => one === wire);
  if (found !== undefined) return [found];
  throw new Error(`Expected --wire to be one of ${[...WIRES, 'mixed'].join(', ')}, got '${wire}'.`);
}

function transportOf(): 'long-polling' | 'websocket' {
  const { transport } = values;
  if (transport === 'long-polling' || transport === 'websocket') return transport;
  throw new Error(`Expected --transport to be long-polling or websocket, got '${transport}'.`);
}

/** The value below which this part of the sorted values lies. */
function quantile(values: readonly number[], part: number): string {
  if (values.length === 0) return '-';
  return `${Math.round(values[Math.min(values.length - 1, Math.floor(values.length * part))]!)} ms`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printState({ started, talking, done, failed, answered }: ChatLoadState): void {
  print(
    `  started ${started}, talking ${talking}, done ${done}, failed ${failed}, messages answered ${answered}`,
  );
}

function printResult(result: ChatLoadResult, seconds: number): void {
  print(`\nSummary after ${seconds.toFixed(1)} s`);
  printState(result);
  print(`  most chats at one time: ${result.mostTalking}`);
  for (const [wire, { waits, roundTrips }] of result.times) {
    printTimes(`${wire}: wait for an agent`, waits);
    printTimes(`${wire}: customer -> agent -> customer`, roundTrips);
  }
  for (const [message, count] of Object.entries(result.errors)) print(`  error, ${count} times: ${message}`);
}

function printTimes(name: string, times: readonly number[]): void {
  const [p50, p99, most] = [0.5, 0.99, 1].map((part) => quantile(times, part));
  print(`  ${name.padEnd(41)} p50 ${p50}, p99 ${p99}, longest ${most} (${times.length})`);
}

/** Processor time of the server does not depend on other work of the machine, as times do. */
function printProcessor(before: number | undefined, after: number | undefined, answered: number): void {
  if (before === undefined || after === undefined || answered === 0) return;
  print(
    `  processor time of the server for an answered message: ${((after - before) / answered).toFixed(1)} ms`,
  );
}

async function simulate(base: string, own?: OwnServer): Promise<ChatLoadResult> {
  const { login } = values;
  const authorization = `Basic ${Buffer.from(login ?? '').toString('base64')}`;
  const load = new ChatLoad({
    base,
    customers: numberOf('customers'),
    agents: numberOf('agents'),
    messages: numberOf('messages'),
    rate: numberOf('rate'),
    pauseMs: numberOf('pause'),
    wires: wiresOf(),
    transport: transportOf(),
    pollMs: numberOf('poll'),
    start: values.together ? 'together' : 'each',
    patienceMs: numberOf('patience') * 1000,
    ...(login !== undefined && { agentHeaders: { authorization } }),
  });
  print(
    `SIMULATION: ${values.customers} customers and ${values.agents} agents at ${base}. No real people chat.`,
  );
  const since = performance.now();
  const progress = setInterval(() => printState(load.state), 2_000);
  let before: number | undefined;
  void load.whenWriting().then(() => {
    before = own?.processorMs();
  });
  try {
    const result = await load.run();
    printResult(result, (performance.now() - since) / 1000);
    printProcessor(before, own?.processorMs(), result.answered);
    return result;
  } finally {
    clearInterval(progress);
  }
}

if (values.help) {
  print(USAGE);
} else {
  const own = values.server === undefined ? await OwnServer.start() : undefined;
  try {
    const { failed } = await simulate((values.server ?? own!.base).replace(/\/+$/, ''), own);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await own?.stop();
  }
}
// Clients that lost their server would try again for ever.
process.exit();
