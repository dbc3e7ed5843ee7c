import { createHash } from 'node:crypto';
import type { Durable } from '../durable/index.ts';
import type { Dialect, ExecutionStatus, StartOptions } from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';
import type { SessionView } from './sessions.ts';

export const SESSION = 'session';
/** Ids of events that a session has processed, by `${sessionId}:${eventId}`, for as long as they may be repeated. */
export const SESSION_EVENT = 'sessionEvent';
/** Answers to requests that carried an id of the caller's. */
export const REPLY = 'reply';

export type SessionStatus = 'scheduled' | 'setAside' | ExecutionStatus;

/** A session as it is stored. While it runs and persists, the text behind it (Durable.text) is its snapshot. */
export interface SessionRecord {
  readonly sessionId: string;
  /** Absolute URL of the document. */
  readonly src: string;
  readonly documentHash: string;
  readonly dialect: Dialect;
  /** False for _persist="false": the state lives in memory only (ors-dialect 2.13). */
  readonly persist: boolean;
  readonly status: SessionStatus;
  /** ms since epoch; of a scheduled session: when it was scheduled. */
  readonly startedAt: number;
  readonly configuration: readonly string[];
  /** Set while it is scheduled. */
  readonly params?: NonNullable<StartOptions['params']>;
  /** The session that invoked it, and by which invoke. */
  readonly parent?: NonNullable<StartOptions['parent']>;
  /** The session that started it with <session:start>. */
  readonly starter?: string;
  /** Session ids of the children that it invoked and did not cancel, by invoke id; absent: none. */
  readonly children?: { readonly [invokeId: string]: string };
  /** Deaths of engine children that its steps caused (MAX_CHILD_DEATHS). */
  readonly childDeaths?: number;
  /** What it was before it could not be restored, and when that was found. */
  readonly setAside?: { readonly was: 'running' | 'scheduled'; readonly at: number };
  readonly endedAt?: number;
  readonly donedata?: Json;
  readonly reason?: string;
  /** Data at its end. */
  readonly data?: Json;
}

export function readSession(durable: Durable, sessionId: string): SessionRecord | undefined {
  return durable.get<SessionRecord>(SESSION, sessionId);
}

/** StepOptions.reaches: whether a session takes events. Undefined for one that may be about to start: ids of invoked children have a '~'. */
export function reaches(durable: Durable, sessionId: string): boolean | undefined {
  const record = readSession(durable, sessionId);
  if (record === undefined) return sessionId.includes('~') ? undefined : false;
  return record.endedAt === undefined;
}

/** `data` of a running session is known by its execution only. */
export function toView(record: SessionRecord, data: Json | undefined): SessionView {
  const { sessionId, src, status, configuration, startedAt, documentHash } = record;
  return {
    sessionId,
    src,
    status,
    configuration,
    data: data ?? record.data ?? null,
    startedAt,
    documentHash,
    ...(record.endedAt !== undefined && { endedAt: record.endedAt }),
    ...(record.donedata !== undefined && { donedata: record.donedata }),
    ...(record.reason !== undefined && { reason: record.reason }),
  };
}

/** Ids longer than this are stored as their SHA-256: clients make them, keys are bounded. */
const MAX_PLAIN_ID = 200;

/** Key of something that belongs to an event or request of a session. */
export function eventKey(sessionId: string, eventId: string): string {
  if (eventId.length <= MAX_PLAIN_ID) return `${sessionId}:${eventId}`;
  return `${sessionId}:sha256-${createHash('sha256').update(eventId).digest('hex')}`;
}
