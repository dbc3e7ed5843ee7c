import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Json } from '../../engine/ports/index.ts';
import { ChatError, type ChatRecord, type Chats, clientOf, type Said } from '../../strategies/chat/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf } from '../middleware/index.ts';
import {
  type ChatReply,
  createdReply,
  disconnectedReply,
  isVerbose,
  noticedReply,
  readMessage,
  readPosition,
  readStartChat,
  refreshedReply,
} from './wire.ts';

const ROOT = '/genesys/1/service/:serviceId/ixn/chat';

/** What the chat routes know of a service. */
export interface ChatService {
  readonly id: string;
  readonly name: string;
  readonly sessionId?: string;
  readonly dataId?: string;
  /** Whether the customer has been told that an agent is there. */
  readonly agentAnnounced: boolean;
  readonly options: { readonly [name: string]: string | undefined };
  readonly gmsUser?: string;
}

export interface ChatRouteDeps {
  readonly chats: Chats;
  readonly services: { get(serviceId: string): ChatService | undefined };
  /** The service's stored user data, to be attached to the interaction. */
  readonly userData: (service: ChatService) => { readonly [name: string]: Json };
  /** The interaction queue of a chat endpoint (`<tenant>:<endpoint>`); absent: of the default endpoint. */
  readonly queueOf: (endpoint: string | undefined) => string;
  /** URL under which clients reach this server. */
  readonly baseUrl: () => string;
}

