import { type Batch, type Durable, joinBatches, visitRecords } from '../../engine/durable/index.ts';
import { defined, type Json, ownId, parseId, type SessionId } from '../../engine/ports/index.ts';
import { type EndedBy, Visibility } from '../chat/index.ts';
import type { AgentId, InteractionId, ServiceId } from '../ids/index.ts';
import type { ConnId } from '../routing/index.ts';
import { InteractionError } from './errors.ts';

/**
 * queued: a session decides about it. offered: an agent is asked. active: an agent has it. ended: it is over.
 */
export type InteractionState = 'queued' | 'offered' | 'active' | 'ended';

/** An agent or a supervisor in an interaction, besides the agent who has it. */
export interface Partner {
  readonly agentId: AgentId;
  /** ALL: seen by everybody, as in a conference. INT: a consultation. VIP: a supervisor who only watches. */
  readonly visibility: Visibility;
  /** Absent: an agent, who has a slot for the interaction. */
  readonly isSupervisor?: true;
  /** ms since epoch. */
  readonly since: number;
}

/**
 * transfer: the agent gets the interaction. conference: they come in, seen by the customer. consult: they
 * come in unseen.
 */
export type InvitationKind = 'transfer' | 'conference' | 'consult';

/** The question to an agent whether they take or join an interaction that another agent has. */
export interface Invitation {
  /** Distinguishes it from earlier ones. */
  readonly key: string;
  readonly agentId: AgentId;
  readonly kind: InvitationKind;
  readonly from: AgentId;
  /** ms since epoch at which it ends. */
  readonly until: number;
}

/** A customer contact. */
export interface Interaction {
  readonly id: InteractionId;
  /** `chat`, `email`, or another medium without a customer who waits. */
  readonly media: string;
  readonly serviceId?: ServiceId;
  readonly userData: Readonly<Record<string, Json>>;
  /** The interaction queue it entered. */
  readonly queue: string;
  readonly state: InteractionState;
  /** The session that controls it; absent when detached. */
  readonly sessionId?: SessionId;
  /** The agent to whom it is offered, or who has it, or who had it when it ended. */
  readonly agentId?: AgentId;
  /** Only while it is active. Absent: none. */
  readonly partners?: readonly Partner[];
  /** Only while it is active. Absent: none. */
  readonly invitations?: readonly Invitation[];
  /** ms since epoch. */
  readonly createdAt: number;
  /** ms since epoch at which it last entered its queue; absent in interactions of earlier versions. */
  readonly queuedAt?: number;
  /** ms since epoch. */
  readonly endedAt?: number;
  readonly endReason?: EndedBy;
  /** The words of the document that ended it; a chat has them in its transcript. */
  readonly endText?: string;
  /** The agent's result of the interaction: a code of the installation. */
  readonly disposition?: string;
  readonly notes?: string;
  /** ms since epoch at which the agent's work after the interaction ends; absent: there is none. */
  readonly wrapupUntil?: number;
}

export interface CreateInteraction {
  readonly id: InteractionId;
  readonly media: string;
  readonly serviceId?: ServiceId;
  readonly userData: Readonly<Record<string, Json>>;
  readonly queue: string;
  /** InteractionRecord.keptMs. */
  readonly keptMs?: number;
}

/** Table `interaction`. */
export interface InteractionRecord extends Omit<Interaction, 'wrapupUntil'> {
  /** Present exactly while the state is 'offered'. */
  readonly offer?: Offer;
  /** Number of times it entered its queue. */
  readonly entries: number;
  /** Number of redirects to a queue; absent: none. */
  readonly redirects?: number;
  /**
   * ms since epoch at which it lost its agent, who is gone. Its next calls are at the head of their queue.
   * Absent after another agent has accepted it.
   */
  readonly returnedAt?: number;
  /** Time for which it can still be read after its end; absent: ENDED_KEPT_MS. */
  readonly keptMs?: number;
}

export interface Offer {
  /** Distinguishes this offer from earlier ones. */
  readonly key: string;
  /** ms since epoch; absent in offers of earlier versions. */
  readonly since?: number;
  /** ms since epoch at which the offer ends. */
  readonly until: number;
  readonly vq?: string;
  /** The element that asked for the offer and gets its result. */
  readonly purpose:
    | {
        readonly kind: 'redirect';
        readonly sessionId: SessionId;
        readonly requestId: string;
        /** detach="true": the session loses the interaction when the agent accepts it. */
        readonly detach: boolean;
      }
    | { readonly kind: 'submit'; readonly submitId: ConnId };
}

/** An interaction that an agent was offered or has. */
export type HeldInteraction = InteractionRecord & { readonly agentId: AgentId };

export function isHeld(interaction: InteractionRecord | undefined): interaction is HeldInteraction {
  return interaction?.agentId !== undefined;
}

/** Time for which an interaction can still be read after its end, and is in the lists of its agents. */
export const ENDED_KEPT_MS = 86_400_000;

/** Time for which the interaction can still be read after its end. */
export function keptMsOf({ keptMs = ENDED_KEPT_MS }: InteractionRecord): number {
  return keptMs;
}

/** `id`: InteractionRecord. */
export const INTERACTION = 'interaction';
const OF_AGENT = 'agentInteraction';
const OF_SESSION = 'sessionInteraction';

