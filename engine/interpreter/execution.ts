import type { Json } from '../ports/index.ts';
import type { Effect } from './effects.ts';
import type { UntypedEvent } from './event.ts';
import type { FigureQuestion, KnownFigure } from './figures.ts';

/** The input of a step. */
export type StepInput =
  | { readonly kind: 'start' }
  /** An external event: of a client, of another session, or the result of a module. */
  | { readonly kind: 'event'; readonly event: UntypedEvent }
  /** A timer is due. Does nothing when the timer was disarmed. */
  | { readonly kind: 'timer'; readonly key: string }
  /** After an outcome with `more`: process the external queue further. */
  | { readonly kind: 'continue' }
  | { readonly kind: 'terminate'; readonly reason: string };

export interface StepOptions {
  /** Time of the step, in ms since epoch. */
  readonly now: number;
  readonly onRecord?: (record: StepRecord) => void;
  /** Whether a session with that id exists. Absent, or undefined: known only when the send is performed. */
  readonly reaches?: (sessionId: string) => boolean | undefined;
  /**
   * Values for `_genesys.statistic.sData`; the outcome `asks` for others. Absent: nobody has such values, and
   * the function throws.
   */
  readonly figures?: readonly KnownFigure[];
}

/**
 * The result of a step. The caller makes snapshot and effects durable together, then performs the effects.
 */
export interface StepOutcome {
  readonly status: ExecutionStatus;
  readonly effects: readonly Effect[];
  /**
   * The external queue is not empty, because the step reached MAX_EVENTS_PER_STEP: step again with
   * 'continue'.
   */
  readonly more: boolean;
  readonly donedata?: Json;
  readonly reason?: string;
  /**
   * The step needs these values, and is not complete: this execution must not be used any more. The caller
   * goes back to the state before the step, and computes it again with all figures of before and these.
   */
  readonly asks?: readonly FigureQuestion[];
}

export type ExecutionStatus = 'running' | 'completed' | 'terminated' | 'failed';

/** The state of one session in memory. `step` is synchronous, and changes nothing but this object. */
export interface Execution {
  readonly sessionId: string;
  readonly status: ExecutionStatus;
  /** Ids of all active states, ancestors before descendants, document order. */
  readonly configuration: readonly string[];
  /** Throws while another step of this session runs. Steps of different sessions may nest. */
  step(input: StepInput, options: StepOptions): StepOutcome;
  /**
   * The whole state as JSON. restoreExecution(program, snapshot) continues exactly as this execution would.
   */
  snapshot(): ExecutionSnapshot;
  /** The snapshot as text. parseSnapshot reads it. */
  snapshotText(): string;
  /** The data, for `query`. */
  data(): Json;
}

export type ExecutionSnapshot = { readonly [key: string]: Json | undefined };

export interface StartOptions {
  readonly sessionId: string;
  readonly params?: { readonly [name: string]: Json | undefined };
  readonly seed: number;
  /** The invoking session, for an invoked one: `#_parent` and done.invoke go there. */
  readonly parent?: { readonly sessionId: string; readonly invokeId: string };
  /** Base URL of the HTTP server, for _ioprocessors and _genesys.session.server. */
  readonly baseUrl?: string;
  readonly limits?: Partial<Limits>;
}

/** Values that an installation configures for documents of the ORS dialect (ors-dialect 2.8). */
export interface Installation {
  /** Lists by name, their items by name: `_genesys.session.getListItemValue(list, item, key)`. */
  readonly lists?: { readonly [list: string]: { readonly [item: string]: Json } };
  /** Options by section: `_genesys.session.getConfigOption(section, option)`. */
  readonly options?: { readonly [section: string]: { readonly [option: string]: Json } };
  /** Dates as YYYY-MM-DD, by the name of the day: `_genesys.session.isSpecialDay(name, zone)`. */
  readonly specialDays?: { readonly [name: string]: readonly string[] };
}

export interface Limits {
  readonly MAX_MICROSTEPS_PER_MACROSTEP: number;
  readonly MAX_CODE_STEPS: number;
  readonly MAX_INTERNAL_EVENTS: number;
  readonly MAX_EVENTS_PER_STEP: number;
  readonly MAX_PENDING_SENDS: number;
}

/**
 * A record of a step (algorithm/stepObserver.ts): `state_enter`, `state_exit`, `transition`,
 * `event_processed`, `event_ignored`, `guard`, `log` ...
 */
export interface StepRecord {
  readonly kind: string;
  readonly [field: string]: Json | undefined;
}
