import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import type { ServiceChat, TranscriptView } from '../../strategies/chat/index.ts';
import { readSubscriptionId, type SubscriptionId } from '../../strategies/notification/index.ts';
import { WireError } from '../errors/index.ts';
import {
  type ChatIxnState,
  describeStatus,
  showInstant,
  showTranscript,
  type TranscriptStyle,
} from './pushMessage.ts';

type Form = { readonly [name: string]: Json };
type Body = { readonly [name: string]: Json };

const COMET_CHANNEL = '/_genesys';
/** Characters of a name, an e-mail address or a subject. */
const MAX_FIELD_LENGTH = 1_024;
/** Characters of JSON of all other fields, which desktops get with each list of interactions. */
const MAX_ATTACHED_LENGTH = 65_536;
const MAX_POSITION = 99_999_999;

/** The fields that a request for a chat may have. */
const START_FIELDS: ReadonlySet<string> = new Set([
  ...['firstName', 'FirstName', 'lastName', 'LastName', 'email', 'EmailAddress', 'subject', 'Subject'],
  ...['userDisplayName', 'subscriptionID', 'subscriptionId', 'notify_by', 'message', 'transcriptPosition'],
  'verbose',
]);

export interface StartChat {
  readonly nickname: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly subject: string;
  readonly notifyBy?: 'comet';
  readonly subscriptionId?: SubscriptionId;
  /** The customer's first message. */
  readonly message?: string;
  /** Data of the client's own, for the interaction. */
  readonly attached: Body;
}

/**
 * gms-api 7.1. The CometD samples spell the names FirstName, LastName, EmailAddress
 * and Subject: both are read.
 */
export function readStartChat(form: Form): StartChat {
  const firstName = optional(form, 'firstName', 'FirstName');
  const lastName = optional(form, 'lastName', 'LastName');
  const email = optional(form, 'email', 'EmailAddress');
  const subject = optional(form, 'subject', 'Subject');
  const displayName = optional(form, 'userDisplayName');
  if (subject === undefined) {
    throw new WireError('PARAMETER_MISSING', { message: "Expected the parameter 'subject', got none." });
  }
  const notifyBy = readNotifyBy(form);
  const subscriptionId = readSubscription(form, notifyBy);
  return {
    nickname: displayName ?? nicknameOf(firstName, lastName),
    subject,
    attached: attachedBy(form),
    ...defined({ firstName, lastName, email, notifyBy, subscriptionId, message: readMessage(form) }),
  };
}

/** The fields without a meaning here. Names that begin with an underscore are the server's. */
function attachedBy(form: Form): Body {
  const attached = Object.entries(form).filter(([name]) => !/^_/.test(name) && !START_FIELDS.has(name));
  let length = 0;
  for (const pair of attached) {
    length += JSON.stringify(pair).length;
    if (length <= MAX_ATTACHED_LENGTH) continue;
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected the fields of the client's own to have at most ${MAX_ATTACHED_LENGTH} characters together (MAX_ATTACHED_LENGTH), got more with '${pair[0].slice(0, 64)}'.`,
    });
  }
  return Object.fromEntries(attached);
}

