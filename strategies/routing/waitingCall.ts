import type { InteractionId } from '../ids/index.ts';
import type { ConnId } from './callIds.ts';
import type { DemandClass } from './demandClass.ts';
import type { Lane } from './lane.ts';
import type { PriorityRule } from './priority.ts';
import type { TriedAgent } from './routeStrategy.ts';
import type { WaitingQueue } from './waitingQueue.ts';

/** A call that waits, as its record tells. */
export interface WaitingFacts {
  readonly id: ConnId;
  /** Key of its queue. */
  readonly vq: string;
  /** Order of arrival over all queues. */
  readonly serial: number;
  /** ms since epoch. */
  readonly enteredAt: number;
  /** ms since epoch: the customer of a call at the head of its queue. */
  readonly waitsSince?: number | undefined;
  readonly priority: PriorityRule;
  readonly media: string;
  readonly tenant: string;
  /** Target strings in use. */
  readonly targets: readonly string[];
  /** Whether the next free agent may go to it. */
  readonly isRoutable: boolean;
  readonly tried: readonly TriedAgent[];
  /** The position at which its session is told. */
  readonly tellPosition: number | undefined;
  /** The interaction of a submit, whose document may exclude agents. */
  readonly interactionId: InteractionId | undefined;
  /** Agents whom a call that is no submit excludes. */
  readonly excluded?: readonly string[] | undefined;
}

/** The agents who may not get a call, though they match its targets. */
export interface CallLimits {
  readonly tried: readonly TriedAgent[];
  readonly interactionId: InteractionId | undefined;
  readonly excluded: readonly string[] | undefined;
}

/** A call in the index. */
export interface WaitingCall {
  readonly id: ConnId;
  readonly serial: number;
  readonly enteredAt: number;
  readonly waitsSince: number | undefined;
  readonly priority: PriorityRule;
  readonly queue: WaitingQueue<WaitingCall>;
  /** Undefined while the call is put into the index. */
  queueLane: Lane<WaitingCall> | undefined;
  /** The class of all of its targets. */
  readonly demand: DemandClass<WaitingCall>;
  /** The class of the targets that the call itself allows now. Undefined: not routable, or no target. */
  routed: { readonly demand: DemandClass<WaitingCall>; readonly lane: Lane<WaitingCall> } | undefined;
  /** Undefined: none. */
  readonly limits: CallLimits | undefined;
  /** The position at which its session is told. */
  readonly tellPosition: number | undefined;
}
