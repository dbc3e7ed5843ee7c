import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { ChatRecord, Chats } from '../../strategies/chat/index.ts';
import type { Interactions } from '../../strategies/interaction/index.ts';
import { parseInteractionId } from '../../strategies/interaction/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { type Actor, asActor, bodyOf, INTERACTION } from './actor.ts';
import { type AgentAccess, readerOf } from './agentAccess.ts';
import { readUserData, transcriptReply } from './wire.ts';

/** Chats, and callbacks, in one reply. */
const MAX_HISTORY = 50;
/** Characters of all user data of an interaction, as JSON. */
const MAX_USER_DATA_CHARS = 262_144;

/** A property that finds a customer, and its value. */
interface CustomerProperty {
  readonly name: string;
  readonly value: string;
}

/** A callback of a customer. */
interface Callback {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly reason: string;
  readonly createdAt: number;
  readonly desiredTime: number;
}

export interface HistoryRouteDeps {
  readonly access: AgentAccess;
  readonly interactions: Pick<Interactions, 'get'>;
  readonly chats: Pick<Chats, 'get' | 'ofCustomer' | 'transcript' | 'setUserData'>;
  readonly services: { ofCustomer(property: CustomerProperty): readonly Callback[] };
}

/** Earlier chats and callbacks of a customer, and the data that agents keep about them. */
export class HistoryRoutes {
  readonly #deps: HistoryRouteDeps;

  constructor(deps: HistoryRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    router.get(`${INTERACTION}/history`, (ctx) => this.#list(ctx));
    router.get(`${INTERACTION}/history/:earlier`, (ctx) => this.#show(ctx));
    router.post(
      `${INTERACTION}/userData`,
      asActor(this.#deps.access, (actor, ctx) => this.#setUserData(actor, ctx)),
    );
  }

  async #list(ctx: Context): Promise<void> {
    const { id } = this.#deps.access.interaction(ctx);
    const customer = this.#deps.chats.get(id)?.lookup ?? {};
    const chats = await this.#chatsOf(id, customer);
    const callbacks = Object.entries(customer).flatMap(([name, value]) =>
      this.#deps.services.ofCustomer({ name, value }).filter(({ kind }) => kind === 'callback'),
    );
    const distinct = [...new Map(callbacks.map((callback) => [callback.id, callback])).values()];
    replyJson(ctx, {
      customer,
      chats: newest(chats, ({ startedAt }) => startedAt).map((chat) => this.#chatReply(chat)),
      callbacks: newest(distinct, ({ createdAt }) => createdAt).map(callbackReply),
    });
  }

  /** The transcript of an earlier chat. Throws INTERACTION_NOT_FOUND for one of another customer. */
  async #show(ctx: Context): Promise<void> {
    const { id } = this.#deps.access.interaction(ctx);
    const earlier = parseInteractionId(ctx.params.earlier);
    const found = this.#deps.interactions.get(earlier);
    const customer = this.#deps.chats.get(id)?.lookup ?? {};
    const chats = await this.#chatsOf(id, customer);
    if (found === undefined || !chats.some((chat) => chat.id === earlier)) {
      throw new WireError('INTERACTION_NOT_FOUND', {
        message: `Expected an earlier chat of the customer of '${id}', got '${earlier}'.`,
      });
    }
    const reader = readerOf(ctx);
    replyJson(ctx, transcriptReply(found, this.#deps.chats.transcript(earlier, 1, reader), reader));
  }

  async #setUserData({ interaction }: Actor, ctx: Context): Promise<Json> {
    const changes = readUserData(bodyOf(ctx));
    const size = JSON.stringify({ ...interaction.userData, ...changes }).length;
    if (size > MAX_USER_DATA_CHARS) {
      throw new WireError('PARAMETER_INVALID', {
        message: `Expected at most MAX_USER_DATA_CHARS (${MAX_USER_DATA_CHARS}) characters of user data as JSON, got ${size}.`,
      });
    }
    await this.#deps.chats.setUserData(interaction.id, changes);
    return {};
  }

  /** The other chats of the customer, whom any of the properties finds. */
  async #chatsOf(id: string, customer: Readonly<Record<string, string>>): Promise<readonly ChatRecord[]> {
    const found = new Map<string, ChatRecord>();
    for (const [name, value] of Object.entries(customer)) {
      for (const chat of await this.#deps.chats.ofCustomer({ name, value })) found.set(chat.id, chat);
    }
    found.delete(id);
    return [...found.values()];
  }

  #chatReply({ id, serviceId, subject, startedAt, status }: ChatRecord): Json {
    const { agentId, disposition, notes } = this.#deps.interactions.get(id) ?? {};
    const end = status.kind === 'ended' ? { endedAt: status.at, endedBy: status.by } : {};
    return {
      interactionId: id,
      ...defined({ serviceId }),
      subject,
      startedAt,
      ...end,
      ...defined({ agentId, disposition, notes }),
    };
  }
}

function newest<T>(items: readonly T[], timeOf: (item: T) => number): readonly T[] {
  return [...items].sort((a, b) => timeOf(b) - timeOf(a)).slice(0, MAX_HISTORY);
}

function callbackReply({ id, name, state, reason, createdAt, desiredTime }: Callback): Json {
  return { serviceId: id, service: name, state, reason, createdAt, desiredTime };
}
