import { defined, type SessionId } from '../../engine/ports/index.ts';
import type { AgentId, ServiceId } from '../ids/index.ts';
import type { ConnId } from './callIds.ts';
import { queueNameOf } from './queueNames.ts';
import { type RouteState, viewRoute } from './routeStrategy.ts';
import type { CallStrategy, VirtualInteraction } from './virtualInteraction.ts';

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

export function viewCall(call: VirtualInteraction): CallView {
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
