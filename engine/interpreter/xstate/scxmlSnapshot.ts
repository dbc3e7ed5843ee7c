import type { Snapshot as XStateSnapshot } from 'xstate';
import type { Json } from '../../ports/index.ts';
import type { Execution, ExecutionSnapshot, StepOutcome } from '../index.ts';
import type { PersistedChild, RunningChildren } from './runningChildren.ts';

/** `output` is the donedata, `error` says why a session failed. */
type Status =
  | { readonly status: 'active' | 'stopped'; readonly output: undefined; readonly error: undefined }
  | { readonly status: 'done'; readonly output: Json | undefined; readonly error: undefined }
  | { readonly status: 'error'; readonly output: undefined; readonly error: Error };

/** As XState sees it. */
export type ScxmlActorSnapshot = ScxmlSnapshot & XStateSnapshot<Json | undefined>;

export interface ScxmlPersisted {
  readonly scxml: ExecutionSnapshot;
  readonly timers: { readonly [key: string]: number };
  readonly children: readonly PersistedChild[];
}

/**
 * The snapshot of an SCXML session as an actor. As JSON, and so for path generation, it is what one can see of
 * the session: status, configuration, data. What a session goes on from is in its persisted snapshot.
 */
export class ScxmlSnapshot {
  readonly status: Status['status'];
  readonly output: Json | undefined;
  readonly error: Error | undefined;
  /** Ids of the active states, ancestors included. */
  readonly configuration: readonly string[];
  /** The same, under XState's name. */
  readonly value: readonly string[];
  /** The data. */
  readonly context: Json;
  readonly #scxml: ExecutionSnapshot;
  readonly #timers: { readonly [key: string]: number };
  readonly #children: RunningChildren;

  constructor(
    execution: Execution,
    at: {
      readonly outcome: Pick<StepOutcome, 'status' | 'donedata' | 'reason'>;
      readonly timers: { readonly [key: string]: number };
      readonly children: RunningChildren;
    },
  ) {
    const { status, output, error } = statusOf(at.outcome);
    this.status = status;
    this.output = output;
    this.error = error;
    this.configuration = execution.configuration;
    this.value = this.configuration;
    this.context = execution.data();
    this.#scxml = execution.snapshot();
    this.#timers = at.timers;
    this.#children = at.children;
  }

  /** Whether a state is active. */
  matches(id: string): boolean {
    return this.configuration.includes(id);
  }

  get scxml(): ExecutionSnapshot {
    return this.#scxml;
  }

  get timers(): { readonly [key: string]: number } {
    return this.#timers;
  }

  get children(): RunningChildren {
    return this.#children;
  }

  persisted(): XStateSnapshot<unknown> & ScxmlPersisted {
    const { status, output, error } = this;
    const children = this.#children.persisted();
    const state = { status, output, error: error?.message } as unknown as XStateSnapshot<unknown>;
    return { ...state, scxml: this.#scxml, timers: this.#timers, children };
  }

  toJSON(): Json {
    const { status, configuration, context, output, error } = this;
    return {
      status,
      configuration,
      context,
      ...(output !== undefined && { output }),
      ...(error && { error: error.message }),
    };
  }
}

function statusOf({ status, donedata, reason }: Pick<StepOutcome, 'status' | 'donedata' | 'reason'>): Status {
  switch (status) {
    case 'running':
      return { status: 'active', output: undefined, error: undefined };
    case 'completed':
      return { status: 'done', output: donedata, error: undefined };
    case 'terminated':
      return { status: 'stopped', output: undefined, error: undefined };
    default:
      return { status: 'error', output: undefined, error: new Error(reason ?? 'the session failed') };
  }
}
