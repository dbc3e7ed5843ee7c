import { type AnyStateMachine, createActor, type Snapshot } from 'xstate';
import type { Json } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { TargetStep } from '../targets/index.ts';

/**
 * A strategy decides when a virtual interaction may get an agent, and which targets count. It is an XState
 * machine whose states have the names of RouteState; each may have inner states. It knows no clock, store or
 * agent. Facts come in with its events. Decisions come out as emitted data, which the caller commits together
 * with the new snapshot.
 */
export interface RouteStrategy {
  readonly machine: AnyStateMachine;
  /** Makes the input of the machine for a new call. Default: planRoute. */
  readonly plan?: (call: NewRoute) => RouteInput;
}

/**
 * The states of a virtual interaction:
 *
 * held        the call has its position in the virtual queue, and an infinite route delay; the initial state
 * delayed     SetRouteDelay with DELAY=n: routable when the delay is over
 * routable    the next free agent who matches is reserved for it
 * announcing  an agent is reserved, and the owner is asked whether it takes the agent
 * routed      the owner took the agent: the call left the queue; SetRouteDelay returns it to its old position
 * removed     final
 */
export const ROUTE_STATES = ['held', 'delayed', 'routable', 'announcing', 'routed', 'removed'] as const;

export type RouteState = (typeof ROUTE_STATES)[number];

/** The agent reserved for the call, and the target that matched the agent. */
export interface ChosenAgent {
  readonly agentId: AgentId;
  readonly setting: number;
  readonly target: string;
}

/** An agent who was reserved for the call before. */
export interface TriedAgent {
  readonly agentId: AgentId;
  /** Number of the agent's settings then. After a change of the settings the agent counts as untried. */
  readonly setting: number;
  /** The agent did not answer: a change of their settings does not matter. */
  readonly noAnswer?: true;
  /** ms since epoch from which the agent may be tried again, if no other matches. */
  readonly until: number;
}

export interface RouteContext {
  readonly steps: readonly TargetStep[];
  readonly step: number;
  /** Indexes of the steps in use. */
  readonly active: readonly number[];
  readonly reserveTimeoutMs: number;
  readonly enteredAt: number;
  /** Number of reservations; part of the key of each announcement. */
  readonly attempt: number;
  readonly agent?: ChosenAgent | undefined;
  readonly tried: readonly TriedAgent[];
  /** The call was counted in the statistics; it is counted once, even when it is routed again. */
  readonly distributed: boolean;
  /** Facts of the strategy alone. Absent: it has none. */
  readonly own?: OwnFacts;
}

/** Facts that a strategy keeps with a call. */
export type OwnFacts = Readonly<Record<string, Json>>;

export type RouteTimer = 'routeDelay' | 'target' | 'retry';

/** A decision that the caller carries out. */
export type RouteDecision =
  | { readonly type: 'arm'; readonly timer: RouteTimer; readonly dueAt: number; readonly agentId?: AgentId }
  | { readonly type: 'disarm'; readonly timer: RouteTimer }
  | { readonly type: 'announce'; readonly agentId: AgentId; readonly attempt: number }
  | { readonly type: 'release'; readonly agentId: AgentId }
  | { readonly type: 'count'; readonly at: number; readonly waitedMs: number };

export type RouteEvent =
  /** SetRouteDelay; null: infinite. `skips`: indexes of the steps that their statistic skips now. */
  | {
      readonly type: 'setRouteDelay';
      readonly delayMs: number | null;
      readonly now: number;
      readonly skips?: readonly number[];
    }
  | { readonly type: 'routeDelayOver'; readonly now: number; readonly skips?: readonly number[] }
  | { readonly type: 'targetTimeout'; readonly now: number; readonly skips: readonly number[] }
  | { readonly type: 'agentReserved'; readonly agent: ChosenAgent }
  | { readonly type: 'routeAccepted'; readonly now: number }
  /** `noAnswer`: the agent did not answer in time. */
  | { readonly type: 'routeRefused'; readonly now: number; readonly noAnswer?: true }
  /** The reservation ended before the agent got the interaction. */
  | { readonly type: 'reservationOver'; readonly now: number }
  /** <queue:update>: other targets from now on. */
  | { readonly type: 'newTargets'; readonly steps: readonly TargetStep[] }
  | { readonly type: 'remove' };

