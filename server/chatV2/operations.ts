import { createHash } from 'node:crypto';
import { defined, type Json, recentEntries, textOf } from '../../engine/ports/index.ts';
import {
  ChatError,
  type ChatRecord,
  type Chats,
  clientOf,
  isAsyncMode,
  MAX_ENTRIES_PER_VIEW,
  type PushTarget,
  type Said,
  seenByCustomer,
  Visibility,
} from '../../strategies/chat/index.ts';
import type { InteractionId } from '../../strategies/ids/index.ts';
import {
  badInput,
  DigitalFault,
  EMAIL_PROPERTY,
  FaultCode,
  type Given,
  longText,
  lookupIn,
  requireAdmitted,
  requiredText,
  shortText,
  unknownService,
  userDataIn,
} from '../digital/index.ts';
import type { ChatV2Service } from './chatService.ts';
import { attributesIn, customerIn, idIn, positionIn } from './parameters.ts';
import { pushTargetIn } from './pushTarget.ts';
import { chatReply, faultReply, type ReplyBody, type Shown } from './wire.ts';

/** Characters of an id of a client in the reply to a call that failed. */
const MAX_SHOWN_ID_LENGTH = 256;
/** Chats whose customers type now, and whose last preview is remembered. */
const MAX_PREVIEWS = 10_000;

/** A request for an operation, from either wire. */
export interface ChatV2Call {
  /** Name of the chat service in the URL or the channel. */
  readonly service: string;
  readonly given: Given;
  /** Credentials in the form of an Authorization header of scheme Basic. */
  readonly credentials?: string | undefined;
  /** The address for which failed logins count. */
  readonly address?: string | undefined;
  /** Idempotency key of the request. */
  readonly key?: string | undefined;
  /** The customer who sends it. */
  readonly gmsUser?: string | undefined;
  /** Whether the things of this gms_user exist for the sender. `owner` undefined: it is nobody's. */
  readonly mayUse: (owner: string | undefined) => boolean;
}

/** The outcome of an operation: the chat after it, and the index of the entry that it made. */
export interface ChatV2Done {
  readonly chat: ChatRecord;
  readonly own?: number;
}

/** The operations of a chat that exists, by their names over CometD. gms-api 7.5. */
export const CHAT_OPERATIONS = [
  'refresh',
  'sendMessage',
  'readReceipt',
  'startTyping',
  'stopTyping',
  'disconnect',
  'pushUrl',
  'updateNickname',
  'customNotice',
  'updateData',
] as const;
export type ChatOperation = (typeof CHAT_OPERATIONS)[number];

export interface ChatV2Deps {
  readonly chats: Chats;
  /** True when chats belong to the gms_user that opens them, because the server knows it. */
  readonly hasOwners: boolean;
  /** The chat service with this name, as configured now. */
  readonly chatService: (name: string) => ChatV2Service | undefined;
  /** The interaction queue of a chat endpoint; undefined: the default endpoint. Throws a WireError. */
  readonly queueOf: (endpoint: string | undefined) => string;
  /** Tells the operator when the device of a chat gets nothing. */
  readonly warnOfDevice: (chatId: InteractionId, target: PushTarget) => void;
  /** Rejects with WireError UNAUTHORIZED or TOO_MANY_REQUESTS when the credentials are not the service's. */
  readonly checkCredentials: (
    service: string,
    credentials: string | undefined,
    address: string | undefined,
  ) => Promise<void>;
  /**
   * Counts a new chat of an address. Returns the milliseconds after which it is allowed; 0: now.
   */
  readonly admit: (address: string | undefined) => number;
}

type Perform = (chat: ChatRecord, call: ChatV2Call) => Promise<number | undefined>;

