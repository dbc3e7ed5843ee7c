import type { Batch } from '../../engine/durable/index.ts';
import { defined, type Json, type Log } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import {
  type NotificationDetails,
  type Notifications,
  NotificationType,
  type PushOptions,
} from '../notification/index.ts';
import { type ChatRecord, EntryType, type TranscriptEntry } from './chatRecord.ts';
import { PartyType } from './party.ts';
import type { PushTarget } from './pushTarget.ts';

/** How the chats of one service are pushed. gms-api 7.7. */
export interface ChatPushOptions {
  /** Also while the customer listens over CometD. */
  readonly toActiveClient: boolean;
  readonly includePayload: boolean;
  /** ms between the attempts of a push whose client asked for them. */
  readonly resendDelayMs: number;
}

/** Characters of a message that a notification shows. The app gets the whole one from the transcript. */
const MAX_SHOWN_TEXT = 1_000;
const DEFAULT_LANGUAGE = 'en_US';

interface EventTexts {
  readonly name: string;
  readonly title: string;
  /** Undefined: the text of the entry. */
  readonly body?: string;
}

/** The events of gms-api 7.7. Other entries are not pushed. */
const EVENTS: Partial<Readonly<Record<EntryType, EventTexts>>> = {
  [EntryType.JOINED]: {
    name: 'ParticipantJoined',
    title: 'Chat participants changed',
    body: '%s joined chat',
  },
  [EntryType.LEFT]: { name: 'ParticipantLeft', title: 'Chat participants changed', body: '%s left chat' },
  [EntryType.MESSAGE]: { name: 'Message', title: '%s sent new message' },
  [EntryType.PUSH_URL]: { name: 'PushUrl', title: '%s suggests Web page' },
  [EntryType.FILE_UPLOADED]: {
    name: 'FileUploaded',
    title: '%s suggests to download file',
    body: 'Open app for more info',
  },
  [EntryType.IDLE_ALERT]: {
    name: 'IdleAlert',
    title: 'Chat will close soon',
    body: 'Please use app if you want to continue',
  },
  [EntryType.IDLE_CLOSE]: {
    name: 'IdleClose',
    title: 'Chat is over',
    body: 'Your chat session was ended due to inactivity',
  },
};

type ChatNotifications = Pick<Notifications, 'publishBatch' | 'deviceProblem' | 'localizedText'>;

/**
 * Pushes entries of chats to the devices of their customers. A push is a task of the commit that has the
 * entry. A service that cannot be reached delays neither the chat nor other devices.
 */
export class ChatPushes {
  readonly #notifications: ChatNotifications;
  readonly #optionsOf: (chat: ChatRecord) => ChatPushOptions;
  readonly #isListening: (chatId: InteractionId) => boolean;
  readonly #payloadOf: (chat: ChatRecord, entry: TranscriptEntry) => Json;
  readonly #log: Log;

  constructor(deps: {
    readonly notifications: ChatNotifications;
    readonly optionsOf: (chat: ChatRecord) => ChatPushOptions;
    /** True while a CometD client of the customer listens to the chat. */
    readonly isListening: (chatId: InteractionId) => boolean;
    /** The entry in the form in which a client gets it. */
    readonly payloadOf: (chat: ChatRecord, entry: TranscriptEntry) => Json;
    readonly log: Log;
  }) {
    this.#notifications = deps.notifications;
    this.#optionsOf = deps.optionsOf;
    this.#isListening = deps.isListening;
    this.#payloadOf = deps.payloadOf;
    this.#log = deps.log;
  }

  /** Tells the operator why the device of a customer gets nothing. */
  warnOf(chatId: InteractionId, target: PushTarget): void {
    const reason = this.#problemOf(target);
    if (reason === undefined) return;
    this.#log.warn({ interactionId: chatId, reason }, 'The device of a chat gets no notifications.');
  }

  /** The push of an entry that the customer sees; empty when there is none. */
  batch(chat: ChatRecord, entry: TranscriptEntry): Batch {
    const { pushTo } = chat;
    const texts = EVENTS[entry.type];
    if (pushTo === undefined || texts === undefined) return {};
    const isOwn = entry.party.type === PartyType.CLIENT;
    if (isOwn && pushTo.isToldOfOwn !== true) return {};
    const { toActiveClient, includePayload, resendDelayMs } = this.#optionsOf(chat);
    if (!toActiveClient && this.#isListening(chat.id)) return {};
    if (this.#problemOf(pushTo) !== undefined) return {};
    const isWhole = pushTo.includePayload ?? includePayload;
    const { provider } = pushTo;
    const resend = pushTo.resend === 'delayed' ? { delayMs: resendDelayMs } : pushTo.resend;
    return this.#notifications.publishBatch({
      key: `chat ${chat.id} device ${entry.index}`,
      lane: `chat ${chat.id} device`,
      tag: texts.name,
      direct: true,
      holder: chat.id,
      notificationDetails: detailsOf(pushTo),
      message: this.#messageOf(chat, entry, { name: texts.name, isWhole }),
      look: { party: entry.party.nickname, defaults: this.#defaultsOf(pushTo, texts, entry) },
      ...defined({ providerName: provider, resend }),
    });
  }

  #problemOf(target: PushTarget): string | undefined {
    return this.#notifications.deviceProblem(detailsOf(target), target.provider);
  }

  /** Apps read what happened, and ask for the transcript. A server gets a text, or the whole entry. */
  #messageOf(
    chat: ChatRecord,
    entry: TranscriptEntry,
    { name, isWhole }: { readonly name: string; readonly isWhole: boolean },
  ): Json {
    if (chat.pushTo?.type === NotificationType.CUSTOM_HTTP) {
      return isWhole ? this.#payloadOf(chat, entry) : '';
    }
    return { type: name, chatId: chat.id, index: entry.index, ...defined({ service: chat.chatService }) };
  }

  #defaultsOf(
    { language = DEFAULT_LANGUAGE }: PushTarget,
    { name, title, body }: EventTexts,
    { text, party }: TranscriptEntry,
  ): PushOptions {
    const values = { party: party.nickname, text: shortened(text) };
    const localized = (part: string): string | undefined =>
      this.#notifications.localizedText({ id: `chat.${name}.${part}`, values }, language);
    const filled = (pattern: string): string => pattern.replaceAll('%s', () => party.nickname);
    const shownTitle = localized('title') ?? filled(title);
    // The text of a party is no pattern.
    const shownBody = localized('body') ?? (body === undefined ? values.text : filled(body));
    return {
      'fcm.title': shownTitle,
      'fcm.body': shownBody,
      'apple.title': shownTitle,
      'apple.alertMessage.body': shownBody,
      'customhttp.message': shownBody,
    };
  }
}

function detailsOf({ type, deviceId, isDebug }: PushTarget): NotificationDetails {
  return { type, deviceId, ...(isDebug && { properties: { debug: 'true' } }) };
}

function shortened(text: string): string {
  return text.length <= MAX_SHOWN_TEXT ? text : `${text.slice(0, MAX_SHOWN_TEXT).toWellFormed()}…`;
}
