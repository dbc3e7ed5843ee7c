import type { Json } from '../ports/index.ts';
import type { Place } from '../scenario/index.ts';

/** Everything outside a document: who may send it what, and how its requests are answered. */
export interface Surroundings {
  /** Start parameters, each set for a start of its own. */
  readonly starts: readonly Fields[];
  /** The first row that fits a fetch gives the bodies of its good answers. */
  readonly fetches: readonly FetchAnswers[];
  /** The first row that fits a request gives its answers. */
  readonly modules: readonly ModuleAnswers[];
  readonly events: readonly EventRow[];
  /** True: events without a row come too, if the document waits for them and does not send them itself. */
  readonly otherEvents: boolean;
  /** Interactions that may come, by id: what the document may see of each. */
  readonly interactions: { readonly [id: string]: readonly Fields[] };
  /** Things that the document takes and must give back. */
  readonly held: readonly Held[];
  readonly properties: readonly Property[];
  /** True: the session may be terminated from outside at any time. */
  readonly terminate: boolean;
}

export interface FetchAnswers {
  /** Part of the URL. */
  readonly fetch: string;
  readonly method?: string;
  /** Bodies of answers with status 200. */
  readonly ok: readonly Json[];
  /** True: the first body answers at once, and nothing else is tried. */
  readonly prompt: boolean;
}

export interface ModuleAnswers {
  /** 'queue.submit' */
  readonly module: string;
  /** Fields of the done event, each for an answer of its own. */
  readonly done: readonly Fields[];
  /** Fields of the error event. */
  readonly error: readonly Fields[];
  /** True: the first done event comes at once, and nothing else is tried. */
  readonly prompt: boolean;
}

export type Fields = { readonly [name: string]: Json };

export interface EventRow {
  readonly event: string;
  /** A request expects an answer by <ws:response>. */
  readonly kind: 'request' | 'notice';
  /** Each for a move of its own. */
  readonly data: readonly Json[];
  readonly facts?: Json;
  /** The event comes at most so many times. */
  readonly times: number;
}

/** Something that the good answer to a request gives to the document. */
export interface Held {
  readonly name: string;
  readonly takenBy: RequestPattern;
  /** The request that gives it back, when it is made; with `done`, when it was answered well. */
  readonly givenBackBy: readonly (RequestPattern & { readonly done?: boolean })[];
}

export type RequestPattern =
  | { readonly fetch: string; readonly method?: string }
  | { readonly module: string };

/** Conditions are expressions of the document, which may use `In('state')`. */
export type Property = {
  readonly name: string;
  readonly condition: string;
  /** Its place in the file. */
  readonly at?: Place;
} & (
  | /** True in every state. */ { readonly kind: 'invariant' }
  | /** False in every state. */ { readonly kind: 'never' }
  | /** True in some state before the session ends. */ { readonly kind: 'eventually' }
  /** After each state in which `condition` is true, `to` is true before the session ends. */
  | { readonly kind: 'leadsTo'; readonly to: string }
);

export function conditionsOf(property: Property): readonly string[] {
  return property.kind === 'leadsTo' ? [property.condition, property.to] : [property.condition];
}

/** How often an event comes at most when its row does not say it. */
export const DEFAULT_TIMES = 2;

export const NO_SURROUNDINGS: Surroundings = {
  starts: [{}],
  fetches: [],
  modules: [],
  events: [],
  otherEvents: true,
  interactions: {},
  held: [],
  properties: [],
  terminate: false,
};
