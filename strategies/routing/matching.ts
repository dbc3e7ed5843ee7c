import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, type Log, nextMacrotask } from '../../engine/ports/index.ts';
import { formatTarget, parseTargets, type SkillPrecedence, targetsOf } from '../targets/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import { roomIn } from './agentRoom.ts';
import type { Agents } from './agents.ts';
import type { CallRuntime } from './callRuntime.ts';
import { ConditionWatch, lookAtDue, MAX_CALLS_LOOKED_AT } from './conditionWatch.ts';
import { readExcluded } from './excludedAgents.ts';
import { Look } from './look.ts';
import { findMatch, type Match, type RoutableCall } from './matchCalls.ts';
import { MATCH_TASK } from './matchTask.ts';
import { DEFAULT_TENANT } from './queueNames.ts';
import type { Reservations } from './reservations.ts';
import type { RouteAnnouncer } from './routeAnnouncer.ts';
import { viewRoute } from './routeStrategy.ts';
import type { RoutingIndex } from './routingIndex.ts';
import { asSubmit } from './submitCalls.ts';
import { orderAgents } from './submitOrder.ts';
import type { Submits } from './submits.ts';
import { readCall, type VirtualInteraction } from './virtualInteraction.ts';
import type { Proposal, WaitingCalls } from './waitingCalls.ts';

/** Matches that are being committed, and why there are not more. */
interface SomeMatches {
  readonly commits: readonly Promise<void>[];
  /** 'nothing left': no free agent gets another call. */
  readonly end: 'nothing left' | 'more' | 'pause';
}

/** Matches that are committed together; other work comes in between. */
export const MAX_MATCHES_AT_ONCE = 16;

/**
 * Reserves free agents for routable calls, by the match task. The index proposes a call; its record and the
 * record of the agent decide. R2 of Routing: the task reads, decides and commits without waiting in between.
 */
export class Matching {
  readonly #durable: Durable;
  readonly #index: RoutingIndex;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #runtime: CallRuntime;
  readonly #reservations: Reservations;
  readonly #announcer: RouteAnnouncer;
  readonly #submits: Submits;
  readonly #precedence: SkillPrecedence;
  readonly #watch: ConditionWatch;

