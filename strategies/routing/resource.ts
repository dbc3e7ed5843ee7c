import { parseTarget, TargetType, targetLabel } from '../targets/index.ts';
import type { AgentRecord } from './agentRecord.ts';

/** Switch of agents whose settings name none. */
export const DEFAULT_SWITCH = 'Orsay';

/**
 * The agent that routing found, as documents get it: data of method_urs_request_route_done, and `resource` of
 * queue.submit.done. Documents use it as `to` of a redirect. urs-routing 1; ors-dialect 2.10.
 */
export interface Resource {
  /** Type and name of the target that matched. */
  readonly type: string;
  readonly id: string;
  readonly agent: string;
  readonly place: string;
  readonly dn: string;
  readonly switch: string;
  readonly resource: string;
  readonly vq: string;
}

/** The agent's id replaces a missing place or directory number. */
export function makeResource(agent: AgentRecord, target: string, vq: string): Resource {
  const parsed = parseTarget(target);
  const dn = agent.dn ?? agent.agentId;
  return {
    type: parsed.type,
    id: targetLabel(parsed),
    agent: agent.agentId,
    place: agent.place ?? agent.agentId,
    dn,
    switch: agent.switchName ?? DEFAULT_SWITCH,
    resource: dn,
    vq,
  };
}

/** The agent, or the place that was asked for. ors-dialect 2.10, targetcomponentselected. */
export function targetComponent({ agentId }: AgentRecord, target: string): string {
  const { name, server, type, skills } = parseTarget(target);
  return type === TargetType.PLACE && skills === undefined
    ? `${name}@${server}.${TargetType.PLACE}`
    : `${agentId}@${server}.${TargetType.AGENT}`;
}
