import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import type { Agents } from './agents.ts';
import type { CallRuntime } from './callRuntime.ts';
import { findMatches } from './findMatches.ts';
import { findMatch, type Match } from './matchCalls.ts';
import { MATCH_TASK } from './matchTask.ts';
import type { Reservations } from './reservations.ts';
import type { RouteAnnouncer } from './routeAnnouncer.ts';
import type { SkillPrecedence } from './skillExpression.ts';
import { asSubmit } from './submitCalls.ts';
import type { Submits } from './submits.ts';
import { formatTarget, parseTargets } from './target.ts';
import { readCall } from './virtualInteraction.ts';
import { viewRoute } from './waitForTarget.ts';

/**
 * Reserves free agents for routable calls, by the match task. R2 of Routing: the task reads, decides and
 * commits without waiting in between.
 */
export class Matching {
  readonly #durable: Durable;
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
    const now = this.#clock.now();
    const matches = findMatches(this.#durable, this.#agents.freeForAny(), now);
    await Promise.all(matches.map((match) => this.#durable.commit(this.#matchedBatch(match, now))));
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
