import type { AgentId } from '../../../strategies/ids/index.ts';
import type { AgentRecord } from '../../../strategies/routing/agentRecord.ts';
import type { Match } from '../../../strategies/routing/matchCalls.ts';
import { compareCalls } from '../../../strategies/routing/priority.ts';
import type { SubmitOrder } from '../../../strategies/routing/submitOrder.ts';
import type { WaitingFacts } from '../../../strategies/routing/waitingCall.ts';

/** A waiting call of the model. */
export interface Submitted extends WaitingFacts {
  readonly order: SubmitOrder | undefined;
}

/** The questions that conditions ask. */
interface PlainWorld {
  readonly now: number;
  /** Agents for whom the condition holds. */
  count(holds: (agent: AgentRecord) => boolean): number;
  /** Calls of a queue. */
  queued(vq: string): readonly Submitted[];
  /** Interactions of an agent. */
  load(agentId: AgentId, taken: readonly Match[]): number;
  /** Whether an agent has room for one more interaction of one of their media. */
  isReady(agent: AgentRecord, taken: readonly Match[]): boolean;
}

/** The things that a condition is told of. */
export interface PlainView {
  readonly world: PlainWorld;
  readonly call: Submitted;
  /** Whole seconds. */
  readonly age: number;
  /** The agents who were given away in this match, and the calls that got them. */
  readonly taken: readonly Match[];
}

const isHere = ({ state }: AgentRecord): boolean => state !== 'loggedOut';

/** Conditions of targets, and what they mean, told plainly. */
export const CONDITIONS: Readonly<Record<string, (of: PlainView) => boolean>> = {
  'sdata(Sales.GA,StatAgentsAvailable)>1': ({ world, taken }) =>
    world.count((agent) => agent.groups.includes('Sales') && world.isReady(agent, taken)) > 1,
  'StatAgentsBusy=0': ({ world, taken }) =>
    world.count(
      (agent) => agent.groups.includes('Billing') && isHere(agent) && world.load(agent.agentId, taken) > 0,
    ) === 0,
  'callage>=5': ({ age }) => age >= 5,
  'callage<4|callage>12 & sdata(Sales.GA,RStatAgentsTotal)<3': ({ age, world }) =>
    (age < 4 || age > 12) && world.count((agent) => agent.groups.includes('Sales') && isHere(agent)) < 3,
  '10-2*callage<=3 | callage=2': ({ age }) => 10 - 2 * age <= 3 || age === 2,
  'sdata[VQ.Q, PositionInQueue]<=2': ({ call, world }) =>
    1 +
      world
        .queued('VQ')
        .filter((other) =>
          call.vq === 'VQ' ? other.id !== call.id && compareCalls(other, call, world.now) < 0 : true,
        ).length <=
    2,
  'sdata("VQ/2.Q",StatCallsInQueue)>=2&acfgdata(App,routing,open,0)=1': ({ world }) =>
    world.queued('VQ/2').length >= 2,
  'sdata(a1.A,StatAgentLoading)=0': ({ world, taken }) =>
    world.count(({ agentId }) => agentId === 'a1' && world.load(agentId, taken) > 0) === 0,
  'sdata(D1.AP,StatAgentsAvailable)>0|sdata(a3.A,StatAgentLoggedIn)=1': ({ world, taken }) =>
    world.count((agent) => agent.place === 'D1' && world.isReady(agent, taken)) > 0 ||
    world.count((agent) => agent.agentId === 'a3' && isHere(agent)) === 1,
  'sdata(D2.AP,StatAgentLoading)<2': ({ world, taken }) => {
    const isBusierThan = (load: number) =>
      world.count(({ agentId, place }) => place === 'D2' && world.load(agentId, taken) > load);
    return [0, 1, 2, 3].reduce((sum, load) => sum + isBusierThan(load), 0) < 2;
  },
  'callage*2>sdata(?:English>1.GA,StatAgentsTotal)*10': ({ age, world }) =>
    age * 2 > 10 * world.count((agent) => (agent.skills.English ?? 0) > 1 && isHere(agent)),
};
