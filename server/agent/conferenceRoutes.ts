import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Json } from '../../engine/ports/index.ts';
import { Visibility } from '../../strategies/chat/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import type { AgentRequest, Interactions } from '../../strategies/interaction/index.ts';
import { WireError } from '../errors/index.ts';
import { type Actor, asActor, bodyOf, INTERACTION } from './actor.ts';
import { type AgentAccess, maySupervise } from './agentAccess.ts';
import { readInvitation, readRemoved, readTransfer, readWatch } from './wire.ts';

export interface ConferenceRouteDeps {
  readonly access: AgentAccess;
  readonly interactions: Pick<Interactions, 'conferences' | 'supervision'>;
}

/** Several agents and supervisors in one interaction. */
export class ConferenceRoutes {
  readonly #deps: ConferenceRouteDeps;
  readonly #actions: Readonly<Record<string, (actor: Actor, ctx: Context) => Promise<void>>> = {
    transfer: (actor, ctx) => this.#transfer(actor, ctx),
    conference: (actor, ctx) => this.#invite(actor, ctx, 'conference'),
    consult: (actor, ctx) => this.#invite(actor, ctx, 'consult'),
    remove: (actor, ctx) => this.#remove(actor, ctx),
    monitor: (actor, ctx) => this.#supervise(actor, ctx, readWatch(bodyOf(ctx))),
    join: (actor, ctx) => this.#supervise(actor, ctx, Visibility.ALL),
  };

  constructor(deps: ConferenceRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    for (const [name, perform] of Object.entries(this.#actions)) {
      const answered = async (actor: Actor, ctx: Context): Promise<Json> => {
        await perform(actor, ctx);
        return {};
      };
      router.post(`${INTERACTION}/${name}`, asActor(this.#deps.access, answered));
    }
  }

  #transfer(actor: Actor, ctx: Context): Promise<void> {
    const { target, text } = readTransfer(bodyOf(ctx));
    return this.#deps.interactions.conferences.transfer(requestOf(actor), target, text);
  }

  #invite(actor: Actor, ctx: Context, kind: 'conference' | 'consult'): Promise<void> {
    const invited = readInvitation(bodyOf(ctx));
    return this.#deps.interactions.conferences.invite(requestOf(actor), { ...invited, kind });
  }

  #remove(actor: Actor, ctx: Context): Promise<void> {
    return this.#deps.interactions.conferences.remove(requestOf(actor), readRemoved(bodyOf(ctx)));
  }

  #supervise({ interaction, named, key }: Actor, ctx: Context, visibility: Visibility): Promise<void> {
    if (!maySupervise(ctx)) {
      throw new WireError('FORBIDDEN', {
        message: 'Expected the role supervisor or administrator, got agent.',
      });
    }
    const supervisor = { id: interaction.id, agentId: requireNamed(named), key };
    return this.#deps.interactions.supervision.enter(supervisor, visibility);
  }
}

function requestOf({ interaction, named, key }: Actor): AgentRequest {
  return { id: interaction.id, agentId: named, key };
}

function requireNamed(named: AgentId | undefined): AgentId {
  if (named !== undefined) return named;
  throw new WireError('PARAMETER_INVALID', { message: 'Expected agentId to name the supervisor, got none.' });
}
