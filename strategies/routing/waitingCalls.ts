import type { InteractionId } from '../ids/index.ts';
import type { FreeAgent } from './agentRecord.ts';
import type { BlockingRules } from './agentRoom.ts';
import { MAX_CALL_AGE_MS } from './callAge.ts';
import { CallAges } from './callAges.ts';
import type { ConnId } from './callIds.ts';
import { CallRoutes } from './callRoutes.ts';
import type { DemandClass } from './demandClass.ts';
import { DemandClasses } from './demandClasses.ts';
import type { CallDemand } from './demandKeys.ts';
import { IdMap } from './idMap.ts';
import type { Lane } from './lane.ts';
import type { Look } from './look.ts';
import { mayTake } from './matchCalls.ts';
import { NO_OUTSIDE, type OutsideFigures } from './outsideFigures.ts';
import { RuleCounts } from './ruleCounts.ts';
import type { Staff } from './staff.ts';
import type { CallLimits, WaitingCall, WaitingFacts } from './waitingCall.ts';
import { type WaitingQueue, WaitingQueues } from './waitingQueue.ts';

/** The next call to which a free agent may go, and the free agents who match it. */
export interface Proposal {
  readonly callId: ConnId;
  readonly lane: Lane<WaitingCall>;
  readonly agents: readonly FreeAgent[];
}

/**
 * The calls that wait and the agents, in memory, for two questions: which call does a free agent get, and
 * which place does a call have.
 *
 * WC1. A call is in a lane of its queue, and while it is routable in a lane of its demand class. Another
 *      lane tells which calls have expired. The order of lanes never changes, so nothing is sorted
 *      when a question comes.
 * WC2. Only the next call of each lane can be the best of its class. A call whose limits exclude every free
 *      agent is passed over.
 * WC3. The index tells what the records tell, and decides nothing: a match reads the records again.
 */
export class WaitingCalls {
  readonly #classes: DemandClasses;
  readonly #calls = new IdMap<WaitingCall>();
  readonly #queues = new WaitingQueues<WaitingCall>();
  readonly #watched = new Set<WaitingQueue<WaitingCall>>();
  readonly #ages = new CallAges<WaitingCall>();
  readonly #routes: CallRoutes;
  readonly #rules = new RuleCounts();
  readonly #excludedOf: (id: InteractionId) => readonly string[] | undefined;

