import { type Batch, joinBatches, keyedBy, type Once } from '../../engine/durable/index.ts';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { NewEntry } from './chatChanges.ts';
import type { ChatNotices } from './chatNotices.ts';
import {
  type ChatRecord,
  clientOf,
  ENTRY_TEXT,
  type EntryDetails,
  EntryType,
  seenByCustomer,
} from './chatRecord.ts';
import { ChatError } from './errors.ts';
import { NOT_ALERTED } from './inactivity.ts';
import type { Party, Visibility } from './party.ts';

/** Characters of one message, notice or pushed URL. */
export const MAX_TEXT_LENGTH = 8_192;
/** Characters of a customer's name. */
export const MAX_NICKNAME_LENGTH = 1_024;

/** An action of a party in a chat, for the desktops of those who have it. Sent after the commit. */
export type ChatEvent =
  | { readonly type: 'message'; readonly party: Party; readonly text: string; readonly position: number }
  | {
      readonly type: 'typing';
      readonly party: Party;
      readonly started: boolean;
      /** The text that the party has typed so far. */
      readonly preview?: string;
    }
  | { readonly type: 'notice'; readonly party: Party; readonly text: string }
  /** The customer made no request for too long. The agent keeps the chat. */
  | { readonly type: 'customerLeft'; readonly party: Party; readonly position: number }
  | { readonly type: 'pushUrl'; readonly party: Party; readonly url: string }
  | { readonly type: 'nickname'; readonly party: Party }
  | {
      readonly type: 'file';
      readonly party: Party;
      readonly change: 'uploaded' | 'deleted';
      readonly fileId: string;
      readonly name: string;
      readonly size: number;
    }
  /** The party has read the entry at the position, and all before it. */
  | { readonly type: 'read'; readonly party: Party; readonly position: number };

/** The party that acts in a chat. */
export interface Said {
  readonly party: Party;
  /** The agent whose idempotency key this is; a chat may have several agents over time. */
  readonly agentId?: AgentId;
  /** Idempotency key of this party. */
  readonly key?: string;
  /** The readers who see it; absent: those who see the party. */
  readonly visibility?: Visibility;
  readonly details?: EntryDetails;
}

/** Position of an entry in the transcript. */
export interface EntryPosition {
  readonly position: number;
}

/** Tells the desktops of those who see it, with the commit of the event. */
type TellAgentBatch = (chatId: InteractionId, event: ChatEvent, visibility?: Visibility) => Batch;

/** ChatInteractions.setUserDataBatch. */
type SetUserDataBatch = (chatId: InteractionId, changes: Readonly<Record<string, Json>>) => Batch;

/** The entries that parties make. Each is committed before its promise resolves. */
export class ChatPosts {
  readonly #notices: ChatNotices;
  readonly #once: Once;
  readonly #tellAgentBatch: TellAgentBatch;
  readonly #setUserDataBatch: SetUserDataBatch;

  constructor(deps: {
    readonly notices: ChatNotices;
    readonly once: Once;
    readonly tellAgentBatch: TellAgentBatch;
    readonly setUserDataBatch: SetUserDataBatch;
  }) {
    this.#notices = deps.notices;
    this.#once = deps.once;
    this.#tellAgentBatch = deps.tellAgentBatch;
    this.#setUserDataBatch = deps.setUserDataBatch;
  }

