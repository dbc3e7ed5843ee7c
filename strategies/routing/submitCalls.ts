import type { Durable } from '../../engine/durable/index.ts';
import type { InteractionId } from '../ids/index.ts';
import type { ConnId } from './callIds.ts';
import {
  callsOfInteraction,
  type RouteOwner,
  readCall,
  type VirtualInteraction,
} from './virtualInteraction.ts';

/** The owner of a submitted interaction's call. */
export type SubmitOwner = Extract<RouteOwner, { kind: 'submit' }>;

/** The call (virtual interaction) that waits in a queue for a submitted interaction. */
export interface SubmitCall {
  readonly call: VirtualInteraction;
  readonly owner: SubmitOwner;
}

export function readSubmitCall(durable: Durable, id: ConnId): SubmitCall | undefined {
  const call = readCall(durable, id);
  return call && asSubmit(call);
}

/** The submits of an interaction, by any session. */
export function submitsOfInteraction(durable: Durable, interactionId: InteractionId): readonly SubmitCall[] {
  return callsOfInteraction(durable, interactionId).flatMap((call) => asSubmit(call) ?? []);
}

export function asSubmit(call: VirtualInteraction): SubmitCall | undefined {
  return call.owner.kind === 'submit' ? { call, owner: call.owner } : undefined;
}
