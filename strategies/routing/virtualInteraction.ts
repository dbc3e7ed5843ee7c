import type { Batch, Durable } from '../../engine/host/durable.ts';
import { type RouteSnapshot, type RouteState, viewRoute } from './waitForTarget.ts';

/** Whom routing works for. */
export type RouteOwner =
  /** urs/call/start: the session behind the URL is told by POST. */
  | { readonly kind: 'call'; readonly sessionUrl?: string; readonly sessionId?: string }
  /** queue:submit of a session for a real interaction. */
  | {
      readonly kind: 'submit';
      readonly sessionId: string;
      readonly requestId: string;
      readonly interactionId: string;
      /** False: only select an agent. */
      readonly route: boolean;
      /** ms since epoch at which the submit fails. */
      readonly deadline?: number;
      /** Stays in the queue after the deadline (clearontimeout="false"). */
      readonly keepWaiting: boolean;
    };

/** Table `virtualInteraction`: one call waiting in a virtual queue, and its XState actor's snapshot. */
export interface VirtualInteraction {
  /** conn_id of a virtual call (16 hex digits), or `submit:session:request`. */
  readonly id: string;
  readonly owner: RouteOwner;
  readonly tenant: string;
  readonly strategy: string;
  readonly serviceId?: string;
  readonly media: string;
  readonly vq: string;
  /** Order of arrival over all queues. */
  readonly serial: number;
  /** ms since epoch. */
  readonly enteredAt: number;
  readonly priority: PriorityRule;
  readonly snapshot: RouteSnapshot;
}

/** Priority grows by `increment` every `everyMs` of waiting. Options _urs_vq_priority*. */
export interface PriorityRule {
  readonly base: number;
  readonly increment: number;
  /** 0: never. */
  readonly everyMs: number;
}

/** Table `virtualQueueEntry`, key `vq/id`: what positions need, of the calls that wait. */
export interface VirtualQueueEntry {
  readonly id: string;
  readonly serial: number;
  readonly enteredAt: number;
  readonly priority: PriorityRule;
  /** Target strings in use. */
  readonly targets: readonly string[];
}

/** A virtual interaction that nobody removed is forgotten after this. Far above every queue time-to-live. */
export const VIRTUAL_INTERACTION_MAX_AGE_MS = 30 * 86_400_000;

const CALL = 'virtualInteraction';
const ENTRY = 'virtualQueueEntry';
const ROUTABLE = 'routableCall';
const OF_SESSION = 'sessionCall';
/** Submits by `interactionId/id`. One that an earlier version stored is not here: it goes with its session or deadline. */
const OF_INTERACTION = 'interactionCall';
const SERIAL = 'routingSerial';

const WAITING: readonly RouteState[] = ['held', 'delayed', 'routable', 'announcing'];

export function readCall(durable: Durable, id: string): VirtualInteraction | undefined {
  return durable.get<VirtualInteraction>(CALL, id);
}

/** In order of id. */
export function scanCalls(durable: Durable, limit: number): Iterable<{ readonly value: VirtualInteraction }> {
  return durable.scan<VirtualInteraction>(CALL, { limit });
}

/** The calls that a session started or submitted. */
export function callsOfSession(durable: Durable, sessionId: string): readonly VirtualInteraction[] {
  return [...durable.scan(OF_SESSION, { prefix: `${sessionId}/` })].flatMap(
    ({ key }) => readCall(durable, key.slice(sessionId.length + 1)) ?? [],
  );
}

/** The submits of an interaction, whatever session made them. */
export function callsOfInteraction(durable: Durable, interactionId: string): readonly VirtualInteraction[] {
  return [...durable.scan(OF_INTERACTION, { prefix: `${interactionId}/` })].flatMap(
    ({ key }) => readCall(durable, key.slice(interactionId.length + 1)) ?? [],
  );
}

