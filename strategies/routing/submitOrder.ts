import {
  AgentStatistic,
  GroupStatistic,
  type StatisticOfAgent,
  type Target,
  unknownStatistic,
} from '../targets/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import type { ConnId } from './callIds.ts';

/** Order in which the agents of several targets are tried: `ordertype` and `orderstat` of <queue:submit>. */
export type SubmitOrder =
  /** The weight of a target is its share of the interactions. */
  | { readonly type: 'percentage' }
  /** The agent of all targets, or the target, with the highest or lowest value of the statistic. */
  | { readonly type: 'max' | 'min'; readonly stat: OrderStatistic };

/**
 * Statistics that order agents (urs-routing 5). The loading counts what an agent may still take, then the
 * time ready: its maximum is the agent with the least work.
 */
const AGENT_STATISTICS = [
  AgentStatistic.LOADING,
  AgentStatistic.LOADING_MEDIA,
  AgentStatistic.READY_TIME,
  AgentStatistic.OCCUPANCY,
] as const;

/** Statistics that order targets. */
const TARGET_STATISTICS = [
  GroupStatistic.AVAILABLE,
  GroupStatistic.TOTAL,
  GroupStatistic.BUSY,
  GroupStatistic.R_READY,
  GroupStatistic.R_READY_VOICE,
  GroupStatistic.R_TOTAL,
] as const;

const STATISTICS = [...AGENT_STATISTICS, ...TARGET_STATISTICS];
export type OrderStatistic = (typeof STATISTICS)[number];
type TargetStatistic = (typeof TARGET_STATISTICS)[number];

const ORDER_TYPES = ['any', 'max', 'min', 'percentage'];

/**
 * Reads the two attributes. Undefined: any, where the longest ready agent of the heaviest target comes first;
 * also without a statistic, which leaves nothing to compare. Otherwise the text tells what was expected and
 * what came.
 */
export function readOrder(
  ordertype: string,
  orderstat: string,
): { readonly order?: SubmitOrder } | { readonly fault: string; readonly isKnown: boolean } {
  const type = ordertype.toLowerCase() || 'any';
  if (!ORDER_TYPES.includes(type)) {
    const expected = `Expected ordertype of <queue:submit> to be ${ORDER_TYPES.join(', ')}`;
    return { fault: `${expected}, got '${ordertype}'.`, isKnown: false };
  }
  if (type === 'any') return {};
  if (type === 'percentage') return { order: { type } };
  if (orderstat === '' || orderstat.toLowerCase() === 'none') return {};
  const stat = STATISTICS.find((one) => one.toLowerCase() === orderstat.toLowerCase());
  if (stat !== undefined) return { order: { type: type as 'max' | 'min', stat } };
  const [expected, got] = unknownStatistic(orderstat, STATISTICS);
  return { fault: `Expected orderstat of <queue:submit> to be ${expected}, got ${got}.`, isKnown: true };
}

/** The values that an order compares. */
export interface OrderFigures {
  readonly roomOf: (agent: AgentRecord) => number;
  /** NaN: not known. Absent: no statistic is. */
  readonly statisticOf?: StatisticOfAgent;
}

/**
 * The candidates in the order in which they are tried. They come with the longest ready agent first. An agent
 * whose value is not known comes after the others.
 */
export function orderAgents(
  candidates: readonly AgentRecord[],
  order: SubmitOrder | undefined,
  { roomOf, statisticOf }: OrderFigures,
): readonly AgentRecord[] {
  if (order === undefined || order.type === 'percentage' || ordersTargets(order)) return candidates;
  const sign = order.type === 'max' ? 1 : -1;
  if (order.stat === AgentStatistic.OCCUPANCY) {
    const valued = candidates.map((agent) => ({
      agent,
      value: statisticOf?.(agent.agentId, order.stat as AgentStatistic) ?? Number.NaN,
    }));
    const known = valued
      .filter(({ value }) => !Number.isNaN(value))
      .sort((a, b) => sign * (b.value - a.value));
    return [...known, ...valued.filter(({ value }) => Number.isNaN(value))].map(({ agent }) => agent);
  }
  const busy = (agent: AgentRecord): number =>
    order.stat === AgentStatistic.READY_TIME ? 0 : agent.capacity - roomOf(agent);
  return [...candidates].sort((a, b) => sign * (busy(a) - busy(b)) || sign * (a.readySince - b.readySince));
}

/** Whether the order chooses a target, of which the longest ready agent comes first. */
export function ordersTargets(
  order: SubmitOrder,
): order is { readonly type: 'max' | 'min'; readonly stat: TargetStatistic } {
  const names: readonly string[] = TARGET_STATISTICS;
  return order.type !== 'percentage' && names.includes(order.stat);
}

/**
 * The targets in the order in which they are tried: by weight, by the share that the call falls into, or by a
 * statistic of theirs.
 */
export function orderTargets(
  targets: readonly Target[],
  { id, order }: { readonly id?: ConnId | undefined; readonly order?: SubmitOrder | undefined },
  statisticOf?: (target: Target, statistic: string) => number,
): readonly Target[] {
  const heaviestFirst = [...targets].sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
  if (order !== undefined && ordersTargets(order)) {
    const sign = order.type === 'max' ? 1 : -1;
    const value = (target: Target) => statisticOf?.(target, order.stat) ?? 0;
    return heaviestFirst.sort((a, b) => sign * (value(b) - value(a)));
  }
  if (order?.type !== 'percentage') return heaviestFirst;
  const total = targets.reduce((sum, { weight = 0 }) => sum + weight, 0);
  let left = shareOf(id ?? '') * total;
  const first = targets.find(({ weight = 0 }) => {
    left -= weight;
    return left < 0;
  });
  return first === undefined ? heaviestFirst : [first, ...heaviestFirst.filter((one) => one !== first)];
}

/** A number from 0 to below 1, equally distributed over ids, and the same for each reading of a call. */
function shareOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  }
  // The low bits of this hash alone would repeat for ids that differ in the last character.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
