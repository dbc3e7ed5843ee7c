import { type AgentRecord, AgentState, type QueueView } from '../routing/index.ts';

/** The object types: those of Stat Server that exist here, and one of ours for callback services. */
export const ObjectType = {
  AGENT: 'Agent',
  AGENT_GROUP: 'GroupAgents',
  QUEUE: 'Queue',
  QUEUE_GROUP: 'GroupQueues',
  CALLBACK_SERVICE: 'CallbackService',
} as const;
export type ObjectType = (typeof ObjectType)[keyof typeof ObjectType];

/** The state of an agent, as statistics read it. */
export interface MeasuredAgent {
  readonly record: AgentRecord;
  /** Ready, with room for one more interaction of one of their media. */
  readonly isReady: boolean;
  /** Interactions, offers and reservations that keep the agent busy. */
  readonly busyWith: number;
  /** ms of today. */
  readonly loginMs: number;
}

/** The agents or the queue of an object. */
export type Subject =
  | { readonly agents: readonly MeasuredAgent[]; readonly now: number }
  | { readonly queue: QueueView }
  | {
      /** Callbacks of the service that have begun and have not ended. */
      readonly waiting: number;
    };

interface Definition<Of> {
  readonly name: string;
  /** Other names, of Stat Server and of Universal Routing. */
  readonly aliases: readonly string[];
  readonly objectTypes: readonly ObjectType[];
  readonly formula: string;
  readonly timeProfile: 'current' | 'since midnight (UTC)' | 'last 32 calls' | 'since the first call';
  readonly value: (subject: Of) => number;
}

type Agents = Extract<Subject, { readonly agents: unknown }>;
type Queue = Extract<Subject, { readonly queue: unknown }>;
type Callbacks = Extract<Subject, { readonly waiting: unknown }>;

const AGENTS = [ObjectType.AGENT, ObjectType.AGENT_GROUP] as const;
const QUEUES = [ObjectType.QUEUE, ObjectType.QUEUE_GROUP] as const;

const isLoggedIn = ({ record }: MeasuredAgent): boolean => record.state !== AgentState.LOGGED_OUT;

/** The statistics of agents. Times are in whole seconds. */
export const AGENT_STATISTICS: readonly Definition<Agents>[] = [
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
    name: 'CurrAgentsNotReady',
    aliases: [],
    objectTypes: AGENTS,
    formula: 'agents who are logged in and not ready',
    timeProfile: 'current',
    value: ({ agents }) => agents.filter(({ record }) => record.state === AgentState.NOT_READY).length,
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
    objectTypes: [ObjectType.AGENT],
    formula: 'seconds for which the agent has been ready; 0 while they can take nothing',
    timeProfile: 'current',
    value: ({ agents, now }) =>
      agents.reduce((sum, { record, isReady }) => sum + (isReady ? seconds(now - record.readySince) : 0), 0),
  },
  {
    name: 'TotalLoginTime',
    aliases: [],
    objectTypes: AGENTS,
    formula: 'seconds for which the agents have been logged in today, added up',
    timeProfile: 'since midnight (UTC)',
    value: ({ agents }) => agents.reduce((sum, { loginMs }) => sum + seconds(loginMs), 0),
  },
];

/** The statistics of virtual queues. Times are in whole seconds. */
export const QUEUE_STATISTICS: readonly Definition<Queue>[] = [
  {
    name: 'CurrNumberWaitingCalls',
    aliases: ['StatCallsInQueue'],
    objectTypes: QUEUES,
    formula: 'calls and interactions that wait',
    timeProfile: 'current',
    value: ({ queue }) => queue.calls,
  },
  {
    name: 'ExpectedWaitTime',
    aliases: ['EstimatedWaitTime', 'StatExpectedWaitingTime'],
    objectTypes: QUEUES,
    formula: 'seconds that a new call will wait, as `ewt` of `lvq`; 0 while nothing is known',
    timeProfile: 'last 32 calls',
    value: ({ queue }) => Math.round(queue.ewtSeconds ?? 0),
  },
  {
    name: 'AverWaitingTime',
    aliases: [],
    objectTypes: QUEUES,
    formula: 'average wait of the calls that were distributed, in seconds; 0 without one',
    timeProfile: 'last 32 calls',
    value: ({ queue }) => seconds(queue.averageWaitMs ?? 0),
  },
  {
    name: 'TotalDistributed',
    aliases: ['StatCallsAnswered'],
    objectTypes: QUEUES,
    formula: 'calls that were given to an agent; 0 again after 30 days without a call',
    timeProfile: 'since the first call',
    value: ({ queue }) => queue.hit,
  },
];

/** The statistics of callback services. */
export const CALLBACK_STATISTICS: readonly Definition<Callbacks>[] = [
  {
    name: 'CurrNumberWaitingCallbacks',
    aliases: [],
    objectTypes: [ObjectType.CALLBACK_SERVICE],
    formula: 'callbacks that have begun and have not ended; those that are scheduled for later do not count',
    timeProfile: 'current',
    value: ({ waiting }) => waiting,
  },
];

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