  constructor(deps: {
    readonly durable: Durable;
    readonly index: RoutingIndex;
    readonly clock: Clock;
    readonly log: Log;
    readonly agents: Agents;
    readonly runtime: CallRuntime;
    readonly reservations: Reservations;
    readonly announcer: RouteAnnouncer;
    readonly submits: Submits;
    readonly skillPrecedence?: SkillPrecedence;
    /** Nothing is looked at after it is aborted. */
    readonly closing?: AbortSignal;
  }) {
    this.#durable = deps.durable;
    this.#index = deps.index;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#runtime = deps.runtime;
    this.#reservations = deps.reservations;
    this.#announcer = deps.announcer;
    this.#submits = deps.submits;
    this.#precedence = deps.skillPrecedence ?? 'leftToRight';
    this.#watch = new ConditionWatch(deps);
    deps.durable.onTask(MATCH_TASK, () => this.#match());
  }

  /** The agent to whom a redirect to a target string would go. Throws RoutingError TARGET_INVALID. */
  findAgent(target: string, media: string): AgentRecord | undefined {
    const wanted = { targets: parseTargets(target, this.#precedence), tried: [] };
    const free = this.#agents.free(media).map(({ record }) => record);
    return findMatch(wanted, free, this.#clock.now(), this.#index.judge(DEFAULT_TENANT))?.agent;
  }

  /** Looks at conditions from now on, also if no agent and no call changes. */
  async watch(): Promise<void> {
    this.#watch.watch(await this.#index.ready());
  }

  async #match(): Promise<void> {
    const calls = await this.#index.ready();
    const refreshed = new Set<string>();
    try {
      for (;;) {
        await lookAtDue(calls, this.#clock);
        const { commits, end } = this.#matchSome(calls, refreshed);
        await Promise.all(commits);
        if (end === 'nothing left') return;
        if (end === 'pause') await nextMacrotask();
      }
    } finally {
      this.#watch.watch(calls);
    }
  }

  /** Commits up to MAX_MATCHES_AT_ONCE matches. `refreshed`: the calls whose records were taken again. */
  #matchSome(calls: WaitingCalls, refreshed: Set<string>): SomeMatches {
    const now = this.#clock.now();
    const commits: Promise<void>[] = [];
    // Nothing is awaited before its last question.
    const look = new Look(now);
    let looks = 0;
    while (commits.length < MAX_MATCHES_AT_ONCE) {
      const proposal = calls.next(look);
      if (proposal === undefined) return { commits, end: 'nothing left' };
      const match = this.#decide(proposal, calls, now);
      if (typeof match === 'object') {
        commits.push(this.#durable.commit(this.#matchedBatch(match, now)));
        continue;
      }
      // The index may think of a call's conditions as they were a moment ago.
      const isStale = match === 'stale' || calls.get(proposal.callId)?.demand.isOfCall === true;
      if (!isStale || refreshed.has(proposal.callId)) {
        look.passOver(proposal.lane);
        continue;
      }
      refreshed.add(proposal.callId);
      this.#refresh(proposal);
      looks += 1;
      if (looks >= MAX_CALLS_LOOKED_AT) return { commits, end: 'pause' };
    }
    return { commits, end: 'more' };
  }

  /** 'stale': a record is not as the index has it, for example because it has expired. */
  #decide({ callId, agents }: Proposal, calls: WaitingCalls, now: number): Match | 'none' | 'stale' {
    const call = readCall(this.#durable, callId);
    if (call === undefined || viewRoute(call.snapshot).state !== 'routable') return 'stale';
    const wanted = this.#wantedOf(call);
    const rooms = new Map(agents.map((agent) => [agent.record.agentId, agent]));
    const roomOf = ({ agentId }: AgentRecord): number => {
      const free = rooms.get(agentId);
      return free === undefined ? 0 : roomIn(free, call.media);
    };
    const open = agents.map(({ record }) => record);
    const judge = calls.routes.judge(call.tenant, now, call);
    const figures = { roomOf, statisticOf: judge.statisticOf };
    const match = findMatch(wanted, orderAgents(open, wanted.order, figures), now, judge);
    if (match === undefined) return 'none';
    const { agentId, setting } = match.agent;
    const isCurrent =
      this.#agents.record(agentId)?.setting === setting && this.#agents.isFree(agentId, call.media);
    return isCurrent ? { callId, ...match } : 'stale';
  }

  #wantedOf({ id, media, owner, snapshot, excluded }: VirtualInteraction): RoutableCall {
    const { context } = viewRoute(snapshot);
    const { steps, active, tried } = context;
    const wanted = { id, media, targets: targetsOf(steps, active), tried };
    if (owner.kind === 'call') return { ...wanted, excluded };
    return { ...wanted, order: owner.order, excluded: readExcluded(this.#durable, owner.interactionId) };
  }

  #refresh({ callId, agents }: Proposal): void {
    this.#index.refreshCall(callId);
    for (const { record } of agents) this.#index.refreshAgent(record.agentId);
  }

  #matchedBatch({ callId, agent, target }: Match, now: number): Batch {
    const call = readCall(this.#durable, callId)!;
    const chosen = { agentId: agent.agentId, setting: agent.setting, target: formatTarget(target) };
    this.#log.info({ connId: callId, agentId: agent.agentId, vq: call.vq }, 'Agent reserved.');
    const submit = asSubmit(call);
    if (submit !== undefined) return this.#submits.matchedBatch(submit, agent, chosen);
    const { context } = viewRoute(call.snapshot);
    return joinBatches(
      this.#runtime.applyBatch(call, { type: 'agentReserved', agent: chosen }),
      this.#reservations.reserveBatch({
        agentId: agent.agentId,
        holder: call.id,
        untilMs: now + context.reserveTimeoutMs,
        vq: call.vq,
        sessionId: call.owner.sessionId,
        media: call.media,
      }),
      this.#announcer.announceBatch(call, context.attempt + 1),
    );
  }
}
