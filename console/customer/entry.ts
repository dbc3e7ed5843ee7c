/** A line of a chat as a customer sees it, from either version of the chat API. */
export interface Entry {
  readonly kind: EntryKind;
  readonly party: 'customer' | 'agent' | 'other';
  readonly name: string;
  /** Text of a message, URL of a pushed page, or empty. Written by others: never markup. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Chat V2: its index. */
  readonly index?: number;
  /** Chat V2: the id that this client gave to its message. */
  readonly sentId?: string;
  readonly file?: SentFile;
}

export type EntryKind =
  | 'message'
  | 'joined'
  | 'left'
  | 'typing'
  | 'quiet'
  | 'url'
  | 'file'
  | 'fileDeleted'
  | 'notice'
  | 'idleAlert';

export interface SentFile {
  readonly id: string;
  /** Chat V1 does not tell it. */
  readonly name?: string;
  /** Bytes. */
  readonly size?: number;
}

/** The part of a chat that a reply or a push tells. */
export interface Heard {
  readonly entries: readonly Entry[];
  /** The position behind the entries. */
  readonly next: number;
  readonly isEnded: boolean;
}

export type Fields = { readonly [name: string]: unknown };

const KINDS_V1: Readonly<Record<string, EntryKind>> = {
  'Message.Text': 'message',
  'Notice.Joined': 'joined',
  'Notice.Left': 'left',
  'Notice.TypingStarted': 'typing',
  'Notice.TypingStart': 'typing',
  'Notice.TypingStopped': 'quiet',
  'Notice.TypingStop': 'quiet',
  'Notice.PushUrl': 'url',
  'Notice.FileUploaded': 'file',
  'Notice.FileDeleted': 'fileDeleted',
};

const KINDS_V2: Readonly<Record<string, EntryKind>> = {
  Message: 'message',
  ParticipantJoined: 'joined',
  ParticipantLeft: 'left',
  TypingStarted: 'typing',
  TypingStopped: 'quiet',
  PushUrl: 'url',
  FileUploaded: 'file',
  FileDeleted: 'fileDeleted',
  IdleAlert: 'idleAlert',
};

const PARTIES: Readonly<Record<string, Entry['party']>> = {
  CLIENT: 'customer',
  AGENT: 'agent',
  SUPERVISOR: 'agent',
};

/** A reply or a push of Chat V1. `next` is the position that this client has, where the reply names none. */
export function heardV1(reply: Fields, next: number): Heard {
  const startedAt = Date.parse(text(reply.startedAt));
  return {
    entries: list(reply.transcriptToShow).map((entry) => entryV1(list(entry).map(text), startedAt)),
    next: Number(reply.transcriptPosition) || next,
    isEnded: reply.chatIxnState === 'DISCONNECTED',
  };
}

function entryV1(
  [type = '', name = '', said = '', seconds = '', party = '']: string[],
  startedAt: number,
): Entry {
  const kind = KINDS_V1[type] ?? 'notice';
  const at = startedAt + Number(seconds) * 1000;
  return {
    kind,
    party: PARTIES[party] ?? 'other',
    name,
    text: kind === 'file' || kind === 'fileDeleted' ? '' : said,
    at: Number.isFinite(at) ? at : Date.now(),
    ...(kind.startsWith('file') && { file: { id: said } }),
  };
}

/** A reply or a notification of Chat V2. */
export function heardV2(reply: Fields, next: number): Heard {
  return {
    entries: list(reply.messages).map((message) => entryV2(fields(message))),
    next: typeof reply.nextPosition === 'number' ? reply.nextPosition : next,
    isEnded: reply.chatEnded === true,
  };
}

function entryV2(message: Fields): Entry {
  const from = fields(message.from);
  const data = fields(message.userData);
  const kind = KINDS_V2[text(message.type)] ?? 'notice';
  const sentId = fields(fields(message.eventAttributes)[CLIENT_ATTRIBUTE]).id;
  return {
    kind,
    party: PARTIES[text(from.type).toUpperCase()] ?? 'other',
    name: text(from.nickname),
    text: text(message.text),
    at: typeof message.utcTime === 'number' ? message.utcTime : Date.now(),
    ...(typeof message.index === 'number' && { index: message.index }),
    ...(typeof sentId === 'string' && { sentId }),
    ...(kind.startsWith('file') && { file: fileOf(data) }),
  };
}

/** The attribute of an event in which this client names its message, to know it again. */
export const CLIENT_ATTRIBUTE = 'orsay-client';

function fileOf(data: Fields): SentFile {
  const size = Number(data['file-size']);
  const name = text(data['file-name']);
  return {
    id: text(data['file-id']),
    ...(name !== '' && { name }),
    ...(size > 0 && { size }),
  };
}

/** The value as text; empty for everything that is neither text nor a number. */
export function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The members of an object; none for another value. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The elements of a list; none for another value. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The URL, if a browser may open it: http and https alone. A pushed text may be anything. */
export function safeUrl(given: string): string | undefined {
  try {
    const url = new URL(given);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
