import type { Json } from '../../ports/index.ts';
import type { Document } from '../document/model.ts';
import type { ScxmlEvent } from '../event.ts';
import type { FigureQuestion } from '../figures.ts';

/**
 * The border between the interpreter and a document's code. One `Datamodel` is compiled for a document and
 * serves all of its sessions; one `DataSession` has the data of one session. Only strings, numbers and
 * booleans cross the border; `Json` is encoded inside the realm and parsed outside. A method that runs
 * document code throws DatamodelFault only.
 */
export interface Datamodel {
  open(options: OpenOptions): DataSession;
}

/**
 * Compiles the code of a document. Never throws for faults of single expressions: those throw when evaluated.
 */
export type CompileDatamodel = (document: Document) => Datamodel;

export interface OpenOptions {
  readonly sessionId: string;
  /** Value of `_ioprocessors`. */
  readonly ioProcessors: Json;
  /** ORS: value of `_genesys` when the session opens (functions are added inside the realm). */
  readonly genesys?: Json;
  /**
   * ORS: lists, options and special days as JSON. Documents read them through functions of `_genesys` only,
   * and no snapshot has them.
   */
  readonly installation?: string;
  /** A snapshot made by `snapshot()`; absent for a new session. */
  readonly snapshot?: string;
}

/** Facts of a step: its time, a seed for Math.random, and how much code may run. */
export interface StepFacts {
  readonly now: number;
  readonly seed: number;
  /** Gas: loop iterations and calls that document code may spend until the next beginStep. */
  readonly gas: number;
}

/** A call that document code made of a function of the platform: __Log, __Raise, _genesys.ixn.setuData ... */
export interface RealmRequest {
  readonly name: string;
  readonly args: readonly Json[];
}

export interface DataSession {
  beginStep(facts: StepFacts): void;
  /** ORS: the values for `_genesys.statistic.sData`, as figuresText() writes them; '' for none at all. */
  setFigures(text: string): void;
  /** ORS: the values that code asked for since setFigures() and was not given. */
  takeAsks(): readonly FigureQuestion[];
  /** Sets `_event`, which is undefined before the first event. */
  setEvent(event: ScxmlEvent | undefined): void;
  /** Ids of the active states, ancestors before descendants, for In() and __GetCurrentStates(). */
  setConfiguration(ids: readonly string[]): void;
  /**
   * False when the document uses neither In() nor __GetCurrentStates(): setConfiguration need not be called.
   */
  readonly usesConfiguration: boolean;
  /**
   * ORS: replaces the value at a path under `_genesys` (`['ixn','interactions']`); value undefined deletes
   * it.
   */
  setGenesys(path: readonly string[], value: Json | undefined): void;

  /** Evaluates a condition; the result is its boolean value in ECMAScript. */
  condition(slot: number): boolean;
  /** Evaluates a value expression. The result is undefined for undefined and for functions. */
  value(slot: number): Json | undefined;
  /** Evaluates and converts to a string as String(x) does (for attributes that are strings). */
  text(slot: number): string;
  /** Evaluates and shows the value to a person: as text does, but objects as JSON (for log). */
  logText(slot: number): string;
  /** Evaluates an array or iterable and keeps a shallow copy of it (W3C 4.6). Any other value is a fault. */
  openForeach(slot: number): {
    readonly length: number;
    set(index: number, item: number, indexLocation?: number): void;
  };
  /** location = expression; both are slots. */
  assign(location: number, value: number): void;
  /** location = value. */
  assignJson(location: number, value: Json | undefined): void;
  /**
   * location = inline text: a DOM where the text is XML (W3C B.2.1), else `value`, which the caller made of
   * it.
   */
  assignText(location: number, text: string, value: Json): void;
  /** Runs a script. */
  run(slot: number): void;

  /** Declares a data id with value undefined (early binding: all at start; late: on first entry). */
  declare(id: string): void;
  /**
   * Sets a declared data id from an expression, from text (JSON, else XML or whitespace-normalised text, W3C
   * B.2.1), or from a value.
   */
  initData(
    id: string,
    from: { readonly slot: number } | { readonly text: string } | { readonly value: Json },
  ): void;
  /**
   * True when the document declared the data id in its top-level <datamodel> (start parameters overwrite only
   * those, W3C 6.4.3).
   */
  isDeclared(id: string): boolean;

  /**
   * ORS: a state's variable scope begins on entry and is destroyed on exit (ors-dialect 2.3). No-ops in w3c.
   */
  enterScope(state: number): void;
  exitScope(state: number): void;

  /** Requests collected since the last drain, in order. */
  drainRequests(): RealmRequest[];
  /** All data as JSON, for `query`. Values that JSON cannot carry are left out. */
  dump(): Json;
  /** All data as text. A value that cannot be carried is a fault that names it. */
  snapshot(): string;
}
