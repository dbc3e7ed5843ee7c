import { MAX_DATA_DEPTH } from '../dataDepth.ts';
import type { ModuleEffect } from '../effects.ts';
import type { Json } from '../event.ts';
import type { Batch } from './durable.ts';

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

export const HOST_ERRORS = {
  SESSION_NOT_FOUND: { status: 404, message: (id: string) => `No session '${id}', or it has ended.` },
  REQUEST_TIMEOUT: {
    status: 408,
    message: (id: string) =>
      `Session '${id}' did not answer the request in time: no <ws:response> was executed.`,
  },
  SESSION_ENDED: {
    status: 410,
    message: (id: string) => `Session '${id}' ended without answering the request.`,
  },
  SESSION_SET_ASIDE: {
    status: 503,
    message: (id: string) =>
      `Session '${id}' could not be restored and is set aside. Its query says why; an administrator can retry it.`,
  },
  MAILBOX_FULL: {
    status: 503,
    message: (id: string) =>
      `Session '${id}' has as many events waiting as it may have (MAX_MAILBOX_LENGTH); try again later.`,
  },
  DOCUMENT_UNREACHABLE: { status: 400, message: (src: string) => `The document '${src}' could not be read.` },
  DATA_TOO_DEEP: {
    status: 400,
    message: (id: string) =>
      `Data for session '${id}' have more than ${MAX_DATA_DEPTH} levels of arrays and objects (MAX_DATA_DEPTH).`,
  },
  ENGINE_UNAVAILABLE: {
    status: 503,
    message: (id: string) => `No engine child could be had for session '${id}'; nothing was changed.`,
  },
  STORE_UNAVAILABLE: {
    status: 503,
    message: () => 'The store did not accept the change; nothing was changed.',
  },
} as const;

export type HostErrorCode = keyof typeof HOST_ERRORS;

/** A fault of the caller or the host. `code` is stable; `status` is what HTTP says of it. */
export class HostError extends Error {
  readonly code: HostErrorCode;
  readonly status: number;
  /** The session id or URL that it is about. */
  readonly subject: string;

  constructor(code: HostErrorCode, subject: string, options?: ErrorOptions) {
    super(HOST_ERRORS[code].message(subject), options);
    this.name = 'HostError';
    this.code = code;
    this.subject = subject;
    this.status = HOST_ERRORS[code].status;
  }
}
