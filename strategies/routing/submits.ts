import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import { type Clock, defined, type Json, type SessionId } from '../../engine/ports/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import type { Agents } from './agents.ts';
import type { ConnId } from './callIds.ts';
import type { CallRuntime } from './callRuntime.ts';
import { excludeBatch, forgetExcludedBatch } from './excludedAgents.ts';
import { matchBatch } from './matchTask.ts';
import { queueNameOf } from './queueNames.ts';
import type { Reservations } from './reservations.ts';
import { makeResource, targetComponent } from './resource.ts';
import { type ChosenAgent, viewRoute } from './routeStrategy.ts';
import { readSubmitCall, type SubmitCall, submitsOfInteraction } from './submitCalls.ts';
import type { SubmitUpdate } from './submitRequest.ts';
import { removeCallBatch, type VirtualInteraction } from './virtualInteraction.ts';
import { stepRoute } from './waitForTarget.ts';

const DEADLINE_TASK = 'routing.submitDeadline';
/**
 * Time for which an agent who was selected with route="false" is held, and after which an agent who refused
 * may be asked again.
 */
export const SUBMIT_RESERVE_TIMEOUT_MS = 30_000;

/** An offer that the agent did not take. */
export interface RefusedOffer {
  readonly why: 'rejected' | 'noanswer' | 'loggedout';
  /** Time for which the agent was asked. */
  readonly askedMs: number;
}

/** An interaction that a session submits. */
export interface SubmittedInteraction {
  readonly id: InteractionId;
  readonly media: string;
  /** ms since epoch. Present: it lost its agent, and goes to the head of its queue; the oldest is first. */
  readonly waitsSince?: number;
}

/** The methods that routing needs of real interactions; strategies/interaction implements them. */
export interface InteractionOffers {
  /** The session's interaction of that id; without an id, its only one. */
  find(
    sessionId: SessionId,
    interactionId: InteractionId | undefined,
  ): SubmittedInteraction | { readonly error: 'unknown'; readonly description: string };
  /** Offers the interaction of a submit to the agent. Undefined: it cannot be offered now. */
  submitOfferBatch(offer: {
    readonly interactionId: InteractionId;
    readonly agent: AgentRecord;
    readonly vq: string;
    readonly submitId: ConnId;
  }): Batch | undefined;
  /** Takes back the offer of a cancelled submit. */
  withdrawSubmitBatch(interactionId: InteractionId, submitId: ConnId): Batch;
}

/**
 * Submitted interactions: they wait for an agent, who is selected or offered the interaction. ors-dialect
 * 2.10.
 */
export class Submits {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #agents: Agents;
  readonly #sessions: Pick<Sessions, 'eventBatch'>;
  readonly #runtime: CallRuntime;
  readonly #reservations: Reservations;
  readonly #offers: InteractionOffers;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly agents: Agents;
    readonly sessions: Pick<Sessions, 'eventBatch'>;
    readonly runtime: CallRuntime;
    readonly reservations: Reservations;
    readonly offers: InteractionOffers;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#agents = deps.agents;
    this.#sessions = deps.sessions;
    this.#runtime = deps.runtime;
    this.#reservations = deps.reservations;
    this.#offers = deps.offers;
    deps.durable.onTask<{ id: ConnId }>(DEADLINE_TASK, async ({ id }) => {
      const submit = readSubmitCall(deps.durable, id);
      // While the interaction is offered, the answer decides. A refusal sets a later deadline.
      if (submit === undefined || isAnnouncing(submit.call)) return;
      await deps.durable.commit(this.#timeoutBatch(submit));
    });
  }

  /** The submit fails at this time, unless an agent took the interaction. */
  deadlineBatch(id: ConnId, dueAt: number): Batch {
    return { schedule: [{ key: deadlineKey(id), kind: DEADLINE_TASK, payload: { id }, dueAt }] };
  }

