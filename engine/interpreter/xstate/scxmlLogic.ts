import type { ActorLogic, ActorScope, AnyActorRef } from 'xstate';
import type { Effect } from '../index.ts';
import type { ScxmlActorEvent } from './actorEvent.ts';
import type { GraphNode } from './graphNodes.ts';
import type { ScxmlActorSnapshot } from './scxmlSnapshot.ts';

/** An effect that leaves an SCXML actor, as the event that the actor emits: `actor.on('scxml.log', ...)`. */
export interface ScxmlEmitted {
  readonly type: 'scxml.module' | 'scxml.respond' | 'scxml.log' | 'scxml.send';
  readonly effect: Effect;
}

export type ScxmlScope = ActorScope<ScxmlActorSnapshot, ScxmlActorEvent, AnyActorRef['system'], ScxmlEmitted>;

/** The session that invoked this one. */
export interface ScxmlParent {
  readonly sessionId: string;
  readonly invokeId: string;
  readonly ref: AnyActorRef;
}

/** Start parameters of the session. */
export type ScxmlInput = { readonly [name: string]: unknown } | undefined;

/** As a GraphNode, the logic is the node of <scxml>. */
export type ScxmlLogic = ActorLogic<
  ScxmlActorSnapshot,
  ScxmlActorEvent,
  ScxmlInput,
  AnyActorRef['system'],
  ScxmlEmitted
> &
  GraphNode & { readonly root: GraphNode };
