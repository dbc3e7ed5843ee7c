import type { Random } from '../../test/support/crash/random.ts';
import type { OracleQuestion, Scenario, Stream } from './queueModel.ts';

/** Mean handling time of all scenarios. */
export const HANDLING_MS = 240_000;
const PLAIN = { base: 0, increment: 0, everyMs: 0 };

/** Calls that waited before the measurement, and in it. */
export interface Size {
  readonly warmUp: number;
  readonly measured: number;
}

export const FULL_SIZE: Size = { warmUp: 20_000, measured: 20_000 };

/** One skill: `load` is the offered work divided by the agents. */
export function oneSkill(
  { agents, load, seed = 1 }: { agents: number; load: number; seed?: number },
  size: Size,
): Scenario {
  return {
    name: `M/M/${agents}, load ${load}`,
    seed,
    streams: [{ queue: 0, rule: PLAIN, betweenMs: HANDLING_MS / (agents * load) }],
    teams: [{ agents, queues: [0] }],
    handlingMs: (random) => random.exponential(HANDLING_MS),
    oracleMs: ({ ahead }) => medianBehind(ahead, HANDLING_MS / agents),
    ...size,
  };
}

export function lognormal({ cv }: { cv: number }, size: Size): Scenario {
  return {
    ...oneSkill({ agents: 20, load: 0.9 }, size),
    name: `lognormal, cv ${cv}, 20 agents, load 0.9`,
    handlingMs: (random) => random.lognormal(HANDLING_MS, cv),
    // With other shapes the best is not known; exponential times are the reference.
  };
}

/** Customers who give up: Erlang-A, with a mean patience of one handling time. */
export function impatient({ load }: { load: number }, size: Size): Scenario {
  const agents = 20;
  return {
    name: `Erlang-A, 20 agents, load ${load}`,
    seed: 2,
    streams: [{ queue: 0, rule: PLAIN, betweenMs: HANDLING_MS / (agents * load), patienceMs: HANDLING_MS }],
    teams: [{ agents, queues: [0] }],
    handlingMs: (random) => random.exponential(HANDLING_MS),
    oracleMs: ({ ahead }) => meanBehind(ahead, HANDLING_MS / agents, HANDLING_MS),
    ...size,
  };
}

/** The handling time of the moment changes: a jump by 1.4, or a swing by 30 %. */
export function moving({ kind }: { kind: 'jump' | 'swing' }, size: Size): Scenario {
  const agents = 20;
  const betweenMs = HANDLING_MS / (agents * 0.9);
  // With abandonment some 40 % of the customers wait; the jump comes about at half of the measurement.
  const jumpAt = (size.warmUp + size.measured / 2) * betweenMs * 1.4;
  const factorAt = (now: number): number =>
    kind === 'jump' ? (now > jumpAt ? 1.4 : 1) : 1 + 0.3 * Math.sin(now / (8 * 3_600_000));
  return {
    name: `handling time ${kind === 'jump' ? 'jumps by 1.4' : 'swings by 30 %'}, with abandonment`,
    seed: 3,
    streams: [{ queue: 0, rule: PLAIN, betweenMs, patienceMs: HANDLING_MS * 2 }],
    teams: [{ agents, queues: [0] }],
    handlingMs: (random: Random, now) => random.exponential(HANDLING_MS * factorAt(now)),
    oracleMs: ({ ahead, now }) => meanBehind(ahead, (HANDLING_MS * factorAt(now)) / agents, HANDLING_MS * 2),
    ...size,
  };
}

/** Two skills with shared agents, the longest wait first. X: two teams of one skill; N: one. */
export function shared({ design }: { design: 'X' | 'N' }, size: Size): Scenario {
  const teams =
    design === 'X'
      ? [
          { agents: 8, queues: [0] },
          { agents: 4, queues: [1] },
          { agents: 8, queues: [0, 1] },
        ]
      : [
          { agents: 12, queues: [0] },
          { agents: 8, queues: [0, 1] },
        ];
  const streams = [0.6, 0.3].map(
    (share, queue): Stream => ({ queue, rule: PLAIN, betweenMs: HANDLING_MS / (20 * share * 1.02) }),
  );
  return {
    name: `${design} design, two skills, load 0.92`,
    seed: 4,
    streams,
    teams,
    handlingMs: (random) => random.exponential(HANDLING_MS),
    ...size,
  };
}

/** 30 % important calls. `headStartMs`: they count as so much older; undefined: they always go first. */
export function important({ headStartMs }: { headStartMs?: number }, size: Size): Scenario {
  const agents = 20;
  const load = 0.95;
  const everyMs = headStartMs === undefined ? 0 : 1_000;
  const increment = headStartMs === undefined ? 0 : 1;
  const base = headStartMs === undefined ? 100 : headStartMs / 1_000;
  const slotMs = HANDLING_MS / agents;
  const betweenMs = slotMs / load;
  const plain = { base: 0, increment, everyMs };
  return {
    name: `30 % important, ${headStartMs === undefined ? 'always first' : `${headStartMs / 1_000} s ahead`}`,
    seed: 5,
    streams: [
      { queue: 0, rule: plain, betweenMs: betweenMs / 0.7 },
      { queue: 0, rule: { base, increment, everyMs }, betweenMs: betweenMs / 0.3 },
    ],
    teams: [{ agents, queues: [0] }],
    handlingMs: (random) => random.exponential(HANDLING_MS),
    oracleMs: (question) => overtakenBehind(question, { slotMs, rate: 0.3 / betweenMs, headStartMs, plain }),
    ...size,
  };
}

/** The median of a Gamma wait, by the approximation of Wilson and Hilferty. */
function medianBehind(ahead: number, slotMs: number): number {
  const shape = ahead + 1;
  return shape * slotMs * (1 - 1 / (9 * shape)) ** 3;
}

function meanBehind(ahead: number, slotMs: number, patienceMs: number): number {
  let sum = 0;
  for (let i = 0; i <= ahead; i += 1) sum += 1 / (1 / slotMs + i / patienceMs);
  return sum;
}

function overtakenBehind(
  { ahead, stream }: OracleQuestion,
  {
    slotMs,
    rate,
    headStartMs = Number.POSITIVE_INFINITY,
    plain,
  }: { slotMs: number; rate: number; headStartMs?: number | undefined; plain: Stream['rule'] },
): number {
  let wait = (ahead + 1) * slotMs;
  if (stream.rule.base !== plain.base) return wait;
  for (let round = 0; round < 100; round += 1) {
    wait = (ahead + 1 + rate * Math.min(wait, headStartMs)) * slotMs;
  }
  return wait;
}