  /**
   * An agent was found: with route="false" the submit is done; otherwise the agent is offered the
   * interaction.
   */
  matchedBatch(submit: SubmitCall, agent: AgentRecord, chosen: ChosenAgent): Batch {
    const { call, owner } = submit;
    if (!owner.route) return this.#selectedBatch(submit, agent, chosen);
    const offer = this.#offers.submitOfferBatch({
      interactionId: owner.interactionId,
      agent,
      vq: call.vq,
      submitId: call.id,
    });
    if (offer !== undefined) {
      return joinBatches(this.#runtime.applyBatch(call, { type: 'agentReserved', agent: chosen }), offer);
    }
    const description = `The interaction '${owner.interactionId}' cannot be offered now: it has ended, or an agent has it.`;
    return joinBatches(
      this.#leaveBatch(call),
      this.#errorBatch(submit, { error: 'invalidstate', description }),
    );
  }

  /** The agent accepted the interaction: the submit is done. */
  acceptedBatch(id: ConnId): Batch {
    const submit = readSubmitCall(this.#durable, id);
    const chosen = submit && viewRoute(submit.call.snapshot).context.agent;
    if (submit === undefined || chosen === undefined) return {};
    const routed = stepRoute(submit.call.snapshot, { type: 'routeAccepted', now: this.#clock.now() });
    return joinBatches(
      this.#leaveBatch(submit.call),
      this.#runtime.decisionsBatch(submit.call, routed),
      this.#doneBatch(submit, chosen),
    );
  }

  /**
   * The agent refused, or did not answer: the submit waits at its old place for another agent. The time for
   * which the agent was asked does not count against the submit, so its deadline moves.
   */
  refusedBatch(id: ConnId, { why, askedMs }: RefusedOffer): Batch {
    const submit = readSubmitCall(this.#durable, id);
    if (submit === undefined) return {};
    const noAnswer = why === 'noanswer' ? (true as const) : undefined;
    const event = { type: 'routeRefused', now: this.#clock.now(), ...defined({ noAnswer }) } as const;
    const { deadline } = submit.owner;
    if (deadline === undefined) return this.#runtime.applyBatch(submit.call, event);
    const moved = deadline + askedMs;
    const owner = { ...submit.owner, deadline: moved };
    return joinBatches(
      this.#runtime.applyBatch({ ...submit.call, owner }, event),
      this.deadlineBatch(id, moved),
    );
  }

  /** Removes the submit from its queue, and takes back its offer. */
  withdrawBatch({ call, owner }: SubmitCall): Batch {
    const isOffered = owner.route && isAnnouncing(call);
    return joinBatches(
      this.#leaveBatch(call),
      isOffered ? this.#offers.withdrawSubmitBatch(owner.interactionId, call.id) : {},
    );
  }

  /** The interaction is over: its submits leave their queues. */
  dropBatch(interactionId: InteractionId): Batch {
    return joinBatches(
      forgetExcludedBatch(interactionId),
      ...submitsOfInteraction(this.#durable, interactionId).map(({ call }) => this.#leaveBatch(call)),
    );
  }

  /**
   * From now on no submit of the interaction selects these agents. One who is asked or reserved for it
   * already is freed.
   */
  excludeBatch(sessionId: SessionId, interactionId: InteractionId, agents: readonly AgentId[]): Batch {
    const now = this.#clock.now();
    const asked = submitsOfInteraction(this.#durable, interactionId).filter(({ call }) => {
      const { state, context } = viewRoute(call.snapshot);
      return state === 'announcing' && context.agent !== undefined && agents.includes(context.agent.agentId);
    });
    const reserved = agents.flatMap((agentId) =>
      this.#agents
        .slots(agentId)
        .filter((slot) => slot.kind === 'reserved' && slot.sessionId === sessionId)
        .map(({ holder }) => this.#agents.releaseBatch(agentId, holder)),
    );
    return joinBatches(
      excludeBatch(interactionId, agents, now),
      ...asked.flatMap(({ call }) => [
        this.#offers.withdrawSubmitBatch(interactionId, call.id),
        this.#runtime.applyBatch(call, { type: 'routeRefused', now }),
      ]),
      ...reserved,
      // Agents who were excluded before may be free.
      matchBatch(now),
    );
  }

  /** <queue:update>: the parts that are given replace those of the submit. Its position in time stays. */
  updateBatch({ call, owner }: SubmitCall, update: SubmitUpdate): Batch {
    const { priority, timeoutMs, targets } = update;
    const deadline = timeoutMs === undefined ? owner.deadline : this.#clock.now() + timeoutMs;
    const steps =
      targets === undefined ? viewRoute(call.snapshot).context.steps : [{ target: targets, clear: false }];
    const after = {
      ...call,
      owner: { ...owner, ...defined({ deadline }) },
      priority: { ...call.priority, ...defined({ base: priority }) },
    };
    return joinBatches(
      this.#runtime.applyBatch(after, { type: 'newTargets', steps }),
      timeoutMs === undefined || deadline === undefined ? {} : this.deadlineBatch(call.id, deadline),
    );
  }

  #selectedBatch(submit: SubmitCall, agent: AgentRecord, chosen: ChosenAgent): Batch {
    const { call, owner } = submit;
    const now = this.#clock.now();
    const reserved = stepRoute(call.snapshot, { type: 'agentReserved', agent: chosen });
    const routed = stepRoute(reserved.snapshot, { type: 'routeAccepted', now });
    return joinBatches(
      this.#leaveBatch(call),
      this.#runtime.decisionsBatch(call, routed),
      this.#reservations.reserveBatch({
        agentId: agent.agentId,
        holder: call.id,
        untilMs: now + SUBMIT_RESERVE_TIMEOUT_MS,
        vq: call.vq,
        sessionId: owner.sessionId,
        media: call.media,
      }),
      this.#doneBatch(submit, chosen),
    );
  }

  /** Removes the record, the timers and the deadline. */
  #leaveBatch(call: VirtualInteraction): Batch {
    return joinBatches(removeCallBatch(call), this.#runtime.stopTimersBatch(call), {
      cancel: [deadlineKey(call.id)],
    });
  }

  #timeoutBatch(submit: SubmitCall): Batch {
    const { call, owner } = submit;
    const description = `No target of the submit took the interaction in time (virtual queue ${queueNameOf(call.vq)}).`;
    return joinBatches(
      owner.keepWaiting ? {} : this.#leaveBatch(call),
      this.#errorBatch(submit, { error: 'timeout', description }),
    );
  }

  #errorBatch(
    submit: SubmitCall,
    fault: { readonly error: 'timeout' | 'invalidstate'; readonly description: string },
  ): Batch {
    const data = { interactionid: submit.owner.interactionId, ...fault };
    return this.#eventBatch(submit, 'error.queue.submit', data);
  }

  #doneBatch(submit: SubmitCall, chosen: ChosenAgent): Batch {
    const { call, owner } = submit;
    const agent = this.#agents.record(chosen.agentId);
    if (agent === undefined) return {};
    const resource = makeResource(agent, chosen.target, queueNameOf(call.vq));
    return this.#eventBatch(submit, 'queue.submit.done', {
      interactionid: owner.interactionId,
      targetselected: `${resource.dn}@${resource.switch}.DN`,
      targetcomponentselected: targetComponent(agent, chosen.target),
      targetobjectselected: chosen.target,
      vqselected: queueNameOf(call.vq),
      resource: { ...resource },
    });
  }

  #eventBatch(
    { call, owner }: SubmitCall,
    name: 'queue.submit.done' | 'error.queue.submit',
    fields: Readonly<Record<string, Json>>,
  ): Batch {
    const now = this.#clock.now();
    const data = { requestid: owner.requestId, ...fields };
    return this.#sessions.eventBatch(owner.sessionId, { id: `${call.id}/${name}/${now}`, name, data }, now);
  }
}

function isAnnouncing(call: VirtualInteraction): boolean {
  return viewRoute(call.snapshot).state === 'announcing';
}

function deadlineKey(id: ConnId): string {
  return `${DEADLINE_TASK}/${id}`;
}
