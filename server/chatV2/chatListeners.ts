import type { Durable } from '../../engine/durable/index.ts';
import { defined, type Json, type Log } from '../../engine/ports/index.ts';
import {
  type ChatRecord,
  type Chats,
  seenByCustomer,
  type TranscriptView,
  Visibility,
} from '../../strategies/chat/index.ts';
import type { InteractionId } from '../../strategies/ids/index.ts';
import type { ClientId } from '../bayeux/index.ts';
import { notification } from './wire.ts';

/** Clients that listen to one chat. Beyond this the one that came first gets no more notifications. */
const MAX_LISTENERS_OF_CHAT = 10;
/** Notifications to one listener that have not arrived yet. The next ones wait in the transcript. */
const MAX_UNDER_WAY = 50;

/** The part of Bayeux that sends messages to one client. */
export interface ClientChannel {
  /** False: the client has no session any more. `received` is called once, when the message has arrived. */
  deliver(clientId: ClientId, channel: string, data: Json, received?: () => void): boolean;
  isConnected(clientId: ClientId): boolean;
}

/** A CometD client that gets the entries of a chat. */
export interface Listener {
  readonly clientId: ClientId;
  readonly chatId: InteractionId;
  readonly channel: string;
  /** Index from which the client has got nothing yet. */
  next: number;
  underWay: number;
  /** Requests of the client that are not answered yet: its notifications wait for the replies. */
  asking: number;
  isPumping: boolean;
  /** The chat may have changed since the pump looked. */
  isAsked: boolean;
  isOver: boolean;
}

/**
 * Sends the entries of chats to the CometD clients that asked for them.
 *
 * CL1. A listener gets each entry that the customer sees once, in the order of the transcript: as one
 *      notification, or as the reply to its own request. `next` is where it has got to.
 * CL2. An entry is durable before it is sent. The transcript is the queue, so nothing waits in memory, and a
 *      client that comes back asks from its last position.
 * CL3. Nothing is sent before the reply to the client's own requestChat or requestNotifications: there is no
 *      listener before.
 * CL4. While the client waits for a reply, its notifications wait too.
 */
export class ChatListeners {
  readonly #chats: Chats;
  readonly #durable: Pick<Durable, 'whenDurable'>;
  readonly #clients: ClientChannel;
  readonly #log: Log;
  readonly #ofChat = new Map<InteractionId, Listener[]>();

