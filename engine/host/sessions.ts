import type { Batch } from '../durable/index.ts';
import type {
  Dialect,
  Document,
  ExecutionStatus,
  Figure,
  FigureQuestion,
  ModuleEffect,
  NestedElement,
} from '../interpreter/index.ts';
import type { Json, SessionId } from '../ports/index.ts';

export type { NestedElement };

/** 'setAside': the session cannot be restored, and waits for retry() or its termination. */
export type SessionStatus = 'scheduled' | 'setAside' | ExecutionStatus;

/**
 * Completed by its document, terminated from outside, or failed: it passed a limit, or the host found a fault
 * in it.
 */
export type EndStatus = Exclude<ExecutionStatus, 'running'>;

/** Many sessions, one writer each. The ORS and GMS routes and the strategies call this. */
export interface Sessions {
  /**
   * Starts a session. Resolves when it is durable and has run to its first stable configuration (or is
   * scheduled, when idealTime is in the future). Does nothing for an id that exists. Rejects with
   * DocumentError, or HostError DOCUMENT_UNREACHABLE, DOCUMENT_TOO_COSTLY, DOCUMENT_BLOCKED or DATA_TOO_DEEP.
   * With `startedBy` also with SESSIONS_LIMITED or STARTS_LIMITED.
   */
  start(request: StartSession): Promise<{ readonly sessionId: SessionId }>;
  /**
   * Resolves when the event is durably processed, or stored for a session that a debugger has stopped.
   * Rejects with SESSION_NOT_FOUND (unknown or ended), SESSION_ENDED (it failed in this step),
   * SESSION_SET_ASIDE, MAILBOX_FULL or DATA_TOO_DEEP.
   */
  publish(sessionId: SessionId, event: PublishedEvent): Promise<void>;
  /**
   * Sends a request to the session (an event whose sendid is the request id) and waits for its <ws:response>.
   * Rejects as publish() does, with REQUEST_TIMEOUT, or with SESSION_ENDED when the session ends without an
   * answer.
   */
  request(sessionId: SessionId, request: SessionRequest): Promise<SessionReply>;
  /**
   * Ends a session that has not ended. `alongside` joins the commit that ends it. Rejects with
   * SESSION_NOT_FOUND or SESSION_SET_ASIDE.
   */
  terminate(sessionId: SessionId, reason: string, alongside?: Batch): Promise<void>;
  /** Whether the session exists, also after its end (while it is remembered). Does not restore it. */
  exists(sessionId: SessionId): Promise<boolean>;
  /** The present state of the session, also after its end (while it is remembered). */
  query(sessionId: SessionId): Promise<SessionView | undefined>;
  /**
   * Sessions in the order of their ids, at most `limit` and MAX_LISTED_SESSIONS. Their views have no data.
   */
  list(filter?: SessionListFilter): Promise<readonly SessionView[]>;
  /** A batch for the caller's own commit. It delivers the event as a durable task. */
  eventBatch(sessionId: SessionId, event: PublishedEvent & { readonly id: string }, dueAt: number): Batch;
  /** Registers the performer of a module's action ('queue.submit'), or of a whole module ('queue.*'). */
  onModule(name: string, perform: PerformModule): void;
  /**
   * Registers a listener for the end of every session (completed, terminated, failed). Its batch joins the
   * commit that ends the session, so that every part that depends on the session sees its end.
   */
  onEnded(listener: (ended: SessionEnd) => Batch): void;
}

export interface SessionListFilter {
  readonly status?: SessionStatus;
  /** Sessions that need this version of a document. A session that has ended needs none. */
  readonly documentHash?: string;
  /** The last id of the page before. */
  readonly after?: SessionId;
  readonly limit?: number;
}

/** A document by its texts: the first one is the document, the others are its includes. */
export interface DocumentSources {
  readonly url: string;
  readonly dialect: Dialect;
  readonly sources: Document['sources'];
}