/** The calls that the next free agent may go to. */
export function routableCalls(durable: Durable): readonly VirtualInteraction[] {
  return [...durable.scan(ROUTABLE)].flatMap(({ key }) => readCall(durable, key) ?? []);
}

/** The calls waiting in a virtual queue, in no order that matters, one at a time. */
export function* queueEntries(durable: Durable, vq: string): Generator<VirtualQueueEntry> {
  const prefix = `${encodeURIComponent(vq)}/`;
  for (const { value } of durable.scan<VirtualQueueEntry>(ENTRY, { prefix })) yield value;
}

/** The call's entry in its queue; undefined: it waits no more. */
export function readEntry(durable: Durable, call: VirtualInteraction): VirtualQueueEntry | undefined {
  return durable.get<VirtualQueueEntry>(ENTRY, entryKey(call));
}

/** Next call first. */
export function compareCalls(
  a: Pick<VirtualQueueEntry, 'priority' | 'enteredAt' | 'serial'>,
  b: Pick<VirtualQueueEntry, 'priority' | 'enteredAt' | 'serial'>,
  now: number,
): number {
  return priorityAt(b, now) - priorityAt(a, now) || a.serial - b.serial;
}

export function priorityAt(call: Pick<VirtualQueueEntry, 'priority' | 'enteredAt'>, now: number): number {
  const { base, increment, everyMs } = call.priority;
  return everyMs <= 0 ? base : base + Math.floor((now - call.enteredAt) / everyMs) * increment;
}

/** The next number of arrival, and the batch that takes it. */
export function nextSerial(durable: Durable): { readonly serial: number; readonly batch: Batch } {
  const serial = (durable.get<number>(SERIAL, 'last') ?? 0) + 1;
  return { serial, batch: { put: [{ table: SERIAL, key: 'last', value: serial }] } };
}

/** Stores a call; its places in the queue and among the routable ones follow from its state. */
export function callBatch(call: VirtualInteraction): Batch {
  const { state, context } = viewRoute(call.snapshot);
  if (state === 'removed') return removeCallBatch(call);
  const expiresAt = call.enteredAt + VIRTUAL_INTERACTION_MAX_AGE_MS;
  const entry: VirtualQueueEntry = {
    id: call.id,
    serial: call.serial,
    enteredAt: call.enteredAt,
    priority: call.priority,
    targets: context.active.flatMap((index) => context.steps[index]?.target ?? []),
  };
  const waits = WAITING.includes(state);
  const routable = state === 'routable';
  return {
    put: [
      { table: CALL, key: call.id, value: call, expiresAt },
      ...(waits ? [{ table: ENTRY, key: entryKey(call), value: entry, expiresAt }] : []),
      ...(routable ? [{ table: ROUTABLE, key: call.id, value: true, expiresAt }] : []),
      ...indexKeys(call).map(({ table, key }) => ({ table, key, value: true, expiresAt })),
    ],
    remove: [
      ...(waits ? [] : [{ table: ENTRY, key: entryKey(call) }]),
      ...(routable ? [] : [{ table: ROUTABLE, key: call.id }]),
    ],
  };
}

export function removeCallBatch(call: VirtualInteraction): Batch {
  return {
    remove: [
      { table: CALL, key: call.id },
      { table: ENTRY, key: entryKey(call) },
      { table: ROUTABLE, key: call.id },
      ...indexKeys(call),
    ],
  };
}

/** Where else a call is found. */
function indexKeys({
  id,
  owner,
}: VirtualInteraction): readonly { readonly table: string; readonly key: string }[] {
  const keys: { table: string; key: string }[] = [];
  if (owner.sessionId !== undefined) keys.push({ table: OF_SESSION, key: `${owner.sessionId}/${id}` });
  if (owner.kind === 'submit') keys.push({ table: OF_INTERACTION, key: `${owner.interactionId}/${id}` });
  return keys;
}

function entryKey(call: VirtualInteraction): string {
  return `${encodeURIComponent(call.vq)}/${call.id}`;
}
