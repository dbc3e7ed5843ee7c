import { type Batch, type Durable, removeNamingBatch } from '../../engine/durable/index.ts';
import { type Clock, ownId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { AgentEvent, AgentListener } from './agentRecord.ts';

/** Table of the events for desktops, key `agentId/position`. */
export const EVENT = 'agentEvent';
/** Events that are kept for one agent. */
export const MAX_EVENTS_OF_AGENT = 1_000;
/** Time for which an event is kept. */
export const EVENT_KEPT_MS = 3_600_000;
/** Digits of a position in a key. */
const DIGITS = 16;

/** An event, and its position among those of its agent. */
export interface PlacedEvent {
  readonly position: number;
  readonly event: AgentEvent;
}

/**
 * The latest events of each agent, so that a desktop which lost its stream gets those that it missed.
 *
 * AE1. The positions of an agent's events grow in the order in which the events are computed. A position is
 *      the time in ms, or the one after the last position. So positions need no counter in the store, and an
 *      event after a restart has a later position than all before it.
 * AE2. An event is stored in the commit of the change that it tells. A commit that fails leaves a gap.
 * AE3. The events after a position are complete while none of them can have expired, and fewer than
 *      MAX_EVENTS_OF_AGENT of them were stored.
 */
export class AgentEvents {
  readonly #durable: Durable;
  readonly #clock: Clock;
  /** Positions of the kept events of each agent, in order. */
  readonly #positions = new Map<AgentId, number[]>();

  constructor(deps: { readonly durable: Durable; readonly clock: Clock }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
  }

  /** Calls the listener with each event when it is durable, in the order of AE1. */
  onStored(listener: AgentListener): void {
    this.#durable.onChange([EVENT], ({ key, value }) => {
      // It was dropped or forgotten, or its commit has failed.
      if (value === undefined) return;
      this.#durable.whenDurable().then(
        () => listener(agentOf(key), value as AgentEvent, positionOf(key)),
        // The commit has told its caller that it failed. There is no event to tell.
        () => undefined,
      );
    });
  }

  /** Stores the event with the commit that the batch joins, and drops the oldest beyond the bound. */
  appendBatch(agentId: AgentId, event: AgentEvent): Batch {
    const now = this.#clock.now();
    const positions = this.#positionsOf(agentId);
    const position = Math.max(now, (positions.at(-1) ?? 0) + 1);
    positions.push(position);
    const dropped = positions.length > MAX_EVENTS_OF_AGENT ? positions.splice(0, 1) : [];
    const put = { table: EVENT, key: keyOf(agentId, position), value: event, expiresAt: now + EVENT_KEPT_MS };
    const remove = dropped.map((one) => ({ table: EVENT, key: keyOf(agentId, one) }));
    return { put: [put], remove };
  }

  /** The position of a desktop that reads the present state now: all later events are news to it. */
  present(agentId: AgentId): number {
    return Math.max(this.#clock.now() - 1, this.#positionsOf(agentId).at(-1) ?? 0);
  }

  /** False: events after the position are lost, or there was never such a position. */
  isComplete(agentId: AgentId, position: number): boolean {
    const isKnown = position > this.#clock.now() - EVENT_KEPT_MS && position <= this.present(agentId);
    const positions = this.#positionsOf(agentId);
    const isFull = positions.length >= MAX_EVENTS_OF_AGENT;
    return isKnown && !(isFull && positions.at(-MAX_EVENTS_OF_AGENT)! > position);
  }

  /** The first events after a position, up to and including the position `to`. */
  between(
    agentId: AgentId,
    range: { readonly after: number; readonly to: number; readonly limit: number },
  ): readonly PlacedEvent[] {
    const found = this.#durable.scan<AgentEvent>(EVENT, {
      from: keyOf(agentId, range.after + 1),
      to: keyOf(agentId, range.to + 1),
      limit: range.limit,
    });
    return [...found].map(({ key, value }) => ({ position: positionOf(key), event: value }));
  }

  /** The removal of the events that name one of these ids. */
  forgetBatch(ids: ReadonlySet<string>): Promise<Batch> {
    return removeNamingBatch(this.#durable, ids, [EVENT]);
  }

  #positionsOf(agentId: AgentId): number[] {
    const known = this.#positions.get(agentId);
    if (known !== undefined) return known;
    const stored = [...this.#durable.scan(EVENT, { prefix: `${agentId}/` })].map(({ key }) =>
      positionOf(key),
    );
    this.#positions.set(agentId, stored);
    return stored;
  }
}

function keyOf(agentId: AgentId, position: number): string {
  return `${agentId}/${String(position).padStart(DIGITS, '0')}`;
}

function agentOf(key: string): AgentId {
  return ownId<AgentId>(key.slice(0, key.lastIndexOf('/')));
}

function positionOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1));
}