/** Sessions, and the operations of an administrator. */
export interface AdministeredSessions extends Sessions {
  /** The versions of documents that sessions need. */
  versions(): Promise<readonly DocumentVersion[]>;
  /** The texts of one of these versions, or of one in a trace. Undefined: none needs it. */
  sourcesOf(documentHash: string): DocumentSources | undefined;
  /**
   * Tries again to restore a session that was set aside; events and timers that waited for it follow. Rejects
   * with SESSION_NOT_FOUND when it is not set aside, SESSION_SET_ASIDE when it still cannot be restored.
   * `alongside` joins the commit that makes it run.
   */
  retry(sessionId: SessionId, alongside?: Batch): Promise<void>;
  /**
   * Ends the sessions and all that came from them (invoked or started, directly or not). Resolves with their
   * ids, those that had ended before included.
   */
  endFamily(roots: readonly SessionId[], reason: string): Promise<readonly SessionId[]>;
  /**
   * Sessions that have ended, but are remembered, and name one of the ids in their data. An id has at least
   * 16 characters.
   */
  endedNaming(ids: ReadonlySet<string>): Promise<readonly SessionId[]>;
  /** Removes the events and answers that name one of the ids, also of sessions that are forgotten. */
  removeEventsNamingBatch(ids: ReadonlySet<string>): Promise<Batch>;
  /** Removes everything that is stored about sessions that have ended. Throws an Error for any other. */
  removeBatch(sessionIds: readonly SessionId[]): Batch;
  /**
   * Ends all sessions of a document, and lets no session start on it. `document`: an absolute URL, or the
   * hash of a version. Resolves when that is stored; the sessions end after it, also after a crash.
   */
  blockDocument(document: string, alongside?: Batch): Promise<void>;
  /** Lets sessions start on the document again. Rejects with DOCUMENT_NOT_BLOCKED. */
  allowDocument(document: string, alongside?: Batch): Promise<void>;
  blockedDocuments(): readonly BlockedDocument[];
  readonly counts: SessionCounts;
  /**
   * Registers the reader of the values that documents ask for with `_genesys.statistic.sData`. Without one,
   * the function throws.
   */
  onFigure(read: ReadSessionFigure): void;
}

/** The sessions since the start of the process. */
export interface SessionCounts {
  /** In memory, at this moment. */
  readonly live: number;
  readonly started: number;
  /** Committed steps. */
  readonly steps: number;
  readonly ended: Readonly<Record<EndStatus, number>>;
}

/** A document on which no session may start. */
export interface BlockedDocument {
  /** URL, or hash of a version. */
  readonly document: string;
  /** ms since epoch. */
  readonly at: number;
}

export interface SessionEnd {
  readonly sessionId: SessionId;
  readonly status: EndStatus;
  readonly reason?: string;
}

export interface DocumentVersion {
  readonly documentHash: string;
  /** URL of the document. */
  readonly src: string;
  /** Sessions on it that are scheduled, running or set aside, counted up to MAX_COUNTED_SESSIONS. */
  readonly sessions: number;
  /** There are more sessions than were counted. */
  readonly more?: true;
}

export interface StartSession {
  /** The id of the session, which follows from the caller's idempotency key. Absent: a new id is made. */
  readonly id?: SessionId;
  /** URL of the document. */
  readonly src: string;
  readonly params?: { readonly [name: string]: Json | undefined };
  /** ms since epoch; in the future: the session is scheduled. */
  readonly idealTime?: number;
  /** The session whose document asks for the start. Absent: a client does. */
  readonly startedBy?: SessionId;
  /**
   * Joins the commit that creates the session. Dropped when the id exists already, or the first step throws.
   */
  readonly alongside?: Batch;
}

export interface PublishedEvent {
  readonly name: string;
  readonly data?: Json;
  /** Idempotency key: an id is processed once. Absent: the event is always processed. */
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
  /** Idempotency key: a repetition gets the same answer. */
  readonly id?: string;
  readonly timeoutMs: number;
}

export interface SessionReply {
  readonly positive: boolean;
  readonly resultCode?: string;
  readonly body: Json;
}

export interface SessionView {
  readonly sessionId: SessionId;
  readonly src: string;
  readonly status: SessionStatus;
  /** Active states, ancestors first. */
  readonly configuration: readonly string[];
  readonly data: Json;
  /** ms since epoch. */
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly donedata?: Json;
  /** Why it failed, was terminated, or cannot be restored (setAside). */
  readonly reason?: string;
  readonly documentHash: string;
}

/**
 * Reads a value for a step of the session. A rejection (the store cannot be read) is one of the step, which
 * has changed nothing.
 */
export type ReadSessionFigure = (
  question: FigureQuestion & { readonly sessionId: SessionId },
) => Promise<Figure>;

/** A request of a document to a module: one element that it executed, and its session. */
export type ModuleRequest = ModuleEffect & { readonly sessionId: SessionId };

/** A result of a module element. The session receives it as an external event. */
export interface ModuleEvent {
  readonly name: string;
  readonly data?: Json;
  readonly facts?: Json;
}

/**
 * Performs a module element after the step that asked for it is durable. May be called again with the same
 * key after a crash. The session receives the resulting events once. A rejection is retried.
 */
export type PerformModule = (request: ModuleRequest) => Promise<readonly ModuleEvent[]>;
