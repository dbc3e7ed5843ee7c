import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import { type Chats, PartyType, type Said } from '../../strategies/chat/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import type { Interaction, Interactions } from '../../strategies/interaction/index.ts';
import type { Agents } from '../../strategies/routing/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { type AgentAccess, namedActor } from './agentAccess.ts';
import { asInteractionFault, interactionReply, readMessage, readOutcome, transcriptReply } from './wire.ts';

const INTERACTION = '/agent/1/interactions/:id';

export interface InteractionRouteDeps {
  readonly access: AgentAccess;
  readonly agents: Pick<Agents, 'get'>;
  readonly interactions: Pick<Interactions, 'accept' | 'reject' | 'leave' | 'afterWork'>;
  readonly chats: Pick<Chats, 'post' | 'startTyping' | 'stopTyping' | 'transcript'>;
  readonly durable: Durable;
  readonly clock: Clock;
}

interface Actor {
  readonly interaction: Interaction;
  /** The agent that the request names; undefined: the agent who has the interaction. */
  readonly named: AgentId | undefined;
  readonly key: string | undefined;
}

/** The interactions of agents: offers, messages and the end. */
export class InteractionRoutes {
  readonly #deps: InteractionRouteDeps;

  constructor(deps: InteractionRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    router.get(INTERACTION, async (ctx) => this.#showInteraction(ctx));
    router.post(
      `${INTERACTION}/accept`,
      this.#asActor((actor) => this.#accept(actor)),
    );
    router.post(
      `${INTERACTION}/reject`,
      this.#asActor((actor) => this.#reject(actor)),
    );
    router.post(
      `${INTERACTION}/leave`,
      this.#asActor((actor) => this.#leave(actor)),
    );
    router.post(
      `${INTERACTION}/outcome`,
      this.#asActor((actor, ctx) => this.#saveOutcome(actor, ctx)),
    );
    router.post(
      `${INTERACTION}/complete`,
      this.#asActor((actor, ctx) => this.#complete(actor, ctx)),
    );
    // A message keeps its key in its own commit, but its repetition may come when the agent no longer has the
    // chat.
    const repeatedFor = repeatable(new Once(this.#deps), (ctx) => namedActor(ctx) ?? '');
    router.post(
      `${INTERACTION}/message`,
      repeatedFor,
      this.#asActor((actor, ctx) => this.#postMessage(actor, ctx)),
    );
    router.post(
      `${INTERACTION}/startTyping`,
      repeatedFor,
      this.#asActor((actor) => this.#startTyping(actor)),
    );
    router.post(
      `${INTERACTION}/stopTyping`,
      repeatedFor,
      this.#asActor((actor) => this.#stopTyping(actor)),
    );
  }

  #showInteraction(ctx: Context): void {
    const interaction = this.#deps.access.interaction(ctx);
    const view = this.#deps.chats.transcript(interaction.id, readPosition(ctx));
    replyJson(ctx, transcriptReply(interaction, view));
  }

  async #accept({ interaction, named, key }: Actor): Promise<Json> {
    return interactionReply(await this.#deps.interactions.accept(interaction.id, named, key));
  }

  async #reject({ interaction, named, key }: Actor): Promise<Json> {
    await this.#deps.interactions.reject(interaction.id, named, key);
    return {};
  }

  async #leave({ interaction, named, key }: Actor): Promise<Json> {
    await this.#deps.interactions.leave(interaction.id, named, key);
    return {};
  }

  async #saveOutcome({ interaction, named }: Actor, ctx: Context): Promise<Json> {
    const { afterWork } = this.#deps.interactions;
    await afterWork.save(interaction.id, holderOf(interaction, named), readOutcome(bodyOf(ctx)));
    return {};
  }

  async #complete({ interaction, named, key }: Actor, ctx: Context): Promise<Json> {
    const { afterWork } = this.#deps.interactions;
    await afterWork.complete(interaction.id, holderOf(interaction, named), readOutcome(bodyOf(ctx)), key);
    return {};
  }

  async #postMessage(actor: Actor, ctx: Context): Promise<Json> {
    const text = readMessage(bodyOf(ctx));
    const { position } = await this.#deps.chats.post(actor.interaction.id, { ...this.#author(actor), text });
    return { position };
  }

  async #startTyping(actor: Actor): Promise<Json> {
    await this.#deps.chats.startTyping(actor.interaction.id, this.#author(actor));
    return {};
  }

  async #stopTyping(actor: Actor): Promise<Json> {
    await this.#deps.chats.stopTyping(actor.interaction.id, this.#author(actor));
    return {};
  }

  /** A handler that performs an agent's action and replies with its result. */
  #asActor(perform: (actor: Actor, ctx: Context) => Promise<Json>): (ctx: Context) => Promise<void> {
    return async (ctx) => {
      const actor = {
        interaction: this.#deps.access.interaction(ctx),
        named: namedActor(ctx),
        key: keyOf(ctx),
      };
      try {
        replyJson(ctx, await perform(actor, ctx));
      } catch (error) {
        throw asInteractionFault(error);
      }
    };
  }

  /**
   * The author of a chat entry. Only the agent who has the chat may write in it: throws INTERACTION_STATE.
   */
  #author({ interaction, named, key }: Actor): Said {
    const { state, agentId: holder } = interaction;
    if (state !== 'active' || holder === undefined || (named ?? holder) !== holder) {
      throw new WireError('INTERACTION_STATE', {
        message: `Expected interaction '${interaction.id}' to be active with ${named === undefined ? 'an agent' : `agent '${named}'`}; it is ${state}.`,
      });
    }
    const nickname = this.#deps.agents.get(holder)?.nickname ?? holder;
    const party = { type: PartyType.AGENT, nickname, agentId: holder };
    return { party, ...defined({ agentId: named, key }) };
  }
}

function bodyOf(ctx: Context): Json {
  return ctx.state.json ?? ctx.state.form;
}

/** The agent who acts on an interaction that had an agent; undefined: that one. */
function holderOf({ id, agentId, state }: Interaction, named: AgentId | undefined): AgentId {
  const holder = named ?? agentId;
  if (holder !== undefined) return holder;
  throw new WireError('INTERACTION_STATE', {
    message: `Expected interaction '${id}' to be with an agent; it is ${state}.`,
  });
}

/** The optional `position` in the transcript; the first entry has position 1. */
function readPosition(ctx: Context): number {
  const given = ctx.state.form.position;
  if (given === undefined) return 1;
  const position = Number(given);
  if (Number.isInteger(position) && position >= 1) return position;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected position to be a whole number from 1, got '${String(given)}'.`,
  });
}
