import type { PutRecord } from '../durable/index.ts';
import type { SessionId } from '../ports/index.ts';
import type { TracedDocument, TraceStart } from '../trace/index.ts';
import type { InvokingSession } from './sessionRecord.ts';

/** The starts of traced sessions, by session id. */
export const TRACE = 'sessionTrace';
/** Inputs of steps, by `${sessionId}:${step}`. */
export const TRACE_STEP = 'sessionTraceStep';
/** The state after a step, as the text of the record, by `${sessionId}:${step}`. */
export const TRACE_BASE = 'sessionTraceBase';
/** Sources of documents, by hash: kept longer than sessions need them. */
export const TRACE_DOCUMENT = 'sessionTraceDocument';
/** Index of traces by the session from which they follow: `${root}:${sessionId}`. */
export const TRACE_FAMILY = 'sessionTraceFamily';

/** The bounds of traces. */
export interface TraceBounds {
  /** Steps and bytes of one session. When it has more, the older half goes. */
  readonly maxSteps: number;
  readonly maxBytes: number;
  /** How long a trace is kept after its last step, at least (STR4). */
  readonly keptMs: number;
}

export interface StoredStart extends TraceStart {
  readonly sessionId: SessionId;
  /** The session from which it follows by invokes; its own id, when a client started it. */
  readonly root: SessionId;
  readonly parent?: InvokingSession;
}

/** A record of TRACE_DOCUMENT. */
export interface StoredSources extends TracedDocument {
  /** ms since epoch of its expiry. Absent in records of earlier releases. */
  readonly keptUntil?: number;
}

/** A trace in a list. */
export interface TraceSummary {
  readonly sessionId: SessionId;
  readonly root: SessionId;
  readonly src: string;
  readonly documentHash: string;
  readonly startedAt: number;
}

/** Ten digits, so that keys are in the order of steps. */
export function stepKey(sessionId: SessionId, step: number): string {
  return `${sessionId}:${String(step).padStart(10, '0')}`;
}

export function startRecords(start: StoredStart, expiresAt: number): readonly PutRecord[] {
  const { root, sessionId } = start;
  return [
    { table: TRACE, key: sessionId, value: start, expiresAt },
    { table: TRACE_FAMILY, key: `${root}:${sessionId}`, value: 1, expiresAt },
  ];
}
