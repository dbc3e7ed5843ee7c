/** Who speaks in a chat. gms-api 7.3. */
export const PartyType = { AGENT: 'AGENT', CLIENT: 'CLIENT', EXTERNAL: 'EXTERNAL' } as const;
export type PartyType = (typeof PartyType)[keyof typeof PartyType];

export interface Party {
  readonly type: PartyType;
  readonly nickname: string;
}

/** gms-api 7.3, spelt as in the samples, which differ from the list; and customNotice. */
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

export interface TranscriptEntry {
  readonly type: EntryType;
  readonly party: Party;
  readonly text: string;
  /** Whole seconds from the start of the chat. */
  readonly seconds: number;
}

export type ChatEndReason = 'customer' | 'agent' | 'document' | 'timeout';

export type ChatStatus =
  | { readonly kind: 'open' }
  | { readonly kind: 'ended'; readonly at: number; readonly by: ChatEndReason };

/** What is stored of a chat, beside its transcript. Times in ms since epoch. */
export interface ChatRecord {
  /** Also the id of its interaction: 16 upper-case alphanumerics. */
  readonly id: string;
  readonly serviceId: string;
  /** The customer's name in the transcript. */
  readonly nickname: string;
  readonly subject: string;
  /** Pushed over CometD to gmsUser; absent: the customer polls. */
  readonly notifyBy?: 'comet';
  readonly gmsUser?: string;
  readonly subscriptionId?: string;
  readonly userId: string;
  readonly secureKey: string;
  readonly startedAt: number;
  readonly status: ChatStatus;
  /** Position of the next transcript entry; the first is 1. */
  readonly position: number;
  /** Position up to which the customer was shown the transcript, for requests that name none. */
  readonly shown: number;
}

/** A stretch of the transcript, and the position to go on from. */
export interface TranscriptView {
  readonly entries: readonly TranscriptEntry[];
  readonly position: number;
}

/** The customer as a party of the chat. */
export function clientOf(chat: ChatRecord): Party {
  return { type: PartyType.CLIENT, nickname: chat.nickname };
}
