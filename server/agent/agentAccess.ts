import type { Context } from 'koa';
import { Visibility } from '../../strategies/chat/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import {
  agentsOf,
  type Interaction,
  type Interactions,
  parseInteractionId,
} from '../../strategies/interaction/index.ts';
import type { Agents, AgentView } from '../../strategies/routing/index.ts';
import { type Caller, callerOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { agentNotFound, parseAgentId, readActor } from './wire.ts';

/** The agents and interactions that exist for the caller of a request. */
export class AgentAccess {
  readonly #agents: Pick<Agents, 'get'>;
  readonly #interactions: Pick<Interactions, 'get'>;

  constructor(deps: {
    readonly agents: Pick<Agents, 'get'>;
    readonly interactions: Pick<Interactions, 'get'>;
  }) {
    this.#agents = deps.agents;
    this.#interactions = deps.interactions;
  }

  /** The agent of the URL. Throws AGENT_NOT_FOUND. */
  agent(ctx: Context): AgentView {
    const agentId = parseAgentId(ctx.params.agentId);
    const agent = this.#agents.get(agentId);
    if (agent === undefined || (ownAgentId(ctx) ?? agentId) !== agentId) throw agentNotFound(agentId);
    return agent;
  }

  /** The interaction of the URL. Throws INTERACTION_NOT_FOUND. */
  interaction(ctx: Context): Interaction {
    const id = parseInteractionId(ctx.params.id);
    const interaction = this.#interactions.get(id);
    const own = ownAgentId(ctx);
    if (interaction !== undefined && (own === undefined || agentsOf(interaction).includes(own))) {
      return interaction;
    }
    throw new WireError('INTERACTION_NOT_FOUND', {
      message: `No interaction '${id}', or it ended too long ago.`,
    });
  }
}

/** The agent that a request names. Agents and supervisors act as themselves. Throws FORBIDDEN. */
export function namedActor(ctx: Context): AgentId | undefined {
  const named = readActor(ctx.state.form, ctx.get('x-agent-id'));
  const own = actsAs(callerOf(ctx));
  if (own === undefined) return named;
  if (named === undefined || named === own) return parseAgentId(own);
  throw new WireError('FORBIDDEN', { message: `Expected agentId to be '${own}', got '${named}'.` });
}

/** The only agent that exists for the caller. Undefined: they see all. */
export function ownAgentId(ctx: Context): AgentId | undefined {
  const caller = callerOf(ctx);
  return caller.kind === 'agent' ? parseAgentId(caller.agentId) : undefined;
}

/** The agent as whom the caller acts. Undefined: any. */
export function actsAs(caller: Caller): string | undefined {
  if (caller.kind === 'agent') return caller.agentId;
  return caller.kind === 'administrator' && caller.role === 'supervisor' ? caller.agentId : undefined;
}

export function maySupervise(ctx: Context): boolean {
  return callerOf(ctx).kind !== 'agent';
}

/** How much of a chat the caller sees. */
export function readerOf(ctx: Context): Visibility {
  return callerOf(ctx).kind === 'agent' ? Visibility.INT : Visibility.VIP;
}
