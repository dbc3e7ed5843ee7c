import type { Json } from '../../engine/ports/index.ts';
import {
  type AgentRecord,
  type Agents,
  parseTarget,
  type Routing,
  RoutingError,
  TargetType,
} from '../routing/index.ts';

/**
 * The agent that `to` of <ixn:redirect> means: a resource object ({agent} or {dn} or {place}, as routing
 * results have it), a target string `name@server.type` (a group: its longest ready agent), or the plain id,
 * place or directory number of an agent. Undefined: nobody.
 */
export function redirectTarget(
  to: Json | undefined,
  deps: { readonly agents: Agents; readonly routing: Pick<Routing, 'findAgent'>; readonly media: string },
): AgentRecord | undefined {
  if (to === null || to === undefined) return undefined;
  if (typeof to === 'object' && 'agent' in to) return named(String(to.agent ?? ''), deps.agents);
  if (typeof to === 'object') {
    const { dn, place } = to as { readonly dn?: Json; readonly place?: Json };
    return named(String(dn ?? place ?? ''), deps.agents);
  }
  const text = String(to).trim();
  return named(text, deps.agents) ?? targeted(text, deps) ?? named(text.replace(/@[^@]*$/, ''), deps.agents);
}

function targeted(
  text: string,
  { agents, routing, media }: { agents: Agents; routing: Pick<Routing, 'findAgent'>; media: string },
): AgentRecord | undefined {
  try {
    const { type, name } = parseTarget(text);
    if (type === TargetType.AGENT || type === TargetType.PLACE || type === 'DN') return named(name, agents);
    return routing.findAgent(text, media);
  } catch (error) {
    // Not a target string: 'number@switch' is another spelling, which the caller tries.
    if (error instanceof RoutingError) return undefined;
    throw error;
  }
}

function named(name: string, agents: Agents): AgentRecord | undefined {
  if (name === '') return undefined;
  return (
    agents.record(name) ??
    agents.records().find((agent) => agent.dn === name || (agent.dn === undefined && agent.place === name))
  );
}
