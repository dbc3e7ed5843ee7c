import type { Json } from '../../engine/ports/index.ts';
import {
  type ChatRecord,
  EntryType,
  PartyType,
  type TranscriptEntry,
  type TranscriptView,
} from '../../strategies/chat/index.ts';

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

/** The elements of an entry. `indexed`: also its index, for clients that compare transcripts. */
export type TranscriptStyle = 'plain' | 'indexed';

/** The entries of a transcript. */
export function showTranscript(
  { entries }: Pick<TranscriptView, 'entries'>,
  style: TranscriptStyle,
): readonly (readonly string[])[] {
  return entries.map((entry) =>
    style === 'indexed' ? [...showEntry(entry), String(entry.index)] : showEntry(entry),
  );
}

/** [type, nickname, text, seconds from the start, type of user]: gms-api 7.2. */
export function showEntry(entry: TranscriptEntry): readonly string[] {
  return [
    typeOf(entry.type),
    entry.party.nickname,
    textOf(entry),
    String(entry.seconds),
    PARTY_TYPES[entry.party.type],
  ];
}

/** Clients know these types alone. The texts of the server are shown like those of a document. */
const PARTY_TYPES: Readonly<Record<PartyType, string>> = {
  [PartyType.CLIENT]: 'CLIENT',
  [PartyType.AGENT]: 'AGENT',
  [PartyType.SUPERVISOR]: 'AGENT',
  [PartyType.EXTERNAL]: 'EXTERNAL',
  [PartyType.SYSTEM]: 'EXTERNAL',
};

function typeOf(type: TranscriptEntry['type']): string {
  return type === EntryType.IDLE_ALERT || type === EntryType.IDLE_CLOSE ? EntryType.MESSAGE : type;
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
export function pushMessage(chat: ChatRecord, view: TranscriptView, style: TranscriptStyle = 'plain'): Json {
  return {
    ...describeStatus(chat),
    chatSessionId: chat.id,
    startedAt: showInstant(chat.startedAt),
    transcriptPosition: String(view.position),
    transcriptToShow: showTranscript(view, style),
  };
}
