import type { InteractionId, ServiceId } from '../ids/index.ts';
import type { SubscriptionId } from '../notification/index.ts';
/** The kinds of party in a chat. gms-api 7.3. */
export const PartyType = { AGENT: 'AGENT', CLIENT: 'CLIENT', EXTERNAL: 'EXTERNAL' } as const;
export type PartyType = (typeof PartyType)[keyof typeof PartyType];

export interface Party {
  readonly type: PartyType;
  readonly nickname: string;
}

/** gms-api 7.3, and customNotice. The spelling is that of the samples, which differ from the list. */
export const EntryType = {
  JOINED: 'Notice.Joined',
  LEFT: 'Notice.Left',
  MESSAGE: 'Message.Text',
  TYPING_STARTED: 'Notice.TypingStarted',
  TYPING_STOPPED: 'Notice.TypingStopped',
  PUSH_URL: 'Notice.PushUrl',
  CUSTOM: 'Notice.Custom',
} as const;
export type EntryType = (typeof EntryType)[keyof typeof EntryType];

/** Texts of entries without a text of their own, as in the samples of gms-api 7.3. */
export const ENTRY_TEXT = {
  [EntryType.JOINED]: 'has joined the session',
  [EntryType.LEFT]: 'has left the session',
  [EntryType.TYPING_STARTED]: 'is typing',
  [EntryType.TYPING_STOPPED]: 'stopped typing',
} as const;

export interface TranscriptEntry {
  readonly type: EntryType;
  readonly party: Party;
  readonly text: string;
  /** Whole seconds from the start of the chat. */
  readonly seconds: number;
}

/** The party that ended a chat; `timeout`: the customer made no request for too long. */
export type EndedBy = 'customer' | 'agent' | 'document' | 'timeout';

export type ChatStatus =
  | { readonly kind: 'open' }
  | { readonly kind: 'ended'; readonly at: number; readonly by: EndedBy };

/** The stored record of a chat; its transcript is stored apart. Times in ms since epoch. */
export interface ChatRecord {
  /** Also the id of its interaction: 16 upper-case alphanumerics. */
  readonly id: InteractionId;
  readonly serviceId: ServiceId;
  /** The customer's name in the transcript. */
  readonly nickname: string;
  readonly subject: string;
  /** `comet`: changes are pushed over CometD to gmsUser. Absent: the customer polls. */
  readonly notifyBy?: 'comet';
  readonly gmsUser?: string;
  /** Gets the pushes too while the customer has no CometD connection. gms-api 7.1. */
  readonly subscriptionId?: SubscriptionId;
  /** Types of entries that this subscription does not get. */
  readonly quietEvents?: readonly string[];
  /**
   * The properties that find the customer of its service, at the creation of the chat. The chat may be kept
   * longer than the service.
   */
  readonly lookup?: Readonly<Record<string, string>>;
  readonly userId: string;
  readonly secureKey: string;
  readonly startedAt: number;
  /**
   * ms without a request after which the customer has left. Absent: no limit, as in chats of earlier
   * versions.
   */
  readonly clientTimeoutMs?: number;
  readonly status: ChatStatus;
  /** Position of the next transcript entry; the first is 1. */
  readonly position: number;
  /** The first position that the customer has not seen, for requests that name no position. */
  readonly shown: number;
}

/** Part of a transcript, and the position after it. */
export interface TranscriptView {
  readonly entries: readonly TranscriptEntry[];
  readonly position: number;
}

/** The customer as a party of the chat. */
export function clientOf(chat: ChatRecord): Party {
  return { type: PartyType.CLIENT, nickname: chat.nickname };
}