  constructor(deps: {
    /** Agents whom the document of an interaction excluded. */
    readonly excludedOf: (id: InteractionId) => readonly string[] | undefined;
    /** Default: no medium keeps an agent from another one. */
    readonly blocking?: BlockingRules;
    /** Default: statistics and settings are not known. */
    readonly outside?: OutsideFigures;
  }) {
    this.#classes = new DemandClasses(deps);
    this.#excludedOf = deps.excludedOf;
    this.#routes = new CallRoutes({
      classes: this.#classes,
      queues: this.#queues,
      outside: deps.outside ?? NO_OUTSIDE,
    });
  }

  get staff(): Staff {
    return this.#classes.staff;
  }

  /** The classes in which calls are routable now. */
  get routes(): CallRoutes {
    return this.#routes;
  }

  /** The call waits as `facts` tell; undefined: it does not wait. `now` counts for its conditions. */
  set(id: ConnId, facts: WaitingFacts | undefined, now = facts?.enteredAt ?? 0): void {
    const before = this.#calls.get(id);
    if (before !== undefined) this.#remove(before);
    if (facts === undefined) return;
    // Also where nobody looks, a queue must not keep what has expired. This may drop classes without calls.
    this.#dropExpired(facts.enteredAt);
    const demand = this.#classes.of(facts);
    this.#insert(facts, { queue: this.#queues.make(facts.vq), demand, now });
  }

  /**
   * Whether one more call may have these targets and this priority. Throws RoutingError ROUTING_LIMITED.
   */
  admit(call: CallDemand & Pick<WaitingFacts, 'priority'>): void {
    this.#classes.admit(call);
    this.#rules.admit(call.priority);
  }

  get(id: ConnId): WaitingCall | undefined {
    return this.#calls.get(id);
  }

  /** The keys of the queues in which calls wait. */
  queueKeys(now: number): Iterable<string> {
    this.#dropExpired(now);
    return this.#queues.keys;
  }

  /** The queue as it is now; undefined: no call waits in it. */
  queue(key: string, now: number): WaitingQueue<WaitingCall> | undefined {
    this.#dropExpired(now);
    return this.#queues.get(key);
  }

  /** Queues with calls whose sessions are told of a position. */
  watchedQueues(now: number): readonly WaitingQueue<WaitingCall>[] {
    this.#dropExpired(now);
    return [...this.#watched];
  }

  /** Undefined: no free agent may take any call. */
  next(look: Look): Proposal | undefined {
    for (;;) {
      const best = this.#routes.best(look);
      if (best === undefined) return undefined;
      const { call, lane } = best;
      const agents = this.#routes.agentsOf(call.routed!.demand, look);
      if (this.#isAllowed(call, agents, look.now)) return { callId: call.id, lane, agents };
      look.passOver(lane);
    }
  }

  /** The things that all agents together, in whatever state, lack for a call; undefined: nothing. */
  whyUnservable(call: CallDemand): string | undefined {
    return this.#classes.whyUnservable(call);
  }

  /** Number of calls of a queue that wait and that no agent, in whatever state, can take. */
  countUnservable(key: string, now: number): number {
    let count = 0;
    for (const [demand, calls] of this.queue(key, now)?.demands ?? []) {
      if (!this.#classes.canServe(demand)) count += calls;
    }
    return count;
  }

  #insert(
    facts: WaitingFacts,
    {
      queue,
      demand,
      now,
    }: {
      readonly queue: WaitingQueue<WaitingCall>;
      readonly demand: DemandClass<WaitingCall>;
      readonly now: number;
    },
  ): void {
    const { id, serial, enteredAt, waitsSince, priority, isRoutable, tellPosition } = facts;
    const call: WaitingCall = {
      id,
      serial,
      enteredAt,
      waitsSince,
      priority,
      queue,
      queueLane: undefined,
      demand,
      routed: undefined,
      limits: limitsOf(facts),
      tellPosition,
    };
    this.#ages.add(call);
    call.queueLane = queue.lanes.add(call, priority);
    queue.count(demand, 1);
    this.#watch(call, 1);
    this.#rules.count(priority, 1);
    this.#classes.count(demand, 1);
    this.#calls.set(id, call);
    if (isRoutable) this.#routes.add(call, now);
  }

  #remove(call: WaitingCall): void {
    const { id, queue, queueLane, demand } = call;
    this.#calls.delete(id);
    this.#ages.remove(call);
    queue.lanes.remove(call, queueLane!);
    queue.count(demand, -1);
    this.#watch(call, -1);
    this.#rules.count(call.priority, -1);
    this.#queues.left(queue);
    this.#routes.remove(call);
    this.#classes.count(demand, -1);
  }

  /** The call came (1) or left (-1). */
  #watch({ queue, tellPosition }: WaitingCall, change: 1 | -1): void {
    if (tellPosition === undefined) return;
    queue.watch(tellPosition, change);
    if (queue.farthest === 0) this.#watched.delete(queue);
    else this.#watched.add(queue);
  }

  #dropExpired(now: number): void {
    for (
      let { oldest } = this.#ages;
      oldest !== undefined && isExpired(oldest, now);
      { oldest } = this.#ages
    ) {
      this.#remove(oldest);
    }
  }

  #isAllowed({ limits }: WaitingCall, agents: readonly FreeAgent[], now: number): boolean {
    if (limits === undefined) return agents.length > 0;
    const { excluded = limits.interactionId && this.#excludedOf(limits.interactionId) } = limits;
    const limited = { tried: limits.tried, excluded };
    return agents.some(({ record }) => mayTake(limited, record, now));
  }
}

function isExpired({ enteredAt }: WaitingCall, now: number): boolean {
  return enteredAt + MAX_CALL_AGE_MS <= now;
}

function limitsOf({ tried, interactionId, excluded }: WaitingFacts): CallLimits | undefined {
  const hasNone = tried.length === 0 && interactionId === undefined && excluded === undefined;
  return hasNone ? undefined : { tried, interactionId, excluded };
}
