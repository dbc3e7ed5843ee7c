import { type AgentRecord, AgentState, type QueueView } from '../routing/index.ts';
import { AGENTS, CALLBACKS, ObjectType, QUEUES } from './objectTypes.ts';

/** The state of an agent, as statistics read it. */
export interface MeasuredAgent {
  readonly record: AgentRecord;
  /** Ready, with room for one more interaction of one of their media. */
  readonly isReady: boolean;
  readonly isReadyForVoice: boolean;
  /** Interactions, offers and reservations that keep the agent busy. */
  readonly busyWith: number;
}

/** A virtual queue, as statistics read it. */
export interface MeasuredQueue extends QueueView {
  /** Calls that wait and that no agent, in whatever state, can take. */
  readonly unservable: number;
}

/** The agents or the queue of an object. */
export type Subject =
  | { readonly agents: readonly MeasuredAgent[]; readonly now: number }
  | { readonly queue: MeasuredQueue }
  | {
      /** Callbacks of the service that have begun and have not ended. */
      readonly waiting: number;
    };

export interface Measured<Of> {
  readonly name: string;
  /** Other names, of Stat Server and of Universal Routing. */
  readonly aliases: readonly string[];
  readonly objectTypes: readonly ObjectType[];
  readonly formula: string;
  readonly timeProfile: 'current' | 'last 400 calls';
  readonly value: (subject: Of) => number;
}

type Agents = Extract<Subject, { readonly agents: unknown }>;
type Queue = Extract<Subject, { readonly queue: unknown }>;
type Callbacks = Extract<Subject, { readonly waiting: unknown }>;

const isLoggedIn = ({ record }: MeasuredAgent): boolean => record.state !== AgentState.LOGGED_OUT;

/** The statistics that are measured at agents. Times are in whole seconds. */
export const AGENT_STATISTICS: readonly Measured<Agents>[] = [
  {
    name: 'CurrAgentsLoggedIn',
    aliases: ['StatAgentsTotal', 'RStatAgentsTotal'],
    objectTypes: AGENTS,
    formula: 'agents who are logged in',
    timeProfile: 'current',
    value: ({ agents }) => agents.filter(isLoggedIn).length,
  },
  {
    name: 'CurrAgentsReady',
    aliases: ['StatAgentsAvailable', 'RStatAgentsReady'],
    objectTypes: AGENTS,
    formula: 'agents who are ready and can take one more interaction of one of their media',
    timeProfile: 'current',
    value: ({ agents }) => agents.filter(({ isReady }) => isReady).length,
  },
  {
    name: 'CurrAgentsReadyForVoice',
    aliases: ['RStatAgentsReadyvoice'],
    objectTypes: AGENTS,
    formula: 'agents who are ready and can take one more call',
    timeProfile: 'current',
    value: ({ agents }) => agents.filter(({ isReadyForVoice }) => isReadyForVoice).length,
  },
  {
    name: 'CurrAgentsNotReady',
    aliases: [],
    objectTypes: AGENTS,
    formula: 'agents who are logged in and not ready',
    timeProfile: 'current',
    value: ({ agents }) =>
      agents.filter((agent) => isLoggedIn(agent) && agent.record.state !== AgentState.READY).length,
  },
  {
    name: 'CurrAgentsBusy',
    aliases: ['StatAgentsBusy'],
    objectTypes: AGENTS,
    formula: 'agents who are logged in, and reserved for an interaction, asked about one or working on one',
    timeProfile: 'current',
    value: ({ agents }) => agents.filter((agent) => isLoggedIn(agent) && agent.busyWith > 0).length,
  },
  {
    name: 'CurrReadyTime',
    aliases: ['StatTimeInReadyState'],
    objectTypes: [ObjectType.AGENT, ObjectType.PLACE],
    formula: 'seconds for which the agent has been ready; 0 while they can take nothing',
    timeProfile: 'current',
    value: ({ agents, now }) =>
      agents.reduce((sum, { record, isReady }) => sum + (isReady ? seconds(now - record.readySince) : 0), 0),
  },
];

/** The statistics that are measured at virtual queues. Times are in whole seconds. */
export const QUEUE_STATISTICS: readonly Measured<Queue>[] = [
  {
    name: 'CurrNumberWaitingCalls',
    aliases: ['StatCallsInQueue'],
    objectTypes: QUEUES,
    formula: 'calls and interactions that wait',
    timeProfile: 'current',
    value: ({ queue }) => queue.calls,
  },
  {
    name: 'CurrNumberUnservable',
    aliases: [],
    objectTypes: QUEUES,
    formula: 'calls and interactions that wait and that no agent, in whatever state, can take',
    timeProfile: 'current',
    value: ({ queue }) => queue.unservable,
  },
  {
    name: 'ExpectedWaitTime',
    aliases: ['EstimatedWaitTime', 'StatExpectedWaitingTime'],
    objectTypes: QUEUES,
    formula: 'seconds that a new call will wait, as `ewt` of `lvq`; 0 while nothing is known',
    timeProfile: 'last 400 calls',
    value: ({ queue }) => Math.round(queue.ewtSeconds ?? 0),
  },
  {
    name: 'EstimateMedian',
    aliases: [],
    objectTypes: QUEUES,
    formula: 'seconds that half of such waits do not pass; 0 while nothing is known',
    timeProfile: 'last 400 calls',
    value: ({ queue }) => Math.round((queue.estimate?.p50Ms ?? 0) / 1000),
  },
  {
    name: 'EstimateNinetyPercent',
    aliases: [],
    objectTypes: QUEUES,
    formula: 'seconds that nine tenths of such waits do not pass; 0 while nothing is known',
    timeProfile: 'last 400 calls',
    value: ({ queue }) => Math.round((queue.estimate?.p90Ms ?? 0) / 1000),
  },
  {
    name: 'EstimateError',
    aliases: [],
    objectTypes: QUEUES,
    formula: 'mean of the differences between waits and their estimates, without their signs, in seconds',
    timeProfile: 'last 400 calls',
    value: ({ queue }) => Math.round((queue.accuracy?.errorMs ?? 0) / 1000),
  },
  {
    name: 'EstimateBias',
    aliases: [],
    objectTypes: QUEUES,
    formula: 'mean of the estimates minus mean of the waits, in seconds',
    timeProfile: 'last 400 calls',
    value: ({ queue: { accuracy } }) =>
      accuracy === undefined ? 0 : Math.round((accuracy.saidMs - accuracy.waitMs) / 1000),
  },
  {
    name: 'EstimateBandPercentage',
    aliases: [],
    objectTypes: QUEUES,
    formula: 'percentage of the waits that were between the estimated 10 % and 90 % quantiles; 80 is right',
    timeProfile: 'last 400 calls',
    value: ({ queue }) => Math.round((queue.accuracy?.inBand ?? 0) * 10_000) / 100,
  },
];

/** The statistics that are measured at callback services. */
export const CALLBACK_STATISTICS: readonly Measured<Callbacks>[] = [
  {
    name: 'CurrNumberWaitingCallbacks',
    aliases: [],
    objectTypes: CALLBACKS,
    formula: 'callbacks that have begun and have not ended; those that are scheduled for later do not count',
    timeProfile: 'current',
    value: ({ waiting }) => waiting,
  },
];

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
