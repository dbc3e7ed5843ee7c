import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { OpenMedia } from '../../strategies/openMedia/index.ts';
import { type Actor, asActor, bodyOf, holderOf, INTERACTION } from './actor.ts';
import type { AgentAccess } from './agentAccess.ts';
import { readMailReply } from './openMediaWire.ts';

export interface MailRouteDeps {
  readonly access: AgentAccess;
  readonly openMedia: Pick<OpenMedia, 'reply'>;
}

/** The replies of agents to e-mails. */
export class MailRoutes {
  readonly #deps: MailRouteDeps;

  constructor(deps: MailRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    router.post(
      `${INTERACTION}/reply`,
      asActor(this.#deps.access, (actor, ctx) => this.#reply(actor, ctx)),
    );
  }

  async #reply({ interaction, named, key }: Actor, ctx: Context): Promise<Json> {
    const { text, subject } = readMailReply(bodyOf(ctx));
    const said = { agentId: holderOf(interaction, named), text, ...defined({ subject }) };
    return { reply: await this.#deps.openMedia.reply(interaction.id, said, key) };
  }
}