/** gms-api 7: `/genesys/1/service/{service_id}/ixn/chat` and what is below it. */
export function registerChatRoutes(router: Router, deps: ChatRouteDeps): void {
  const { chats, services } = deps;

  router.post(ROOT, async (ctx) => {
    const found = find(ctx);
    if (found.kind === 'refused') return;
    const start = readStartChat(ctx.state.form);
    const chat = found.kind === 'chat' ? found.chat : await create(ctx, found.service, start);
    const position = readPosition(ctx.state.form);
    const view = position === undefined ? undefined : await chats.show(chat.id, position);
    ctx.body = createdReply(replyOf(ctx, chat), view);
  });

  /** A link prefetched or a page reloaded may refresh, but not speak. */
  router.get(`${ROOT}/refresh`, async (ctx) => {
    if (readMessage(ctx.state.form) !== undefined)
      throw new WireError('METHOD_NOT_ALLOWED', {
        message: "Expected POST for a refresh with a 'message', got GET.",
        headers: { Allow: 'POST' },
      });
    await onChat(ctx, look, refreshedReply);
  });

  router.post(`${ROOT}/refresh`, (ctx) => onChat(ctx, (chat) => say(ctx, chat), refreshedReply));

  router.post(`${ROOT}/send`, (ctx) => {
    if (readMessage(ctx.state.form) === undefined) throw missingMessage();
    return onChat(ctx, (chat) => say(ctx, chat), refreshedReply);
  });

  router.post(`${ROOT}/startTyping`, (ctx) =>
    onChat(ctx, (chat) => chats.startTyping(chat.id, clientSays(ctx, chat)), noticedReply),
  );

  router.post(`${ROOT}/stopTyping`, (ctx) =>
    onChat(ctx, (chat) => chats.stopTyping(chat.id, clientSays(ctx, chat)), noticedReply),
  );

  router.post(`${ROOT}/customNotice`, (ctx) => {
    const text = readMessage(ctx.state.form);
    if (text === undefined) throw missingMessage();
    return onChat(
      ctx,
      (chat) => chats.customNotice(chat.id, { ...clientSays(ctx, chat), text }),
      noticedReply,
    );
  });

  router.post(`${ROOT}/disconnect`, async (ctx) => {
    const before = existing(ctx);
    if (!before) return;
    const after = await chats.disconnect(before.id);
    ctx.body = disconnectedReply(replyOf(ctx, after), before.position);
  });

  async function say(ctx: Context, chat: ChatRecord): Promise<unknown> {
    const text = readMessage(ctx.state.form);
    return text === undefined ? look(chat) : chats.post(chat.id, { ...clientSays(ctx, chat), text });
  }

  /** Does something to the chat of the request and replies with what is new in it. */
  async function onChat(
    ctx: Context,
    perform: (chat: ChatRecord) => Promise<unknown>,
    toBody: typeof refreshedReply,
  ): Promise<void> {
    const position = readPosition(ctx.state.form);
    const chat = existing(ctx);
    if (!chat) return;
    chats.touch(chat.id);
    await perform(chat).catch(whenEnded(chat));
    const view = chat.notifyBy === 'comet' ? undefined : await chats.show(chat.id, position, keyOf(ctx));
    ctx.body = toBody(replyOf(ctx, chats.get(chat.id) ?? chat), view);
    ctx.state.readsAfterCommit = true;
  }

  /** That a chat has ended is told by the reply, unless its service wants a fault. */
  function whenEnded(chat: ChatRecord): (error: unknown) => void {
    return (error) => {
      if (!(error instanceof ChatError) || error.code !== 'CHAT_ENDED') throw error;
      if (services.get(chat.serviceId)?.options._chat_400_response_on_disconnected !== 'true') return;
      throw new WireError('CHAT_ENDED', { message: 'Chat was finished', cause: error });
    };
  }

  async function create(
    ctx: Context,
    service: ChatService,
    start: ReturnType<typeof readStartChat>,
  ): Promise<ChatRecord> {
    const gmsUser = ctx.get('gms_user') || service.gmsUser;
    if (start.notifyBy === 'comet' && gmsUser === undefined)
      throw new WireError('PARAMETER_MISSING', {
        message: "Expected a gms_user header with notify_by 'comet', got none.",
      });
    return chats.create({
      ...start,
      serviceId: service.id,
      userData: deps.userData(service),
      queue: deps.queueOf(service.options._chat_endpoint),
      ...(service.sessionId === undefined ? {} : { sessionId: service.sessionId }),
      ...(service.dataId === undefined ? {} : { dataId: service.dataId }),
      ...(gmsUser === undefined ? {} : { gmsUser }),
    });
  }

  /** The chat of the request's service; undefined when the request has been answered with 503. */
  function existing(ctx: Context): ChatRecord | undefined {
    const found = find(ctx);
    if (found.kind === 'refused') return undefined;
    if (found.kind === 'chat') return found.chat;
    throw new WireError('CHAT_NOT_FOUND', {
      message: `Service '${found.service.id}' has no chat; create one with POST ${ctx.path.replace(/\/ixn\/chat.*$/, '/ixn/chat')}.`,
    });
  }

  function find(
    ctx: Context,
  ):
    | { readonly kind: 'chat'; readonly chat: ChatRecord }
    | { readonly kind: 'service'; readonly service: ChatService }
    | { readonly kind: 'refused' } {
    const serviceId: string = ctx.params.serviceId ?? '';
    // The chat may outlive its service.
    const chat = chats.byService(serviceId);
    if (chat) return { kind: 'chat', chat };
    const service = services.get(serviceId);
    if (!service)
      throw new WireError('SERVICE_NOT_FOUND', { message: `No service '${serviceId}', or it has expired.` });
    if (service.agentAnnounced) return { kind: 'service', service };
    // "Returned if the service has not sent a notification to the application that an agent is available."
    ctx.status = 503;
    ctx.body = '';
    return { kind: 'refused' };
  }

  function replyOf(ctx: Context, chat: ChatRecord): ChatReply {
    return { chat, verbose: isVerbose(ctx.state.form), baseUrl: deps.baseUrl() };
  }
}

function clientSays(ctx: Context, chat: ChatRecord): Said {
  const key = keyOf(ctx);
  return { party: clientOf(chat), ...(key === undefined ? {} : { key }) };
}

/** Nothing is said; as what is said, only while the chat is open. */
async function look(chat: ChatRecord): Promise<void> {
  if (chat.status.kind === 'ended') throw new ChatError('CHAT_ENDED', chat.id);
}

function missingMessage(): WireError {
  return new WireError('PARAMETER_MISSING', { message: "Expected the parameter 'message', got none." });
}
