import type { Clock, FetchText, Json } from '../../ports/index.ts';
import type { Document } from '../document/model.ts';
import type { Effect, ModuleEffect, SendEffect } from '../effects.ts';
import type { ScxmlEvent } from '../event.ts';
import type { ExecutionSnapshot, ExecutionStatus, Limits, StepInput, TraceRecord } from '../execution.ts';

/** A name, or a name with data and whatever else `_event` is to show. `data` is anything that JSON can carry. */
export type SessionEvent = string | (Omit<ScxmlEvent, 'type' | 'data'> & { readonly data?: unknown });

/** What leaves the process: an element of a Genesys module, or a <send> of another kind than scxml. */
export type OutwardEffect = ModuleEffect | SendEffect;

/** What a session asks of the world around it. Every one has a default that stays inside the process. */
export interface SessionPorts {
  /** Reads the documents that <invoke src> names. Absent: files only. */
  readonly fetchText?: FetchText;
  /** A document of an invoke that is at hand, so that the child starts at once. Undefined: it is read. */
  readonly documentOf?: (source: ChildSource) => Document | undefined;
  /**
   * Performs what leaves the process; the result comes back through `session.send`. Absent: it is left to the
   * listeners of onEffect; where there are none either, the document gets the error event of the element.
   */
  readonly perform?: (effect: OutwardEffect, session: Session) => void;
  /** The sessions that reach each other by `#_scxml_<id>`. Absent: all of the process. */
  readonly sessions?: SessionDirectory;
}

/** Finds sessions by id. The newest of an id is the one that is found. */
export interface SessionDirectory {
  add(id: string, receiver: Receiver): void;
  remove(id: string, receiver: Receiver): void;
  find(id: string): Receiver | undefined;
}

export interface Receiver {
  take(input: StepInput): void;
}

export interface SessionOptions {
  /** Absent: a random one. */
  readonly id?: string;
  /** Start parameters; anything that JSON can carry. */
  readonly params?: { readonly [name: string]: unknown };
  /** Absent: the process's clock. */
  readonly clock?: Clock;
  /** Base URL of an HTTP server, for _ioprocessors and _genesys.session.server. */
  readonly baseUrl?: string;
  readonly ports?: SessionPorts;
  readonly limits?: Partial<Limits>;
  /** As a first listener of onTrace. */
  readonly trace?: TraceListener;
  /** Of the session's Math.random. Absent: a random one. */
  readonly seed?: number;
}

/** `session` is the one that it happened in: this one or one that it invoked. */
export type TraceListener = (record: TraceRecord, session: Session) => void;
export type EffectListener = (effect: Effect, session: Session) => void;

/** One session in memory, with the sessions that it invokes. For many durable ones see engine/host. */
export interface Session {
  readonly id: string;
  readonly document: Document;
  readonly status: ExecutionStatus;
  /** Ids of all active states, ancestors included, in document order. */
  readonly configuration: ReadonlySet<string>;
  /** What its top-level final state returned. */
  readonly donedata: Json | undefined;
  /** Why it was terminated or failed. */
  readonly reason: string | undefined;
  /** Runs to the first stable configuration before it returns. Throws when it was started before. */
  start(): void;
  /** Processes an external event, to a stable configuration, before it returns. Without effect once it ended. */
  send(event: SessionEvent): void;
  terminate(reason?: string): void;
  data(): Json;
  /** Everything as JSON, with the sessions that it invoked. Throws while a step runs. */
  snapshot(): Snapshot;
  /**
   * Called, here and in invoked sessions, for every effect that is not performed inside the process: modules,
   * responses, HTTP sends, logs. Returns what removes the listener.
   */
  onEffect(listener: EffectListener): () => void;
  onTrace(listener: TraceListener): () => void;
  /** Called once when it ended. */
  onEnd(listener: (session: Session) => void): () => void;
  /** Resolves when no document of an invoked session is being read any more. */
  settled(): Promise<void>;
}

/** A session between two steps: JSON. restoreSession goes on exactly as the session that wrote it would. */
export interface Snapshot {
  readonly version: 1;
  /** What the seeds of sessions that it will invoke follow from. */
  readonly seed: number;
  readonly execution: ExecutionSnapshot;
  /** Timers by key: ms since epoch when they are due. */
  readonly timers?: { readonly [key: string]: number };
  /** What came and was not processed yet. */
  readonly inbox?: readonly StepInput[];
  readonly children?: readonly ChildSnapshot[];
}

/** An invoked session. */
export interface ChildSnapshot extends ChildStart {
  /** What came for it while its document was being read. */
  readonly waiting?: readonly StepInput[];
  /** Absent: it had not started yet. */
  readonly session?: Snapshot;
}

export interface ChildStart {
  readonly id: string;
  readonly invokeId: string;
  readonly source: ChildSource;
  readonly params: { readonly [name: string]: Json | undefined };
}

/** Where the document of an invoked session comes from. */
export type ChildSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'text'; readonly text: string; readonly baseUrl: string };
