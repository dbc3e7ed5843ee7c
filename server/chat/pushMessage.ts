import type { Json } from '../../engine/ports/index.ts';
import type { ChatRecord, TranscriptEntry, TranscriptView } from '../../strategies/chat/index.ts';

/** gms-api 7.2: CONNECTED only in the reply that creates the chat. */
export type ChatIxnState = 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';

/** `chatIxnState` and `chatServiceMessage` of a chat after its creation. */
export function describeStatus(chat: ChatRecord): {
  readonly chatIxnState: ChatIxnState;
  readonly chatServiceMessage: string;
} {
  if (chat.status.kind === 'ended') {
    return { chatIxnState: 'DISCONNECTED', chatServiceMessage: 'Chat was finished' };
  }
  return { chatIxnState: 'TRANSCRIPT', chatServiceMessage: 'Chat service is available' };
}

/** [type, nickname, text, seconds from the start, type of user]: gms-api 7.2. */
export function showEntry(entry: TranscriptEntry): readonly string[] {
  return [entry.type, entry.party.nickname, textOf(entry), String(entry.seconds), entry.party.type];
}

/** A notice about a file says which one. */
function textOf({ text, userData }: TranscriptEntry): string {
  return text === '' ? (userData?.['file-id'] ?? '') : text;
}

/** `startedAt` as yyyy-MM-ddTHH:mm:ssZ. */
export function showInstant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The message to a CometD client about a change of its chat. gms-api 7.4. */
export function pushMessage(chat: ChatRecord, view: TranscriptView): Json {
  return {
    ...describeStatus(chat),
    chatSessionId: chat.id,
    startedAt: showInstant(chat.startedAt),
    transcriptPosition: String(view.position),
    transcriptToShow: view.entries.map(showEntry),
  };
}
