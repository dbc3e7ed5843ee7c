import type { Json } from '../../engine/ports/index.ts';
import { type NotificationTask, NotificationType } from '../notification/index.ts';
import type { ChatRecord, TranscriptEntry, TranscriptView } from './chatRecord.ts';

/** gms-api 7.2: CONNECTED only in the reply that creates the chat. */
export type ChatIxnState = 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';

/** `chatIxnState` and `chatServiceMessage` of a chat after its creation. */
export function describeStatus(chat: ChatRecord): {
  readonly chatIxnState: ChatIxnState;
  readonly chatServiceMessage: string;
} {
  if (chat.status.kind === 'ended')
    return { chatIxnState: 'DISCONNECTED', chatServiceMessage: 'Chat was finished' };
  return { chatIxnState: 'TRANSCRIPT', chatServiceMessage: 'Chat service is available' };
}

/** [type, nickname, text, seconds from the start, type of user]: gms-api 7.2. */
export function showEntry(entry: TranscriptEntry): readonly string[] {
  return [entry.type, entry.party.nickname, entry.text, String(entry.seconds), entry.party.type];
}

/** `startedAt` as yyyy-MM-ddTHH:mm:ssZ. */
export function showInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * The message to a CometD client about a change. gms-api 7.4.
 * Each chat has its own lane, so that clients see the entries in their order.
 */
export function chatPush(chat: ChatRecord, gmsUser: string, view: TranscriptView): NotificationTask {
  const message: Json = {
    ...describeStatus(chat),
    chatSessionId: chat.id,
    startedAt: showInstant(chat.startedAt),
    transcriptPosition: String(view.position),
    transcriptToShow: view.entries.map(showEntry),
  };
  return {
    key: `chat ${chat.id} ${chat.status.kind} ${view.position}`,
    lane: `chat ${chat.id}`,
    tag: `service.chat.refresh.${chat.serviceId}`,
    message,
    notificationDetails: { type: NotificationType.COMET, deviceId: gmsUser },
  };
}
