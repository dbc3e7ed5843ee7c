import { defined, type Json } from '../../engine/ports/index.ts';
import {
  type ChatRecord,
  type EndedBy,
  EntryType,
  isMonitored,
  PartyType,
  type TranscriptEntry,
} from '../../strategies/chat/index.ts';
import type { DigitalFault } from '../digital/index.ts';

export type ReplyBody = { readonly [name: string]: Json };

/** The only Chat Server of this installation. */
const ALIAS = '0';

/** The names of gms-api 7.5. Clients drop a whole reply with a type that they do not know. */
const MESSAGE_TYPES: Readonly<Record<EntryType, string>> = {
  [EntryType.JOINED]: 'ParticipantJoined',
  [EntryType.LEFT]: 'ParticipantLeft',
  [EntryType.MESSAGE]: 'Message',
  [EntryType.TYPING_STARTED]: 'TypingStarted',
  [EntryType.TYPING_STOPPED]: 'TypingStopped',
  [EntryType.PUSH_URL]: 'PushUrl',
  [EntryType.CUSTOM]: 'CustomNotice',
  [EntryType.NICKNAME]: 'NicknameUpdated',
  [EntryType.FILE_UPLOADED]: 'FileUploaded',
  [EntryType.FILE_DELETED]: 'FileDeleted',
  [EntryType.IDLE_ALERT]: 'IdleAlert',
  [EntryType.IDLE_CLOSE]: 'IdleClose',
};

const PARTY_TYPES: Readonly<Record<PartyType, string>> = {
  [PartyType.CLIENT]: 'Client',
  [PartyType.AGENT]: 'Agent',
  [PartyType.SUPERVISOR]: 'Supervisor',
  [PartyType.EXTERNAL]: 'External',
  [PartyType.SYSTEM]: 'System',
};

/** An entry of the transcript in the form of a reply. */
export function messageOf(entry: TranscriptEntry): ReplyBody {
  const { index, type, party, text, utcTime, messageType, userData, eventAttributes } = entry;
  return {
    from: { nickname: party.nickname, participantId: party.id, type: PARTY_TYPES[party.type] },
    index,
    ...defined({ text: hasOwnText(entry) ? text : undefined, messageType }),
    type: MESSAGE_TYPES[type],
    utcTime,
    ...defined({ userData, eventAttributes }),
  };
}

/** The texts of these notices are for people who read Chat V1. */
function hasOwnText({ type, text, preview }: TranscriptEntry): boolean {
  switch (type) {
    case EntryType.JOINED:
    case EntryType.LEFT:
      return false;
    case EntryType.TYPING_STARTED:
    case EntryType.TYPING_STOPPED:
      return preview === true;
    default:
      return text !== '';
  }
}

/** The part of a transcript in a reply. */
export interface Shown {
  readonly entries: readonly TranscriptEntry[];
  readonly nextPosition: number;
  /** ms until the next alert or the end of a chat that has got an alert. */
  readonly msToNextStep?: number;
}

/** Seconds for the countdown of a client. */
function expiryOf(msToNextStep: number | undefined): ReplyBody {
  return msToNextStep === undefined ? {} : { idleTimerExpire: Math.ceil(msToNextStep / 1000) };
}

/** A reply about a chat. The keys of a chat that has ended are worth nothing, and are left out. */
export function chatReply(chat: ChatRecord, shown: Shown): ReplyBody {
  // A client stops at the end, so it must have all entries by then.
  const isOver = chat.status.kind === 'ended' && shown.nextPosition >= chat.position;
  return {
    messages: shown.entries.map(messageOf),
    chatEnded: isOver,
    statusCode: 0,
    alias: ALIAS,
    ...keysOf(chat, isOver),
    chatId: chat.id,
    nextPosition: shown.nextPosition,
    ...defined({ monitored: isMonitored(chat) ? true : undefined }),
    ...expiryOf(shown.msToNextStep),
  };
}

/** A message that no request asked for. It has one entry, and ends the chat only with the last one. */
export function notification(
  chat: ChatRecord,
  entry: TranscriptEntry,
  {
    channel,
    isLast,
    msToNextStep,
  }: { readonly channel: string; readonly isLast: boolean; readonly msToNextStep?: number },
): ReplyBody {
  const isOver = isLast && chat.status.kind === 'ended';
  return {
    messages: [messageOf(entry)],
    chatEnded: isOver,
    statusCode: 0,
    alias: ALIAS,
    ...keysOf(chat, isOver),
    chatId: chat.id,
    nextPosition: entry.index + 1,
    monitored: isMonitored(chat),
    channel,
    ...expiryOf(isLast ? msToNextStep : undefined),
  };
}

/** Why a customer left, in the pushes to a server alone. gms-api 7.5. */
const PUSHED_REASONS: Partial<Readonly<Record<EndedBy, string>>> = { customer: '0', timeout: '3' };

/** An entry for a push server of the operator's own. Whoever has the key of a chat has the chat. */
export function pushedEntry(chat: ChatRecord, entry: TranscriptEntry): ReplyBody {
  const isLeave = entry.type === EntryType.LEFT && entry.party.type === PartyType.CLIENT;
  const reason = isLeave && chat.status.kind === 'ended' ? PUSHED_REASONS[chat.status.by] : undefined;
  const message = messageOf(entry);
  return {
    messages: [
      reason === undefined
        ? message
        : { ...message, eventAttributes: { GCTI_SYSTEM: { 'quit-reason-code': reason } } },
    ],
    chatEnded: chat.status.kind === 'ended',
    statusCode: 0,
    userId: chat.userId,
    chatId: chat.id,
    nextPosition: entry.index + 1,
    ...defined({ channel: chat.chatService && `/service/chatV2/${chat.chatService}` }),
  };
}

function keysOf({ secureKey, userId }: ChatRecord, isOver: boolean): ReplyBody {
  return isOver ? {} : { secureKey, userId };
}

/** The reply to an operation that failed. Clients need `chatEnded` and `chatId` in it too. */
export function faultReply(
  fault: DigitalFault,
  about: { readonly chatId: string; readonly chatEnded: boolean },
): ReplyBody {
  return {
    messages: [],
    chatEnded: about.chatEnded,
    statusCode: fault.isPassing ? 1 : 2,
    alias: ALIAS,
    chatId: about.chatId,
    errors: [{ code: fault.code, advice: fault.message }],
  };
}
