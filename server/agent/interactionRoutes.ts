import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import type { Chats, Visibility } from '../../strategies/chat/index.ts';
import type { Interaction, Interactions } from '../../strategies/interaction/index.ts';
import type { OpenMedia } from '../../strategies/openMedia/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { type Actor, asActor, bodyOf, holderOf, INTERACTION } from './actor.ts';
import { type AgentAccess, ownAgentId, readerOf } from './agentAccess.ts';
import { openMediaReply } from './openMediaWire.ts';
import { interactionReply, listedReply, readOutcome, transcriptReply } from './wire.ts';

export interface InteractionRouteDeps {
  readonly access: AgentAccess;
  readonly interactions: Pick<Interactions, 'byAgent' | 'live' | 'accept' | 'reject' | 'leave' | 'afterWork'>;
  readonly chats: Pick<Chats, 'transcript'>;
  readonly openMedia: Pick<OpenMedia, 'get'>;
}

/** The interactions of agents: the list, offers, the end, and the work after it. */
export class InteractionRoutes {
  readonly #deps: InteractionRouteDeps;

  constructor(deps: InteractionRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    const { access } = this.#deps;
    router.get('/agent/1/interactions', (ctx) => this.#listInteractions(ctx));
    router.get(INTERACTION, async (ctx) => this.#showInteraction(ctx));
    router.post(
      `${INTERACTION}/accept`,
      asActor(access, (actor) => this.#accept(actor)),
    );
    router.post(
      `${INTERACTION}/reject`,
      asActor(access, (actor) => this.#reject(actor)),
    );
    router.post(
      `${INTERACTION}/leave`,
      asActor(access, (actor) => this.#leave(actor)),
    );
    router.post(
      `${INTERACTION}/outcome`,
      asActor(access, (actor, ctx) => this.#saveOutcome(actor, ctx)),
    );
    router.post(
      `${INTERACTION}/complete`,
      asActor(access, (actor, ctx) => this.#complete(actor, ctx)),
    );
  }

  #showInteraction(ctx: Context): void {
    const interaction = this.#deps.access.interaction(ctx);
    replyJson(ctx, this.#contentReply(interaction, readPosition(ctx), readerOf(ctx)));
  }

  /** A chat has a transcript. An interaction of open media has its facts, and perhaps an e-mail. */
  #contentReply(interaction: Interaction, position: number, reader: Visibility): Json {
    const { id, media } = interaction;
    const found = media === 'chat' ? undefined : this.#deps.openMedia.get(id);
    if (found !== undefined) return openMediaReply(interaction, found.record, reader);
    return transcriptReply(interaction, this.#deps.chats.transcript(id, position, reader), reader);
  }

  async #listInteractions(ctx: Context): Promise<void> {
    const own = ownAgentId(ctx);
    const reader = readerOf(ctx);
    if (own !== undefined) {
      const open = this.#deps.interactions.byAgent(own).filter(({ state }) => state !== 'ended');
      replyJson(ctx, { interactions: open.map((one) => listedReply(one, reader)) });
      return;
    }
    const after = textOf(ctx.state.query.after);
    const { interactions, next } = await this.#deps.interactions.live(after === '' ? undefined : after);
    const listed = interactions.map((one) => listedReply(one, reader));
    replyJson(ctx, { interactions: listed, ...defined({ next }) });
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
