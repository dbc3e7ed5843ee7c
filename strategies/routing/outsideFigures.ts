import type { Json } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { PriorityRule } from './priority.ts';
import { queueKey } from './queueNames.ts';

/**
 * The value of an option of the installation (the path is application, section, name), or of a property of an
 * item of a list. Undefined: there is none.
 */
export type SettingOf = (source: 'application' | 'list', path: readonly string[]) => Json | undefined;

/** A statistic that the index of waiting calls does not know. */
export interface StatisticQuestion {
  readonly statistic: string;
  readonly objectType: 'Agent' | 'GroupAgents' | 'Place' | 'Queue' | 'GroupQueues';
  /** Name of the object, as Statistics takes it. */
  readonly objectId: string;
  readonly tenant: string;
}

/** A place in queues, whose wait is asked for. */
export interface WaitOfPlace {
  /** Calls ahead. */
  readonly ahead: number;
  readonly rule: PriorityRule;
  /** ms since the call began to wait. */
  readonly ageMs: number;
  readonly now: number;
  readonly agents: () => number;
}

/** Values that expressions ask for, and that are not in the index of waiting calls. */
export interface OutsideFigures {
  /** The last known value; NaN: none yet. */
  statistic(question: StatisticQuestion): number;
  /** Seconds; NaN while nothing is known. */
  expectedWait(queues: readonly string[], place: WaitOfPlace): number;
  /** A number of the configuration. Undefined: there is none. */
  setting(source: 'application' | 'list', path: readonly string[]): number | undefined;
  /** Keys of the queue, or of the queues of a group; none for an unknown group. */
  queueKeys(name: string, tenant: string): readonly string[];
}

/** An installation without statistics and settings. */
export const NO_OUTSIDE: OutsideFigures = {
  statistic: () => Number.NaN,
  expectedWait: () => Number.NaN,
  setting: () => undefined,
  queueKeys: (name, tenant) => [queueKey(tenant, name)],
};

/** The occupancy of an agent, as a question. */
export function occupancyOf(agentId: AgentId): StatisticQuestion {
  return { statistic: 'StatAgentOccupancy', objectType: 'Agent', objectId: agentId, tenant: '' };
}
