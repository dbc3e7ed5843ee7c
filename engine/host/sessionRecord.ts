import { createHash } from 'node:crypto';
import type { Durable } from '../durable/index.ts';
import type { Dialect, StartOptions } from '../interpreter/index.ts';
import { defined, type Json } from '../ports/index.ts';
import type { SessionStatus, SessionView } from './sessions.ts';

export const SESSION = 'session';
/** Ids of events that a session has processed, by `${sessionId}:${eventId}`, while they may be repeated. */
export const SESSION_EVENT = 'sessionEvent';
/** Answers to requests that have an id of the caller. */
export const REPLY = 'reply';

/** A session in the store. While it runs and persists, the text of the record (Durable.text) is its snapshot. */
export interface SessionRecord {
  readonly sessionId: string;
  /** Absolute URL of the document. */
  readonly src: string;
  readonly documentHash: string;
  readonly dialect: Dialect;
  /** False for _persist="false": the state is in memory only (ors-dialect 2.13). */
  readonly persist: boolean;
  readonly status: SessionStatus;
  /** ms since epoch; while it is scheduled: when that was asked for. */
  readonly startedAt: number;
  readonly configuration: readonly string[];
  /** Present while it is scheduled. */
  readonly params?: NonNullable<StartOptions['params']>;
  /** The session that invoked it, and the id of the invoke. */
  readonly parent?: NonNullable<StartOptions['parent']>;
  /** The session that started it with <session:start>. */
  readonly starter?: string;
  /** Ids of the sessions that it invoked and did not cancel, by invoke id. Absent: none. */
  readonly children?: { readonly [invokeId: string]: string };
  /** Engine children that its steps cost (MAX_CHILD_DEATHS). */
  readonly childDeaths?: number;
  /** Its status before it was set aside, and when that happened. */
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

/** StepOptions.reaches: whether the session takes events. Undefined: it may be about to start (ids of invoked sessions contain '~'). */
export function reaches(durable: Durable, sessionId: string): boolean | undefined {
  const record = readSession(durable, sessionId);
  if (record === undefined) return sessionId.includes('~') ? undefined : false;
  return record.endedAt === undefined;
}

/** `data`: of a running session, whose record has none. */
export function toView(record: SessionRecord, data: Json | undefined): SessionView {
  const { sessionId, src, status, configuration, startedAt, documentHash } = record;
  const { endedAt, donedata, reason } = record;
  return {
    ...{ sessionId, src, status, configuration, startedAt, documentHash },
    data: data ?? record.data ?? null,
    ...defined({ endedAt, donedata, reason }),
  };
}

/** Longer ids are stored as their SHA-256: clients make them, and the length of keys is bounded. */
const MAX_PLAIN_ID = 200;

/** Key of a record that belongs to an event or request of a session. */
export function eventKey(sessionId: string, eventId: string): string {
  if (eventId.length <= MAX_PLAIN_ID) return `${sessionId}:${eventId}`;
  return `${sessionId}:sha256-${createHash('sha256').update(eventId).digest('hex')}`;
}
