import { type Batch, type Durable, visitRecords } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { InteractionId, ServiceId } from '../ids/index.ts';
import {
  type ChatRecord,
  readEntry,
  type ServiceChat,
  type StoredEntry,
  type TranscriptView,
} from './chatRecord.ts';
import { isSeen, type Visibility } from './party.ts';

/** Entries in one reply. The position in the reply is that of the next entry. */
export const MAX_ENTRIES_PER_VIEW = 500;
/** Entries of one chat: messages, notices and typing notices. */
export const MAX_ENTRIES_PER_CHAT = 20_000;

/** A property that finds a customer, and its value. */
interface CustomerProperty {
  readonly name: string;
  readonly value: string;
}

const CHATS = 'chat';
const BY_SERVICE = 'chat.service';
/** Chat V2 finds a chat by its secure key alone. */
const BY_KEY = 'chat.key';
const ENTRIES = 'chat.entry';

const DAY_MS = 86_400_000;
/** Time for which an open chat is kept after its last change. */
const OPEN_TTL_MS = 7 * DAY_MS;
/** The same for a chat of the asynchronous mode, which may be silent for longer, and for its entries. */
const ASYNC_TTL_MS = 60 * DAY_MS;
/** Time for which a chat is kept after its end. */
const ENDED_TTL_MS = DAY_MS;

/** Chat records and transcripts in the durable store. */
export class ChatStore {
  readonly #durable: Durable;
  readonly #clock: Clock;

  constructor(deps: { readonly durable: Durable; readonly clock: Clock }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
  }

  get(chatId: InteractionId): ChatRecord | undefined {
    return this.#durable.get<ChatRecord>(CHATS, chatId);
  }

  byService(serviceId: ServiceId): ServiceChat | undefined {
    const index = this.#durable.get<{ readonly id: InteractionId }>(BY_SERVICE, serviceId);
    return index && (this.get(index.id) as ServiceChat | undefined);
  }

  /** The chat of Chat V2 with this secure key. */
  byKey(secureKey: string): ChatRecord | undefined {
    const index = this.#durable.get<{ readonly id: InteractionId }>(BY_KEY, secureKey);
    return index && this.get(index.id);
  }

  /** The chats of services whose property had exactly this value. Reads all chats. */
  async ofCustomer({ name, value }: CustomerProperty): Promise<readonly ChatRecord[]> {
    const found: ChatRecord[] = [];
    await visitRecords<ChatRecord>(this.#durable, CHATS, ({ value: chat }) => {
      const { lookup } = chat;
      if (lookup !== undefined && Object.hasOwn(lookup, name) && lookup[name] === value) found.push(chat);
    });
    return found;
  }

  /**
   * At most MAX_ENTRIES_PER_VIEW entries from the position. Entries that the reader does not see count for
   * this limit. They are left out here alone.
   */
  view(chat: ChatRecord, fromPosition: number, reader: Visibility): TranscriptView {
    const found = [
      ...this.#durable.scan<StoredEntry>(ENTRIES, {
        from: entryKey(chat.id, fromPosition),
        to: entryKey(chat.id, chat.position),
        limit: MAX_ENTRIES_PER_VIEW,
      }),
    ];
    const last = found.at(-1);
    const isCut = last !== undefined && found.length === MAX_ENTRIES_PER_VIEW;
    return {
      entries: found
        .map(({ key, value }) => readEntry(chat, positionOf(key), value))
        .filter(({ visibility }) => isSeen(visibility, reader)),
      position: isCut ? positionOf(last.key) + 1 : chat.position,
    };
  }

  putBatch(chat: ChatRecord): Batch {
    const ttlMs = chat.status.kind === 'open' ? openTtlOf(chat) : ENDED_TTL_MS;
    const expiresAt = this.#clock.now() + ttlMs;
    const index = indexOf(chat);
    return {
      put: [
        { table: CHATS, key: chat.id, value: chat, expiresAt },
        { ...index, value: { id: chat.id }, expiresAt },
      ],
    };
  }

  /** Removes the chat and its transcript. */
  removeBatch(chat: ChatRecord): Batch {
    const entries = [...this.#durable.scan(ENTRIES, { prefix: `${chat.id} ` })];
    return {
      remove: [
        { table: CHATS, key: chat.id },
        indexOf(chat),
        ...entries.map(({ key }) => ({ table: ENTRIES, key })),
      ],
    };
  }

  entryBatch(chat: ChatRecord, position: number, entry: StoredEntry): Batch {
    const expiresAt = this.#clock.now() + openTtlOf(chat) + ENDED_TTL_MS;
    return { put: [{ table: ENTRIES, key: entryKey(chat.id, position), value: entry, expiresAt }] };
  }
}

function openTtlOf({ isAsync }: ChatRecord): number {
  return isAsync === true ? ASYNC_TTL_MS : OPEN_TTL_MS;
}

/** The index record that leads to the chat. */
function indexOf({ serviceId, secureKey }: ChatRecord): { readonly table: string; readonly key: string } {
  if (serviceId !== undefined) return { table: BY_SERVICE, key: serviceId };
  return { table: BY_KEY, key: secureKey };
}

/** The position has a fixed width, so that key order is position order. */
function entryKey(chatId: InteractionId, position: number): string {
  return `${chatId} ${String(position).padStart(8, '0')}`;
}

function positionOf(key: string): number {
  return Number(key.slice(-8));
}
