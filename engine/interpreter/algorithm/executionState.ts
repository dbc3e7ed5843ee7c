import type { Json } from '../../ports/index.ts';
import type { SendEffect } from '../effects.ts';
import type { ScxmlEvent } from '../event.ts';
import type { ExecutionStatus, Limits, StartOptions } from '../execution.ts';
import type { InteractionViews } from '../ors/genesys.ts';
import type { ConfigurationNode } from './configurationTable.ts';
import type { StateSet } from './stateSet.ts';

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

/**
 * Everything of a session between two steps but its data. Ten thousand of them wait in memory: what most
 * sessions do not have is undefined, and what many have in common is shared.
 */
export interface ExecutionState {
  readonly sessionId: string;
  readonly parent: StartOptions['parent'];
  readonly baseUrl: string;
  readonly limits: Limits;
  status: ExecutionStatus;
  reason: string | undefined;
  donedata: Json | undefined;
  /** The configuration and the history values. */
  node: ConfigurationNode;
  /** The session's own sends without delay that a step left for the next. */
  externalQueue: ScxmlEvent[] | undefined;
  pending: Map<string, PendingSend> | undefined;
  invokes: Map<string, RunningInvoke> | undefined;
  /** States whose data was initialised (late binding). */
  initialised: StateSet | undefined;
  /** The last number given out by nextId. */
  counter: number;
  seed: number;
  interactions: InteractionViews;
  /** Text of what all snapshots of the session have in common, once one was written (snapshot.ts). */
  writtenHead: string | undefined;
}

/** Of a session that has never had one. */
export const NO_INTERACTIONS: InteractionViews = Object.freeze({});

export function newState(options: StartOptions, node: ConfigurationNode, limits: Limits): ExecutionState {
  return {
    sessionId: options.sessionId,
    parent: options.parent,
    baseUrl: options.baseUrl ?? '',
    limits,
    status: 'running',
    reason: undefined,
    donedata: undefined,
    node,
    externalQueue: undefined,
    pending: undefined,
    invokes: undefined,
    initialised: undefined,
    counter: 0,
    seed: options.seed >>> 0,
    interactions: NO_INTERACTIONS,
    writtenHead: undefined,
  };
}
