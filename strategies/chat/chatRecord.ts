import { defined, type Json } from '../../engine/ports/index.ts';
import type { InteractionId, ServiceId } from '../ids/index.ts';
import type { SubscriptionId } from '../notification/index.ts';
import {
  CUSTOMER_ID,
  type EntryParty,
  type Participant,
  type Party,
  PartyType,
  Visibility,
} from './party.ts';
import type { PushTarget } from './pushTarget.ts';

/** gms-api 7.3 and 7.5. The spelling is that of the samples, which differ from the list. */
export const EntryType = {
  JOINED: 'Notice.Joined',
  LEFT: 'Notice.Left',
  MESSAGE: 'Message.Text',
  TYPING_STARTED: 'Notice.TypingStarted',
  TYPING_STOPPED: 'Notice.TypingStopped',
  PUSH_URL: 'Notice.PushUrl',
  CUSTOM: 'Notice.Custom',
  NICKNAME: 'Notice.NicknameUpdated',
  FILE_UPLOADED: 'Notice.FileUploaded',
  FILE_DELETED: 'Notice.FileDeleted',
  IDLE_ALERT: 'Notice.IdleAlert',
  IDLE_CLOSE: 'Notice.IdleClose',
} as const;
export type EntryType = (typeof EntryType)[keyof typeof EntryType];

/** Texts of entries without a text of their own, as in the samples of gms-api 7.3. */
export const ENTRY_TEXT = {
  [EntryType.JOINED]: 'has joined the session',
  [EntryType.LEFT]: 'has left the session',
  [EntryType.TYPING_STARTED]: 'is typing',
  [EntryType.TYPING_STOPPED]: 'stopped typing',
} as const;

/** The optional parts of an entry. */
export interface EntryDetails {
  /** The text of a notice of typing is what the party has typed so far. */
  readonly preview?: true;
  /** The sender's own name for the kind of a message. */
  readonly messageType?: string;
  readonly eventAttributes?: { readonly [name: string]: Json };
  readonly userData?: Readonly<Record<string, string>>;
}

export interface TranscriptEntry extends EntryDetails {
  /** Position in the transcript; the first is 1. Entries that a reader does not see leave gaps. */
  readonly index: number;
  readonly type: EntryType;
  readonly party: EntryParty;
  readonly text: string;
  /** Whole seconds from the start of the chat. */
  readonly seconds: number;
  /** ms since epoch. */
  readonly utcTime: number;
  readonly visibility: Visibility;
}

/** An entry as it is stored; entries of earlier versions lack the optional fields. */
export interface StoredEntry extends EntryDetails {
  readonly type: EntryType;
  readonly party: Omit<EntryParty, 'id'> & { readonly id?: number };
  readonly text: string;
  readonly seconds: number;
  readonly utcTime?: number;
  /** Absent: ALL. */
  readonly visibility?: Visibility;
}

/**
 * The party that ended a chat; `timeout`: the customer made no request for too long; `idle`: nobody said
 * anything for too long.
 */
export type EndedBy = 'customer' | 'agent' | 'supervisor' | 'document' | 'timeout' | 'idle';

export type ChatStatus =
  | { readonly kind: 'open' }
  | { readonly kind: 'ended'; readonly at: number; readonly by: EndedBy };

/** How long nobody has said anything in a chat. */
export interface IdleState {
  /** ms since epoch of the last thing said, or of the last alert. */
  readonly since: number;
  /** Alerts that were sent. */
  readonly alerts: number;
  /** ms since epoch of the alarm that counts. Others do nothing. */
  readonly alarmAt: number;
}

/** The notices about an agent's message that a customer who is away has not got. gms-api 4.2. */
export interface AwayNotice {
  /** From the message to the notices. */
  readonly afterMs: number;
  /** The push of the message waits for this time too. */
  readonly holdsPush?: true;
  /** The text that the customer's device shows. */
  readonly customerText?: string;
  /** The text that the agent reads. */
  readonly agentText?: string;
}

/** Messages of agents that wait for a customer. */
export interface Unread {
  /** ms since epoch. */
  readonly alarmAt: number;
  /** Position of the last of them. */
  readonly index: number;
}

