import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { ChatEndReason, ChatRecord, Party, TranscriptView } from './chatRecord.ts';

export interface CreateChat {
  readonly serviceId: string;
  readonly sessionId?: string;
  readonly dataId?: string;
  readonly nickname: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly subject: string;
  /** The service's user data, attached to the interaction. */
  readonly userData: { readonly [name: string]: Json };
  readonly notifyBy?: 'comet';
  readonly gmsUser?: string;
  /** Interaction queue that the chat enters. */
  readonly queue: string;
  readonly subscriptionId?: string;
}

/** What happens in a chat, for those who show it (the agents' feed). Emitted after the commit. */
export type ChatEvent =
  | { readonly type: 'message'; readonly party: Party; readonly text: string; readonly position: number }
  | { readonly type: 'typing'; readonly party: Party; readonly started: boolean }
  | { readonly type: 'notice'; readonly party: Party; readonly text: string }
  | { readonly type: 'pushUrl'; readonly party: Party; readonly url: string }
  | { readonly type: 'joined'; readonly party: Party }
  | { readonly type: 'left'; readonly party: Party }
  | { readonly type: 'ended'; readonly by: ChatEndReason };

export type ChatListener = (interactionId: string, event: ChatEvent) => void;

/** Who says something. */
export interface Said {
  readonly party: Party;
  /** Whose key it is, of the several agents that a chat may see. */
  readonly agentId?: string;
  /** Idempotency key, of this party. */
  readonly key?: string;
}

export interface EntryPlace {
  /** Of the entry in the transcript. */
  readonly position: number;
}

/** Chats between customers and agents. Every change is committed before its promise resolves. */
export interface Chats {
  /** Commits the chat and its interaction together. A service that has a chat gets that one. */
  create(request: CreateChat): Promise<ChatRecord>;
  get(chatId: string): ChatRecord | undefined;
  byService(serviceId: string): ChatRecord | undefined;
  /**
   * Resolves with the place of the entry. Under a key that this party has used for the like in this chat: with the
   * place of that time, also when the chat has ended since. Rejects with ChatError CHAT_NOT_FOUND, CHAT_ENDED,
   * CHAT_FULL or TEXT_INVALID; so do the next four.
   */
  post(chatId: string, message: Said & { readonly text: string }): Promise<EntryPlace>;
  startTyping(chatId: string, said: Said): Promise<EntryPlace>;
  stopTyping(chatId: string, said: Said): Promise<EntryPlace>;
  customNotice(chatId: string, notice: Said & { readonly text: string }): Promise<EntryPlace>;
  pushUrl(chatId: string, push: Said & { readonly url: string }): Promise<EntryPlace>;
  /** The customer leaves: the chat and its interaction end. A chat that has ended stays as it is. */
  disconnect(chatId: string): Promise<ChatRecord>;
  /** From a position (default: 1), at most MAX_ENTRIES_PER_VIEW entries. Empty for an unknown chat. */
  transcript(chatId: string, fromPosition?: number): TranscriptView;
  /**
   * The same for the customer, who without a position gets what was not shown yet. Under a key that came before: from
   * where the view of that time began, which may not have reached the customer.
   */
  show(chatId: string, fromPosition?: number, key?: string): Promise<TranscriptView>;
  /** The customer was heard of: puts off the idle timeout. */
  touch(chatId: string): void;
  /** Returns a function that removes the listener. */
  onEvent(listener: ChatListener): () => void;
}

/** What chat needs of interactions; strategies/interaction provides it. */
export interface ChatInteractions {
  createBatch(request: {
    readonly id: string;
    readonly media: 'chat';
    readonly serviceId?: string;
    readonly userData: Record<string, Json>;
    readonly queue: string;
  }): Batch;
  endBatch(id: string, by: ChatEndReason): Batch;
  observe(observer: ChatInteractionObserver): void;
}

export interface ChatInteractionObserver {
  agentJoined(
    interaction: { readonly id: string },
    agent: { readonly id: string; readonly nickname: string },
  ): Batch;
  agentLeft(
    interaction: { readonly id: string },
    agent: { readonly id: string; readonly nickname: string },
  ): Batch;
  ended(interaction: { readonly id: string }, by: string): Batch;
}
