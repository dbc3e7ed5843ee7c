import { type Batch, type Durable, keyedBy, Once } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import type { Clock, Ids, Json, Log, SessionId } from '../../engine/ports/index.ts';
import type { AgentId, InteractionId, ServiceId } from '../ids/index.ts';
import { type SkillPrecedence, targetsOf } from '../targets/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import { isLoggedInFor } from './agentState.ts';
import type { Agents } from './agents.ts';
import { CallFunctions, type FunctionRequest } from './callFunctions.ts';
import type { ConnId } from './callIds.ts';
import { CallRemovals } from './callRemovals.ts';
import { CallRuntime } from './callRuntime.ts';
import { CallStarts, type FindFormerAgent } from './callStarts.ts';
import { type CallView, viewCall } from './callView.ts';
import type { CallWatcher } from './callWatcher.ts';
import { matchesDemand } from './demandClass.ts';
import { DocumentFigures } from './documentFigures.ts';
import { RoutingError } from './errors.ts';
import { installationFigures } from './installationFigures.ts';
import { Matching } from './matching.ts';
import type { SettingOf } from './outsideFigures.ts';
import { PositionNotices } from './positionNotices.ts';
import { QueueModules } from './queueModules.ts';
import { type QueueQuestion, QueueQuestions } from './queueQuestions.ts';
import { QueueSurvey } from './queueSurvey.ts';
import { Reservations } from './reservations.ts';
import { type AskSession, RouteAnnouncer } from './routeAnnouncer.ts';
import { RouteStrategies } from './routeStrategies.ts';
import { type RouteStrategy, viewRoute } from './routeStrategy.ts';
import { RoutingIndex } from './routingIndex.ts';
import { readRouteDelay, type StartCall, type StartedCall } from './startCall.ts';
import type { ReadStatistic } from './statisticCache.ts';
import { StrategyNames } from './strategyNames.ts';
import { type InteractionOffers, type RefusedOffer, Submits } from './submits.ts';
import {
  callsOfInteraction,
  callsOfSession,
  readCall,
  scanCalls,
  type VirtualInteraction,
} from './virtualInteraction.ts';
import type { QueueView } from './virtualQueues.ts';
import type { EstimateMethod } from './waitEstimate.ts';
import { WaitEstimates } from './waitEstimates.ts';

/** Calls that list() shows at most. */
export const MAX_LISTED_CALLS = 1000;

/**
 * The URS runtime: virtual interactions wait in virtual queues until an agent matches.
 *
 * R1. The position, the state and the timers of a call, and the agent reserved for it, change in one commit.
 * R2. Only the match task reserves agents. Every commit that may free an agent, or make a call routable,
 *     joins matchBatch. So matching happens again after a crash. For each match, the task reads the call and
 *     the agent, decides and commits without waiting in between, so that no agent is reserved twice.
 */