/** The stored record of a chat; its transcript is stored apart. Times in ms since epoch. */
export interface ChatRecord {
  /** Also the id of its interaction: 16 upper-case alphanumerics. */
  readonly id: InteractionId;
  /** The service instance that has the chat; absent in a chat of Chat V2. */
  readonly serviceId?: ServiceId;
  /** A customer who may be away for hours: only what is said counts, and the timers are longer. */
  readonly isAsync?: true;
  /** The chat service of Chat V2; absent in a chat of a service instance. */
  readonly chatService?: string;
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
  /** Absent: nobody is told later of a message that a customer who is away has not got. */
  readonly awayNotice?: AwayNotice;
  /** Absent: no message of an agent waits for the time of this notice. */
  readonly unread?: Unread;
  /**
   * The properties that find the customer of its service, at the creation of the chat. The chat may be kept
   * longer than the service.
   */
  readonly lookup?: Readonly<Record<string, string>>;
  /** The device that gets the entries, in a chat of Chat V2. */
  readonly pushTo?: PushTarget;
  /** ms since epoch at which the customer last named this device. */
  readonly pushedSince?: number;
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
  /** Every party that did something. Absent in chats of earlier versions: only the customer is known. */
  readonly participants?: readonly Participant[];
  /** Absent: inactivity does not count, or nobody has said anything since it does. */
  readonly idle?: IdleState;
  /** Index of the last entry that the customer says they have read. */
  readonly readIndex?: number;
  /** The customer made no request for too long and left; the agent keeps the chat. Absent: they are there. */
  readonly customerLeft?: CustomerLeft;
}

/** The end of a chat for its customer alone. */
export interface CustomerLeft {
  /** ms since epoch. */
  readonly at: number;
  /** The position after the last entry that the customer may read. */
  readonly position: number;
}

/** A chat of a service instance. */
export type ServiceChat = ChatRecord & { readonly serviceId: ServiceId };

/** Part of a transcript, and the position after it. */
export interface TranscriptView {
  readonly entries: readonly TranscriptEntry[];
  readonly position: number;
}

/** The customer as a party of the chat. */
export function clientOf(chat: Pick<ChatRecord, 'nickname'>): Party {
  return { type: PartyType.CLIENT, nickname: chat.nickname };
}

/**
 * The chat as its customer sees it. For a customer who has left it is over, and has no entries after their
 * own leave.
 */
export function seenByCustomer<Chat extends ChatRecord>(chat: Chat): Chat {
  const { customerLeft, status } = chat;
  if (customerLeft === undefined) return chat;
  const { at, position } = customerLeft;
  const by = status.kind === 'ended' ? status.by : 'timeout';
  return { ...chat, position, status: { kind: 'ended', at, by } };
}

/** The participants of the chat, the customer first. */
export function participantsOf(chat: ChatRecord): readonly Participant[] {
  if (chat.participants !== undefined) return chat.participants;
  const isPresent = chat.status.kind === 'open';
  return [{ ...clientOf(chat), id: CUSTOMER_ID, visibility: Visibility.ALL, isPresent }];
}

/** True while a supervisor watches the chat without taking part in it. */
export function isMonitored(chat: ChatRecord): boolean {
  return participantsOf(chat).some(
    ({ type, visibility, isPresent }) =>
      isPresent && type === PartyType.SUPERVISOR && visibility !== Visibility.ALL,
  );
}

/** The entry at a position, with the fields that entries of earlier versions lack. */
export function readEntry(chat: ChatRecord, index: number, stored: StoredEntry): TranscriptEntry {
  const { type, party, text, seconds, visibility } = stored;
  const { preview, messageType, eventAttributes, userData } = stored;
  const id = party.id ?? (party.type === PartyType.CLIENT ? CUSTOMER_ID : 0);
  return {
    index,
    type,
    party: { ...party, id },
    text,
    seconds,
    utcTime: stored.utcTime ?? chat.startedAt + seconds * 1000,
    visibility: visibility ?? Visibility.ALL,
    ...defined({ preview, messageType, eventAttributes, userData }),
  };
}
