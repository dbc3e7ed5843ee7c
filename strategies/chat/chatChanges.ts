import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { type Notifications, NotificationType, type PushOptions } from '../notification/index.ts';
import { awayAlarm, isAwaited, unreadAfter } from './awayNotice.ts';
import type { ChatPushes } from './chatPushes.ts';
import {
  type ChatRecord,
  clientOf,
  type EntryDetails,
  EntryType,
  type IdleState,
  participantsOf,
  readEntry,
  type StoredEntry,
  seenByCustomer,
  type TranscriptEntry,
  type TranscriptView,
} from './chatRecord.ts';
import type { ChatStore } from './chatStore.ts';
import { afterActivity, type InactivityRules, inactivityAlarm, isActivity } from './inactivity.ts';
import {
  findParticipant,
  isSeen,
  nextParticipantId,
  type Participant,
  type Party,
  PartyType,
  Visibility,
  withParticipant,
} from './party.ts';

/** One more entry of a transcript. */
export interface NewEntry extends EntryDetails {
  readonly type: EntryType;
  readonly party: Party;
  readonly text: string;
  /** Absent: those who see its author. So a hidden party does not speak to the customer by mistake. */
  readonly visibility?: Visibility;
}

/** The message to a CometD client about a change: the present status, and the new entries. */
export type PushMessage = (chat: ChatRecord, view: TranscriptView) => Json;

/**
 * Computes changes of chats; the caller commits them.
 *
 * CH1. The entry, the chat record and the push of a change are one commit. The record holds the next
 *      position.
 * CH2. A change is computed from the result of the previous change, and committed, without an await between
 *      them. So two changes never take the same position.
 * CH3. The caller may join several changes into one commit. So each result is kept as a draft until the
 *      present macrotask ends, and every change starts from the draft.
 */
export class ChatChanges {
  readonly #store: ChatStore;
  readonly #notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
  readonly #pushMessage: PushMessage;
  readonly #pushes: Pick<ChatPushes, 'batch'> | undefined;
  readonly #clock: Clock;
  readonly #durable: Pick<Durable, 'whenDurable'>;
  readonly #inactivity: InactivityRules;
  readonly #drafts = new Map<InteractionId, ChatRecord>();
  readonly #listeners: ((chatId: InteractionId) => void)[] = [];

  constructor(deps: {
    readonly store: ChatStore;
    readonly notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
    readonly pushMessage: PushMessage;
    /** Absent: devices get nothing. */
    readonly pushes?: Pick<ChatPushes, 'batch'>;
    readonly clock: Clock;
    readonly durable: Pick<Durable, 'whenDurable'>;
    /** The rules for a chat in which nobody says anything; undefined: none. */
    readonly inactivity: InactivityRules;
  }) {
    this.#store = deps.store;
    this.#notifications = deps.notifications;
    this.#pushMessage = deps.pushMessage;
    this.#pushes = deps.pushes;
    this.#clock = deps.clock;
    this.#durable = deps.durable;
    this.#inactivity = deps.inactivity;
  }

  /**
   * Calls the listener with each chat that has changed, when the change is durable. It may be called without
   * a change.
   */
  onChanged(listener: (chatId: InteractionId) => void): void {
    this.#listeners.push(listener);
  }

  /** The chat after its last change, committed or not. */
  current(chatId: InteractionId): ChatRecord | undefined {
    return this.#drafts.get(chatId) ?? this.#store.get(chatId);
  }