  constructor(deps: {
    readonly chats: Chats;
    readonly durable: Pick<Durable, 'whenDurable'>;
    readonly clients: ClientChannel;
    readonly log: Log;
  }) {
    this.#chats = deps.chats;
    this.#durable = deps.durable;
    this.#clients = deps.clients;
    this.#log = deps.log;
    deps.chats.onChanged((chatId) => {
      for (const listener of this.#ofChat.get(chatId) ?? []) this.pump(listener);
    });
  }

  find(chatId: InteractionId, clientId: ClientId): Listener | undefined {
    return this.#ofChat.get(chatId)?.find((one) => one.clientId === clientId);
  }

  /** True while a client with a session listens to the chat. */
  isListening(chatId: InteractionId): boolean {
    return (this.#ofChat.get(chatId) ?? []).some(({ clientId }) => this.#clients.isConnected(clientId));
  }

  /** The client gets the entries from this index on, in place of its earlier place. */
  listen(init: Pick<Listener, 'clientId' | 'chatId' | 'channel' | 'next'>): void {
    this.#forget(
      init.chatId,
      (one) => one.clientId === init.clientId || !this.#clients.isConnected(one.clientId),
    );
    const listeners = this.#ofChat.get(init.chatId) ?? [];
    const listener: Listener = {
      ...init,
      underWay: 0,
      asking: 0,
      isPumping: false,
      isAsked: false,
      isOver: false,
    };
    const tooMany = Math.max(0, listeners.length + 1 - MAX_LISTENERS_OF_CHAT);
    for (const first of listeners.slice(0, tooMany)) first.isOver = true;
    this.#ofChat.set(init.chatId, [...listeners.slice(tooMany), listener]);
    this.pump(listener);
  }

  /** The client gets no more notifications of the chat. */
  leave(chatId: InteractionId, clientId: ClientId): void {
    this.#forget(chatId, (one) => one.clientId === clientId);
  }

  /**
   * Before the reply to a request of the listener, which made the entry `own`: sends the entries before it.
   * False: there are too many, so the reply must not have the entry, and the listener gets it in its turn.
   */
  async catchUp(listener: Listener, own: number): Promise<boolean> {
    const view = this.#view(listener);
    await this.#durable.whenDurable();
    const before = view.entries.filter(({ index }) => index < own);
    if (before.length + listener.underWay > MAX_UNDER_WAY || listener.next > own) return false;
    const chat = this.#seen(listener.chatId);
    if (chat === undefined) return false;
    for (const entry of before) this.#send(listener, chat, { entry, isLast: false });
    listener.next = own + 1;
    return true;
  }

  /** Sends the next entries, as far as there is room. */
  pump(listener: Listener): void {
    listener.isAsked = true;
    if (listener.isPumping) return;
    listener.isPumping = true;
    this.#sendNext(listener)
      .catch((error: unknown) => {
        // The entries stay in the transcript, and the next change of the chat begins again.
        this.#log.warn({ interactionId: listener.chatId, err: error }, 'A chat was not sent to its client.');
      })
      .finally(() => {
        listener.isPumping = false;
        if (listener.isAsked && this.#isReady(listener)) this.pump(listener);
      });
  }

  async #sendNext(listener: Listener): Promise<void> {
    while (this.#isReady(listener)) {
      listener.isAsked = false;
      const from = listener.next;
      const view = this.#view(listener);
      const chat = this.#seen(listener.chatId);
      if (chat === undefined) {
        this.leave(listener.chatId, listener.clientId);
        return;
      }
      await this.#durable.whenDurable();
      // A request of the client may have begun meanwhile (CL4).
      if (!this.#isReady(listener) || listener.next !== from) continue;
      const last = view.entries.at(-1);
      const isWhole = view.position === chat.position;
      for (const entry of view.entries.slice(0, MAX_UNDER_WAY - listener.underWay)) {
        this.#send(listener, chat, { entry, isLast: entry === last && isWhole });
      }
      const isAllSent = last === undefined || listener.next > last.index;
      if (isAllSent) listener.next = Math.max(listener.next, view.position);
      if (isAllSent && isWhole && chat.status.kind === 'ended') {
        this.leave(listener.chatId, listener.clientId);
      }
      if (listener.next === from) return;
    }
  }

  #isReady({ isOver, asking, underWay }: Listener): boolean {
    return !isOver && asking === 0 && underWay < MAX_UNDER_WAY;
  }

  #seen(chatId: InteractionId): ChatRecord | undefined {
    const chat = this.#chats.get(chatId);
    return chat && seenByCustomer(chat);
  }

  #view({ chatId, next }: Listener): TranscriptView {
    return this.#chats.transcript(chatId, next, Visibility.ALL);
  }

  #send(
    listener: Listener,
    chat: ChatRecord,
    { entry, isLast }: { readonly entry: TranscriptView['entries'][number]; readonly isLast: boolean },
  ): void {
    const { clientId, channel } = listener;
    listener.underWay += 1;
    listener.next = entry.index + 1;
    const isSent = this.#clients.deliver(
      clientId,
      channel,
      notification(chat, entry, {
        channel,
        isLast,
        ...defined({ msToNextStep: this.#chats.msToNextIdleStep(chat) }),
      }),
      () => {
        listener.underWay -= 1;
        this.pump(listener);
      },
    );
    if (!isSent) this.leave(listener.chatId, clientId);
  }

  #forget(chatId: InteractionId, isGone: (listener: Listener) => boolean): void {
    const listeners = this.#ofChat.get(chatId) ?? [];
    for (const listener of listeners) listener.isOver ||= isGone(listener);
    const kept = listeners.filter(({ isOver }) => !isOver);
    if (kept.length > 0) this.#ofChat.set(chatId, kept);
    else this.#ofChat.delete(chatId);
  }
}
