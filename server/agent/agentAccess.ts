import type { Context } from 'koa';
import type { AgentId } from '../../strategies/ids/index.ts';
import {
  type Interaction,
  type Interactions,
  parseInteractionId,
} from '../../strategies/interaction/index.ts';
import type { Agents, AgentView } from '../../strategies/routing/index.ts';
import { callerOf } from '../access/index.ts';
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
    if (interaction !== undefined && (own === undefined || interaction.agentId === own)) return interaction;
    throw new WireError('INTERACTION_NOT_FOUND', {
      message: `No interaction '${id}', or it ended too long ago.`,
    });
  }
}

/** The agent that a request names. A caller who is an agent acts as that agent. Throws FORBIDDEN. */
export function namedActor(ctx: Context): AgentId | undefined {
  const named = readActor(ctx.state.form, ctx.get('x-agent-id'));
  const own = ownAgentId(ctx);
  if (own === undefined) return named;
  if (named === undefined || named === own) return parseAgentId(own);
  throw new WireError('FORBIDDEN', { message: `Expected agentId to be '${own}', got '${named}'.` });
}

/** The agent id to which a caller of the role agent is bound. */
export function ownAgentId(ctx: Context): string | undefined {
  const caller = callerOf(ctx);
  return caller.kind === 'agent' ? caller.agentId : undefined;
}
