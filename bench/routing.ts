import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type AgentRecord,
  findMatch,
  Look,
  orderAgents,
  priorityAt,
  WaitingCalls,
  type WaitingFacts,
} from '../strategies/routing/index.ts';
import { parseTargets } from '../strategies/targets/index.ts';
import { createRandom } from '../test/support/crash/random.ts';
import { count, quantile } from './rounds.ts';

/**
 * The index of waiting calls: an agent who becomes free, the place in a queue, calls that come and leave. A
 * plain scan of all calls in memory is the floor beside it.
 */

const SIZES = (process.env.ORSAY_BENCH_ROUTING ?? '100000,1000000').split(',').map(Number);
const AGENTS = 1_000;
const QUEUES = 200;
const EXPRESSIONS = 300;
const SKILLS = 40;
const LOOKS = 20_000;
const SCANS = 50;
/** One of this number of calls has tried an agent. */
const ONE_TRIED_OF = 100;
/** ms from the first to the last arrival. */
const ARRIVALS_MS = 3_600_000;
const BEGIN = 1_767_603_600_000;

const RULES = [
  { base: 0, increment: 0, everyMs: 0 },
  { base: 10, increment: 0, everyMs: 0 },
  { base: 0, increment: 1, everyMs: 60_000 },
  { base: 5, increment: 1, everyMs: 60_000 },
  { base: 0, increment: 3, everyMs: 30_000 },
  { base: 20, increment: 1, everyMs: 300_000 },
];

const { below: random } = createRandom(20);

const targets = Array.from({ length: EXPRESSIONS }, () => {
  const one = `S${random(SKILLS)}>${random(6)}`;
  const two = `S${random(SKILLS)}>${1 + random(6)}`;
  return random(2) === 0 ? `?:${one}&${two}@S.GA` : `?G${random(10)}:${one}@S.GA`;
});

function agentAt(index: number): AgentRecord {
  const skills = Array.from({ length: 12 }, () => [`S${random(SKILLS)}`, 1 + random(10)] as const);
  return {
    agentId: `agent${index}` as AgentRecord['agentId'],
    state: 'ready',
    groups: [`G${random(10)}`, `G${random(10)}`],
    skills: Object.fromEntries(skills),
    media: ['chat'],
    capacity: 1,
    setting: 1,
    readySince: BEGIN + index,
  };
}

function factsOf(serial: number, calls: number): WaitingFacts {
  const triedAgent = `agent${random(AGENTS)}` as AgentRecord['agentId'];
  const isTried = random(ONE_TRIED_OF) === 0;
  return {
    id: `${random(2 ** 32).toString(16)}${serial.toString(16)}`.padStart(32, '0') as WaitingFacts['id'],
    vq: `Environment/VQ_${random(QUEUES)}`,
    serial,
    enteredAt: BEGIN + Math.floor((serial / calls) * ARRIVALS_MS),
    priority: RULES[random(RULES.length)]!,
    media: 'chat',
    tenant: 'Environment',
    targets: [targets[random(EXPRESSIONS)]!],
    isRoutable: true,
    tried: isTried ? [{ agentId: triedAgent, setting: 1, until: Number.POSITIVE_INFINITY }] : [],
    tellPosition: undefined,
    interactionId: undefined,
  };
}

/** Performs the operation, and adds its time in µs. */
function timed<T>(times: number[], perform: () => T): T {
  const begun = performance.now();
  const result = perform();
  times.push((performance.now() - begun) * 1_000);
  return result;
}