/** A new call, as a strategy plans it. */
export interface NewRoute {
  readonly steps: readonly TargetStep[];
  readonly reserveTimeoutMs: number;
  readonly now: number;
  /** Route delay at the start; null: infinite. */
  readonly delayMs: number | null;
  /** Indexes of the steps that their statistic skips now. */
  readonly skips: readonly number[];
  /** Other parameters of the request that started the call. */
  readonly data: Readonly<Record<string, string>>;
  /** The agent who had the last interaction of this customer, if one is known and logged in. */
  formerAgent(): AgentId | undefined;
}

/** The input of a strategy's machine. */
export interface RouteInput {
  readonly steps: readonly TargetStep[];
  /** Index of the first step. */
  readonly first: number;
  /** Indexes of the steps in use; absent: the first one. */
  readonly active?: readonly number[];
  readonly reserveTimeoutMs: number;
  readonly now: number;
  readonly own?: OwnFacts;
}

/** The actor's state as JSON; stored in the record of the virtual interaction. */
export type RouteSnapshot = Snapshot<unknown>;

export interface RouteStep {
  readonly snapshot: RouteSnapshot;
  readonly state: RouteState;
  readonly context: RouteContext;
  readonly decisions: readonly RouteDecision[];
}

/** State and context of a snapshot, without restoring the actor: XState persists both under these names. */
export function viewRoute(snapshot: RouteSnapshot): { state: RouteState; context: RouteContext } {
  const { value, context } = snapshot as unknown as { value: StateValue; context: RouteContext };
  return { state: stateOf(value), context };
}

/**
 * A new virtual interaction, after its first transitions. `skips`: indexes of the steps of the input. Throws
 * the fault of a machine.
 */
export function beginRoute(
  machine: AnyStateMachine,
  input: RouteInput,
  { delayMs, skips }: Pick<NewRoute, 'delayMs' | 'skips'>,
): RouteStep {
  const event = { type: 'setRouteDelay' as const, now: input.now, skips };
  return play(createActor(machine, { input }), delayMs === null ? [] : [{ ...event, delayMs }]);
}

/** Restores the actor from its snapshot and gives it one event. Throws the fault of a machine. */
export function continueRoute(
  machine: AnyStateMachine,
  snapshot: RouteSnapshot,
  event: RouteEvent,
): RouteStep {
  // The type of the library requires the input too; a restored actor never reads it.
  const options = { snapshot } as unknown as Parameters<typeof createActor<AnyStateMachine>>[1];
  return play(createActor(machine, options), [event]);
}

function play(
  actor: ReturnType<typeof createActor<AnyStateMachine>>,
  events: readonly RouteEvent[],
): RouteStep {
  const decisions: RouteDecision[] = [];
  const faults: unknown[] = [];
  actor.on('*', (decision) => decisions.push(decision as RouteDecision));
  // Without an observer, the library throws the fault of a machine outside of this call.
  actor.subscribe({ error: (error) => faults.push(error) });
  actor.start();
  for (const event of events) actor.send(event);
  const { value, context } = actor.getSnapshot();
  const snapshot = actor.getPersistedSnapshot();
  actor.stop();
  if (faults.length > 0) throw faults[0];
  return { snapshot, state: stateOf(value as StateValue), context: context as RouteContext, decisions };
}

type StateValue = RouteState | Readonly<Partial<Record<RouteState, unknown>>>;

/** A state with inner states is an object whose only name is that of the state. */
function stateOf(value: StateValue): RouteState {
  return typeof value === 'string' ? value : (Object.keys(value)[0] as RouteState);
}
