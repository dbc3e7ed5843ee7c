import { createHash } from 'node:crypto';
import type { Durable } from '../durable/index.ts';
import type { Dialect, StartOptions } from '../interpreter/index.ts';
import { defined, type Json, parseId, readId, type SessionId } from '../ports/index.ts';
import { HostError } from './hostError.ts';
import type { SessionStatus, SessionView } from './sessions.ts';

export const SESSION = 'session';
/** Ids of events that a session has processed, by `${sessionId}:${eventId}`, while they may be repeated. */
export const SESSION_EVENT = 'sessionEvent';
/** Answers to requests that have an id of the caller. */
export const REPLY = 'reply';

/** The session that invoked another, and the id of the <invoke>. */
export interface InvokingSession {
  readonly sessionId: SessionId;
  readonly invokeId: string;
}

/** Counts of a traced session. */
export interface TraceCounts {
  /** Steps so far. */
  readonly steps: number;
  /** Bytes of the steps since the newest base. */
  readonly bytes: number;
  /** Steps after which the state was stored; 0 is the start. At most two. */
  readonly bases: readonly number[];
  /** ms since epoch: the expiry of the records of the trace. Absent in records of earlier releases. */
  readonly keptUntil?: number;
}

/** The session of a client from which others follow by <invoke>, <session:start> and starts by HTTP. */
export interface Lineage {
  readonly root: SessionId;
  /** Sessions between, plus one. */
  readonly depth: number;
}

/**
 * A session in the store. While it runs and persists, the text of the record (Durable.text) is its snapshot.
 */
export interface SessionRecord {
  readonly sessionId: SessionId;
  /** Absolute URL of the document. */
  readonly src: string;
  readonly documentHash: string;
  readonly dialect: Dialect;
  /** False for _persist="false": the state is in memory only (ors-dialect 2.13). */
  readonly persist: boolean;
  readonly status: SessionStatus;
  /** ms since epoch; while it is scheduled: the time of the request. */
  readonly startedAt: number;
  readonly configuration: readonly string[];
  /** Present while it is scheduled. */
  readonly params?: NonNullable<StartOptions['params']>;
  /** The session that invoked it, and the id of the invoke. */
  readonly parent?: InvokingSession;
  /** The session that started it with <session:start>. */
  readonly starter?: SessionId;
  /** Absent: a client started it. */
  readonly lineage?: Lineage;
  /** The sessions that it invoked, and that it neither cancelled nor knows to have ended. Absent: none. */
  readonly invokedSessions?: readonly SessionId[];
  /** Present while it is traced. */
  readonly trace?: TraceCounts;
  /** Number of engine children that its steps ended (MAX_CHILD_DEATHS). */
  readonly childDeaths?: number;
  /** Its status before it was set aside, and when that happened. */
  readonly setAside?: { readonly was: 'running' | 'scheduled'; readonly at: number };
  readonly endedAt?: number;
  readonly donedata?: Json;
  readonly reason?: string;
  /** Data at its end. */
  readonly data?: Json;
}

/** The id of a session in a request. Throws HostError SESSION_NOT_FOUND. */
export function parseSessionId(raw: unknown): SessionId {
  return parseId<SessionId>(raw, (text) => new HostError('SESSION_NOT_FOUND', text));
}

export function readSession(durable: Durable, sessionId: SessionId): SessionRecord | undefined {
  return durable.get<SessionRecord>(SESSION, sessionId);
}

/**
 * StepOptions.reaches: whether the session takes events. Undefined: it may be about to start (ids of invoked
 * sessions contain '~').
 */
export function reaches(durable: Durable, target: string): boolean | undefined {
  const sessionId = readId<SessionId>(target);
  const record = sessionId && readSession(durable, sessionId);
  if (record === undefined) return target.includes('~') ? undefined : false;
  return record.endedAt === undefined;
}

/** `data`: of a running session, whose record has none. */
export function toView(record: SessionRecord, data: Json | undefined): SessionView {
  const { sessionId, src, status, configuration, startedAt, documentHash } = record;
  const { endedAt, donedata, reason } = record;
  return {
    sessionId,
    src,
    status,
    configuration,
    startedAt,
    documentHash,
    data: data ?? record.data ?? null,
    ...defined({ endedAt, donedata, reason }),
  };
}

/** Longer ids are stored as their SHA-256: clients make them, and the length of keys is bounded. */
const MAX_PLAIN_ID = 200;

/** Key of a record that belongs to an event or request of a session. */
export function eventKey(sessionId: SessionId, eventId: string): string {
  if (eventId.length <= MAX_PLAIN_ID) return `${sessionId}:${eventId}`;
  return `${sessionId}:sha256-${createHash('sha256').update(eventId).digest('hex')}`;
}
