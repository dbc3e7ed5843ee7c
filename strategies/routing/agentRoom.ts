import {
  type AgentRecord,
  type AgentSlot,
  AgentState,
  type FreeAgent,
  type MediumState,
} from './agentRecord.ts';
import { stateFor } from './agentState.ts';

/** Stands for the interactions of all media in a blocking rule. */
export const ANY_MEDIUM = '*';

/**
 * By medium: the other work that keeps an agent from it. ANY_MEDIUM as the key: from every medium without a
 * rule of its own. One of the alternatives is enough. Each names numbers of interactions by medium, and holds
 * when all of them are reached.
 */
export type BlockingRules = Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>;

/** The interactions that an agent has, and those that they could have, of one medium or of all. */
export interface Capacity {
  /** Interactions, offers, reservations and the work after interactions. */
  readonly current: number;
  readonly max: number;
  /** Further ones that the agent can take now. */
  readonly more: number;
}

/** urs-routing 7. */
export interface CapacityVector extends Capacity {
  /** By medium. */
  readonly media: Readonly<Record<string, Capacity & MediumState>>;
}

/** No medium keeps an agent from another one. */
export const NO_BLOCKING: BlockingRules = {};

/** The number of further interactions that an agent can take, of all media and of single ones. */
export function roomsOf(
  agent: AgentRecord,
  slots: readonly AgentSlot[],
  blocking: BlockingRules = NO_BLOCKING,
): Required<Omit<FreeAgent, 'record'>> {
  const room = agent.capacity - slots.length;
  const { mediaCapacity = {} } = agent;
  const mediaRoom = [...new Set([...agent.media, ...Object.keys(mediaCapacity)])].flatMap(
    (media): [string, number][] => {
      if (stateFor(agent, media).state !== AgentState.READY || isBlocked(blocking, media, slots)) {
        return [[media, 0]];
      }
      if (!Object.hasOwn(mediaCapacity, media)) return [];
      return [[media, mediaCapacity[media]! - countOf(slots, media)]];
    },
  );
  return { room, mediaRoom: Object.fromEntries(mediaRoom) };
}

/** The capacity vector of an agent. Of all media, `more` is the most that one of them allows. */
export function capacityOf(
  agent: AgentRecord,
  slots: readonly AgentSlot[],
  blocking: BlockingRules = NO_BLOCKING,
): CapacityVector {
  const { capacity, mediaCapacity = {}, media } = agent;
  const vectors = media.map((one): [string, Capacity & MediumState] => {
    const own = Object.hasOwn(mediaCapacity, one) ? mediaCapacity[one]! : capacity;
    return [
      one,
      {
        ...stateFor(agent, one),
        current: countOf(slots, one),
        max: Math.min(own, capacity),
        more: roomFor(agent, slots, one, blocking),
      },
    ];
  });
  const more = Math.max(0, ...vectors.map(([, vector]) => vector.more));
  return { current: slots.length, max: capacity, more, media: Object.fromEntries(vectors) };
}

/** The number of further interactions of a medium that an agent can take now; 0 for one who is not ready. */
export function roomFor(
  agent: AgentRecord,
  slots: readonly AgentSlot[],
  media: string,
  blocking: BlockingRules = NO_BLOCKING,
): number {
  if (!agent.media.includes(media)) return 0;
  return Math.max(0, roomIn(roomsOf(agent, slots, blocking), media));
}

/** The room of a free agent for a medium. */
export function roomIn({ room, mediaRoom }: Omit<FreeAgent, 'record'>, media: string): number {
  const own = mediaRoom !== undefined && Object.hasOwn(mediaRoom, media) ? mediaRoom[media]! : room;
  return Math.min(room, own);
}

/** True if other work keeps an agent with these slots from the medium. */
export function isBlocked(blocking: BlockingRules, media: string, slots: readonly AgentSlot[]): boolean {
  if (slots.length === 0) return false;
  const name = Object.hasOwn(blocking, media) ? media : ANY_MEDIUM;
  const rules = Object.hasOwn(blocking, name) ? blocking[name]! : [];
  return rules.some((rule) =>
    Object.entries(rule).every(([one, most]) =>
      one === ANY_MEDIUM ? slots.length >= most : countOf(slots, one) >= most,
    ),
  );
}

/** A slot without a medium counts for each. */
function countOf(slots: readonly AgentSlot[], media: string): number {
  return slots.filter((slot) => (slot.media ?? media) === media).length;
}