export class Routing {
  /** The values that documents ask for. */
  readonly figures: DocumentFigures;
  readonly survey: QueueSurvey;
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #closing: AbortSignal | undefined;
  readonly #once: Once;
  readonly #index: RoutingIndex;
  readonly #runtime: CallRuntime;
  readonly #submits: Submits;
  readonly #strategies: StrategyNames;
  readonly #queues: QueueQuestions;
  readonly #estimates: WaitEstimates;
  readonly #positions: PositionNotices;
  readonly #starts: CallStarts;
  readonly #removals: CallRemovals;
  readonly #reservations: Reservations;
  readonly #matching: Matching;
  readonly #functions: CallFunctions;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly askSession: AskSession;
    readonly agents: Agents;
    readonly sessions: Pick<Sessions, 'eventBatch' | 'exists' | 'onModule' | 'onEnded'>;
    readonly offers: InteractionOffers;
    /** Other names of strategies: each with a strategy of the product, or with the path of a file. */
    readonly strategies?: Readonly<Record<string, string>>;
    /** The strategies of files, by their names. */
    readonly ownStrategies?: ReadonlyMap<string, RouteStrategy>;
    /** Default: no former agent is known. */
    readonly findFormerAgent?: FindFormerAgent;
    /** Names of groups of queues (without .GQ), and the names of their queues. */
    readonly queueGroups?: Readonly<Record<string, readonly string[]>>;
    /** How waits are estimated for questions that name no method. Default: orsay. */
    readonly estimateMethod?: EstimateMethod;
    /** The order of `&` and `|` in skill expressions. Default: leftToRight. */
    readonly skillPrecedence?: SkillPrecedence;
    /** Statistics that routing does not count itself. Default: their values are not known. */
    readonly readStatistic?: ReadStatistic;
    /** The options and lists of the installation. Default: there are none. */
    readonly settingOf?: SettingOf;
    /** Aborted before the store is closed. */
    readonly closing?: AbortSignal;
  }) {
    const { sessions } = deps;
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#closing = deps.closing;
    this.#strategies = new StrategyNames(deps.strategies);
    this.#once = new Once(deps);
    this.#estimates = new WaitEstimates(deps);
    const outside = installationFigures({ ...deps, estimates: this.#estimates });
    const index = new RoutingIndex({ ...deps, outside });
    const runtime = new CallRuntime({ ...deps, outside, routeStrategies: new RouteStrategies(deps) });
    const reservations = new Reservations({ ...deps, runtime });
    const announcer = new RouteAnnouncer({ ...deps, runtime });
    const submits = new Submits({ ...deps, runtime, reservations });
    this.#index = index;
    this.figures = new DocumentFigures({ ...deps, index });
    this.survey = new QueueSurvey({ ...deps, index, estimates: this.#estimates });
    this.#runtime = runtime;
    this.#submits = submits;
    this.#reservations = reservations;
    this.#positions = new PositionNotices({ ...deps, index });
    this.#queues = new QueueQuestions({ ...deps, index, estimates: this.#estimates });
    const modules = new QueueModules({ ...deps, index, runtime, submits, questions: this.#queues });
    this.#starts = new CallStarts({ ...deps, index, runtime, names: this.#strategies, once: this.#once });
    this.#removals = new CallRemovals({ ...deps, runtime, submits });
    this.#matching = new Matching({ ...deps, index, runtime, reservations, announcer, submits });
    this.#functions = new CallFunctions({
      ...deps,
      index,
      runtime,
      submits,
      once: this.#once,
      questions: this.#queues,
    });
    sessions.onModule('queue.submit', (call) => modules.submit(call));
    sessions.onModule('queue.update', (call) => modules.update(call));
    sessions.onModule('queue.excludeagents', (call) => modules.excludeAgents(call));
    sessions.onModule('queue.cancel', (call) => modules.cancel(call));
    sessions.onModule('queue.query', (call) => modules.query(call));
    sessions.onEnded(({ sessionId }) => this.#removals.sessionEndedBatch(sessionId));
  }

  /**
   * Resolves when the position of the call is durable. Rejects with RoutingError STRATEGY_UNKNOWN or
   * TARGET_INVALID.
   */
  startCall(request: StartCall): Promise<StartedCall> {
    return this.#starts.start(request);
  }

  /**
   * The virtual queue, or the group of queues, as seen from the call's position, or from behind the last call
   * (LAST_CALL). Default: the queue of the call, its tenant, the method of the configuration. Rejects with
   * RoutingError CALL_NOT_FOUND, or ROUTING_REQUEST_INVALID for an unknown group.
   */
  viewQueue(connId: ConnId, request: QueueQuestion = {}): Promise<QueueView> {
    return this.#queues.view(connId, request);
  }

  /**
   * The keys of the queue, or of the queues of a group, of this name. Throws RoutingError
   * ROUTING_REQUEST_INVALID for an unknown group.
   */
  queueKeys(vq: string, tenant: string): readonly string[] {
    return this.#queues.keysOf(vq, tenant);
  }

  countUnservable(vq: string, tenant: string): Promise<number> {
    return this.#queues.countUnservable(vq, tenant);
  }

  /**
   * True if an agent is logged in who could take the call, ready or not. Throws RoutingError CALL_NOT_FOUND.
   */
  hasAgentFor(connId: ConnId): boolean {
    const { media, snapshot } = this.#requireCall(connId);
    const { steps, active } = viewRoute(snapshot).context;
    const demand = { media, targets: targetsOf(steps, active) };
    return this.#agents
      .records()
      .some((agent) => isLoggedInFor(agent, media) && matchesDemand(demand, agent));
  }

  /**
   * Runs a subroutine on the call, once for an idempotency key: SetRouteDelay with DELAY in seconds. Rejects
   * with RoutingError CALL_NOT_FOUND, STRATEGY_UNKNOWN or ROUTING_REQUEST_INVALID.
   */
  invoke(
    connId: ConnId,
    strategy: string,
    params: Readonly<Record<string, Json>>,
    key?: string,
  ): Promise<void> {
    return this.#once.commit(keyedBy(key, 'urs.invoke', connId), () => {
      const call = this.#requireCall(connId);
      this.#strategies.requireSetRouteDelay(strategy);
      const batch = this.#runtime.routeDelayBatch(call, readRouteDelay(params));
      return { batch, answer: undefined };
    });
  }

  /** CallFunctions.run. */
  callFunction(connId: ConnId, request: FunctionRequest): Promise<Json> {
    return this.#functions.run(connId, request);
  }

  /** The call with which an interaction waits. Throws RoutingError CALL_NOT_FOUND. */
  callOfInteraction(interactionId: InteractionId): ConnId {
    const [call] = callsOfInteraction(this.#durable, interactionId);
    if (call === undefined) throw new RoutingError('CALL_NOT_FOUND', interactionId);
    return call.id;
  }

  /** Removes the call and frees its reserved agent. Rejects with RoutingError CALL_NOT_FOUND. */
  async cancelCall(connId: ConnId): Promise<void> {
    const call = this.#requireCall(connId);
    await this.#durable.commit(this.#runtime.applyBatch(call, { type: 'remove' }));
    this.#log.info({ connId }, 'Virtual interaction removed.');
  }

  /** Hears of the calls that commits move; for HistoryRecorder.watchCalls. */
  get watcher(): CallWatcher {
    return {
      callsMoved: (moves, at) => {
        this.#estimates.callsMoved(moves, at);
        this.#positions.callsMoved(moves);
      },
      callsHandled: (handled) => this.#estimates.callsHandled(handled),
    };
  }

  removeOfServices(serviceIds: ReadonlySet<ServiceId>): Promise<number> {
    return this.#removals.removeOfServices(serviceIds);
  }

  get(connId: ConnId): CallView | undefined {
    const call = readCall(this.#durable, connId);
    return call && viewCall(call);
  }

  list(): readonly CallView[] {
    return [...scanCalls(this.#durable, MAX_LISTED_CALLS)].map(({ value }) => viewCall(value));
  }

  /** The calls that a session started or submitted. */
  ofSession(sessionId: SessionId): readonly CallView[] {
    return callsOfSession(this.#durable, sessionId).map(viewCall);
  }

  /**
   * Reads the calls and agents after a start, in the background, so that the first match and the first view
   * are quick. Never rejects.
   */
  async readAhead(): Promise<void> {
    try {
      await Promise.all([this.#index.ready(), this.#estimates.countWaiting()]);
      await this.#matching.watch();
      await this.#positions.lookAtAll();
    } catch (error) {
      // The first match or view reads them then.
      if (this.#closing?.aborted) return;
      this.#log.warn({ err: error }, 'The waiting calls could not be read in advance.');
    }
  }

  findAgent(target: string, media: string): AgentRecord | undefined {
    return this.#matching.findAgent(target, media);
  }

  /** Reservations.endAllBatch. */
  unreserveBatch(agentId: AgentId): Batch {
    return this.#reservations.endAllBatch(agentId);
  }

  offerAcceptedBatch(submitId: ConnId): Batch {
    return this.#submits.acceptedBatch(submitId);
  }

  offerRefusedBatch(submitId: ConnId, offer: RefusedOffer): Batch {
    return this.#submits.refusedBatch(submitId, offer);
  }

  dropSubmitsBatch(interactionId: InteractionId): Batch {
    return this.#submits.dropBatch(interactionId);
  }

  #requireCall(connId: ConnId): VirtualInteraction {
    const call = readCall(this.#durable, connId);
    if (call?.owner.kind !== 'call') throw new RoutingError('CALL_NOT_FOUND', connId);
    return call;
  }
}