function readNotifyBy(form: Form): 'comet' | undefined {
  const given = optional(form, 'notify_by');
  if (given === undefined || given === 'comet') return given;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected 'notify_by' to be 'comet' or absent, got '${given.slice(0, 64)}'.`,
  });
}

/** gms-api 7.1: the subscription gets what the Comet channel cannot deliver. */
function readSubscription(form: Form, notifyBy: 'comet' | undefined): SubscriptionId | undefined {
  const given = optional(form, 'subscriptionID', 'subscriptionId');
  if (given === undefined) return undefined;
  if (notifyBy !== 'comet') {
    const message = "Expected 'notify_by' comet with 'subscriptionID', got none.";
    throw new WireError('PARAMETER_INVALID', { message });
  }
  const id = readSubscriptionId(given);
  if (id === undefined) throw unknownSubscription(given);
  return id;
}

export function unknownSubscription(id: string): WireError {
  return new WireError('PARAMETER_INVALID', {
    message: `Expected 'subscriptionID' to be the id of a subscription that has not ended, got '${id.slice(0, 64)}'.`,
  });
}

/** The vendor's sample shortens "Vasya Pupkin" to "VasyaP" (gms-api 7.1). */
function nicknameOf(firstName: string | undefined, lastName: string | undefined): string {
  if (firstName !== undefined) return `${firstName}${[...(lastName ?? '')][0] ?? ''}`;
  return lastName ?? 'Customer';
}

/** `_verbose` in the vendor's tables, `verbose` in the samples (gms-api 7.1); in any case of letters. */
export function isVerbose(form: Form): boolean {
  return Object.entries(form).some(
    ([name, value]) => /^_?verbose$/i.test(name) && /^true$/i.test(textOf(value)),
  );
}

/** Undefined when the request names no position. 0 is from the start, as 1. */
export function readPosition(form: Form): number | undefined {
  const raw = optional(form, 'transcriptPosition');
  if (raw === undefined) return undefined;
  const position = /^\d{1,9}$/.test(raw) ? Number(raw) : Number.NaN;
  if (position <= MAX_POSITION) return Math.max(1, position);
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected 'transcriptPosition' to be a whole number from 0, got '${raw.slice(0, 64)}'.`,
  });
}

/** The text of send, refresh and customNotice. The chat itself checks its length. */
export function readMessage(form: Form): string | undefined {
  const raw = scalar(form.message, 'message');
  return raw === '' ? undefined : raw;
}

/** The facts from which the reply to a chat request is built. */
export interface ChatReply {
  readonly chat: ServiceChat;
  readonly verbose: boolean;
  readonly style: TranscriptStyle;
  readonly baseUrl: string;
}

/**
 * Reply to "Start Chat": CONNECTED for a new chat and while the transcript is empty, else the same as refresh
 * (a chat that exists is returned again). With comet and without verbose it has the fields of both samples.
 */
export function createdReply(reply: ChatReply, view: TranscriptView | undefined, isNew: boolean): Body {
  const { chat } = reply;
  const isConnected = chat.status.kind === 'open' && (isNew || chat.position === 1);
  const connected: ChatIxnState = 'CONNECTED';
  const state = {
    ...describeStatus(chat),
    ...defined({ chatIxnState: isConnected ? connected : undefined }),
    transcriptPosition: String(chat.position),
  };
  if (isBrief(reply)) return { ...state, ...listenReply(chat) };
  if (!isConnected) return refreshedReply(reply, view);
  return { ...state, chatSessionId: chat.id, ...verboseFields(reply), ...cometField(reply) };
}

/** Reply to refresh and send: "Refresh Chat Transcript". `view` is undefined in comet mode. */
export function refreshedReply(reply: ChatReply, view: TranscriptView | undefined): Body {
  const chatSessionId = isBrief(reply) ? undefined : reply.chat.id;
  return { ...noticedReply(reply, view), ...defined({ chatSessionId }) };
}

/** Reply to startTyping, stopTyping and customNotice, without chatSessionId (gms-api 7.2). */
export function noticedReply(reply: ChatReply, view: TranscriptView | undefined): Body {
  const { chat } = reply;
  if (isBrief(reply)) return listenReply(chat);
  return {
    ...describeStatus(chat),
    transcriptPosition: String(view?.position ?? chat.position),
    ...defined({
      transcriptToShow: isComet(chat) ? undefined : showTranscript(view ?? { entries: [] }, reply.style),
    }),
    startedAt: showInstant(chat.startedAt),
    ...verboseFields(reply),
    ...cometField(reply),
  };
}

