import type { Context } from 'koa';
import type { Json } from '../../engine/ports/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import type { Interaction } from '../../strategies/interaction/index.ts';
import { keyOf, replyJson } from '../middleware/index.ts';
import { type AgentAccess, namedActor } from './agentAccess.ts';
import { asInteractionFault } from './wire.ts';

export const INTERACTION = '/agent/1/interactions/:id';

/** The sender of a request about an interaction. */
export interface Actor {
  readonly interaction: Interaction;
  /** The agent that the request names; undefined: the agent who has the interaction. */
  readonly named: AgentId | undefined;
  readonly key: string | undefined;
}

/** A handler that performs an agent's action and replies with its result. */
export function asActor(
  access: AgentAccess,
  perform: (actor: Actor, ctx: Context) => Promise<Json>,
): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const actor = { interaction: access.interaction(ctx), named: namedActor(ctx), key: keyOf(ctx) };
    try {
      replyJson(ctx, await perform(actor, ctx));
    } catch (error) {
      throw asInteractionFault(error);
    }
  };
}

export function bodyOf(ctx: Context): Json {
  return ctx.state.json ?? ctx.state.form;
}
