import type { FetchText, Json } from '../../ports/index.ts';
import type {
  Dialect,
  Document,
  ExecutionStatus,
  Installation,
  Limits,
  ModuleEffect,
  PendingTimer,
  ReadFigure,
  RecordListener,
  SessionDirectory,
  Snapshot,
  SourceLocation,
  StepRecord,
} from '../index.ts';

export interface StepperOptions {
  readonly params?: { readonly [name: string]: unknown };
  /** Overrides the dialect of the document. */
  readonly dialect?: Dialect;
  /** Reads the document and the documents that it invokes. Absent: files only. */
  readonly fetchText?: FetchText;
  /** Answers requests that no expectation takes. The first row that fits answers. */
  readonly script?: readonly ScriptRow[];
  /** Lists, options and special days that an ORS document reads. */
  readonly installation?: Installation;
  /**
   * Values for `_genesys.statistic.sData(object, statistic)`. Undefined as a value: there is no such one, and
   * the function throws. Absent: it always throws.
   */
  readonly figures?: ReadFigure;
  /** Base URL of the HTTP server that the document sees. */
  readonly baseUrl?: string;
  /** Session id. Absent: 'STEPPER'. */
  readonly id?: string;
  /** Start of the virtual clock, in ms since epoch. Absent: 2026-01-05T09:00:00Z. */
  readonly now?: number;
  /** Seed of Math.random. Absent: 1. */
  readonly seed?: number;
  /** Seeds of sessions that it will invoke, by their ids. Others follow from `seed`. */
  readonly seeds?: ReadonlyMap<string, number>;
  readonly limits?: Partial<Limits>;
  /** Sessions of other steppers, which reach each other by `#_scxml_<id>`. Absent: the session is alone. */
  readonly sessions?: SessionDirectory;
  /** The session goes on from here: start() is not called, and `params` do not count. */
  readonly from?: Snapshot;
  /** Requests to modules that are not answered in `from`, with the sessions that made them. */
  readonly requests?: readonly { readonly session: string; readonly effect: ModuleEffect }[];
  /** Gets every record of the stepped session and of those that it invokes. back() takes none back. */
  readonly onRecord?: RecordListener;
}

/** A text fits a URL that contains it. */
export type UrlPattern = string | RegExp | URL;

export type FetchReply =
  | {
      /** Absent: 200. */
      readonly status?: number;
      readonly json?: Json;
      /** The body as text, if it is not JSON. */
      readonly body?: string;
      /** Lower-case names. */
      readonly headers?: { readonly [name: string]: string };
    }
  | 'unreachable'
  | 'timeout';

export interface FetchRequest {
  readonly requestId: string;
  /** Upper case. */
  readonly method: string;
  readonly url: string;
  readonly headers: Json | undefined;
  readonly params: { readonly [name: string]: Json | undefined };
  readonly content: Json | undefined;
}

export type Fields = { readonly [name: string]: Json | undefined };

export type ScriptRow = FetchRow | ModuleRow;

export interface FetchRow extends RowUse {
  readonly fetch: UrlPattern;
  readonly method?: string;
  /** 'silence': the request gets no answer, and stays open. */
  readonly reply: FetchReply | 'silence' | ((request: FetchRequest) => FetchReply | 'silence');
}

export interface ModuleRow extends RowUse {
  /** 'queue.submit'; 'queue': all elements of the module. */
  readonly module: string;
  /** The element must have these attributes, and may have others. */
  readonly attributes?: Fields;
  readonly done?: Fields | ((effect: ModuleEffect) => Fields);
  readonly error?: Fields | ((effect: ModuleEffect) => Fields);
  /** An event with another name. */
  readonly event?: ModuleEvent;
  /** True: the request gets no answer, and stays open. */
  readonly silence?: true;
  /** The answer to each request, in place of the fields above. */
  readonly result?: (effect: ModuleEffect) => ModuleAnswer;
}

/** As the fields of a ModuleRow. */
export interface ModuleAnswer {
  readonly done?: Fields;
  readonly error?: Fields;
  readonly event?: ModuleEvent;
  readonly silence?: true;
}