  /**
   * The batch of one more entry (or of a changed status alone), the record after it, and who sees the entry.
   */
  apply(
    chat: ChatRecord,
    change: { readonly entry?: NewEntry; readonly push: boolean },
  ): { readonly chat: ChatRecord; readonly batch: Batch; readonly visibility: Visibility } {
    if (change.entry === undefined) {
      const batch = joinBatches(this.replace(chat), change.push ? this.#pushBatch(chat, []) : {});
      return { chat, batch, visibility: Visibility.ALL };
    }
    const participants = participantsOf(chat);
    const isCustomer = change.entry.party.type === PartyType.CLIENT;
    // A request may have read the name of the customer before they changed it.
    const hasOldName = isCustomer && change.entry.type !== EntryType.NICKNAME;
    const author = participantFor(participants, hasOldName ? clientOf(chat) : change.entry.party);
    const stored = this.#storedEntry(chat, { ...change.entry, party: author });
    const after: ChatRecord = {
      ...chat,
      nickname: isCustomer ? author.nickname : chat.nickname,
      participants: participants.includes(author) ? participants : withParticipant(participants, author),
      position: chat.position + 1,
    };
    const entry = readEntry(chat, chat.position, stored);
    const idle = this.#idleAfter(chat, entry);
    const unread = unreadAfter(chat, entry, this.#clock.now());
    const changed = { ...after, ...defined({ idle, unread }) };
    const batch = joinBatches(
      this.replace(changed),
      unread === undefined || unread.alarmAt === chat.unread?.alarmAt
        ? {}
        : awayAlarm(chat.id, unread.alarmAt),
      idle === undefined || idle.alarmAt === chat.idle?.alarmAt ? {} : inactivityAlarm(chat.id, idle.alarmAt),
      this.#store.entryBatch(chat, chat.position, stored),
      change.push && isSeen(entry.visibility, Visibility.ALL) ? this.#pushBatch(after, [entry]) : {},
    );
    return { chat: changed, batch, visibility: entry.visibility };
  }

  /** The state of inactivity after an entry. An ended chat needs no alarm. */
  #idleAfter(chat: ChatRecord, entry: TranscriptEntry): IdleState | undefined {
    const options = this.#inactivity(chat);
    if (options === undefined || chat.status.kind === 'ended') return chat.idle;
    // The time of a chat of the asynchronous mode begins with the chat.
    const isFirst = chat.isAsync === true && chat.idle === undefined;
    return isFirst || isActivity(entry, options)
      ? afterActivity(chat.idle, this.#clock.now(), options)
      : chat.idle;
  }

  #storedEntry(chat: ChatRecord, entry: NewEntry & { readonly party: Participant }): StoredEntry {
    const { type, party, text, preview, messageType, eventAttributes, userData } = entry;
    const utcTime = this.#clock.now();
    const seenBy = entry.visibility ?? party.visibility;
    const visibility = seenBy === Visibility.ALL ? undefined : seenBy;
    return {
      type,
      party: { type: party.type, nickname: party.nickname, id: party.id, ...defined({ style: party.style }) },
      text,
      seconds: Math.max(0, Math.floor((utcTime - chat.startedAt) / 1000)),
      utcTime,
      ...defined({ visibility, preview, messageType, eventAttributes, userData }),
    };
  }

  /** The batch of a changed record alone. */
  replace(chat: ChatRecord): Batch {
    if (this.#drafts.size === 0) queueMicrotask(() => this.#clearDrafts());
    this.#drafts.set(chat.id, chat);
    return this.#store.putBatch(chat);
  }

  /** The changes of this macrotask are committed now (CH2). */
  #clearDrafts(): void {
    const changed = [...this.#drafts.keys()];
    this.#drafts.clear();
    if (this.#listeners.length === 0) return;
    this.#durable.whenDurable().then(
      () => {
        for (const chatId of changed) for (const listener of this.#listeners) listener(chatId);
      },
      // The commit has told its caller that it failed. There is no change to tell of.
      () => undefined,
    );
  }

  /** Removes a chat that has ended, its transcript and its pushes that have not left. */
  removeBatch(chat: ChatRecord): Batch {
    this.#drafts.delete(chat.id);
    return joinBatches(this.#store.removeBatch(chat), this.#notifications.cancelBatch(`chat ${chat.id} `));
  }

  /** The push of the message at this position that waited, for the subscription of a customer who is away. */
  awayBatch(chat: ChatRecord, index: number): Batch {
    const { id, serviceId, gmsUser, subscriptionId, position, awayNotice = { afterMs: 0 } } = chat;
    const isHeld = awayNotice.holdsPush === true;
    const isKnown = serviceId !== undefined && gmsUser !== undefined && subscriptionId !== undefined;
    if (!isHeld || !isKnown) return {};
    const { customerText = '' } = awayNotice;
    const [entry] = this.#store.view(chat, index, Visibility.ALL).entries;
    return this.#notifications.publishBatch({
      key: `chat ${id} away ${index}`,
      lane: `chat ${id}`,
      tag: `service.chat.refresh.${serviceId}`,
      message: this.#pushMessage(chat, { entries: entry === undefined ? [] : [entry], position }),
      notificationDetails: { type: NotificationType.COMET, deviceId: gmsUser },
      whenAway: subscriptionId,
      awayOnly: true,
      ...(customerText !== '' && { properties: shownAs(customerText) }),
    });
  }

  /**
   * The push to a customer who listens over CometD; others poll. The subscription that they named when they
   * started the chat gets it while they are not connected. Each chat has a lane, so that pushes stay in
   * order.
   */
  #pushBatch(changed: ChatRecord, entries: readonly TranscriptEntry[]): Batch {
    const isHidden =
      entries.length === 0 || entries.some(({ index }) => index >= seenByCustomer(changed).position);
    if (changed.customerLeft !== undefined && isHidden) return {};
    const chat = seenByCustomer(changed);
    const { id, serviceId, status, position, notifyBy, gmsUser, subscriptionId } = chat;
    if (serviceId === undefined) {
      return joinBatches(...entries.map((entry) => this.#pushes?.batch(chat, entry) ?? {}));
    }
    const isHeld = chat.awayNotice?.holdsPush === true && entries.some((entry) => isAwaited(chat, entry));
    const isQuiet =
      entries.length > 0 && entries.every(({ type }) => chat.quietEvents?.includes(type) === true);
    if (notifyBy !== 'comet' || gmsUser === undefined) return {};
    return this.#notifications.publishBatch({
      key: `chat ${id} ${status.kind} ${position}`,
      lane: `chat ${id}`,
      tag: `service.chat.refresh.${serviceId}`,
      message: this.#pushMessage(chat, { entries, position }),
      notificationDetails: { type: NotificationType.COMET, deviceId: gmsUser },
      ...defined({ whenAway: isQuiet || isHeld ? undefined : subscriptionId }),
    });
  }
}

/** The texts of a notification by all push services. */
function shownAs(text: string): PushOptions {
  return { 'fcm.body': text, 'apple.alertMessage.body': text, 'customhttp.message': text };
}

/** The participant of the list that this party is, with its present name, or a new one. */
export function participantFor(participants: readonly Participant[], party: Party): Participant {
  const known = findParticipant(participants, party);
  if (known === undefined) {
    const id = nextParticipantId(participants);
    return { ...party, id, visibility: Visibility.ALL, isPresent: false };
  }
  return known.nickname === party.nickname ? known : { ...known, nickname: party.nickname };
}
