import { type Batch, joinBatches } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { Notifications } from '../notification/index.ts';
import { chatPush } from './chatPush.ts';
import type { ChatRecord, TranscriptEntry } from './chatRecord.ts';
import type { ChatStore } from './chatStore.ts';

/** Computes changes of chats; the caller commits them. */
export interface ChatChanges {
  /** The chat as the last change left it, committed or not. */
  current(chatId: string): ChatRecord | undefined;
  /** The batch of one more entry (or of a changed status alone), and the record after it. */
  apply(
    chat: ChatRecord,
    what: { readonly entry?: Omit<TranscriptEntry, 'seconds'>; readonly push: boolean },
  ): { readonly chat: ChatRecord; readonly batch: Batch };
  /** The batch of a changed record alone. */
  replace(chat: ChatRecord): Batch;
}

/**
 * C1. Entry, chat record and push of a change are one commit; the record holds the next position.
 * C2. A change is computed from what the last one left, and committed, without an await between: two changes
 *     never take the same position.
 * C3. The interaction observer's batches are committed by the caller, perhaps several joined into one. What
 *     was computed is therefore kept for the rest of the present turn (drafts), and every change builds on it.
 */
export function createChatChanges(deps: {
  readonly store: ChatStore;
  readonly notifications: Pick<Notifications, 'publishBatch'>;
  readonly clock: Clock;
}): ChatChanges {
  const { store, notifications, clock } = deps;
  const drafts = new Map<string, ChatRecord>();

  function replace(chat: ChatRecord): Batch {
    if (drafts.size === 0) queueMicrotask(() => drafts.clear());
    drafts.set(chat.id, chat);
    return store.putBatch(chat);
  }

  return {
    current: (chatId) => drafts.get(chatId) ?? store.get(chatId),
    replace,
    apply(chat, what) {
      const seconds = Math.max(0, Math.floor((clock.now() - chat.startedAt) / 1000));
      const entries = what.entry ? [{ ...what.entry, seconds }] : [];
      const after = { ...chat, position: chat.position + entries.length };
      const push =
        what.push && chat.notifyBy === 'comet' && chat.gmsUser !== undefined
          ? notifications.publishBatch(chatPush(after, chat.gmsUser, { entries, position: after.position }))
          : {};
      const batch = joinBatches(
        replace(after),
        ...entries.map((entry) => store.entryBatch(chat.id, chat.position, entry)),
        push,
      );
      return { chat: after, batch };
    },
  };
}
