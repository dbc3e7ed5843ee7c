import type { Batch } from '../durable/index.ts';
import type { ModuleChild, ModuleEffect } from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';

export type { ModuleChild };

/** Many sessions, one writer each: what the ORS REST layer, GMS and the strategies call. */
export interface Sessions {
  /**
   * Creates a session. Resolves when it is durable and has run to its first stable configuration (or is
   * scheduled, when idealTime lies ahead). Starting an id that exists resolves without doing anything.
   * Rejects with DocumentError, or HostError DOCUMENT_UNREACHABLE or DATA_TOO_DEEP.
   */
  start(request: StartSession): Promise<{ readonly sessionId: string }>;
  /** Resolves when the event is durably processed. Rejects with SESSION_NOT_FOUND (unknown or ended) or DATA_TOO_DEEP. */
  publish(sessionId: string, event: PublishedEvent): Promise<void>;
  /**
   * Puts a request to the session (an event whose sendid is the request id) and waits for its <ws:response>.
   * Rejects with SESSION_NOT_FOUND, REQUEST_TIMEOUT, or SESSION_ENDED (ended without answering).
   */
  request(sessionId: string, request: SessionRequest): Promise<SessionReply>;
  terminate(sessionId: string, reason: string): Promise<void>;
  /** Whether there is such a session, also one that ended (while it is remembered). It is not brought into memory. */
  exists(sessionId: string): Promise<boolean>;
  /** The session's present state, also of one that ended (while it is remembered). */
  query(sessionId: string): Promise<SessionView | undefined>;
  /**
   * Sessions in the order of their ids, at most `limit` and MAX_LISTED_SESSIONS: the first ones, or those behind the
   * id `after`, so that a caller may go on where the last list ended. `documentHash`: those that need this version of
   * a document; one that has ended needs none.
   */
  list(filter?: {
    readonly status?: string;
    readonly documentHash?: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<readonly SessionView[]>;
  /** The batch that delivers an event to a session as a durable task, to be joined into the caller's own commit. */
  eventBatch(sessionId: string, event: PublishedEvent & { readonly id: string }, dueAt: number): Batch;
  /** One performer a module and action ('queue.submit'), or a whole module ('queue.*'). */
  onModule(name: string, perform: PerformModule): void;
  /**
   * Called once for every session that ends (completed, terminated, failed); the batch is joined into the
   * commit of its last step, so that what depends on the session never misses its end.
   */
  onEnded(listener: (ended: SessionEnd) => Batch): void;
}

/** Sessions, and what an administrator does with them. */
export interface AdministeredSessions extends Sessions {
  /** The versions of documents that sessions need, with how many do. */
  versions(): Promise<readonly DocumentVersion[]>;
  /**
   * Tries again to restore a session that was set aside; what waited for it goes on. Rejects with
   * SESSION_NOT_FOUND when it is not set aside, SESSION_SET_ASIDE when it still cannot be restored.
   */
  retry(sessionId: string): Promise<void>;
}

export interface SessionEnd {
  readonly sessionId: string;
  /** 'completed' | 'terminated' | 'failed'. */
  readonly status: string;
  readonly reason?: string;
}

export interface DocumentVersion {
  readonly documentHash: string;
  /** URL of the document. */
  readonly src: string;
  /** Sessions that are scheduled, run or are set aside on it, counted up to MAX_COUNTED_SESSIONS. */
  readonly sessions: number;
  /** There are more than were counted. */
  readonly more?: true;
}

export interface StartSession {
  /** Given: the caller's idempotency key. Absent: made. */
  readonly id?: string;
  /** URL of the document. */
  readonly src: string;
  readonly params?: { readonly [name: string]: Json | undefined };
  /** ms since epoch; in the future: scheduled. */
  readonly idealTime?: number;
  /** Is in the commit that makes the session; not when there is one of this id already, or its first step throws. */
  readonly alongside?: Batch;
}

export interface PublishedEvent {
  readonly name: string;
  readonly data?: Json;
  /** Idempotency key: the same id is processed once. Absent: made. */
  readonly id?: string;
  readonly sendid?: string;
  readonly origin?: string;
  readonly origintype?: string;
  readonly invokeid?: string;
  /** See ScxmlEvent. */
  readonly raw?: string;
  readonly xml?: true;
  /** See ScxmlEvent.facts. */
  readonly facts?: Json;
}

export interface SessionRequest {
  readonly name: string;
  readonly data: Json;
  readonly id?: string;
  readonly timeoutMs: number;
}

export interface SessionReply {
  readonly positive: boolean;
  readonly resultCode?: string;
  readonly body: Json;
}

export interface SessionView {
  readonly sessionId: string;
  readonly src: string;
  /** 'scheduled' | 'running' | 'setAside' | 'completed' | 'terminated' | 'failed'. */
  readonly status: string;
  /** Active states, ancestors first. */
  readonly configuration: readonly string[];
  readonly data: Json;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly donedata?: Json;
  /** Why it failed, was terminated, or cannot be restored (setAside). */
  readonly reason?: string;
  readonly documentHash: string;
}

export type ModuleCall = ModuleEffect & { readonly sessionId: string };

/** A result event for the session; it becomes an external event. */
export interface ModuleEvent {
  readonly name: string;
  readonly data?: Json;
  readonly facts?: Json;
}

/**
 * Performs a module element after the step that asked for it is durable; may be called again with the same
 * key after a crash. What it resolves to is delivered to the session, once. A rejection is retried.
 */
export type PerformModule = (call: ModuleCall) => Promise<readonly ModuleEvent[]>;
