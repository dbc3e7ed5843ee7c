import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json, type SessionId } from '../../engine/ports/index.ts';
import {
  ChatError,
  type Chats,
  checkText,
  clientOf,
  type Said,
  type ServiceChat,
  seenByCustomer,
} from '../../strategies/chat/index.ts';
import type { ServiceId, StorageId } from '../../strategies/ids/index.ts';
import { parseServiceId } from '../../strategies/instances/index.ts';
import type { Notifications } from '../../strategies/notification/index.ts';
import { gmsUserOf, viewerOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf, replyJson } from '../middleware/index.ts';
import { awayNoticeOf } from './awayNotice.ts';
import type { TranscriptStyle } from './pushMessage.ts';
import {
  attachedUserData,
  type ChatReply,
  createdReply,
  disconnectedReply,
  isVerbose,
  noticedReply,
  quietEventsOf,
  readMessage,
  readPosition,
  readStartChat,
  refreshedReply,
  type StartChat,
  unknownSubscription,
} from './wire.ts';

const ROOT = '/genesys/1/service/:serviceId/ixn/chat';

/** The facts of a service that its chat needs. */
export interface ChatService {
  readonly id: ServiceId;
  readonly name: string;
  readonly sessionId?: SessionId;
  readonly dataId?: StorageId;
  /** Whether the customer has been told that an agent is available. */
  readonly agentAnnounced: boolean;
  readonly options: { readonly [name: string]: string | undefined };
  readonly gmsUser?: string;
  /** Properties that find its customer. */
  readonly lookup?: Readonly<Record<string, string>>;
  /** Why the service opens no chat; absent: it may. */
  readonly chatRefusal?: string;
}

export interface ChatRouteDeps {
  readonly chats: Chats;
  readonly services: { get(serviceId: ServiceId): ChatService | undefined };
  readonly notifications: Pick<Notifications, 'has'>;
  /** The service's stored user data, to be attached to the interaction. */
  readonly userData: (service: ChatService) => { readonly [name: string]: Json };
  /** The interaction queue of a chat endpoint (`<tenant>:<endpoint>`); undefined: the default endpoint. */
  readonly queueOf: (endpoint: string | undefined) => string;
  /** Milliseconds after which a customer without requests has left; 0: never. */
  readonly clientTimeoutMs: () => number;
  /** Absent: plain. */
  readonly transcripts?: () => TranscriptStyle;
  /** URL under which clients reach this server. */
  readonly baseUrl: () => string;
}

type FoundChat =
  | { readonly kind: 'chat'; readonly chat: ServiceChat }
  | { readonly kind: 'service'; readonly service: ChatService }
  | { readonly kind: 'refused' };

/** gms-api 7: `/genesys/1/service/{service_id}/ixn/chat` and the URLs below it. */
export function registerChatRoutes(router: Router, deps: ChatRouteDeps): void {
  new ChatRoutes(deps).register(router);
}

class ChatRoutes {
  readonly #deps: ChatRouteDeps;

