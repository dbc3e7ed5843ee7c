import type { Json } from '../ports/index.ts';
import type { Effect } from './effects.ts';
import type { ScxmlEvent } from './event.ts';

/** Facts in. */
export type StepInput =
  | { readonly kind: 'start' }
  /** An external event (client, another session, a module's result). */
  | { readonly kind: 'event'; readonly event: Omit<ScxmlEvent, 'type'> }
  /** An armed timer is due. A key that is no longer pending does nothing. */
  | { readonly kind: 'timer'; readonly key: string }
  /** The last outcome said `more`: go on with the session's own external queue. */
  | { readonly kind: 'continue' }
  | { readonly kind: 'terminate'; readonly reason: string };

export interface StepOptions {
  /** ms since epoch: the time at which the step happens. */
  readonly now: number;
  readonly trace?: (record: TraceRecord) => void;
  /** A fact: whether a session of that id is there. Absent, or undefined: not known until the send is performed. */
  readonly reaches?: (sessionId: string) => boolean | undefined;
}

/** Effects out. The caller makes snapshot and effects durable together, then performs the effects. */
export interface StepOutcome {
  readonly status: ExecutionStatus;
  readonly effects: readonly Effect[];
  /** The session's own external queue is not empty (its limit for one step was reached): step again with 'continue'. */
  readonly more: boolean;
  readonly donedata?: Json;
  readonly reason?: string;
}

export type ExecutionStatus = 'running' | 'completed' | 'terminated' | 'failed';

/** One session's state in memory. `step` is synchronous and pure but for this object. */
export interface Execution {
  readonly sessionId: string;
  readonly status: ExecutionStatus;
  /** Ids of all active states, ancestors before descendants, document order. */
  readonly configuration: readonly string[];
  step(input: StepInput, options: StepOptions): StepOutcome;
  /** Everything as JSON; restoreExecution(program, snapshot) continues exactly as this one would. */
  snapshot(): ExecutionSnapshot;
  /** The same as text (parseSnapshot), faster than by way of JSON. */
  snapshotText(): string;
  /** Data for `query`. */
  data(): Json;
}

export type ExecutionSnapshot = { readonly [key: string]: Json | undefined };

export interface StartOptions {
  readonly sessionId: string;
  readonly params?: { readonly [name: string]: Json | undefined };
  readonly seed: number;
  /** Set when this session was invoked: `#_parent` and done.invoke go there. */
  readonly parent?: { readonly sessionId: string; readonly invokeId: string };
  /** Base URL of the HTTP server, for _ioprocessors and _genesys.session.server. */
  readonly baseUrl?: string;
  readonly limits?: Partial<Limits>;
}

export interface Limits {
  readonly MAX_MICROSTEPS_PER_MACROSTEP: number;
  readonly MAX_CODE_STEPS: number;
  readonly MAX_INTERNAL_EVENTS: number;
  readonly MAX_EVENTS_PER_STEP: number;
  readonly MAX_PENDING_SENDS: number;
}

/** One line of a trace: `state_enter`, `state_exit`, `transition`, `event_processed`, `log`, `error` ... */
export interface TraceRecord {
  readonly kind: string;
  readonly [field: string]: Json | undefined;
}
