import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { ChatRecord, Chats } from '../../strategies/chat/index.ts';
import type { InteractionId } from '../../strategies/ids/index.ts';
import type { Interactions } from '../../strategies/interaction/index.ts';
import { parseInteractionId } from '../../strategies/interaction/index.ts';
import type { OpenMedia, OpenMediaRecord, OpenMediaView } from '../../strategies/openMedia/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { type Actor, asActor, bodyOf, INTERACTION } from './actor.ts';
import { type AgentAccess, readerOf } from './agentAccess.ts';
import { earlierReply, openMediaReply } from './openMediaWire.ts';
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
  readonly openMedia: Pick<OpenMedia, 'get' | 'ofCustomer' | 'update'>;
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
    const customer = this.#customerOf(id);
    const chats = await this.#chatsOf(id, customer);
    const openMedia = await this.#openMediaOf(id, customer);
    const callbacks = Object.entries(customer).flatMap(([name, value]) =>
      this.#deps.services.ofCustomer({ name, value }).filter(({ kind }) => kind === 'callback'),
    );
    const distinct = [...new Map(callbacks.map((callback) => [callback.id, callback])).values()];
    replyJson(ctx, {
      customer,
      chats: newest(chats, ({ startedAt }) => startedAt).map((chat) => this.#chatReply(chat)),
      openMedia: newest(openMedia, ({ interaction }) => interaction.createdAt).map(earlierReply),
      callbacks: newest(distinct, ({ createdAt }) => createdAt).map(callbackReply),
    });
  }

  /** The transcript of an earlier chat. Throws INTERACTION_NOT_FOUND for one of another customer. */
  async #show(ctx: Context): Promise<void> {
    const { id } = this.#deps.access.interaction(ctx);
    const earlier = parseInteractionId(ctx.params.earlier);
    const found = this.#deps.interactions.get(earlier);
    const customer = this.#customerOf(id);
    const reader = readerOf(ctx);
    const record = this.#deps.openMedia.get(earlier)?.record;
    if (found !== undefined && record !== undefined && isOf(record, customer)) {
      replyJson(ctx, openMediaReply(found, record, reader));
      return;
    }
    const chats = await this.#chatsOf(id, customer);
    if (found === undefined || !chats.some((chat) => chat.id === earlier)) {
      throw new WireError('INTERACTION_NOT_FOUND', {
        message: `Expected an earlier interaction of the customer of '${id}', got '${earlier}'.`,
      });
    }
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
    const { id, media } = interaction;
    if (media === 'chat') await this.#deps.chats.setUserData(id, changes);
    else await this.#deps.openMedia.update(id, changes);
    return {};
  }

  /** The properties that find the customer of an interaction. */
  #customerOf(id: InteractionId): Readonly<Record<string, string>> {
    return this.#deps.chats.get(id)?.lookup ?? this.#deps.openMedia.get(id)?.record.lookup ?? {};
  }

  /** The other interactions of open media of the customer. */
  async #openMediaOf(
    id: string,
    customer: Readonly<Record<string, string>>,
  ): Promise<readonly OpenMediaView[]> {
    const found = new Map<string, OpenMediaView>();
    for (const [name, value] of Object.entries(customer)) {
      for (const record of await this.#deps.openMedia.ofCustomer({ name, value })) {
        const view = this.#deps.openMedia.get(record.id);
        if (view !== undefined) found.set(record.id, view);
      }
    }
    found.delete(id);
    return [...found.values()];
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

/** True when a property of this customer finds it. */
function isOf({ lookup }: OpenMediaRecord, customer: Readonly<Record<string, string>>): boolean {
  return Object.entries(customer).some(
    ([name, value]) => Object.hasOwn(lookup, name) && lookup[name] === value,
  );
}

function newest<T>(items: readonly T[], timeOf: (item: T) => number): readonly T[] {
  return [...items].sort((a, b) => timeOf(b) - timeOf(a)).slice(0, MAX_HISTORY);
}

function callbackReply({ id, name, state, reason, createdAt, desiredTime }: Callback): Json {
  return { serviceId: id, service: name, state, reason, createdAt, desiredTime };
}