/** The operations of Chat V2 without a wire. They reject with DigitalFault, ChatError or WireError. */
export class ChatV2Operations {
  readonly #chats: Chats;
  readonly #deps: ChatV2Deps;
  /** A digest of the text that each customer has typed, as their agent was told. */
  readonly #previews = recentEntries<InteractionId, string>(MAX_PREVIEWS);
  readonly #performs: Readonly<Record<ChatOperation, Perform>> = {
    refresh: (chat, { given }) => this.#preview(chat, longText(given, 'message') ?? ''),
    sendMessage: async (chat, call) => {
      const { messageType, eventAttributes } = detailsIn(call.given);
      const said = { ...sayer(chat, call), details: defined({ messageType, eventAttributes }) };
      this.#previews.delete(chat.id);
      return (await this.#chats.post(chat.id, { ...said, text: requiredText(call.given, 'message') }))
        .position;
    },
    readReceipt: (chat, { given }) => this.#read(chat, positionIn(given)),
    startTyping: async (chat, call) =>
      (await this.#chats.startTyping(chat.id, { ...sayer(chat, call), ...typedIn(call.given) })).position,
    stopTyping: async (chat, call) =>
      (await this.#chats.stopTyping(chat.id, { ...sayer(chat, call), ...typedIn(call.given) })).position,
    disconnect: async (chat) => {
      await this.#chats.disconnect(chat.id);
      return undefined;
    },
    pushUrl: async (chat, call) => {
      const url = requiredText(call.given, 'pushUrl');
      return (await this.#chats.pushUrl(chat.id, { ...sayer(chat, call), url })).position;
    },
    updateNickname: async (chat, { given, key }) =>
      (await this.#chats.rename(chat.id, requiredText(given, 'nickname'), key)).position,
    customNotice: async (chat, call) => {
      const { eventAttributes } = detailsIn(call.given);
      const said = { ...sayer(chat, call), details: defined({ eventAttributes }) };
      const text = longText(call.given, 'message') ?? '';
      return (await this.#chats.customNotice(chat.id, { ...said, text })).position;
    },
    updateData: async (chat, { given, service }) => {
      const userData = userDataIn(given);
      const keys = this.#deps.chatService(service)?.lookupKeys ?? [];
      await this.#chats.setUserData(chat.id, userData, lookupIn(userData, keys));
      return undefined;
    },
  };

  constructor(deps: ChatV2Deps) {
    this.#chats = deps.chats;
    this.#deps = deps;
  }

  /** Opens a chat. Its first entry is that the customer joined. */
  async requestChat(call: ChatV2Call): Promise<ChatV2Done> {
    const { given, key } = call;
    const service = this.#deps.chatService(call.service);
    if (service === undefined) throw unknownService('chat', call.service);
    if (service.hasCredentials) {
      await this.#deps.checkCredentials(service.name, call.credentials, call.address);
    }
    requireAdmitted(this.#deps.admit(call.address), 'chatsOfAddress');
    const customer = customerIn(given);
    const userData = userDataIn(given);
    const text = longText(given, 'text');
    const pushTo = pushTargetIn(userData);
    const chat = await this.#chats.open(
      {
        ...customer,
        chatService: service.name,
        subject: shortText(given, 'subject', 'Subject') ?? '',
        userData,
        lookup: {
          ...lookupIn(userData, service.lookupKeys),
          ...defined({ [EMAIL_PROPERTY]: customer.email }),
        },
        queue: this.#queueOf(service, shortText(given, 'endpoint')),
        clientTimeoutMs: isAsyncMode(userData) ? service.asyncClientTimeoutMs : service.clientTimeoutMs,
        ...defined({ pushTo, gmsUser: this.#deps.hasOwners ? call.gmsUser : undefined }),
      },
      key,
    );
    if (pushTo !== undefined) this.#deps.warnOfDevice(chat.id, pushTo);
    if (text !== undefined) await this.#chats.post(chat.id, { ...sayer(chat, call), text });
    return { chat: this.#present(chat) };
  }

  /** The customer is there again, and may name the device that they use now. */
  async requestNotifications(call: ChatV2Call): Promise<ChatV2Done> {
    const chat = this.find(call);
    const pushTo = pushTargetIn(userDataIn(call.given));
    if (pushTo !== undefined) {
      await this.#chats.setPushTarget(chat.id, pushTo);
      this.#deps.warnOfDevice(chat.id, pushTo);
    }
    return this.perform('refresh', call);
  }

  /** An operation on the chat of the call's key. */
  async perform(operation: ChatOperation, call: ChatV2Call): Promise<ChatV2Done> {
    const chat = this.find(call);
    this.#chats.touch(chat.id);
    const own = await this.#performs[operation](chat, call);
    return { chat: this.#present(chat), ...defined({ own }) };
  }

  /**
   * The chat of the call's key. The other ids are checked only when they say something. Throws DigitalFault:
   * an unknown key and the key of another chat are the same fault, so that nobody learns of a chat by its id.
   */
  find({ service, given, mayUse }: Pick<ChatV2Call, 'service' | 'given' | 'mayUse'>): ChatRecord {
    const secureKey = shortText(given, 'secureKey');
    if (secureKey === undefined) throw badInput("Expected the parameter 'secureKey', got none.");
    const chat = this.#chats.byKey(secureKey);
    const isFound = chat !== undefined && chat.chatService === service && areOf(chat, given);
    if (!isFound || !mayUse(chat.gmsUser)) {
      throw new DigitalFault({
        code: FaultCode.CHAT_UNKNOWN,
        advice: 'Expected the secureKey of a chat of this service. The chat may have been forgotten.',
      });
    }
    return chat;
  }

  /** The reply about a chat, with these entries. */
  reply(chat: ChatRecord, shown: Pick<Shown, 'entries' | 'nextPosition'>): ReplyBody {
    return chatReply(chat, { ...shown, ...defined({ msToNextStep: this.#chats.msToNextIdleStep(chat) }) });
  }

  /** The reply to a call that failed. */
  faultReply(fault: DigitalFault, call: Pick<ChatV2Call, 'service' | 'given' | 'mayUse'>): ReplyBody {
    const chat = this.#known(call);
    return faultReply(fault, {
      chatId: chat?.id ?? textOf(call.given.chatId).slice(0, MAX_SHOWN_ID_LENGTH),
      // The client forgets a chat that nobody knows.
      chatEnded: fault.code === FaultCode.CHAT_UNKNOWN || chat?.status.kind === 'ended',
    });
  }

  /** The chat as its customer sees it now. Throws ChatError CHAT_NOT_FOUND. */
  present(chatId: InteractionId): ChatRecord {
    const chat = this.#chats.get(chatId);
    if (chat === undefined) throw new ChatError('CHAT_NOT_FOUND', chatId);
    return seenByCustomer(chat);
  }

  /** The transcript from an index, as the customer sees it; -1: the newest entry. */
  transcript(chat: ChatRecord, from: number): ReturnType<Chats['transcript']> {
    if (from >= 1) return this.#chats.transcript(chat.id, from, Visibility.ALL);
    const { position } = this.#present(chat);
    // The newest entries may be hidden from the customer.
    for (let end = position; end > 1; end -= MAX_ENTRIES_PER_VIEW) {
      const view = this.#chats.transcript(chat.id, Math.max(1, end - MAX_ENTRIES_PER_VIEW), Visibility.ALL);
      if (view.entries.length > 0) return { entries: view.entries.slice(-1), position };
    }
    return { entries: [], position };
  }

  #known(call: Pick<ChatV2Call, 'service' | 'given' | 'mayUse'>): ChatRecord | undefined {
    try {
      return this.find(call);
    } catch (error) {
      if (error instanceof DigitalFault) return undefined;
      throw error;
    }
  }

  async #preview(chat: ChatRecord, text: string): Promise<undefined> {
    const typed = text === '' ? '' : createHash('sha256').update(text).digest('base64');
    if (chat.status.kind === 'ended' || typed === (this.#previews.get(chat.id) ?? '')) return undefined;
    this.#previews.set(chat.id, typed);
    this.#chats.preview(chat, text);
    return undefined;
  }

  /** A client sends the position of the next entry in place of the newest index. */
  async #read(chat: ChatRecord, index: number | undefined): Promise<undefined> {
    if (index === undefined) throw badInput("Expected the parameter 'transcriptPosition', got none.");
    await this.#chats.read(chat.id, Math.min(index, chat.position - 1));
    return undefined;
  }

  #queueOf(service: ChatV2Service, asked: string | undefined): string {
    return this.#deps.queueOf(asked ?? service.endpoint);
  }

  #present(chat: ChatRecord): ChatRecord {
    return seenByCustomer(this.#chats.get(chat.id) ?? chat);
  }
}

function areOf(chat: ChatRecord, given: Given): boolean {
  const chatId = idIn(given, 'chatId');
  const userId = idIn(given, 'userId');
  return (chatId ?? chat.id) === chat.id && (userId ?? chat.userId) === chat.userId;
}

function sayer(chat: ChatRecord, { key }: ChatV2Call): Said {
  return { party: clientOf(chat), ...defined({ key }) };
}

function typedIn(given: Given): { readonly text?: string } {
  return defined({ text: longText(given, 'message') });
}

function detailsIn(given: Given): {
  readonly messageType?: string;
  readonly eventAttributes?: { readonly [name: string]: Json };
} {
  return defined({
    messageType: shortText(given, 'messageType'),
    eventAttributes: attributesIn(given),
  });
}
