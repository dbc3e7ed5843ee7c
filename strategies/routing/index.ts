export { EVENT as AGENT_EVENT } from './agentEvents.ts';
export {
  type AgentChange,
  type AgentEvent,
  type AgentRecord,
  type AgentSlot,
  AgentState,
  type AgentView,
} from './agentRecord.ts';
export { ANY_MEDIUM, type BlockingRules, type CapacityVector } from './agentRoom.ts';
export { stateEvent } from './agentSettings.ts';
export { isLoggedInFor, isLoggedInForAll, stateFor } from './agentState.ts';
export { AGENT, Agents, parseNewAgentId, SLOT } from './agents.ts';
export { SERIAL } from './arrivals.ts';
export type { ConnId } from './callIds.ts';
export type { CallView } from './callView.ts';
export { type CallMove, type CallWatcher, type HandledCall, phaseOf } from './callWatcher.ts';
export { type AgentSettings, ConfiguredAgents } from './configuredAgents.ts';
export { RoutingError } from './errors.ts';
export { Look } from './look.ts';
export { findMatch } from './matchCalls.ts';
export { indexCalls, removeQueueRecords } from './migrateCalls.ts';
export type { StatisticQuestion } from './outsideFigures.ts';
export { performedBatch, wasPerformed } from './performed.ts';
export { priorityAt } from './priority.ts';
export { isQueueGroup } from './queueGroups.ts';
export { queuePrefix } from './queuePrefix.ts';
export type { QueueQuestion } from './queueQuestions.ts';
export type { QueueSurvey, Survey, SurveyedQueue, WatchedCall, WatchedQueue } from './queueSurvey.ts';
export type { AskSession, RouteAnswer } from './routeAnnouncer.ts';
export type { RouteStrategy } from './routeStrategy.ts';
export { Routing } from './routing.ts';
export { MAX_TELL_POSITION, type StartCall, type StartedCall } from './startCall.ts';
export type { ReadStatistic } from './statisticCache.ts';
export { makeStrategy } from './strategyKit.ts';
export { isProductStrategy, Strategy, StrategyNames } from './strategyNames.ts';
export { orderAgents } from './submitOrder.ts';
export { attributeText } from './submitRequest.ts';
export type { InteractionOffers } from './submits.ts';
export { URS_FUNCTIONS } from './ursFunction.ts';
export { CALL, type VirtualInteraction, viewWait } from './virtualInteraction.ts';
export { LAST_CALL, type QueueView } from './virtualQueues.ts';
export { DEFAULT_ESTIMATE, ESTIMATE_METHODS } from './waitEstimate.ts';
export type { WaitingFacts } from './waitingCall.ts';
export { WaitingCalls } from './waitingCalls.ts';
