import type { Clock, FetchText, Json } from '../../ports/index.ts';
import type { Document } from '../document/model.ts';
import type { Effect, ModuleEffect, SendEffect } from '../effects.ts';
import type { UntypedEvent } from '../event.ts';
import type {
  ExecutionSnapshot,
  ExecutionStatus,
  Installation,
  Limits,
  StepInput,
  StepRecord,
} from '../execution.ts';
import type { ReadFigure } from '../figures.ts';

/** A name, or a name with data and other fields of `_event`. `data` is any value that JSON can carry. */
export type SessionEvent = string | (Omit<UntypedEvent, 'data'> & { readonly data?: unknown });

/**
 * An effect that leaves the process: an element of a Genesys module, or a <send> of another type than scxml.
 */
export type OutwardEffect = ModuleEffect | SendEffect;

/** The surroundings of a session. Each port has a default that stays inside the process. */
export interface SessionPorts {
  /** Reads the documents that <invoke src> names. Absent: files only. */
  readonly fetchText?: FetchText;
  /**
   * The document of an invoke, if it is loaded: the invoked session then starts at once. Undefined: it is
   * read.
   */
  readonly documentOf?: (source: InvokeSource) => Document | undefined;
  /**
   * Performs effects that leave the process; the result comes back through `session.send`. Absent: the
   * listeners of onEffect perform them. Without such listeners, the document gets the error event of the
   * element.
   */
  readonly perform?: (effect: OutwardEffect, session: Session) => void;
  /** The sessions that reach each other by `#_scxml_<id>`. Absent: all sessions of the process. */
  readonly sessions?: SessionDirectory;
  /**
   * Reads a value for `_genesys.statistic.sData`; undefined: there is no such value. Absent: the function
   * throws.
   */
  readonly readFigure?: ReadFigure;
  /**
   * Asked before each step of the session and of those that it invokes. True: the step is not taken, and the
   * inputs wait until the next input comes. Bounds a session that never stops. Absent: never.
   */
  readonly isHeld?: () => boolean;
}

/** Finds sessions by id. When several have the same id, it finds the newest. */
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
  /** Lists, options and special days that ORS documents read. Absent: none. */
  readonly installation?: Installation;
  /** The first listener of onRecord. */
  readonly onRecord?: RecordListener;
  /** Seed of the session's Math.random. Absent: a random one. */
  readonly seed?: number;
}

/** `session`: the session that the record or effect belongs to, this one or one that it invoked. */
export type RecordListener = (record: StepRecord, session: Session) => void;
export type EffectListener = (effect: Effect, session: Session) => void;
export type EndListener = (session: Session) => void;

/** One session in memory, with the sessions that it invokes. For many durable sessions see engine/host. */
export interface Session {
  readonly id: string;
  readonly document: Document;
  readonly status: ExecutionStatus;
  /** Ids of all active states, ancestors included, in document order. */
  readonly configuration: ReadonlySet<string>;
  /** The donedata of its top-level final state. */
  readonly donedata: Json | undefined;
  /** The reason of its termination or failure. */
  readonly reason: string | undefined;
  /** Runs to the first stable configuration, then returns. Throws when the session was started before. */
  start(): void;
  /**
   * Processes an external event, to a stable configuration, then returns. Does nothing when the session has
   * ended.
   */
  send(event: SessionEvent): void;
  terminate(reason?: string): void;
  data(): Json;
  /** The whole session as JSON, with the sessions that it invoked. Throws while a step runs. */
  snapshot(): Snapshot;
  /**
   * Listens to effects that are not performed inside the process: modules, responses, HTTP sends, logs, of
   * this session and of the sessions that it invoked. Returns a function that removes the listener.
   */
  onEffect(listener: EffectListener): () => void;
  onRecord(listener: RecordListener): () => void;
  /** Listens to the end of this session. */
  onEnd(listener: EndListener): () => void;
  /** Resolves when the documents of all invoked sessions are read. */
  settled(): Promise<void>;
}

/**
 * A session between two steps, as JSON. restoreSession continues exactly as the session that wrote it would.
 */
export interface Snapshot {
  readonly version: 2;
  /** The seeds of sessions that it will invoke follow from this one. */
  readonly seed: number;
  readonly execution: ExecutionSnapshot;
  /** Due times of timers by key, in ms since epoch. */
  readonly timers?: { readonly [key: string]: number };
  /**
   * The timers of this session and of those that it invoked, in the order in which they were armed: those
   * with the same due time fire in it. Absent: each session's timers after those of the session that
   * invoked it.
   */
  readonly timerOrder?: readonly TimerName[];
  /** Inputs that were not processed yet. */
  readonly inbox?: readonly WaitingInput[];
  readonly invoked?: readonly InvokedSnapshot[];
}

/** An input that a session has not taken yet. */
export type WaitingInput = StepInput & {
  /** The event that another session gets when this one ends before it takes the input: its sender. */
  readonly otherwise?: { readonly session: string; readonly event: UntypedEvent };
};

/** An armed timer of a family. */
export interface TimerName {
  /** Session id. */
  readonly session: string;
  /** The `key` of a StepInput of kind 'timer'. */
  readonly key: string;
}

export interface InvokedSnapshot extends InvokedStart {
  /** Inputs that came while its document was being read. */
  readonly waiting?: readonly WaitingInput[];
  /** Absent: the session had not started. */
  readonly session?: Snapshot;
}

/** How a session is invoked. */
export interface InvokedStart {
  /** Session id of the invoked session. */
  readonly id: string;
  readonly invokeId: string;
  readonly source: InvokeSource;
  readonly params: { readonly [name: string]: Json | undefined };
}

/** Where the document of an invoked session comes from. */
export type InvokeSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'text'; readonly text: string; readonly baseUrl: string };
