import type { Dialect, ExecutionStatus, Installation } from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';

/** The version that this product writes. */
export const SCENARIO_VERSION = 1;

/** The content of a scenario file, as it is written. */
export interface Scenario {
  readonly scenario: typeof SCENARIO_VERSION;
  readonly name?: string;
  /** Path relative to the scenario file, or a URL. */
  readonly document: string;
  /** SHA-256 of the text of the document with its includes: the scenario is refused for another text. */
  readonly documentHash?: string;
  /** Overrides the dialect of the document. */
  readonly dialect?: Dialect;
  readonly params?: JsonFields;
  /** Start of the virtual clock, as ISO 8601 with a zone. Absent: 2026-01-05T09:00:00Z. */
  readonly now?: string;
  /** Seed of Math.random. Absent: 1. */
  readonly seed?: number;
  /** Session id. Absent: 'STEPPER'. */
  readonly session?: string;
  /** Base URL of the HTTP server that the document sees. */
  readonly baseUrl?: string;
  readonly installation?: Installation;
  /** The first row that fits a request answers it. A request that no row fits stays open. */
  readonly answers?: readonly AnswerRow[];
  readonly steps: readonly ScenarioStep[];
}

export interface JsonFields {
  readonly [name: string]: Json;
}

/** A text that is contained (URLs) or the same (lines), or a regular expression that fits. */
export type TextPattern = string | { readonly $matches: string };

export type AnswerRow = FetchAnswers | ModuleAnswers;

export interface FetchAnswers {
  readonly fetch: TextPattern;
  readonly method?: string;
  /** The answer to every request. */
  readonly reply?: ScenarioReply;
  /** One answer to each request, in turn. Later requests go to the next row that fits. */
  readonly replies?: readonly ScenarioReply[];
}

export interface ModuleAnswers {
  /** 'queue.submit' */
  readonly module: string;
  /** The element must have these attributes, and may have others. */
  readonly attributes?: JsonFields;
  readonly result?: ModuleResult;
  readonly results?: readonly ModuleResult[];
}

export type ScenarioReply =
  | {
      /** Absent: 200. */
      readonly status?: number;
      readonly json?: Json;
      /** The body as text, if it is not JSON. */
      readonly body?: string;
      readonly headers?: { readonly [name: string]: string };
    }
  | 'unreachable'
  | 'timeout'
  | 'silence';

export type ModuleResult =
  /** `<module>.<element>.done` with these fields. */
  | { readonly done: JsonFields }
  /** `error.<module>.<element>` */
  | { readonly error: JsonFields }
  /** Another event. */
  | { readonly event: string; readonly data?: JsonFields; readonly facts?: Json }
  | 'silence';

export type ScenarioStep =
  | 'start'
  | 'restart'
  | SendStep
  | RequestStep
  | { readonly advance: string }
  | { readonly answer: GivenAnswer }
  | { readonly terminate: string }
  | { readonly expect: Expected };

export interface SendStep {
  readonly send: string;
  readonly data?: Json;
  /** Facts of the platform (interactions). */
  readonly facts?: Json;
  /** The id of an invoke: the event goes to the session that it started. 'outer/inner' is one of a child. */
  readonly child?: string;
}

export interface RequestStep {
  readonly request: string;
  readonly data?: Json;
  /** A name for `expect.replies`, when the answer comes later. */
  readonly as?: string;
  /** The answer that must be there when the step ends. */
  readonly reply?: ExpectedReply;
}

/** Answers an open request that fits, otherwise the next one that comes. */
export type GivenAnswer = {
  /** Its place among those that fit; 1, the default: the oldest. */
  readonly nth?: number;
} & (
  | { readonly fetch: TextPattern; readonly method?: string; readonly reply: ScenarioReply }
  | { readonly module: string; readonly attributes?: JsonFields; readonly result: ModuleResult }
);

/** Fields that are absent are not compared. */
export interface ExpectedReply {
  readonly positive?: boolean;
  readonly resultCode?: string;
  readonly body?: Json;
  /** The body has these fields, and maybe others. */
  readonly bodyHas?: JsonFields;
}

/** At any depth, `{ $matches: 'expression' }` stands for a text and `{ $any: true }` for any value. */
export interface Expected {
  /** `in`, `notIn`, `configuration`, `data`, `status` and `ended` are of this invoked session. */
  readonly child?: string;
  /** These states are active, and maybe others. */
  readonly in?: readonly string[];
  readonly notIn?: readonly string[];
  /** These states are active and no others. */
  readonly configuration?: readonly string[];
  /** Values of expressions of the data model. */
  readonly data?: JsonFields;
  /** These lines so far, in this order, and maybe others between them. */
  readonly sequence?: readonly TextPattern[];
  /** All lines of the last action. */
  readonly lines?: readonly TextPattern[];
  /** No line of the last action is one of these. */
  readonly noLines?: readonly TextPattern[];
  /** In the last action, no event of these names came that no transition took. */
  readonly notIgnored?: readonly string[];
  /** Answers to requests by the names of `as`. null: not answered yet. */
  readonly replies?: { readonly [name: string]: ExpectedReply | null };
  /** How many answers each of these requests got so far. */
  readonly answered?: { readonly [name: string]: number };
  /** Names of the requests to modules that are not answered: 'session.fetch', 'queue.submit' ... */
  readonly open?: readonly string[];
  readonly status?: ExecutionStatus;
  readonly ended?: boolean;
  readonly reason?: TextPattern;
  readonly donedata?: Json;
  /** How many timers are armed for an event, also in invoked sessions. */
  readonly timers?: { readonly [event: string]: number };
  /** Conditions each of which was true after some step so far. */
  readonly eventually?: readonly string[];
  readonly leadsTo?: readonly LeadsTo[];
  /** At least one of these holds. */
  readonly any?: readonly Omit<Expected, 'any'>[];
}

/** `to` was true after the last step after which `after` was true, or after a later one. */
export interface LeadsTo {
  readonly after: string;
  readonly to: string;
}

/** A location in a scenario file: lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Names of fields and numbers of list items: ['steps', 3, 'expect', 'in']. */
export type FieldPath = readonly (string | number)[];

/** A scenario with the locations of its fields. */
export interface ScenarioFile {
  /** URL of the file. */
  readonly url: string;
  readonly scenario: Scenario;
  /** The location of a field, or of the nearest field around it. */
  place(path: FieldPath): Place;
}
