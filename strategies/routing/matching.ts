import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import { roomIn } from './agentRoom.ts';
import type { Agents } from './agents.ts';
import type { CallRuntime } from './callRuntime.ts';
import { readExcluded } from './excludedAgents.ts';
import { findMatch, type Match, type RoutableCall } from './matchCalls.ts';
import { MATCH_TASK } from './matchTask.ts';
import type { Reservations } from './reservations.ts';
import type { RouteAnnouncer } from './routeAnnouncer.ts';
import type { RoutingIndex } from './routingIndex.ts';
import type { SkillPrecedence } from './skillExpression.ts';
import { asSubmit } from './submitCalls.ts';
import { orderAgents } from './submitOrder.ts';
import type { Submits } from './submits.ts';
import { formatTarget, parseTargets } from './target.ts';
import { targetsOf } from './targetList.ts';
import { readCall, type VirtualInteraction } from './virtualInteraction.ts';
import { viewRoute } from './waitForTarget.ts';
import { type PassedOver, type Proposal, passOver, type WaitingCalls } from './waitingCalls.ts';

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
    deps.durable.onTask(MATCH_TASK, () => this.#match());
  }

  /** The agent to whom a redirect to a target string would go. Throws RoutingError TARGET_INVALID. */
  findAgent(target: string, media: string): AgentRecord | undefined {
    const wanted = { targets: parseTargets(target, this.#precedence), tried: [] };
    const free = this.#agents.free(media).map(({ record }) => record);
    return findMatch(wanted, free, this.#clock.now())?.agent;
  }

  async #match(): Promise<void> {
    const calls = await this.#index.ready();
    for (;;) {
      const commits = this.#matchSome(calls);
      await Promise.all(commits);
      if (commits.length < MAX_MATCHES_AT_ONCE) return;
    }
  }

  /** Commits up to MAX_MATCHES_AT_ONCE matches; fewer: no free agent gets a call. */
  #matchSome(calls: WaitingCalls): readonly Promise<void>[] {
    const now = this.#clock.now();
    const commits: Promise<void>[] = [];
    const passedOver: PassedOver = new Map();
    const refreshed = new Set<string>();
    while (commits.length < MAX_MATCHES_AT_ONCE) {
      const proposal = calls.next(now, passedOver);
      if (proposal === undefined) break;
      const match = this.#decide(proposal, now);
      if (match === 'none' || (match === 'stale' && refreshed.has(proposal.callId))) {
        passOver(passedOver, proposal.lane);
      } else if (match === 'stale') {
        refreshed.add(proposal.callId);
        this.#refresh(proposal);
      } else {
        commits.push(this.#durable.commit(this.#matchedBatch(match, now)));
      }
    }
    return commits;
  }

  /** 'stale': a record is not as the index has it, for example because it has expired. */
  #decide({ callId, agents }: Proposal, now: number): Match | 'none' | 'stale' {
    const call = readCall(this.#durable, callId);
    if (call === undefined || viewRoute(call.snapshot).state !== 'routable') return 'stale';
    const wanted = this.#wantedOf(call);
    const rooms = new Map(agents.map((agent) => [agent.record.agentId, agent]));
    const roomOf = ({ agentId }: AgentRecord): number => {
      const free = rooms.get(agentId);
      return free === undefined ? 0 : roomIn(free, call.media);
    };
    const open = agents.map(({ record }) => record);
    const match = findMatch(wanted, orderAgents(open, wanted.order, roomOf), now);
    if (match === undefined) return 'none';
    const { agentId, setting } = match.agent;
    const isCurrent =
      this.#agents.record(agentId)?.setting === setting && this.#agents.isFree(agentId, call.media);
    return isCurrent ? { callId, ...match } : 'stale';
  }

  #wantedOf({ id, media, owner, snapshot }: VirtualInteraction): RoutableCall {
    const { context } = viewRoute(snapshot);
    const { steps, active, tried } = context;
    const wanted = { id, media, targets: targetsOf(steps, active), tried };
    if (owner.kind === 'call') return wanted;
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
