import type { Json } from '../../ports/index.ts';
import type { SendEffect } from '../effects.ts';
import type { EventFields, ScxmlEvent } from '../event.ts';
import type { ExecutionStatus, Limits, StartOptions } from '../execution.ts';
import type { InteractionViews } from '../ors/genesys.ts';
import type { KnownConfiguration } from './configurationTable.ts';
import type { StateSet } from './stateSet.ts';

/** A <send> whose delay has not passed yet. */
export interface PendingSend {
  readonly sendid: string;
  /** ms since epoch. */
  readonly dueAt: number;
  readonly deliver:
    | { readonly to: 'self'; readonly event: EventFields }
    | { readonly to: 'other'; readonly effect: SendEffect };
}

/** An <invoke> whose session runs. */
export interface RunningInvoke {
  /** Ids should differ, but several invokes may run under one. */
  readonly invokeId: string;
  /** Index into Document.invokes. */
  readonly invoke: number;
}

/**
 * The state of a session between two steps, without its data. Collections that are empty are undefined,
 * because many thousands of idle sessions are in memory at the same time.
 */
export interface ExecutionState {
  readonly sessionId: string;
  readonly parent: StartOptions['parent'];
  readonly baseUrl: string;
  readonly limits: Limits;
  status: ExecutionStatus;
  reason: string | undefined;
  donedata: Json | undefined;
  /** The configuration, with the history values. */
  configuration: KnownConfiguration;
  /** Events that the session sent to itself and that a step left for the next. */
  externalQueue: ScxmlEvent[] | undefined;
  pending: Map<string, PendingSend> | undefined;
  /** By the session id of the invoked session, in the order of their starts. */
  invokes: Map<string, RunningInvoke> | undefined;
  /** States whose data was initialised (late binding). */
  initialised: StateSet | undefined;
  /** The last number that nextId gave. */
  counter: number;
  seed: number;
  interactions: InteractionViews;
}

/** The interactions of a session that never had one. */
export const NO_INTERACTIONS: InteractionViews = Object.freeze({});

export function newState(
  options: StartOptions,
  configuration: KnownConfiguration,
  limits: Limits,
): ExecutionState {
  return {
    sessionId: options.sessionId,
    parent: options.parent,
    baseUrl: options.baseUrl ?? '',
    limits,
    status: 'running',
    reason: undefined,
    donedata: undefined,
    configuration,
    externalQueue: undefined,
    pending: undefined,
    invokes: undefined,
    initialised: undefined,
    counter: 0,
    seed: options.seed >>> 0,
    interactions: NO_INTERACTIONS,
  };
}