/** Reply to disconnect. `position` is the one before the customer left. */
export function disconnectedReply(reply: ChatReply, position: number): Body {
  return {
    ...describeStatus(reply.chat),
    transcriptPosition: String(position),
    ...defined({ chatSessionId: reply.verbose ? reply.chat.id : undefined }),
    ...verboseFields(reply),
  };
}

function isComet(chat: ServiceChat): boolean {
  return chat.notifyBy === 'comet';
}

/** A comet client gets everything else on its channel. Only the end of the chat is reported here too. */
function isBrief({ chat, verbose }: ChatReply): boolean {
  return isComet(chat) && !verbose && chat.status.kind === 'open';
}

function listenReply(chat: ServiceChat): Body {
  return { _id: chat.serviceId, comet_channel: COMET_CHANNEL };
}

function cometField({ chat, verbose }: ChatReply): Body {
  return verbose && isComet(chat) ? { comet_channel: COMET_CHANNEL } : {};
}

/**
 * "The following are only returned if the verbose parameter in the API request is true." This server is the
 * chat server, so its address replaces that of a Chat Server behind a load balancer. Only replies to comet
 * chats have the URL of customNotice (gms-api 7.2).
 */
function verboseFields({ chat, verbose, baseUrl }: ChatReply): Body {
  if (!verbose) return {};
  const base = new URL(baseUrl);
  const isTls = base.protocol === 'https:';
  const root = `/genesys/1/service/${chat.serviceId}/ixn/chat`;
  return {
    userId: chat.userId,
    secureKey: chat.secureKey,
    checkChatServiceLoadBalancerPath: '/genesys/1/admin/node/status?chatServerLoadBalancerAlias=0',
    chatServerLoadBalancerAlias: '0',
    chatServerHost: base.hostname,
    chatWebApiPort: base.port || (isTls ? '443' : '80'),
    isTLSrequired: String(isTls),
    clientTimeZoneOffset: '0',
    _chatIxnAPI_SEND_URL: `${root}/send`,
    _chatIxnAPI_REFRESH_URL: `${root}/refresh`,
    _chatIxnAPI_START_TYPING_URL: `${root}/startTyping`,
    _chatIxnAPI_STOP_TYPING_URL: `${root}/stopTyping`,
    _chatIxnAPI_DISCONNECT_URL: `${root}/disconnect`,
    _chatIxnAPI_REFRESH_FROM_START_URL: `${root}/refresh?transcriptPosition=1`,
    ...defined({ _chatIxnAPI_SEND_CUSTOM_URL: isComet(chat) ? `${root}/customNotice` : undefined }),
  };
}

/** The value of the first name that has one. An empty value counts as none. */
function optional(form: Form, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = scalar(form[name], name);
    if (value === undefined || value === '') continue;
    if (value.length <= MAX_FIELD_LENGTH) return value;
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected '${name}' to have at most ${MAX_FIELD_LENGTH} characters (MAX_FIELD_LENGTH), got ${value.length}.`,
    });
  }
  return undefined;
}

function scalar(raw: Json | undefined, name: string): string | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (typeof raw !== 'object') return String(raw);
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected '${name}' once and as text, got ${JSON.stringify(raw).slice(0, 80)}.`,
  });
}

/**
 * The user data of a service in the form of its option `_attach_udata`. gms-api 4.2: `separate_keys`, which
 * counts without a value; `single_json`: one key; `gms_storage_id`: nothing but the id of the storage area,
 * which each chat of a service has.
 */
export function attachedUserData(
  values: Readonly<Record<string, Json>>,
  mode: string | undefined,
): Readonly<Record<string, Json>> {
  switch (mode?.trim()) {
    case 'single_json':
      return { GMS_UserData: JSON.stringify(values) };
    case 'gms_storage_id':
      return {};
    default:
      return values;
  }
}

/** The types of events in the option `_filtering_chat_events`; undefined: it names none. */
export function quietEventsOf(option: string | undefined): readonly string[] | undefined {
  const names = (option ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? undefined : names;
}
