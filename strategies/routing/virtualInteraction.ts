import { type Batch, type Durable, joinBatches, type PutRecord } from '../../engine/durable/index.ts';
import { ownId, type SessionId } from '../../engine/ports/index.ts';
import type { InteractionId, ServiceId } from '../ids/index.ts';
import type { ConnId } from './callIds.ts';
import type { PriorityRule } from './priority.ts';
import type { VirtualQueueEntry } from './queueBlock.ts';
import type { Strategy } from './strategyNames.ts';
import type { SubmitOrder } from './submitOrder.ts';
import type { VirtualQueueIndex } from './virtualQueueIndex.ts';
import { expiryOfCall } from './virtualQueueTables.ts';
import { type RouteSnapshot, type RouteState, viewRoute } from './waitForTarget.ts';

/** The strategy of a virtual call, or of a submit. */
export type CallStrategy = typeof Strategy.WAIT_FOR_TARGET | 'queue:submit';

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
  /** The block of its queue that has its entry. */
  readonly block: number;
  readonly priority: PriorityRule;
  /** Other parameters of the request. */
  readonly data?: Readonly<Record<string, string>>;
  readonly snapshot: RouteSnapshot;
}

/** Table `routableCall`, key: the call's id. */
export interface RoutableEntry extends VirtualQueueEntry {
  readonly media: string;
}

export const CALL = 'virtualInteraction';
export const ROUTABLE = 'routableCall';
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

/** The entries of the calls that the next free agent may go to. */
export function routableEntries(
  durable: Durable,
): Iterable<{ readonly key: string; readonly value: RoutableEntry }> {
  return durable.scan<RoutableEntry>(ROUTABLE);
}

/** Stores a call; its state decides about its entry in the queue and among the routable calls. */
export function callBatch(index: VirtualQueueIndex, call: VirtualInteraction): Batch {
  const { state } = viewRoute(call.snapshot);
  if (state === 'removed') return removeCallBatch(index, call);
  return joinBatches(index.changeBatch(call, entryOf(call)), {
    put: callRecords(call),
    remove: state === 'routable' ? [] : [{ table: ROUTABLE, key: call.id }],
  });
}

export function removeCallBatch(index: VirtualQueueIndex, call: VirtualInteraction): Batch {
  return joinBatches(index.changeBatch(call, undefined), {
    remove: [{ table: CALL, key: call.id }, { table: ROUTABLE, key: call.id }, ...indexKeys(call)],
  });
}

/** The records of a call, except its entry in its queue. */
export function callRecords(call: VirtualInteraction): readonly PutRecord[] {
  const expiresAt = expiryOfCall(call);
  const entry = viewRoute(call.snapshot).state === 'routable' ? entryOf(call) : undefined;
  const routable: RoutableEntry | undefined = entry && { ...entry, media: call.media };
  return [
    { table: CALL, key: call.id, value: call, expiresAt },
    ...(routable === undefined ? [] : [{ table: ROUTABLE, key: call.id, value: routable, expiresAt }]),
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

/** Its entry in its queue, while it waits. */
export function entryOf(call: VirtualInteraction): VirtualQueueEntry | undefined {
  const { state, context } = viewRoute(call.snapshot);
  if (!WAITING.includes(state)) return undefined;
  const { serial, enteredAt, priority } = call;
  const targets = context.active.flatMap((index) => context.steps[index]?.target ?? []);
  return { serial, enteredAt, priority, targets };
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
