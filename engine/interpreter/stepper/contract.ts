import type { FetchText, Json } from '../../ports/index.ts';
import type { Dialect, ExecutionStatus, Limits, ModuleEffect, SourceLocation } from '../index.ts';

export interface StepperOptions {
  readonly params?: { readonly [name: string]: unknown };
  /** Instead of what the document says. */
  readonly dialect?: Dialect;
  /** Reads the document and those that it invokes; files only when absent. */
  readonly fetchText?: FetchText;
  /** Answers what nobody expected by hand; the first row that fits, any number of times. */
  readonly script?: readonly ScriptRow[];
  /** Base URL of the HTTP server that the document is to see. */
  readonly baseUrl?: string;
  /** 'STEPPER' when absent. */
  readonly id?: string;
  /** ms since epoch at which the virtual clock begins: 2026-01-05T09:00:00Z when absent. */
  readonly now?: number;
  /** Of Math.random: 1 when absent. */
  readonly seed?: number;
  readonly limits?: Partial<Limits>;
}

/** Text: a part of the URL. */
export type UrlPattern = string | RegExp | URL;

export type FetchReply =
  | {
      /** 200 when absent. */
      readonly status?: number;
      readonly json?: Json;
      /** The body as text, where it is not JSON. */
      readonly body?: string;
      /** Lower-case names. */
      readonly headers?: { readonly [name: string]: string };
    }
  | 'unreachable'
  | 'timeout';

export interface FetchCall {
  readonly requestId: string;
  /** Upper case. */
  readonly method: string;
  readonly url: string;
  readonly headers: Json | undefined;
  readonly params: { readonly [name: string]: Json | undefined };
  readonly content: Json | undefined;
}

export type Fields = { readonly [name: string]: Json | undefined };

export type ScriptRow =
  | {
      readonly fetch: UrlPattern;
      readonly method?: string;
      readonly reply: FetchReply | ((call: FetchCall) => FetchReply);
    }
  | {
      /** 'queue.submit' */
      readonly module: string;
      readonly done?: Fields | ((call: ModuleEffect) => Fields);
      readonly error?: Fields | ((call: ModuleEffect) => Fields);
    };

/** An answer given by hand: to what has come already, or else to what comes next. Each answers once. */
export interface FetchExpectation {
  reply(reply: FetchReply): void;
}

export interface ModuleExpectation {
  /** `<module>.<element>.done` with the requestid and the fields. */
  done(fields?: Fields): void;
  /** `error.<module>.<element>` */
  error(fields?: Fields): void;
  /** An event of another name; `facts` are facts of the platform (interactions). */
  event(name: string, fields?: Fields, facts?: Json): void;
}

/** A request of the session to a module that has no answer yet. */
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

export interface TraceLine {
  /** Number of the action (start, send, advance ...) that caused it, from 1. */
  readonly action: number;
  /** Session id: the document's own, or one that it invoked. */
  readonly session: string;
  /** 'event go', 'exit a', 'transition a -> b', 'enter b', 'log label: text', 'queue.submit {...}' ... */
  readonly text: string;
  readonly at?: SourceLocation;
}

/**
 * One session in virtual time, for tests. Every action returns when the session is stable; what a failing
 * assertion throws (StepperAssertion) shows the last steps with their places in the document.
 */
export interface Stepper {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** Within a macrostep that is taken microstep by microstep: the one between them. */
  readonly configuration: ReadonlySet<string>;
  readonly donedata: Json | undefined;
  readonly reason: string | undefined;
  /** All data as JSON. */
  readonly data: Json;
  /** ms since epoch of the virtual clock. */
  readonly now: number;
  readonly trace: readonly TraceLine[];
  /** Lines of the last action. */
  readonly lastTrace: readonly string[];
  /** What the session asked modules for and nobody has answered. */
  readonly open: readonly OpenRequest[];

  start(): Stepper;
  /** Sends an event and runs to a stable configuration. */
  send(name: string, data?: unknown): Stepper;
  /** Puts an event into the queue, for microstep() and macrostep(). */
  enqueue(name: string, data?: unknown): Stepper;
  /** Lets time pass ('30s', '200ms', ms); timers come in the order in which they are due. */
  advance(time: string | number): Stepper;
  terminate(reason?: string): Stepper;
  /** One set of transitions (of the start: the entry of the initial states). False when nothing waits. */
  microstep(): boolean;
  /** To the end of the macrostep that is begun, or the whole of the next. False when nothing waits. */
  macrostep(): boolean;
  /** Undoes actions, their effects and the time that passed in them. */
  back(actions?: number): Stepper;

  /** Value of an expression of the data model, as JSON. */
  get(expression: string): Json | undefined;
  /** Sets a location: 'count', 'order.items[0].price'. Only between macrosteps. */
  setData(location: string, value: unknown): Stepper;

  /** Sends a request and gives its answer; fails when the session gave none. */
  request(name: string, data?: unknown): WsResponse;
  /** Sends a request whose answer may come later; the id is for `answerTo`. */
  ask(name: string, data?: unknown): string;
  answerTo(requestId: string): WsResponse | undefined;

  expectFetch(url: UrlPattern, options?: { readonly method?: string }): FetchExpectation;
  /** `attributes` must be among those of the element. */
  expectModule(name: string, attributes?: Fields): ModuleExpectation;

  /** These states are active, maybe others too. */
  expectIn(...ids: readonly string[]): Stepper;
  /** These states are active and no others. */
  expectConfiguration(ids: Iterable<string>): Stepper;
  expectData(expression: string, expected: Json | undefined): Stepper;
  /** All lines of the last action, in order. */
  expectTrace(lines: readonly (string | RegExp)[]): Stepper;
  /** These lines came in this order since the start, with others between them or not. */
  expectSequence(lines: readonly (string | RegExp)[]): Stepper;
  /** Every expectation was met, and everything that the session asked for was answered. */
  verify(): Stepper;

  /** Resolves when the documents of invoked sessions were read: only needed where their src is computed. */
  settled(): Promise<Stepper>;
}
