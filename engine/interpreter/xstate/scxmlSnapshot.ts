import type { Snapshot as XStateSnapshot } from 'xstate';
import { defined, type Json } from '../../ports/index.ts';
import type { Execution, ExecutionSnapshot, StepOutcome } from '../index.ts';
import type { GraphNode } from './graphNodes.ts';
import type { InvokedActors, PersistedActor } from './invokedActors.ts';

/** `output`: the donedata. `error`: the reason of a failure. */
type Status =
  | { readonly status: 'active' | 'stopped'; readonly output: undefined; readonly error: undefined }
  | { readonly status: 'done'; readonly output: Json | undefined; readonly error: undefined }
  | { readonly status: 'error'; readonly output: undefined; readonly error: Error };

/** The type that XState expects. */
export type ScxmlActorSnapshot = ScxmlSnapshot & XStateSnapshot<Json | undefined>;

export interface ScxmlPersisted {
  readonly scxml: ExecutionSnapshot;
  readonly timers: { readonly [key: string]: number };
  readonly invoked: readonly PersistedActor[];
}

/** The persisted snapshot of an earlier release. */
type EarlierPersisted = Omit<ScxmlPersisted, 'invoked'> & { readonly children: ScxmlPersisted['invoked'] };

/** The invoked sessions in a persisted snapshot. Earlier releases gave them the name `children`. */
export function invokedIn(persisted: ScxmlPersisted | EarlierPersisted): ScxmlPersisted['invoked'] {
  return 'invoked' in persisted ? persisted.invoked : persisted.children;
}

/**
 * The snapshot of an SCXML session as an actor. Its JSON, which path generation compares, has the visible
 * state: status, configuration, data. The persisted snapshot has everything that the session needs to
 * continue.
 *
 * Everything is an own enumerable property, also the methods, as in snapshots of XState's machines: after a
 * fault, XState makes the last snapshot by a spread, `{ ...snapshot, status: 'error', error }`.
 */
export class ScxmlSnapshot {
  readonly status: Status['status'];
  readonly output: Json | undefined;
  readonly error: Error | undefined;
  /** Ids of the active states, ancestors included. */
  readonly configuration: readonly string[];
  /** The configuration, under XState's name. */
  readonly value: readonly string[];
  /** The data of the session, under XState's name. */
  readonly context: Json;
  readonly scxml: ExecutionSnapshot;
  /** Due times, in ms since epoch. */
  readonly timers: { readonly [key: string]: number };
  readonly invoked: InvokedActors;
  /** The active states, under XState's name, for its graph functions. */
  readonly _nodes: readonly GraphNode[];
  /** True when the state is active. */
  readonly matches = matches;
  readonly persisted = persisted;
  readonly toJSON = toJSON;

  constructor(
    execution: Execution,
    at: {
      readonly outcome: Pick<StepOutcome, 'status' | 'donedata' | 'reason'>;
      readonly timers: { readonly [key: string]: number };
      readonly invoked: InvokedActors;
      readonly nodes: ReadonlyMap<string, GraphNode>;
      /** The fault of a restored actor that had one. */
      readonly fault?: Error | undefined;
    },
  ) {
    const { status, output, error } = statusOf(at.outcome, at.fault);
    this.status = status;
    this.output = output;
    this.error = error;
    this.configuration = execution.configuration;
    this.value = this.configuration;
    this.context = execution.data();
    this.scxml = execution.snapshot();
    this.timers = at.timers;
    this.invoked = at.invoked;
    this._nodes = execution.configuration.map((id) => at.nodes.get(id)!);
  }
}

function matches(this: ScxmlSnapshot, id: string): boolean {
  return this.configuration.includes(id);
}

function persisted(this: ScxmlSnapshot): XStateSnapshot<unknown> & ScxmlPersisted {
  const { status, output, error, scxml, timers } = this;
  const invoked = this.invoked.persisted();
  const state = { status, output, error: textOf(error) } as unknown as XStateSnapshot<unknown>;
  return { ...state, scxml, timers, invoked };
}

function toJSON(this: ScxmlSnapshot): Json {
  const { status, configuration, context, output, error } = this;
  return {
    status,
    configuration,
    context,
    ...defined({ output, error: textOf(error) }),
  };
}

/** XState puts anything there that was thrown. */
function textOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? error.message : String(error);
}

function statusOf(
  { status, donedata, reason }: Pick<StepOutcome, 'status' | 'donedata' | 'reason'>,
  fault: Error | undefined,
): Status {
  if (fault !== undefined) return { status: 'error', output: undefined, error: fault };
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
