import {
  type Batch,
  type Durable,
  joinBatches,
  keyedBy,
  Once,
  visitRecords,
} from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import {
  type Clock,
  defined,
  type Ids,
  type Json,
  type Log,
  ownId,
  type SessionId,
} from '../../engine/ports/index.ts';
import type { AgentId, InteractionId, ServiceId } from '../ids/index.ts';
import { type AgentRecord, AgentState } from './agentRecord.ts';
import type { Agents } from './agents.ts';
import { runFunction } from './callFunctions.ts';
import type { ConnId } from './callIds.ts';
import { CallRuntime } from './callRuntime.ts';
import { RoutingError } from './errors.ts';
import { Matching } from './matching.ts';
import { QueueGroups } from './queueGroups.ts';
import { QueueModules } from './queueModules.ts';
import { DEFAULT_TENANT, isTargetQueue, queueKey, queueNameOf, targetQueueKey } from './queueNames.ts';
import { Reservations } from './reservations.ts';
import { type AskSession, RouteAnnouncer } from './routeAnnouncer.ts';
import type { SkillPrecedence } from './skillExpression.ts';
import { DEFAULT_RESERVE_TIMEOUT_MS, readRouteDelay, type StartCall } from './startCall.ts';
import { Strategy, StrategyNames } from './strategyNames.ts';
import { asSubmit } from './submitCalls.ts';
import { type InteractionOffers, Submits } from './submits.ts';
import { matchesTarget, parseTargets, respellTargets } from './target.ts';
import { parseTargetList } from './targetList.ts';
import {
  CALL,
  type CallStrategy,
  callsOfInteraction,
  callsOfSession,
  readCall,
  scanCalls,
  type VirtualInteraction,
} from './virtualInteraction.ts';
import { VirtualQueueIndex } from './virtualQueueIndex.ts';
import { type QueueView, viewQueue } from './virtualQueues.ts';
import type { EstimateMethod } from './waitEstimate.ts';
import { type RouteState, viewRoute } from './waitForTarget.ts';

/** Calls that list() shows at most. */
export const MAX_LISTED_CALLS = 1000;

/** A question about a queue. */
export interface QueueQuestion {
  /** Name of a queue, or of a group of queues. */
  readonly vq?: string;
  readonly tenant?: string;
  readonly method?: EstimateMethod;
}