export interface RowUse {
  /** Requests that the row takes; later ones go to the next row that fits. Absent: any number. */
  readonly times?: number;
}

export interface ModuleEvent {
  readonly name: string;
  /** Fields beside the requestid. */
  readonly fields?: Fields;
  /** Facts of the platform (interactions). */
  readonly facts?: Json;
}

/** Answers one request: the oldest open one that fits, otherwise the next one. */
export interface FetchExpectation {
  reply(reply: FetchReply): void;
}

export interface ModuleExpectation {
  /** `<module>.<element>.done` with the requestid and the fields. */
  done(fields?: Fields): void;
  /** `error.<module>.<element>` */
  error(fields?: Fields): void;
  /** An event with another name. `facts`: facts of the platform (interactions). */
  event(name: string, fields?: Fields, facts?: Json): void;
}

/** A request of the session to a module that is not answered. */
export interface OpenRequest {
  readonly requestId: string;
  /** 'session.fetch', 'queue.submit' ... */
  readonly name: string;
  readonly effect: ModuleEffect;
}

/** The answer of a <ws:response>. */
export interface WsResponse {
  readonly positive: boolean;
  readonly resultCode?: string;
  readonly body: Json;
}

export interface StepLine {
  /** Number of the action (start, send, advance ...) that caused it, from 1. */
  readonly action: number;
  /** Session id: of the stepped session, or of one that it invoked. */
  readonly session: string;
  /** 'event go', 'exit a', 'transition a -> b', 'enter b', 'log label: text', 'queue.submit {...}' ... */
  readonly text: string;
  readonly at?: SourceLocation;
  /** The record that the line shows. */
  readonly record: StepRecord;
  /** The reason why no transition took the event: none waits for it, or which conditions were false. */
  readonly ignored?: string;
}

/** An invoked session, as far as a test can look into it. */
export interface SteppedChild {
  readonly id: string;
  readonly status: ExecutionStatus;
  readonly configuration: ReadonlySet<string>;
  readonly data: Json;
  /** Ids of the states of its document. */
  readonly stateIds: Iterable<string>;
  /** Value of an expression of its data model, as JSON. */
  get(expression: string): Json | undefined;
}

/**
 * One session in virtual time, for tests. Every action returns when the session is stable. A failed assertion
 * throws a StepperAssertion, which shows the last actions with their locations in the document.
 */
export interface Stepper {
  readonly id: string;
  readonly document: Document;
  readonly status: ExecutionStatus;
  /** Also between two microsteps. */
  readonly configuration: ReadonlySet<string>;
  readonly donedata: Json | undefined;
  readonly reason: string | undefined;
  /** All data as JSON. */
  readonly data: Json;
  /** Time of the virtual clock, in ms since epoch. */
  readonly now: number;
  readonly lines: readonly StepLine[];
  /** The lines of the last action. */
  readonly lastLines: readonly string[];
  /** The last actions with the locations of their lines in the document, as text. */
  readonly lastActions: string;
  /** Ids of the states of its document. */
  readonly stateIds: Iterable<string>;
  /** Requests to modules that are not answered. */
  readonly open: readonly OpenRequest[];
  /** All requests to modules so far. */
  readonly requests: readonly OpenRequest[];
  /** Delayed events of the session and of those that it invoked, in the order of their due times. */
  readonly timers: readonly PendingTimer[];
  /** Due time of the next timer, in ms since epoch. */
  readonly nextTimer: number | undefined;
  /** No input waits for a step. */
  readonly isIdle: boolean;
  /** Inputs that wait for microstep() and macrostep(): 'start', 'event go', 'timer late', 'terminate'. */
  readonly waiting: readonly string[];
  /** The event descriptors that transitions of the active states have, in document order. */
  accepts(): readonly string[];

