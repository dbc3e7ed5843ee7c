import type { AgentId } from '../ids/index.ts';

/** The kinds of party in a chat. gms-api 7.3; supervisors and the chat server itself: gms-api 7.5. */
export const PartyType = {
  AGENT: 'AGENT',
  CLIENT: 'CLIENT',
  EXTERNAL: 'EXTERNAL',
  SUPERVISOR: 'SUPERVISOR',
  SYSTEM: 'SYSTEM',
} as const;
export type PartyType = (typeof PartyType)[keyof typeof PartyType];

/**
 * The readers of an entry or a party. ALL: everybody. INT: agents and supervisors, as in a consultation. VIP:
 * supervisors only, as in silent monitoring. gms-api 7.5.
 */
export const Visibility = { ALL: 'ALL', INT: 'INT', VIP: 'VIP' } as const;
export type Visibility = (typeof Visibility)[keyof typeof Visibility];

const RANKS: Readonly<Record<Visibility, number>> = { ALL: 0, INT: 1, VIP: 2 };

/** Whether a reader sees a thing. A customer reads with ALL, an agent with INT, a supervisor with VIP. */
export function isSeen(visibility: Visibility, reader: Visibility): boolean {
  return RANKS[visibility] <= RANKS[reader];
}

export interface Party {
  readonly type: PartyType;
  readonly nickname: string;
  /** Tells an agent or a supervisor from others of the same name. */
  readonly agentId?: AgentId;
  /** A program that speaks as a party. */
  readonly style?: 'BOT';
}

/** The chat server itself. */
export const SYSTEM: Party = { type: PartyType.SYSTEM, nickname: 'System' };

/** A party of one chat. */
export interface Participant extends Party {
  /** The same for all that one party does in the chat, and never that of another party. The customer: 1. */
  readonly id: number;
  readonly visibility: Visibility;
  /** Has joined and not left. Parties that only speak, as a document does, never join. */
  readonly isPresent: boolean;
}

/** The party of an entry. 0 is the id of other parties than the customer in entries of earlier versions. */
export interface EntryParty extends Pick<Party, 'type' | 'nickname' | 'style'> {
  readonly id: number;
}

export const CUSTOMER_ID = 1;
/**
 * Participants that a chat remembers, present or not. Beyond this the oldest that have left are forgotten.
 * They get a new id if they come back.
 */
export const MAX_PARTICIPANTS = 100;

/** The participant that this party is; undefined: it has done nothing in the chat yet. */
export function findParticipant(participants: readonly Participant[], party: Party): Participant | undefined {
  if (party.type === PartyType.CLIENT) return participants.find(({ id }) => id === CUSTOMER_ID);
  const { agentId } = party;
  const isNamed = (one: Participant): boolean => one.type === party.type && one.nickname === party.nickname;
  if (agentId === undefined) {
    return participants.find((one) => isNamed(one) && one.isPresent) ?? participants.find(isNamed);
  }
  return participants.find((one) => one.agentId === agentId && one.type === party.type);
}

/** Puts the changed participant into the list, or adds a new one. */
export function withParticipant(
  participants: readonly Participant[],
  changed: Participant,
): readonly Participant[] {
  const others = participants.filter(({ id }) => id !== changed.id);
  if (others.length < participants.length) {
    return participants.map((one) => (one.id === changed.id ? changed : one));
  }
  const left = others.findIndex(({ id, isPresent }) => id !== CUSTOMER_ID && !isPresent);
  const kept = others.length >= MAX_PARTICIPANTS && left !== -1 ? others.toSpliced(left, 1) : others;
  return [...kept, changed];
}

/** An id that no participant has or had: ids grow with the list. */
export function nextParticipantId(participants: readonly Participant[]): number {
  return (participants.at(-1)?.id ?? CUSTOMER_ID) + 1;
}