  constructor(deps: ChatRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    router.post(ROOT, (ctx) => this.#start(ctx));
    router.get(`${ROOT}/refresh`, (ctx) => this.#refresh(ctx));
    router.post(`${ROOT}/refresh`, (ctx) => this.#post(ctx));
    router.post(`${ROOT}/send`, (ctx) => this.#send(ctx));
    router.post(`${ROOT}/startTyping`, (ctx) => this.#startTyping(ctx));
    router.post(`${ROOT}/stopTyping`, (ctx) => this.#stopTyping(ctx));
    router.post(`${ROOT}/customNotice`, (ctx) => this.#customNotice(ctx));
    router.post(`${ROOT}/disconnect`, (ctx) => this.#disconnect(ctx));
  }

  async #start(ctx: Context): Promise<void> {
    const found = this.#find(ctx);
    if (found.kind === 'refused') return;
    const start = readStartChat(ctx.state.form);
    const position = readPosition(ctx.state.form);
    const { chats } = this.#deps;
    const opened = found.kind === 'chat' ? found.chat : await this.#create(ctx, found.service, start);
    chats.touch(opened.id);
    const chat = await this.#sayFirst(ctx, this.#present(opened), start.message);
    const view = position === undefined ? undefined : await chats.show(opened.id, position);
    replyJson(ctx, createdReply(this.#replyOf(ctx, chat), view, found.kind === 'service'));
  }

  /** Posts the message of a request for a chat. Resolves with the chat after it. */
  async #sayFirst(ctx: Context, chat: ServiceChat, text: string | undefined): Promise<ServiceChat> {
    if (text === undefined) return chat;
    const { chats } = this.#deps;
    await this.#unlessEnded(chat, () => chats.post(chat.id, { ...clientSays(ctx, chat), text }));
    return this.#present(chat);
  }

  /** GET only reads: browsers prefetch links and reload pages, which must not repeat a message. */
  async #refresh(ctx: Context): Promise<void> {
    if (readMessage(ctx.state.form) !== undefined) {
      throw new WireError('METHOD_NOT_ALLOWED', {
        message: "Expected POST for a refresh with a 'message', got GET.",
        headers: { Allow: 'POST' },
      });
    }
    await this.#onChat(ctx, requireOpen, refreshedReply);
  }

  /** Without a message it only reads, like refresh. */
  async #post(ctx: Context): Promise<void> {
    const text = readMessage(ctx.state.form);
    const perform = (chat: ServiceChat): Promise<unknown> =>
      text === undefined
        ? requireOpen(chat)
        : this.#deps.chats.post(chat.id, { ...clientSays(ctx, chat), text });
    await this.#onChat(ctx, perform, refreshedReply);
  }

  async #send(ctx: Context): Promise<void> {
    if (readMessage(ctx.state.form) === undefined) throw missingMessage();
    await this.#post(ctx);
  }

  async #startTyping(ctx: Context): Promise<void> {
    const { chats } = this.#deps;
    await this.#onChat(ctx, (chat) => chats.startTyping(chat.id, clientSays(ctx, chat)), noticedReply);
  }

  async #stopTyping(ctx: Context): Promise<void> {
    const { chats } = this.#deps;
    await this.#onChat(ctx, (chat) => chats.stopTyping(chat.id, clientSays(ctx, chat)), noticedReply);
  }

  async #customNotice(ctx: Context): Promise<void> {
    const text = readMessage(ctx.state.form);
    if (text === undefined) throw missingMessage();
    const { chats } = this.#deps;
    await this.#onChat(
      ctx,
      (chat) => chats.customNotice(chat.id, { ...clientSays(ctx, chat), text }),
      noticedReply,
    );
  }

  async #disconnect(ctx: Context): Promise<void> {
    const before = this.#existing(ctx);
    if (!before) return;
    await this.#deps.chats.disconnect(before.id);
    replyJson(ctx, disconnectedReply(this.#replyOf(ctx, this.#present(before)), before.position));
  }

  /** Does something to the chat of the request and replies with its new entries. */
  async #onChat(
    ctx: Context,
    perform: (chat: ServiceChat) => Promise<unknown>,
    toBody: typeof refreshedReply,
  ): Promise<void> {
    const { chats } = this.#deps;
    const position = readPosition(ctx.state.form);
    const chat = this.#existing(ctx);
    if (!chat) return;
    chats.touch(chat.id);
    await this.#unlessEnded(chat, perform);
    const view = chat.notifyBy === 'comet' ? undefined : await chats.show(chat.id, position, keyOf(ctx));
    replyJson(ctx, toBody(this.#replyOf(ctx, this.#present(chat)), view));
    ctx.state.readsAfterCommit = true;
  }

  /** An ended chat is reported by the normal reply, or by an error where its service is configured so. */
  async #unlessEnded(chat: ServiceChat, perform: (chat: ServiceChat) => Promise<unknown>): Promise<void> {
    try {
      await perform(chat);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'CHAT_ENDED') throw error;
      const options = this.#deps.services.get(chat.serviceId)?.options;
      if (options?._chat_400_response_on_disconnected !== 'true') return;
      throw new WireError('CHAT_ENDED', { message: 'Chat was finished', cause: error });
    }
  }

  async #create(ctx: Context, service: ChatService, start: StartChat): Promise<ServiceChat> {
    const gmsUser = gmsUserOf(ctx) ?? service.gmsUser;
    if (start.notifyBy === 'comet' && gmsUser === undefined) {
      throw new WireError('PARAMETER_MISSING', {
        message: "Expected a gms_user header with notify_by 'comet', got none.",
      });
    }
    const { attached, message, ...request } = start;
    const { subscriptionId } = request;
    if (subscriptionId !== undefined && !this.#deps.notifications.has(subscriptionId, viewerOf(ctx).mayUse)) {
      throw unknownSubscription(subscriptionId);
    }
    if (message !== undefined) checkText(message);
    return this.#deps.chats.create({
      ...request,
      serviceId: service.id,
      userData: {
        ...attachedUserData(this.#deps.userData(service), service.options._attach_udata),
        ...attached,
      },
      queue: this.#deps.queueOf(service.options._chat_endpoint),
      clientTimeoutMs: this.#clientTimeoutOf(service, start),
      ...defined({
        quietEvents: quietEventsOf(service.options._filtering_chat_events),
        awayNotice: start.notifyBy === 'comet' ? awayNoticeOf(service.options) : undefined,
      }),
      ...defined({ sessionId: service.sessionId, dataId: service.dataId, lookup: service.lookup, gmsUser }),
    });
  }

  /** `_client_timeout` is for clients that get pushes, and those that poll have the installation's time. */
  #clientTimeoutOf({ options }: ChatService, { notifyBy }: StartChat): number {
    const seconds = notifyBy === 'comet' ? Number(options._client_timeout ?? Number.NaN) : Number.NaN;
    return Number.isFinite(seconds) ? seconds * 1000 : this.#deps.clientTimeoutMs();
  }

  /** The chat of the request's service. Undefined: the request has been answered with 503. */
  #existing(ctx: Context): ServiceChat | undefined {
    const found = this.#find(ctx);
    if (found.kind === 'refused') return undefined;
    if (found.kind === 'chat') return found.chat;
    throw new WireError('CHAT_NOT_FOUND', {
      message: `Service '${found.service.id}' has no chat; create one with POST ${ctx.path.replace(/\/ixn\/chat.*$/, '/ixn/chat')}.`,
    });
  }

  #find(ctx: Context): FoundChat {
    const serviceId = parseServiceId(ctx.params.serviceId);
    // The chat may outlive its service.
    const found = this.#deps.chats.byService(serviceId);
    const chat = found && seenByCustomer(found);
    const service = this.#deps.services.get(serviceId);
    const isVisible = viewerOf(ctx).mayUse(service?.gmsUser ?? chat?.gmsUser);
    if (chat && isVisible) return { kind: 'chat', chat };
    if (!service || !isVisible) {
      throw new WireError('SERVICE_NOT_FOUND', { message: `No service '${serviceId}', or it has expired.` });
    }
    if (service.chatRefusal !== undefined) {
      throw new WireError('SERVICE_REQUEST_REFUSED', { message: service.chatRefusal });
    }
    if (service.agentAnnounced) return { kind: 'service', service };
    // "Returned if the service has not sent a notification to the application that an agent is available."
    ctx.status = 503;
    ctx.body = '';
    return { kind: 'refused' };
  }

  /** The chat as its customer sees it now. */
  #present(chat: ServiceChat): ServiceChat {
    return seenByCustomer(this.#deps.chats.byService(chat.serviceId) ?? chat);
  }

  #replyOf(ctx: Context, chat: ServiceChat): ChatReply {
    const { baseUrl, transcripts } = this.#deps;
    const style = transcripts?.() ?? 'plain';
    return { chat, verbose: isVerbose(ctx.state.form), style, baseUrl: baseUrl() };
  }
}

function clientSays(ctx: Context, chat: ServiceChat): Said {
  return { party: clientOf(chat), ...defined({ key: keyOf(ctx) }) };
}

/** Reading is allowed only while the chat is open, like writing. Rejects with CHAT_ENDED. */
async function requireOpen(chat: ServiceChat): Promise<void> {
  if (chat.status.kind === 'ended') throw new ChatError('CHAT_ENDED', chat.id);
}

function missingMessage(): WireError {
  return new WireError('PARAMETER_MISSING', { message: "Expected the parameter 'message', got none." });
}