  start(): Stepper;
  /**
   * Sends an event and runs to a stable configuration. Throws when the session has ended. `facts`: facts of
   * the platform that come with the event, as interaction.added brings `{ interactions: { <id>: { ... } } }`.
   */
  send(name: string, data?: unknown, facts?: Json): Stepper;
  /** Puts an event into the queue, for microstep() and macrostep(). */
  enqueue(name: string, data?: unknown, facts?: Json): Stepper;
  /** As `ask`, for microstep() and macrostep(). */
  enqueueRequest(name: string, data?: unknown): string;
  /** Fires a timer now, for microstep() and macrostep(). The clock does not move. */
  enqueueTimer(key: string): Stepper;
  /**
   * Moves the clock to the next timer and fires it, for microstep() and macrostep(). False, and not an
   * action, when no timer is due at or before `until` (ms since epoch).
   */
  enqueueNextTimer(until: number): boolean;
  /** Answers an open request, for microstep() and macrostep(). */
  enqueueAnswer(requestId: string): FetchExpectation & ModuleExpectation;
  /** Lets time pass: '30s', '200ms', or a number of ms. Timers fire in the order of their due times. */
  advance(time: string | number): Stepper;
  terminate(reason?: string): Stepper;
  /** The actions that it takes are one action with this name. */
  asOne(name: string, actions: () => void): Stepper;
  /** Stores the session, and restores it as a server does after its restart. */
  restart(): Stepper;
  /**
   * A running session that the stepped one invoked, by the id of its invoke. 'outer/inner' is a session that
   * `outer` invoked.
   */
  child(name: string): SteppedChild | undefined;
  /** Sends an event to an invoked session. */
  sendToChild(child: string, name: string, data?: unknown, facts?: Json): Stepper;
  /**
   * Takes one set of transitions; of the start, the entry of the initial states. False when no event waits.
   */
  microstep(): boolean;
  /** Takes the next macrostep, or completes the one that is begun. False when no event waits. */
  macrostep(): boolean;
  /** Undoes actions, with their effects and the time that passed in them. */
  back(actions?: number): Stepper;

  /** Value of an expression of the data model, as JSON. */
  get(expression: string): Json | undefined;
  /** Sets a location: 'count', 'order.items[0].price'. Only between macrosteps. */
  setData(location: string, value: unknown): Stepper;

  /** Sends a request and returns its answer. Fails when the session gives none. */
  request(name: string, data?: unknown): WsResponse;
  /** Sends a request whose answer may come later. Returns its id, for `answerTo`. */
  ask(name: string, data?: unknown): string;
  answerTo(requestId: string): WsResponse | undefined;

  /** `nth`: its place among the open fetches that fit; 1, the default: the oldest. */
  expectFetch(
    url: UrlPattern,
    options?: { readonly method?: string; readonly nth?: number },
  ): FetchExpectation;
  /** The element must have these attributes, and may have others. `nth` as for expectFetch. */
  expectModule(name: string, attributes?: Fields, options?: { readonly nth?: number }): ModuleExpectation;

  /** These states are active, and maybe others. An id that no state has fails, also in expectNotIn. */
  expectIn(...ids: readonly string[]): Stepper;
  /** None of these states is active. */
  expectNotIn(...ids: readonly string[]): Stepper;
  /** These states are active and no others. */
  expectConfiguration(ids: Iterable<string>): Stepper;
  expectData(expression: string, expected: Json | undefined): Stepper;
  /** All lines of the last action, in order. */
  expectLines(lines: readonly (string | RegExp)[]): Stepper;
  /** No line of the last action is one of these. */
  expectNoLines(...lines: readonly (string | RegExp)[]): Stepper;
  /** The session has made no such request so far. */
  expectNoFetch(url?: UrlPattern, options?: { readonly method?: string }): Stepper;
  expectNoModule(name: string, attributes?: Fields): Stepper;
  /** These lines came in this order so far, and maybe others between them. */
  expectSequence(lines: readonly (string | RegExp)[]): Stepper;
  /** Every expectation has its request, and every request is answered. */
  verify(): Stepper;

  /** Resolves when the documents of invoked sessions are read. Only needed when their src is computed. */
  documentsRead(): Promise<void>;
  /** The same, and runs the session until it is stable. */
  settled(): Promise<Stepper>;
}