/** A virtual interaction as other parts see it. */
export interface CallView {
  readonly connId: ConnId;
  readonly state: RouteState;
  readonly vq: string;
  readonly tenant: string;
  readonly strategy: CallStrategy;
  readonly enteredAt: number;
  /** The agent who is reserved for it, or to whom it was routed. */
  readonly agentId?: AgentId;
  readonly sessionId?: SessionId;
  readonly serviceId?: ServiceId;
  /** Other parameters of the request that started it. */
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * The URS runtime: virtual interactions wait in virtual queues until an agent matches.
 *
 * R1. The position, the state and the timers of a call, and the agent reserved for it, change in one commit.
 * R2. Only the match task reserves agents. Every commit that may free an agent, or make a call routable,
 *     joins matchBatch. So matching happens again after a crash. The task reads, decides and commits without
 *     waiting in between, so that no agent is reserved twice.
 */
export class Routing {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #closing: AbortSignal | undefined;
  readonly #once: Once;
  readonly #index: VirtualQueueIndex;
  readonly #runtime: CallRuntime;
  readonly #submits: Submits;
  readonly #strategies: StrategyNames;
  readonly #queueGroups: QueueGroups;
  readonly #matching: Matching;
  readonly #precedence: SkillPrecedence;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly askSession: AskSession;
    readonly agents: Agents;
    readonly sessions: Pick<Sessions, 'eventBatch' | 'onModule' | 'onEnded'>;
    readonly offers: InteractionOffers;
    /** Names under which an installation has imported strategies. */
    readonly strategies?: Readonly<Record<string, Strategy>>;
    /** Names of groups of queues (without .GQ), and the names of their queues. */
    readonly queueGroups?: Readonly<Record<string, readonly string[]>>;
    /** The order of `&` and `|` in skill expressions. Default: leftToRight. */
    readonly skillPrecedence?: SkillPrecedence;
    /** Aborted before the store is closed. */
    readonly closing?: AbortSignal;
  }) {
    const { sessions } = deps;
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#closing = deps.closing;
    this.#strategies = new StrategyNames(deps.strategies);
    this.#queueGroups = new QueueGroups(deps.queueGroups);
    this.#precedence = deps.skillPrecedence ?? 'leftToRight';
    this.#once = new Once(deps);
    const index = new VirtualQueueIndex(deps);
    const runtime = new CallRuntime({ ...deps, index });
    const reservations = new Reservations({ ...deps, runtime });
    const announcer = new RouteAnnouncer({ ...deps, runtime });
    const submits = new Submits({ ...deps, index, runtime, reservations });
    const modules = new QueueModules({ ...deps, index, runtime, submits });
    this.#index = index;
    this.#runtime = runtime;
    this.#submits = submits;
    this.#matching = new Matching({ ...deps, runtime, reservations, announcer, submits });
    sessions.onModule('queue.submit', (call) => modules.submit(call));
    sessions.onModule('queue.update', (call) => modules.update(call));
    sessions.onModule('queue.excludeagents', (call) => modules.excludeAgents(call));
    sessions.onModule('queue.cancel', (call) => modules.cancel(call));
    sessions.onModule('queue.query', (call) => modules.query(call));
    sessions.onEnded(({ sessionId }) => this.#sessionEndedBatch(sessionId));
  }

  /**
   * Resolves when the position of the call is durable. Rejects with RoutingError STRATEGY_UNKNOWN or
   * TARGET_INVALID.
   */
  async startCall(request: StartCall): Promise<{ readonly connId: ConnId }> {
    const { vq, serviceId, key } = request;
    const id = ownId<ConnId>(this.#ids.hex(16));
    const connId = await this.#once.commit(keyedBy(key, 'urs.start'), () => ({
      batch: this.#startBatch(id, request),
      answer: id,
    }));
    if (connId === id) this.#log.info({ connId, vq, serviceId }, 'Virtual interaction started.');
    return { connId };
  }

  /**
   * The virtual queue, or the group of queues, as seen from the call's position, or from behind the last call
   * (LAST_CALL). Default: the queue of the call, its tenant, estimate method 'urs'. Rejects with RoutingError
   * CALL_NOT_FOUND, or ROUTING_REQUEST_INVALID for an unknown group.
   */
  async viewQueue(connId: ConnId, request: QueueQuestion = {}): Promise<QueueView> {
    const { vq, tenant, method = 'urs' } = request;
    const queues =
      vq === undefined
        ? undefined
        : this.#queueGroups.queuesOf(vq).map((name) => this.#queueOf(connId, name, tenant));
    return viewQueue(
      { durable: this.#durable, index: this.#index, clock: this.#clock, agents: this.#agents },
      { id: connId, method, ...defined({ queues }) },
    );
  }

  /**
   * The keys of the queue, or of the queues of a group, of this name. Throws RoutingError
   * ROUTING_REQUEST_INVALID for an unknown group.
   */
  queueKeys(vq: string, tenant: string): readonly string[] {
    return this.#queueGroups.queuesOf(vq).map((name) => queueKey(tenant, name));
  }

  /** The key of a queue that a request about a call names. */
  #queueOf(connId: ConnId, name: string, tenant: string | undefined): string {
    const call = readCall(this.#durable, connId);
    if (call === undefined) return queueKey(tenant ?? DEFAULT_TENANT, name);
    const isOwn = name === queueNameOf(call.vq) && (tenant ?? call.tenant) === call.tenant;
    // A call that named no queue is asked for by the name that its document has in mind.
    return isOwn || isTargetQueue(call.vq) ? call.vq : queueKey(tenant ?? call.tenant, name);
  }

  /**
   * True if an agent is logged in who could take the call, ready or not. Throws RoutingError CALL_NOT_FOUND.
   */
  hasAgentFor(connId: ConnId): boolean {
    const { media, snapshot } = this.#requireCall(connId);
    const { active, steps } = viewRoute(snapshot).context;
    const targets = active.flatMap((index) => parseTargets(steps[index]?.target ?? ''));
    return this.#agents
      .records()
      .some(
        (agent) =>
          agent.state !== AgentState.LOGGED_OUT &&
          agent.media.includes(media) &&
          targets.some((target) => matchesTarget(target, agent)),
      );
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
      this.#strategies.require(strategy, Strategy.SET_ROUTE_DELAY);
      const delayMs = readRouteDelay(params);
      const event = { type: 'setRouteDelay', delayMs, now: this.#clock.now() } as const;
      return { batch: this.#runtime.applyBatch(call, event), answer: undefined };
    });
  }

  /**
   * Runs a function of URS for a call or a submit, once for an idempotency key. Rejects with RoutingError
   * CALL_NOT_FOUND or ROUTING_REQUEST_INVALID.
   */
  async callFunction(
    connId: ConnId,
    { name, params, key }: { readonly name: string; readonly params: readonly Json[]; readonly key?: string },
  ): Promise<Json> {
    const view = await this.viewQueue(connId);
    return this.#once.commit(keyedBy(key, 'urs.func', connId), () => {
      const call = readCall(this.#durable, connId);
      if (call === undefined) throw new RoutingError('CALL_NOT_FOUND', connId);
      const now = this.#clock.now();
      const { batch = {}, answer } = runFunction(name, { call, params, view, index: this.#index, now });
      return { batch, answer };
    });
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

  /** Removes the calls of services. Resolves with their number. Reads all calls. */
  async removeOfServices(serviceIds: ReadonlySet<ServiceId>): Promise<number> {
    const found: ConnId[] = [];
    await visitRecords<VirtualInteraction>(this.#durable, CALL, ({ value: { id, serviceId } }) => {
      if (serviceId !== undefined && serviceIds.has(serviceId)) found.push(id);
    });
    for (const id of found) {
      const call = readCall(this.#durable, id);
      if (call === undefined) continue;
      const submit = asSubmit(call);
      await this.#durable.commit(
        submit === undefined
          ? this.#runtime.applyBatch(call, { type: 'remove' })
          : this.#submits.withdrawBatch(submit),
      );
    }
    return found.length;
  }

  get(connId: ConnId): CallView | undefined {
    const call = readCall(this.#durable, connId);
    return call && viewCall(call);
  }

  /** In the order of ids, at most MAX_LISTED_CALLS. */
  list(): readonly CallView[] {
    return [...scanCalls(this.#durable, MAX_LISTED_CALLS)].map(({ value }) => viewCall(value));
  }

  /** The calls that a session started or submitted. */
  ofSession(sessionId: SessionId): readonly CallView[] {
    return callsOfSession(this.#durable, sessionId).map(viewCall);
  }

  /**
   * Reads long queues after a start, in the background, so that the first view of a queue is quick. Never
   * rejects.
   */
  async readAhead(): Promise<void> {
    try {
      await this.#index.readAhead();
    } catch (error) {
      // The first view of each queue reads it then.
      if (this.#closing?.aborted) return;
      this.#log.warn({ err: error }, 'The virtual queues could not be read in advance.');
    }
  }

  /** Matching.findAgent. */
  findAgent(target: string, media: string): AgentRecord | undefined {
    return this.#matching.findAgent(target, media);
  }

  /** Submits.acceptedBatch. */
  offerAcceptedBatch(submitId: ConnId): Batch {
    return this.#submits.acceptedBatch(submitId);
  }

  /** Submits.refusedBatch. */
  offerRefusedBatch(submitId: ConnId, askedMs: number): Batch {
    return this.#submits.refusedBatch(submitId, askedMs);
  }

  /** Submits.dropBatch. */
  dropSubmitsBatch(interactionId: InteractionId): Batch {
    return this.#submits.dropBatch(interactionId);
  }

  #startBatch(id: ConnId, request: StartCall): Batch {
    const { sessionUrl, sessionId, serviceId, data, tenant = DEFAULT_TENANT } = request;
    const strategy = Strategy.WAIT_FOR_TARGET;
    this.#strategies.require(request.strategy ?? strategy, strategy);
    const steps = parseTargetList(request.target).map((step) => ({
      ...step,
      target: respellTargets(step.target, this.#precedence),
    }));
    const vq =
      request.vq === undefined ? targetQueueKey(tenant, request.target) : queueKey(tenant, request.vq);
    const { location, batch: taken } = this.#index.enter(vq);
    const { base = 0, increment = 0, everyMs = 0 } = request.priority ?? {};
    const call = {
      id,
      owner: { kind: 'call' as const, ...defined({ sessionUrl, sessionId }) },
      tenant,
      strategy,
      ...defined({ serviceId, data }),
      media: request.media ?? 'chat',
      vq,
      ...location,
      enteredAt: this.#clock.now(),
      priority: { base, increment, everyMs },
    };
    const reserveTimeoutMs = request.reserveTimeoutMs ?? DEFAULT_RESERVE_TIMEOUT_MS;
    const route = { steps, reserveTimeoutMs, delayMs: request.routeDelayMs ?? null };
    return joinBatches(taken, this.#runtime.startBatch(call, route));
  }

  /** The calls of a session that ended leave their queues: nobody waits for an agent any more. */
  #sessionEndedBatch(sessionId: SessionId): Batch {
    return joinBatches(
      ...callsOfSession(this.#durable, sessionId).map((call) => {
        const submit = asSubmit(call);
        return submit === undefined
          ? this.#runtime.applyBatch(call, { type: 'remove' })
          : this.#submits.withdrawBatch(submit);
      }),
    );
  }

  #requireCall(connId: ConnId): VirtualInteraction {
    const call = readCall(this.#durable, connId);
    if (call?.owner.kind !== 'call') throw new RoutingError('CALL_NOT_FOUND', connId);
    return call;
  }
}

function viewCall(call: VirtualInteraction): CallView {
  const { state, context } = viewRoute(call.snapshot);
  const { id: connId, strategy, tenant, enteredAt, owner, serviceId, data } = call;
  const vq = queueNameOf(call.vq);
  const agentId = context.agent?.agentId;
  return {
    connId,
    state,
    vq,
    tenant,
    strategy,
    enteredAt,
    ...defined({ agentId, sessionId: owner.sessionId, serviceId, data }),
  };
}
