import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { Agents } from './agents.ts';
import type { CallRuntime } from './callRuntime.ts';
import { readCall } from './virtualInteraction.ts';
import { viewRoute } from './waitForTarget.ts';

const OVER_TASK = 'routing.reservationOver';

/** Agents held for a call until a time. GMS option `_agent_reserve_timeout`. */
export interface Reservations {
  batch(reservation: {
    readonly agentId: string;
    /** Virtual interaction that the agent is held for. */
    readonly holder: string;
    readonly untilMs: number;
    readonly vq: string;
    readonly sessionId?: string;
  }): Batch;
}

export function createReservations(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly agents: Agents;
  readonly runtime: CallRuntime;
}): Reservations {
  const { durable, clock, agents, runtime } = deps;

  durable.onTask<{ agentId: string; holder: string }>(OVER_TASK, async ({ agentId, holder }) => {
    const now = clock.now();
    const slot = agents.slots(agentId).find((one) => one.holder === holder);
    // Taken over by an offer, released, or made anew since.
    if (slot?.kind !== 'reserved' || slot.until === undefined || slot.until > now) return;
    const call = readCall(durable, holder);
    const unanswered = call !== undefined && viewRoute(call.snapshot).state === 'announcing';
    await durable.commit(
      unanswered
        ? runtime.applyBatch(call, { type: 'reservationOver', now })
        : agents.releaseBatch(agentId, holder),
    );
  });

  return {
    batch({ agentId, holder, untilMs, vq, sessionId }) {
      const slot = {
        agentId,
        holder,
        kind: 'reserved' as const,
        since: clock.now(),
        until: untilMs,
        vq,
        ...(sessionId === undefined ? {} : { sessionId }),
      };
      return joinBatches(agents.occupyBatch(slot), {
        schedule: [
          {
            key: `${OVER_TASK}/${agentId}/${holder}`,
            kind: OVER_TASK,
            payload: { agentId, holder },
            dueAt: untilMs,
          },
        ],
      });
    },
  };
}
