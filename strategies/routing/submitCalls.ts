import type { Durable } from '../../engine/durable/index.ts';
import {
  callsOfInteraction,
  type RouteOwner,
  readCall,
  type VirtualInteraction,
} from './virtualInteraction.ts';

/** The owner of a submitted interaction's call. */
export type SubmitOwner = Extract<RouteOwner, { kind: 'submit' }>;

/** A call that waits for a submitted interaction. */
export interface SubmitCall {
  readonly call: VirtualInteraction;
  readonly owner: SubmitOwner;
}

export function submitId(sessionId: string, requestId: string): string {
  return `submit:${sessionId}:${requestId}`;
}

export function readSubmitCall(durable: Durable, id: string): SubmitCall | undefined {
  const call = readCall(durable, id);
  return call && asSubmit(call);
}

/** The submits of an interaction, by any session. */
export function submitsOfInteraction(durable: Durable, interactionId: string): readonly SubmitCall[] {
  return callsOfInteraction(durable, interactionId).flatMap((call) => asSubmit(call) ?? []);
}

export function asSubmit(call: VirtualInteraction): SubmitCall | undefined {
  return call.owner.kind === 'submit' ? { call, owner: call.owner } : undefined;
}
