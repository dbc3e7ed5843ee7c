import { didYouMean } from '../../engine/ports/index.ts';
import { TargetType } from './targetType.ts';

/** A statistic of one agent, in skill expressions as `$(name)` and as `orderstat`. urs-routing 5. */
export const AgentStatistic = {
  /** 1 or 0. */
  LOGGED_IN: 'StatAgentLoggedIn',
  /** Interactions that keep the agent busy. */
  LOADING: 'StatAgentLoading',
  LOADING_MEDIA: 'StatAgentLoadingMedia',
  /** Seconds; 0 for an agent who is not ready. */
  READY_TIME: 'StatTimeInReadyState',
  /** Percent of the time since the login. */
  OCCUPANCY: 'StatAgentOccupancy',
} as const;
export type AgentStatistic = (typeof AgentStatistic)[keyof typeof AgentStatistic];

/** A statistic of the agents of a target. urs-routing 5. */
export const GroupStatistic = {
  /** Agents who are logged in. */
  TOTAL: 'StatAgentsTotal',
  LOGGED_IN: 'StatAgentLoggedIn',
  R_TOTAL: 'RStatAgentsTotal',
  /** Agents who are ready and have room for one more interaction of one of their media. */
  AVAILABLE: 'StatAgentsAvailable',
  R_READY: 'RStatAgentsReady',
  R_READY_VOICE: 'RStatAgentsReadyvoice',
  /** Agents who are logged in and have an interaction, an offer or a reservation. */
  BUSY: 'StatAgentsBusy',
  OCCUPANCY: 'StatAgentOccupancy',
} as const;
export type GroupStatistic = (typeof GroupStatistic)[keyof typeof GroupStatistic];

/** A statistic of a virtual queue. urs-routing 5. */
export const QueueStatistic = {
  CALLS: 'StatCallsInQueue',
  CALLS_WAITING: 'CallsWaiting',
  EXPECTED_WAIT: 'StatExpectedWaitingTime',
  ANSWERED: 'StatCallsAnswered',
  /** The place of the call, and the seconds that it will wait. */
  POSITION: 'PositionInQueue',
  WAIT_OF_CALL: 'InVQWaitTime',
} as const;
export type QueueStatistic = (typeof QueueStatistic)[keyof typeof QueueStatistic];

/** Statistics that differ for the calls of one queue. */
export const CALL_STATISTICS: readonly string[] = [QueueStatistic.POSITION, QueueStatistic.WAIT_OF_CALL];

/** Names that public material has, and that are not measured here. */
const UNMEASURED: readonly string[] = ['StatLoadBalance', 'StatAgentsInQueueLogin', 'StatAgentsInQueueReady'];
/** Names that documents may ask for, and that Universal Routing does not have in thresholds. */
const OF_DOCUMENTS: readonly string[] = [
  'StatCallsCompleted',
  'CallsEntered',
  'CallsDistributed',
  'CallsAnswered',
  'DistributedPercentage',
  'DistributedWaitingTime',
  'NotDistributedPercentage',
  'NotDistributedWaitingTime',
];

const GROUPS: readonly string[] = [TargetType.AGENT_GROUP, TargetType.PLACE_GROUP, TargetType.CAMPAIGN_GROUP];
const SINGLES: readonly string[] = [TargetType.AGENT, TargetType.PLACE];

const AGENT_NAMES: readonly string[] = Object.values(AgentStatistic);
const GROUP_NAMES: readonly string[] = Object.values(GroupStatistic);
const QUEUE_NAMES: readonly string[] = Object.values(QueueStatistic);

/** The statistics of objects of a target type; none: the type has no statistics here. */
export function statisticsOf(type: string): readonly string[] {
  if (GROUPS.includes(type)) return GROUP_NAMES;
  if (SINGLES.includes(type)) return [...new Set([...GROUP_NAMES, ...AGENT_NAMES])];
  return type === 'Q' || type === 'GQ' ? QUEUE_NAMES : [];
}

/** Why a statistic is not among the expected ones, as the rest of a message: `expected …` and `got …`. */
export function unknownStatistic(name: string, expected: readonly string[]): readonly [string, string] {
  const why = UNMEASURED.includes(name)
    ? ', which is not measured here'
    : OF_DOCUMENTS.includes(name) && ', which only _genesys.statistic.sData gives';
  return [
    `a statistic that is measured here (${expected.join(', ')})`,
    `'${name.slice(0, 80)}'${why || didYouMean(name, expected)}`,
  ];
}