  /**
   * Adds a message to the transcript. Resolves with the position of the entry. If this party used the key
   * before, for the same type of entry in this chat, resolves with the earlier position, also when the chat
   * has ended since. Rejects with ChatError CHAT_NOT_FOUND, CHAT_ENDED, CHAT_FULL or TEXT_INVALID.
   */
  post(chatId: InteractionId, said: Said & { readonly text: string }): Promise<EntryPosition> {
    const { party, text } = said;
    return this.#append(chatId, EntryType.MESSAGE, { ...said, check: checkText }, (position) => ({
      type: 'message',
      party,
      text,
      position,
    }));
  }

  /** Like post, with a notice that the party types; `text` is what it typed so far. */
  startTyping(chatId: InteractionId, said: Said & { readonly text?: string }): Promise<EntryPosition> {
    return this.#type(chatId, EntryType.TYPING_STARTED, said);
  }

  /** Like startTyping, with a notice that the party stopped typing. */
  stopTyping(chatId: InteractionId, said: Said & { readonly text?: string }): Promise<EntryPosition> {
    return this.#type(chatId, EntryType.TYPING_STOPPED, said);
  }

  /** Like post, with a notice of the application's own. Its text may be empty. */
  customNotice(chatId: InteractionId, said: Said & { readonly text: string }): Promise<EntryPosition> {
    const { party, text } = said;
    const entry = { ...said, check: checkLength };
    return this.#append(chatId, EntryType.CUSTOM, entry, () => ({ type: 'notice', party, text }));
  }

  /** Like post, with a URL that the other party should open. */
  pushUrl(chatId: InteractionId, { url, ...said }: Said & { readonly url: string }): Promise<EntryPosition> {
    const { party } = said;
    return this.#append(chatId, EntryType.PUSH_URL, { ...said, text: url, check: checkText }, () => ({
      type: 'pushUrl',
      party,
      url,
    }));
  }

  /** The customer has another name from now on. Rejects with the errors of post. */
  rename(chatId: InteractionId, nickname: string, key?: string): Promise<EntryPosition> {
    const party = clientOf({ nickname });
    const entry = { party, text: nickname, check: checkNickname, ...defined({ key }) };
    return this.#append(chatId, EntryType.NICKNAME, entry, () => ({ type: 'nickname', party }));
  }

  /**
   * The customer has read the entry at the index, and all before it. Rejects with ChatError CHAT_NOT_FOUND,
   * CHAT_ENDED or POSITION_INVALID.
   */
  async read(chatId: InteractionId, index: number): Promise<void> {
    await this.#once.commit(undefined, () => {
      const chat = seenByCustomer(this.#existing(chatId));
      if (chat.status.kind === 'ended') throw new ChatError('CHAT_ENDED', chatId);
      if (index < 1 || index >= chat.position) {
        throw new ChatError(
          'POSITION_INVALID',
          `Expected the index of an entry (1 to ${chat.position - 1}), got ${index}.`,
        );
      }
      const before = chat.readIndex ?? 0;
      if (index <= before) return { batch: {}, answer: undefined };
      const event = { type: 'read', party: clientOf(chat), position: index } as const;
      const batch = joinBatches(
        this.#notices.changes.replace({ ...chat, readIndex: index }),
        this.#tellAgentBatch(chatId, event),
      );
      return { batch, answer: undefined };
    });
  }

  #type(
    chatId: InteractionId,
    type: typeof EntryType.TYPING_STARTED | typeof EntryType.TYPING_STOPPED,
    said: Said & { readonly text?: string },
  ): Promise<EntryPosition> {
    const preview = said.text === '' ? undefined : said.text;
    const started = type === EntryType.TYPING_STARTED;
    const { party } = said;
    const details = { ...said.details, ...(preview !== undefined && { preview: true as const }) };
    const entry = { ...said, details, text: preview ?? ENTRY_TEXT[type], check: checkLength };
    return this.#append(chatId, type, entry, () => ({
      type: 'typing',
      party,
      started,
      ...defined({ preview }),
    }));
  }

  async #append(
    chatId: InteractionId,
    type: EntryType,
    {
      party,
      agentId,
      text,
      key,
      visibility,
      details,
      check,
    }: Said & { readonly text: string; readonly check: (text: string) => void },
    eventAt: (position: number) => ChatEvent,
  ): Promise<EntryPosition> {
    const speaker = agentId === undefined ? [party.type] : [party.type, agentId];
    const author = defined({ agentId, ...party });
    const entry: NewEntry = { ...details, type, party: author, text, ...defined({ visibility }) };
    return this.#once.commit(keyedBy(key, type, chatId, ...speaker), () => {
      check(text);
      const { changes } = this.#notices;
      const before = changes.current(chatId);
      const { batch, position, visibility: seenBy } = this.#notices.entryBatch(chatId, entry);
      const told = this.#tellAgentBatch(chatId, eventAt(position), seenBy);
      const isAwake = wasAlerted(before) && !wasAlerted(changes.current(chatId));
      const status = isAwake ? this.#setUserDataBatch(chatId, NOT_ALERTED) : {};
      return { batch: joinBatches(batch, status, told), answer: { position } };
    });
  }

  #existing(chatId: InteractionId): ChatRecord {
    const chat = this.#notices.changes.current(chatId);
    if (chat === undefined) throw new ChatError('CHAT_NOT_FOUND', chatId);
    return chat;
  }
}

/** True for a chat of the asynchronous mode that has got an alert. */
function wasAlerted(chat: ChatRecord | undefined): boolean {
  return chat?.isAsync === true && (chat.idle?.alerts ?? 0) > 0;
}

/** Throws ChatError TEXT_INVALID for the text of an entry that is empty or too long. */
export function checkText(text: string): void {
  if (text.length > 0) checkLength(text);
  else throw new ChatError('TEXT_INVALID', `Expected a text of 1 to ${MAX_TEXT_LENGTH} characters, got 0.`);
}

function checkNickname(nickname: string): void {
  if (nickname.length > 0 && nickname.length <= MAX_NICKNAME_LENGTH) return;
  throw new ChatError(
    'TEXT_INVALID',
    `Expected a nickname of 1 to ${MAX_NICKNAME_LENGTH} characters (MAX_NICKNAME_LENGTH), got ${nickname.length}.`,
  );
}

function checkLength(text: string): void {
  if (text.length <= MAX_TEXT_LENGTH) return;
  throw new ChatError(
    'TEXT_INVALID',
    `Expected a text of 1 to ${MAX_TEXT_LENGTH} characters, got ${text.length}.`,
  );
}
