import type { Batch } from '../../engine/durable/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { type ChatRecord, EntryType, type TranscriptEntry, type Unread } from './chatRecord.ts';
import { PartyType, Visibility } from './party.ts';

export const AWAY_TASK = 'chat.away';

export interface AwayAlarm {
  readonly id: InteractionId;
  readonly at: number;
}

/** Whether an entry is one that a customer who is away is told of later. */
export function isAwaited(chat: ChatRecord, entry: TranscriptEntry): boolean {
  const isOfAgent = entry.party.type === PartyType.AGENT || entry.party.type === PartyType.SUPERVISOR;
  return chat.awayNotice !== undefined && isOfAgent && entry.type === EntryType.MESSAGE;
}

/** The messages that wait after an entry. The time begins with the first of them. */
export function unreadAfter(chat: ChatRecord, entry: TranscriptEntry, now: number): Unread | undefined {
  const { awayNotice, unread, status } = chat;
  const isShown = entry.visibility === Visibility.ALL && status.kind === 'open';
  if (awayNotice === undefined || !isShown || !isAwaited(chat, entry)) return unread;
  return { alarmAt: unread?.alarmAt ?? now + awayNotice.afterMs, index: entry.index };
}

export function awayAlarm(id: InteractionId, at: number): Batch {
  const payload = { id, at } satisfies AwayAlarm;
  // A task may not replace itself while it runs, so its time is part of its key.
  const key = `${AWAY_TASK} ${id} ${at}`;
  return { schedule: [{ key, kind: AWAY_TASK, payload, dueAt: at }] };
}
