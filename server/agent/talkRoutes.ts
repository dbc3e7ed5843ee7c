import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import { type Chats, isSeen, PartyType, type Said, Visibility } from '../../strategies/chat/index.ts';
import type { Agents } from '../../strategies/routing/index.ts';
import { WireError } from '../errors/index.ts';
import { repeatable } from '../middleware/index.ts';
import { type Actor, asActor, bodyOf, INTERACTION, requireChat, requirePart } from './actor.ts';
import { type AgentAccess, namedActor } from './agentAccess.ts';
import { readMessage, readPushUrl, readTyping } from './wire.ts';

export interface TalkRouteDeps {
  readonly access: AgentAccess;
  readonly agents: Pick<Agents, 'get'>;
  readonly chats: Pick<Chats, 'post' | 'startTyping' | 'stopTyping' | 'pushUrl' | 'customNotice'>;
  readonly durable: Durable;
  readonly clock: Clock;
}

/** The words of agents and supervisors in a chat. */
export class TalkRoutes {
  readonly #deps: TalkRouteDeps;
  readonly #actions: Readonly<Record<string, (actor: Actor, ctx: Context) => Promise<Json>>> = {
    message: (actor, ctx) => this.#postMessage(actor, ctx),
    notice: (actor, ctx) => this.#postNotice(actor, ctx),
    pushUrl: (actor, ctx) => this.#pushUrl(actor, ctx),
    startTyping: (actor, ctx) => this.#type(actor, ctx, 'startTyping'),
    stopTyping: (actor, ctx) => this.#type(actor, ctx, 'stopTyping'),
  };

  constructor(deps: TalkRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    // An entry keeps its key in its own commit, but its repetition may come when the agent no longer has the
    // chat.
    const repeatedFor = repeatable(new Once(this.#deps), (ctx) => namedActor(ctx) ?? '');
    for (const [name, perform] of Object.entries(this.#actions)) {
      router.post(`${INTERACTION}/${name}`, repeatedFor, asActor(this.#deps.access, perform));
    }
  }

  async #postMessage(actor: Actor, ctx: Context): Promise<Json> {
    const { text, visibility } = readMessage(bodyOf(ctx));
    const said = { ...this.#author(actor, visibility), text };
    const { position } = await this.#deps.chats.post(actor.interaction.id, said);
    return { position };
  }

  async #postNotice(actor: Actor, ctx: Context): Promise<Json> {
    const { text, visibility } = readMessage(bodyOf(ctx));
    const said = { ...this.#author(actor, visibility), text };
    const { position } = await this.#deps.chats.customNotice(actor.interaction.id, said);
    return { position };
  }

  async #pushUrl(actor: Actor, ctx: Context): Promise<Json> {
    const said = { ...this.#author(actor), url: readPushUrl(bodyOf(ctx)) };
    const { position } = await this.#deps.chats.pushUrl(actor.interaction.id, said);
    return { position };
  }

  async #type(actor: Actor, ctx: Context, action: 'startTyping' | 'stopTyping'): Promise<Json> {
    const said = { ...this.#author(actor), ...defined({ text: readTyping(bodyOf(ctx)) }) };
    await this.#deps.chats[action](actor.interaction.id, said);
    return {};
  }

  /**
   * The author of a chat entry: the agent who has the chat, or one who takes part in it. Throws
   * INTERACTION_STATE for others, and PARAMETER_INVALID for words that reach further than their author.
   */
  #author({ interaction, named, key }: Actor, wanted?: Visibility): Said {
    const { agentId, own, isSupervisor } = requirePart(interaction, named);
    requireChat(interaction);
    const nickname = this.#deps.agents.get(agentId)?.nickname ?? agentId;
    const type = isSupervisor ? PartyType.SUPERVISOR : PartyType.AGENT;
    const party = { type, nickname, agentId };
    const visibility = wanted ?? (own === Visibility.VIP ? Visibility.INT : own);
    // A supervisor who is not seen whispers to the agents.
    const least = own === Visibility.VIP ? Visibility.INT : own;
    if (!isSeen(least, visibility)) {
      throw new WireError('PARAMETER_INVALID', {
        message: `Expected visibility to be ${least} or less for '${agentId}', whom others see as ${own}; got ${visibility}.`,
      });
    }
    return { party, ...defined({ agentId: named, key, visibility }) };
  }
}
