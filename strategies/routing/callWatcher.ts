import type { CallPhase } from '../estimates/index.ts';
import { type RouteState, viewRoute } from './routeStrategy.ts';
import type { VirtualInteraction } from './virtualInteraction.ts';

/** A call that a commit moved from one phase to another. */
export interface CallMove {
  readonly call: VirtualInteraction;
  readonly from: CallPhase;
  readonly to: CallPhase;
}

/** Hears of calls after the commits that move them. Its methods must not throw: the commits are durable. */
export interface CallWatcher {
  callsMoved(moves: readonly CallMove[], at: number): void;
  /** Agents were busy with calls of these queues, until now. */
  callsHandled(handled: readonly HandledCall[]): void;
}

export interface HandledCall {
  /** Key of the queue. */
  readonly vq: string;
  readonly tookMs: number;
}

const PHASES: Readonly<Record<RouteState, CallPhase>> = {
  held: 'waiting',
  delayed: 'waiting',
  routable: 'waiting',
  announcing: 'asked',
  routed: 'served',
  removed: 'gone',
};

/** The phase of a stored call; undefined: there is none. */
export function phaseOf(call: VirtualInteraction | undefined): CallPhase {
  return call === undefined ? 'outside' : PHASES[viewRoute(call.snapshot).state];
}