function row(name: string, times: readonly number[]): void {
  const cells = [0.5, 0.99, 1].map((share) => quantile(times, share).toFixed(1).padStart(11));
  console.log(`  ${name.padEnd(46)}${cells.join('')}`);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Finds the agent's call as a match does, and removes it. */
function decide(
  index: WaitingCalls,
  facts: ReadonlyMap<string, WaitingFacts>,
  now: number,
): WaitingFacts | undefined {
  const look = new Look(now);
  for (;;) {
    const proposal = index.next(look);
    if (proposal === undefined) return undefined;
    const call = facts.get(proposal.callId)!;
    const agents = orderAgents(
      proposal.agents.map(({ record }) => record),
      undefined,
      { roomOf: () => 1 },
    );
    const wanted = { targets: call.targets.flatMap((text) => parseTargets(text)), tried: call.tried };
    if (findMatch(wanted, agents, now) === undefined) {
      look.passOver(proposal.lane);
      continue;
    }
    index.set(call.id, undefined);
    return call;
  }
}

/** One look at every call for the best that the agent may take. */
function scan(
  calls: Iterable<WaitingFacts>,
  serves: (call: WaitingFacts) => boolean,
  now: number,
): WaitingFacts | undefined {
  let best: WaitingFacts | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const call of calls) {
    if (!serves(call)) continue;
    const priority = priorityAt(call, now);
    const isOlder = best === undefined || call.serial < best.serial;
    if (priority < highest || (priority === highest && !isOlder)) continue;
    best = call;
    highest = priority;
  }
  return best;
}

function fill(index: WaitingCalls, facts: ReadonlyMap<string, WaitingFacts>): number[] {
  const times: number[] = [];
  for (const call of facts.values()) {
    // A string of its own, as one that comes from a record.
    const id = Buffer.from(call.id).toString() as WaitingFacts['id'];
    timed(times, () => index.set(id, { ...call, id }));
  }
  return times;
}

function measure(calls: number): void {
  const agents = Array.from({ length: AGENTS }, (_, at) => agentAt(at));
  const facts = new Map<string, WaitingFacts>();
  for (let serial = 1; serial <= calls; serial += 1) {
    const call = factsOf(serial, calls);
    facts.set(call.id, call);
  }
  const ids = [...facts.keys()];
  const now = BEGIN + ARRIVALS_MS;
  const empty = usedBytes();
  const index = new WaitingCalls({ excludedOf: () => undefined });
  for (const agent of agents) index.staff.setAgent(agent.agentId, { ...agent, state: 'notReady' });
  const begun = performance.now();
  const inserts = fill(index, facts);
  const builtMs = performance.now() - begun;
  const bytes = usedBytes() - empty;
  console.log(
    `${count(calls).trim()} calls, ${AGENTS} agents, ${QUEUES} queues, ${EXPRESSIONS} expressions, ${RULES.length} rules\n` +
      `  built in ${builtMs.toFixed(0)} ms, ${Math.round(bytes / calls)} bytes a call with its id`,
  );
  console.log(`  ${'µs'.padEnd(46)}${['p50', 'p99', 'longest'].map((name) => name.padStart(11)).join('')}`);
  row('a call comes', inserts);
  const decided: number[] = [];
  const again: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const agent = agents[random(AGENTS)]!;
    const taken = timed(decided, () => {
      index.staff.setAgent(agent.agentId, agent);
      const found = decide(index, facts, now);
      index.staff.setAgent(agent.agentId, { ...agent, state: 'notReady' });
      return found;
    });
    if (taken !== undefined) timed(again, () => index.set(taken.id, taken));
  }
  row('an agent is free: the call found and removed', decided);
  row('a call comes back to its old place', again);
  const places: number[] = [];
  const cancels: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const call = facts.get(ids[random(ids.length)]!)!;
    timed(places, () => index.queue(call.vq, now)?.countAhead(call, now));
  }
  row('the place of a call in its queue', places);
  const scans: number[] = [];
  for (let look = 0; look < SCANS; look += 1) {
    const agent = agents[random(AGENTS)]!;
    const wanted = new Set(
      targets.filter((text) => findMatch({ targets: parseTargets(text), tried: [] }, [agent], now)),
    );
    timed(scans, () =>
      scan(
        facts.values(),
        (call) => wanted.has(call.targets[0]!) && call.tried[0]?.agentId !== agent.agentId,
        now,
      ),
    );
  }
  row('the same by a scan of all calls in memory', scans);
  for (let look = 0; look < LOOKS; look += 1) {
    const id = ids[random(ids.length)]! as WaitingFacts['id'];
    timed(cancels, () => index.set(id, undefined));
  }
  row('a call leaves', cancels);
}

for (const calls of SIZES) measure(calls);