export function readInteraction(durable: Durable, id: InteractionId): InteractionRecord | undefined {
  return durable.get<InteractionRecord>(INTERACTION, id);
}

/** The interactions that the agent was offered, has, takes part in, or is invited to. */
export function interactionsOfAgent(durable: Durable, agentId: AgentId): readonly InteractionRecord[] {
  return readAll(durable, OF_AGENT, agentId);
}

/** The interactions that a session controls. */
export function interactionsOfSession(durable: Durable, sessionId: SessionId): readonly InteractionRecord[] {
  return readAll(durable, OF_SESSION, sessionId);
}

/** Interactions in one part of a list. */
export const MAX_LISTED_INTERACTIONS = 1_000;

/** The interactions that are not over, after an id. `next`: there are more, after this id. */
export async function liveInteractions(
  durable: Durable,
  after: string | undefined,
): Promise<{ readonly interactions: readonly InteractionRecord[]; readonly next?: string }> {
  const found: InteractionRecord[] = [];
  await visitRecords<InteractionRecord>(
    durable,
    INTERACTION,
    ({ key, value }) => {
      if (value.state !== 'ended' && key !== after) found.push(value);
      return found.length <= MAX_LISTED_INTERACTIONS;
    },
    defined({ from: after }),
  );
  const interactions = found.slice(0, MAX_LISTED_INTERACTIONS);
  return {
    interactions,
    ...defined({ next: found.length > interactions.length ? interactions.at(-1)?.id : undefined }),
  };
}

/** The interaction without its offer, as other parts see it. */
export function viewOf(record: InteractionRecord, wrapupUntil?: number): Interaction {
  const { offer: _offer, returnedAt: _returned, keptMs: _kept, ...interaction } = record;
  return { ...interaction, ...defined({ wrapupUntil }) };
}

/** Stores a change of the record, and the changes of the indexes that follow from it. */
export function interactionBatch(before: InteractionRecord | undefined, after: InteractionRecord): Batch {
  const { endedAt } = after;
  const expiryAfter = (ms: number) =>
    defined({ expiresAt: endedAt === undefined ? undefined : endedAt + ms });
  const expiry = expiryAfter(ENDED_KEPT_MS);
  const controls = after.state === 'ended' ? undefined : after.sessionId;
  return joinBatches(
    { put: [{ table: INTERACTION, key: after.id, value: after, ...expiryAfter(keptMsOf(after)) }] },
    indexBatch(OF_AGENT, after.id, {
      before: before === undefined ? [] : agentsOf(before),
      after: agentsOf(after),
      expiry,
    }),
    indexBatch(OF_SESSION, after.id, {
      before: before?.sessionId === undefined ? [] : [before.sessionId],
      after: controls === undefined ? [] : [controls],
      expiry,
    }),
  );
}

/** Removes an interaction that has ended, with its indexes. */
export function removeInteractionBatch(interaction: InteractionRecord): Batch {
  const { id, sessionId } = interaction;
  const indexes = [
    ...agentsOf(interaction).map((agentId) => ({ table: OF_AGENT, key: `${agentId}/${id}` })),
    ...(sessionId === undefined ? [] : [{ table: OF_SESSION, key: `${sessionId}/${id}` }]),
  ];
  return { remove: [{ table: INTERACTION, key: id }, ...indexes] };
}

/** Everybody who was offered it, has it, takes part in it, or is invited to it. */
export function agentsOf({
  agentId,
  partners = [],
  invitations = [],
}: Pick<Interaction, 'agentId' | 'partners' | 'invitations'>): readonly AgentId[] {
  const all = [...partners, ...invitations].map((one) => one.agentId);
  return [...new Set(agentId === undefined ? all : [agentId, ...all])];
}

/** True for the agent who has an active interaction, and for one who takes part, seen by the customer. */
export function servesCustomer(
  { state, agentId, partners = [] }: Pick<Interaction, 'state' | 'agentId' | 'partners'>,
  agent: AgentId,
): boolean {
  if (state !== 'active') return false;
  return agentId === agent || partners.some((one) => one.agentId === agent && isSeenAgent(one));
}

/** An agent, and no supervisor, whom the customer sees. */
export function isSeenAgent({ visibility, isSupervisor }: Partner): boolean {
  return visibility === Visibility.ALL && isSupervisor !== true;
}

function indexBatch(
  table: string,
  id: InteractionId,
  change: {
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly expiry: { readonly expiresAt?: number };
  },
): Batch {
  const { before, after, expiry } = change;
  return {
    remove: before.filter((one) => !after.includes(one)).map((one) => ({ table, key: `${one}/${id}` })),
    put: after.map((one) => ({ table, key: `${one}/${id}`, value: true, ...expiry })),
  };
}

function readAll(durable: Durable, table: string, owner: AgentId | SessionId): readonly InteractionRecord[] {
  return [...durable.scan(table, { prefix: `${owner}/` })].flatMap(
    ({ key }) => readInteraction(durable, ownId<InteractionId>(key.slice(owner.length + 1))) ?? [],
  );
}

/** The id of an interaction in a request. Throws InteractionError INTERACTION_NOT_FOUND. */
export function parseInteractionId(raw: unknown): InteractionId {
  return parseId<InteractionId>(raw, (text) => new InteractionError('INTERACTION_NOT_FOUND', text));
}
