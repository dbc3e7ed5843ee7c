import type { Context } from 'koa';
import type { Json } from '../../engine/ports/index.ts';
import { Visibility } from '../../strategies/chat/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import type { Interaction } from '../../strategies/interaction/index.ts';
import { WireError } from '../errors/index.ts';
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

/** The part of an agent in an interaction. */
export interface Part {
  readonly agentId: AgentId;
  /** Those who see them. */
  readonly own: Visibility;
  readonly isSupervisor: boolean;
}

/** Throws INTERACTION_STATE for an interaction without a transcript. */
export function requireChat({ id, media }: Interaction): void {
  if (media === 'chat') return;
  throw new WireError('INTERACTION_STATE', {
    message: `Expected a chat, got interaction '${id}' of the medium '${media}'.`,
  });
}

/** Throws INTERACTION_STATE for an agent who has no part. */
export function requirePart(
  { id, state, agentId: holder, partners = [] }: Interaction,
  named: AgentId | undefined,
): Part {
  if (state === 'active' && holder !== undefined) {
    if ((named ?? holder) === holder) return { agentId: holder, own: Visibility.ALL, isSupervisor: false };
    const partner = partners.find(({ agentId }) => agentId === named);
    if (partner !== undefined) {
      const { agentId, visibility, isSupervisor = false } = partner;
      return { agentId, own: visibility, isSupervisor };
    }
  }
  throw new WireError('INTERACTION_STATE', {
    message: `Expected interaction '${id}' to be active with ${named === undefined ? 'an agent' : `agent '${named}'`}; it is ${state}.`,
  });
}

/** The agent who acts on an interaction that had an agent; undefined: that one. */
export function holderOf({ id, agentId, state }: Interaction, named: AgentId | undefined): AgentId {
  const holder = named ?? agentId;
  if (holder !== undefined) return holder;
  throw new WireError('INTERACTION_STATE', {
    message: `Expected interaction '${id}' to be with an agent; it is ${state}.`,
  });
}
