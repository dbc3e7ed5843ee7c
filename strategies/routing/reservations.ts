import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, ownId, type SessionId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { Agents } from './agents.ts';
import type { ConnId } from './callIds.ts';
import type { CallRuntime } from './callRuntime.ts';
import { viewRoute } from './routeStrategy.ts';
import { readCall } from './virtualInteraction.ts';

const OVER_TASK = 'routing.reservationOver';

/** Agents reserved for a call until a time. GMS option `_agent_reserve_timeout`. */
export class Reservations {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #agents: Agents;
  readonly #runtime: CallRuntime;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly agents: Agents;
    readonly runtime: CallRuntime;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#agents = deps.agents;
    this.#runtime = deps.runtime;
    deps.durable.onTask<{ agentId: AgentId; holder: ConnId }>(OVER_TASK, ({ agentId, holder }) =>
      this.#end(agentId, holder),
    );
  }

  reserveBatch(reservation: {
    readonly agentId: AgentId;
    /** Virtual interaction for which the agent is reserved. */
    readonly holder: ConnId;
    readonly untilMs: number;
    readonly vq: string;
    readonly sessionId?: SessionId | undefined;
    readonly media?: string | undefined;
  }): Batch {
    const { agentId, holder, untilMs, vq, sessionId, media } = reservation;
    const since = this.#clock.now();
    const over = {
      key: `${OVER_TASK}/${agentId}/${holder}`,
      kind: OVER_TASK,
      payload: { agentId, holder },
      dueAt: untilMs,
    };
    return joinBatches(
      this.#agents.occupyBatch({
        agentId,
        holder,
        kind: 'reserved',
        since,
        until: untilMs,
        vq,
        ...defined({ sessionId, media }),
      }),
      { schedule: [over] },
    );
  }

  /** Ends all reservations of an agent. Calls whose sessions have not answered wait again. */
  endAllBatch(agentId: AgentId): Batch {
    const now = this.#clock.now();
    const reserved = this.#agents.slots(agentId).filter(({ kind }) => kind === 'reserved');
    return joinBatches(reserved.map(({ holder }) => this.#endedBatch(agentId, ownId<ConnId>(holder), now)));
  }

  async #end(agentId: AgentId, holder: ConnId): Promise<void> {
    const now = this.#clock.now();
    const slot = this.#agents.slots(agentId).find((one) => one.holder === holder);
    // The reservation may have been released, renewed, or replaced by an offer since.
    if (slot?.kind !== 'reserved' || slot.until === undefined || slot.until > now) return;
    await this.#durable.commit(this.#endedBatch(agentId, holder, now));
  }

  #endedBatch(agentId: AgentId, holder: ConnId, now: number): Batch {
    const call = readCall(this.#durable, holder);
    const isUnanswered = call !== undefined && viewRoute(call.snapshot).state === 'announcing';
    return isUnanswered
      ? this.#runtime.applyBatch(call, { type: 'reservationOver', now })
      : this.#agents.releaseBatch(agentId, holder);
  }
}
