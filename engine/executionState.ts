import { StateSet } from './algorithm/stateSet.ts';
import type { Document } from './document/model.ts';
import type { SendEffect } from './effects.ts';
import type { Json, ScxmlEvent } from './event.ts';
import type { ExecutionStatus, StartOptions } from './execution.ts';
import type { InteractionViews } from './ors/genesys.ts';

/** A <send> with a delay that has not come yet. */
export interface PendingSend {
  readonly sendid: string;
  /** ms since epoch. */
  readonly dueAt: number;
  readonly deliver:
    | { readonly to: 'self'; readonly event: Omit<ScxmlEvent, 'type'> }
    | { readonly to: 'other'; readonly effect: SendEffect };
}

export interface RunningInvoke {
  readonly childId: string;
  /** Index into Document.invokes. */
  readonly invoke: number;
}

/** Everything of a session but its data. */
export interface ExecutionState {
  readonly sessionId: string;
  readonly parent: StartOptions['parent'];
  readonly baseUrl: string;
  status: ExecutionStatus;
  reason: string | undefined;
  donedata: Json | undefined;
  configuration: StateSet;
  history: ReadonlyMap<number, readonly number[]>;
  /** Emptied by every step. */
  internalQueue: ScxmlEvent[];
  /** The session's own sends without delay, and what a step brings. */
  externalQueue: ScxmlEvent[];
  readonly pending: Map<string, PendingSend>;
  readonly invokes: Map<string, RunningInvoke>;
  statesToInvoke: StateSet;
  /** States whose data was initialised (late binding). */
  readonly initialised: StateSet;
  /** The last number given out by nextId. */
  counter: number;
  seed: number;
  interactions: InteractionViews;
}

export function newState(document: Document, options: StartOptions): ExecutionState {
  const size = document.states.length;
  return {
    sessionId: options.sessionId,
    parent: options.parent,
    baseUrl: options.baseUrl ?? '',
    status: 'running',
    reason: undefined,
    donedata: undefined,
    configuration: new StateSet(size),
    history: new Map(),
    internalQueue: [],
    externalQueue: [],
    pending: new Map(),
    invokes: new Map(),
    statesToInvoke: new StateSet(size),
    initialised: new StateSet(size),
    counter: 0,
    seed: options.seed >>> 0,
    interactions: {},
  };
}
