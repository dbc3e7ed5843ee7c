import type { AgentRecord } from './agents.ts';
import { parseTarget, targetLabel } from './target.ts';

/** Quoted for agents whose settings name no switch. */
export const DEFAULT_SWITCH = 'Orsay';

/**
 * What routing found, as documents get it: data of method_urs_request_route_done, and `resource` of
 * queue.submit.done, usable as `to` of a redirect. urs-routing 1; ors-dialect 2.10.
 */
export interface Resource {
  /** Type and name of the target that was met. */
  readonly type: string;
  readonly id: string;
  readonly agent: string;
  readonly place: string;
  readonly dn: string;
  readonly switch: string;
  readonly resource: string;
  readonly vq: string;
}

/** An agent without place or directory number answers under its own id. */
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
