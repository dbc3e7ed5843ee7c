import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { ChatRecord, TranscriptEntry, TranscriptView } from './chatRecord.ts';

/** Entries that one reply carries; the reply's position says where to go on. */
export const MAX_ENTRIES_PER_VIEW = 500;
/** Messages, notices and typing marks of one chat. */
export const MAX_ENTRIES_PER_CHAT = 20_000;

const CHATS = 'chat';
const BY_SERVICE = 'chat.service';
const ENTRIES = 'chat.entry';

const DAY_MS = 86_400_000;
/** An open chat is kept this long after its last change, one that ended this long after its end. */
const OPEN_TTL_MS = 7 * DAY_MS;
const ENDED_TTL_MS = DAY_MS;

/** Chat records and transcripts in the durable store. */
export interface ChatStore {
  get(chatId: string): ChatRecord | undefined;
  byService(serviceId: string): ChatRecord | undefined;
  view(chat: ChatRecord, fromPosition: number): TranscriptView;
  putBatch(chat: ChatRecord): Batch;
  entryBatch(chatId: string, position: number, entry: TranscriptEntry): Batch;
}

export function createChatStore(deps: { readonly durable: Durable; readonly clock: Clock }): ChatStore {
  const { durable, clock } = deps;
  return {
    get: (chatId) => durable.get<ChatRecord>(CHATS, chatId),
    byService(serviceId) {
      const index = durable.get<{ readonly id: string }>(BY_SERVICE, serviceId);
      return index && durable.get<ChatRecord>(CHATS, index.id);
    },
    view(chat, fromPosition) {
      const found = [
        ...durable.scan<TranscriptEntry>(ENTRIES, {
          from: entryKey(chat.id, fromPosition),
          to: entryKey(chat.id, chat.position),
          limit: MAX_ENTRIES_PER_VIEW,
        }),
      ];
      const last = found.at(-1);
      const isCut = last !== undefined && found.length === MAX_ENTRIES_PER_VIEW;
      return {
        entries: found.map(({ value }) => value),
        position: isCut ? positionOf(last.key) + 1 : chat.position,
      };
    },
    putBatch(chat) {
      const ttlMs = chat.status.kind === 'open' ? OPEN_TTL_MS : ENDED_TTL_MS;
      const expiresAt = clock.now() + ttlMs;
      return {
        put: [
          { table: CHATS, key: chat.id, value: chat, expiresAt },
          { table: BY_SERVICE, key: chat.serviceId, value: { id: chat.id }, expiresAt },
        ],
      };
    },
    entryBatch: (chatId, position, entry) => ({
      put: [
        {
          table: ENTRIES,
          key: entryKey(chatId, position),
          value: entry,
          expiresAt: clock.now() + OPEN_TTL_MS + ENDED_TTL_MS,
        },
      ],
    }),
  };
}

/** Fixed width, so that key order is position order. */
function entryKey(chatId: string, position: number): string {
  return `${chatId} ${String(position).padStart(8, '0')}`;
}

function positionOf(key: string): number {
  return Number(key.slice(-8));
}
