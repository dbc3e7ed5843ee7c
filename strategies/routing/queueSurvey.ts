import { compareKeys, type Durable } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import type { AccuracyView, WaitEstimate, WaitQuestion } from '../estimates/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { AgentState } from './agentRecord.ts';
import { type CallView, viewCall } from './callView.ts';
import { PLAIN_RULE } from './priority.ts';
import { isTargetQueue, queueNameOf } from './queueNames.ts';
import type { RoutingIndex } from './routingIndex.ts';
import { readCall } from './virtualInteraction.ts';
import type { WaitEstimates } from './waitEstimates.ts';
import type { WaitingCalls } from './waitingCalls.ts';

/** A virtual queue, as operators watch it. */
export interface SurveyedQueue {
  readonly key: string;
  /** Undefined: the calls that named no queue and wait for the same target. */
  readonly name: string | undefined;
  /** Calls that wait. */
  readonly waiting: number;
  /** ms that the oldest of them has waited; 0 without one. */
  readonly oldestMs: number;
  /** Agents who are logged in and could take one of them, and those of these who are free. */
  readonly agents: { readonly loggedIn: number; readonly free: number };
  /** The estimates of the last served calls, compared with their waits. Absent: there are none. */
  readonly accuracy?: AccuracyView;
}

export interface Survey {
  readonly queues: readonly SurveyedQueue[];
  /** Agents by their state for all media. */
  readonly agents: Readonly<Record<AgentState, number>>;
  /** Agents who have an interaction, an offer or a reservation. */
  readonly busyAgents: number;
}

/** A queue with the wait of a call that would come now. Absent: nothing is known yet. */
export interface WatchedQueue extends SurveyedQueue {
  readonly estimate?: WaitEstimate;
}

/** A call that waits, and the rest of its wait. */
export interface WatchedCall extends Pick<CallView, 'connId' | 'enteredAt' | 'sessionId' | 'serviceId'> {
  readonly position: number;
  readonly estimate?: WaitEstimate;
}

/** An agent who is logged in and could take a call of the queue. */
export interface WatchedAgent {
  readonly agentId: AgentId;
  readonly isFree: boolean;
}

/** Queues that watch() shows at most: those in which most calls wait. */
const MAX_WATCHED_QUEUES = 500;
/** Calls that calls() shows at most. */
const MAX_WATCHED_CALLS = 200;
/** Agents that agents() shows at most. */
const MAX_WATCHED_AGENTS = 1_000;

/** All queues in which calls wait, or whose estimates are in memory. */
export class QueueSurvey {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #index: RoutingIndex;
  readonly #estimates: WaitEstimates;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly index: RoutingIndex;
    readonly estimates: WaitEstimates;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#index = deps.index;
    this.#estimates = deps.estimates;
  }

  /** Rejects when the store cannot be read. */
  async take(): Promise<Survey> {
    const calls = await this.#index.ready();
    const { staff } = calls;
    const agents = { ready: 0, notReady: 0, afterWork: 0, loggedOut: 0 };
    for (const { state } of staff.records) agents[state]++;
    const busyAgents = staff.records.filter(({ agentId }) => staff.holdersOf(agentId).length > 0).length;
    return { queues: this.#queuesOf(calls), agents, busyAgents };
  }

  /** As take(), with an estimate for each queue. `queueCount`: of all queues. */
  async watch(): Promise<Survey & { readonly queues: readonly WatchedQueue[]; readonly queueCount: number }> {
    const survey = await this.take();
    const calls = await this.#index.ready();
    const busiest = survey.queues.toSorted((a, b) => b.waiting - a.waiting).slice(0, MAX_WATCHED_QUEUES);
    const queues = busiest.map((queue) => {
      const { key, waiting: ahead } = queue;
      return {
        ...queue,
        ...defined({ estimate: this.#estimate(calls, key, { ahead, rule: PLAIN_RULE, ageMs: 0 }) }),
      };
    });
    return { ...survey, queues, queueCount: survey.queues.length };
  }

  /** The first calls of a queue, in their order. */
  async calls(key: string): Promise<readonly WatchedCall[]> {
    const index = await this.#index.ready();
    const now = this.#clock.now();
    const first = index.queue(key, now)?.first(MAX_WATCHED_CALLS, now) ?? [];
    return first.flatMap(({ id, enteredAt, priority: rule }, ahead) => {
      const call = readCall(this.#durable, id);
      if (call === undefined) return [];
      const { connId, sessionId, serviceId } = viewCall(call);
      const estimate = this.#estimate(index, key, { ahead, rule, ageMs: now - enteredAt });
      return [{ connId, enteredAt, position: ahead + 1, ...defined({ sessionId, serviceId, estimate }) }];
    });
  }

  /** The agents of SurveyedQueue.agents, those who are free first. */
  async agents(key: string): Promise<readonly WatchedAgent[]> {
    const calls = await this.#index.ready();
    return calls.staff
      .loggedInFor(this.#classesOf(calls, key))
      .toSorted((a, b) => Number(b.isFree) - Number(a.isFree) || compareKeys(a.agentId, b.agentId))
      .slice(0, MAX_WATCHED_AGENTS);
  }

  #estimate(
    calls: WaitingCalls,
    key: string,
    question: Pick<WaitQuestion, 'ahead' | 'rule' | 'ageMs'>,
  ): WaitEstimate | undefined {
    const now = this.#clock.now();
    const classes = this.#classesOf(calls, key);
    const { staff } = calls;
    const agents = (): number =>
      classes.length === 0 ? staff.countAllLoggedIn() : staff.countLoggedIn(classes);
    return this.#estimates.estimate([key], { ...question, now, agents });
  }

  /** The classes of the calls in a queue. */
  #classesOf(calls: WaitingCalls, key: string): readonly { readonly id: number }[] {
    return [...(calls.queue(key, this.#clock.now())?.demands.keys() ?? [])];
  }

  #queuesOf(calls: WaitingCalls): readonly SurveyedQueue[] {
    const now = this.#clock.now();
    const keys = new Set([...calls.queueKeys(now), ...this.#estimates.keys]);
    return [...keys].sort().map((key) => {
      const queue = calls.queue(key, now);
      const classes = this.#classesOf(calls, key);
      const enteredAt = Math.min(
        ...(queue?.lanes.lanes ?? []).flatMap(({ oldest }) => oldest?.enteredAt ?? []),
      );
      return {
        key,
        name: isTargetQueue(key) ? undefined : queueNameOf(key),
        waiting: queue?.calls ?? 0,
        oldestMs: Number.isFinite(enteredAt) ? Math.max(0, now - enteredAt) : 0,
        agents: { loggedIn: calls.staff.countLoggedIn(classes), free: calls.staff.countReady(classes) },
        ...defined({ accuracy: this.#estimates.accuracy([key]) }),
      };
    });
  }
}
