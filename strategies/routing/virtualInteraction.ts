import type { Batch, Durable, PutRecord } from '../../engine/durable/index.ts';
import { ownId, type SessionId } from '../../engine/ports/index.ts';
import type { InteractionId, ServiceId } from '../ids/index.ts';
import { MAX_CALL_AGE_MS, ROUTED_KEPT_MS } from './callAge.ts';
import type { ConnId } from './callIds.ts';
import type { CallDemand } from './demandKeys.ts';
import type { PriorityRule } from './priority.ts';
import { type RouteSnapshot, type RouteState, viewRoute } from './routeStrategy.ts';
import type { CallStrategyName } from './strategyNames.ts';
import type { SubmitOrder } from './submitOrder.ts';
import type { WaitingFacts } from './waitingCall.ts';

/** The strategy of a virtual call, or of a submit. */
export type CallStrategy = CallStrategyName | 'queue:submit';

/** The party for which routing finds an agent. */
export type RouteOwner =
  /** A virtual call: the session behind the URL is asked whether it takes the agent. */
  | { readonly kind: 'call'; readonly sessionUrl?: string; readonly sessionId?: SessionId }
  /** <queue:submit> of a session, for a real interaction. */
  | {
      readonly kind: 'submit';
      readonly sessionId: SessionId;
      readonly requestId: string;
      readonly interactionId: InteractionId;
      /** False: only selects an agent. */
      readonly route: boolean;
      /** ms since epoch at which the submit fails. */
      readonly deadline?: number;
      /** clearontimeout="false": the submit stays in the queue after its deadline. */
      readonly keepWaiting: boolean;
      /** Absent: any. */
      readonly order?: SubmitOrder;
    };

/** Table `virtualInteraction`: a call in a virtual queue, with the snapshot of its XState actor. */
export interface VirtualInteraction {
  readonly id: ConnId;
  readonly owner: RouteOwner;
  readonly tenant: string;
  readonly strategy: CallStrategy;
  readonly serviceId?: ServiceId;
  readonly media: string;
  /** Key of its queue: queueKey() or targetQueueKey(). */
  readonly vq: string;
  /** Order of arrival over all queues. */
  readonly serial: number;
  /** ms since epoch. */
  readonly enteredAt: number;
  /** ms since epoch: the customer of a call at the head of its queue. Absent: since the call entered. */
  readonly waitsSince?: number;
  readonly priority: PriorityRule;
  /** Its session is told when the call comes to this position. Absent: it has been told, or did not ask. */
  readonly tellPosition?: number;
  /** Other parameters of the request. */
  readonly data?: Readonly<Record<string, string>>;
  /** Agents whom the call may not get. Of a submit: table `excludedAgents`. */
  readonly excluded?: readonly string[];
  readonly snapshot: RouteSnapshot;
}

export const CALL = 'virtualInteraction';
const OF_SESSION = 'sessionCall';
/** Submits by `interactionId/id`. */
const OF_INTERACTION = 'interactionCall';

const WAITING: readonly RouteState[] = ['held', 'delayed', 'routable', 'announcing'];

export function readCall(durable: Durable, id: ConnId): VirtualInteraction | undefined {
  return durable.get<VirtualInteraction>(CALL, id);
}

/** In the order of ids. */
export function scanCalls(durable: Durable, limit: number): Iterable<{ readonly value: VirtualInteraction }> {
  return durable.scan<VirtualInteraction>(CALL, { limit });
}

/** The calls that a session started or submitted. */
export function callsOfSession(durable: Durable, sessionId: SessionId): readonly VirtualInteraction[] {
  return [...durable.scan(OF_SESSION, { prefix: `${sessionId}/` })].flatMap(
    ({ key }) => readCall(durable, ownId<ConnId>(key.slice(sessionId.length + 1))) ?? [],
  );
}

/** The submits of an interaction, by any session. */
export function callsOfInteraction(
  durable: Durable,
  interactionId: InteractionId,
): readonly VirtualInteraction[] {
  return [...durable.scan(OF_INTERACTION, { prefix: `${interactionId}/` })].flatMap(
    ({ key }) => readCall(durable, ownId<ConnId>(key.slice(interactionId.length + 1))) ?? [],
  );
}

/** Stores a call; one whose actor is removed is removed. */
export function callBatch(call: VirtualInteraction, now: number): Batch {
  const { state } = viewRoute(call.snapshot);
  if (state === 'removed') return removeCallBatch(call);
  // The session of another server does not say that it has ended.
  const expiresAt = state === 'routed' ? now + ROUTED_KEPT_MS : call.enteredAt + MAX_CALL_AGE_MS;
  return { put: callRecords(call, expiresAt) };
}

export function removeCallBatch(call: VirtualInteraction): Batch {
  return { remove: [{ table: CALL, key: call.id }, ...indexKeys(call)] };
}

/** The records of a call. */
export function callRecords(
  call: VirtualInteraction,
  expiresAt = call.enteredAt + MAX_CALL_AGE_MS,
): readonly PutRecord[] {
  return [
    { table: CALL, key: call.id, value: call, expiresAt },
    ...indexKeys(call).map(({ table, key }) => ({ table, key, value: true, expiresAt })),
  ];
}

/** Whether the call waits in its queue, and whether an agent has been found for it. */
export function viewWait({ snapshot }: VirtualInteraction): {
  readonly waits: boolean;
  readonly isDistributed: boolean;
} {
  const { state, context } = viewRoute(snapshot);
  return { waits: WAITING.includes(state), isDistributed: context.distributed };
}

/** The call as the index takes it; undefined: it does not wait. */
export function factsOf(call: VirtualInteraction): WaitingFacts | undefined {
  const { state, context } = viewRoute(call.snapshot);
  if (!WAITING.includes(state)) return undefined;
  const { id, vq, serial, enteredAt, priority, media, tenant, owner, tellPosition, excluded, waitsSince } =
    call;
  return {
    id,
    vq,
    serial,
    enteredAt,
    waitsSince,
    priority,
    media,
    tenant,
    targets: context.active.flatMap((index) => context.steps[index]?.target ?? []),
    isRoutable: state === 'routable',
    tried: context.tried,
    tellPosition,
    interactionId: owner.kind === 'submit' ? owner.interactionId : undefined,
    excluded,
  };
}

/** The medium, the tenant and the targets in use. */
export function demandOf({ media, tenant, snapshot }: VirtualInteraction): CallDemand {
  const { steps, active } = viewRoute(snapshot).context;
  return { media, tenant, targets: active.flatMap((index) => steps[index]?.target ?? []) };
}

/** Index records that find a call by session or interaction. */
function indexKeys({
  id,
  owner,
}: VirtualInteraction): readonly { readonly table: string; readonly key: string }[] {
  const keys: { table: string; key: string }[] = [];
  if (owner.sessionId !== undefined) keys.push({ table: OF_SESSION, key: `${owner.sessionId}/${id}` });
  if (owner.kind === 'submit') keys.push({ table: OF_INTERACTION, key: `${owner.interactionId}/${id}` });
  return keys;
}
