import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { defined, type Json, ownId, parseId, type SessionId } from '../../engine/ports/index.ts';
import type { EndedBy } from '../chat/index.ts';
import type { AgentId, InteractionId, ServiceId } from '../ids/index.ts';
import type { ConnId } from '../routing/index.ts';
import { InteractionError } from './errors.ts';

/**
 * queued: a session decides about it. offered: an agent is asked. active: an agent has it. ended: it is over.
 */
export type InteractionState = 'queued' | 'offered' | 'active' | 'ended';

/** A customer contact. */
export interface Interaction {
  readonly id: InteractionId;
  readonly media: 'chat';
  readonly serviceId?: ServiceId;
  readonly userData: Readonly<Record<string, Json>>;
  /** The interaction queue it entered. */
  readonly queue: string;
  readonly state: InteractionState;
  /** The session that controls it; absent when detached. */
  readonly sessionId?: SessionId;
  /** The agent to whom it is offered, or who has it, or who had it when it ended. */
  readonly agentId?: AgentId;
  /** ms since epoch. */
  readonly createdAt: number;
  /** ms since epoch. */
  readonly endedAt?: number;
  readonly endReason?: EndedBy;
  /** The agent's result of the interaction: a code of the installation. */
  readonly disposition?: string;
  readonly notes?: string;
  /** ms since epoch at which the agent's work after the interaction ends; absent: there is none. */
  readonly wrapupUntil?: number;
}

export interface CreateInteraction {
  readonly id: InteractionId;
  readonly media: 'chat';
  readonly serviceId?: ServiceId;
  readonly userData: Readonly<Record<string, Json>>;
  readonly queue: string;
}

/** Table `interaction`. */
export interface InteractionRecord extends Omit<Interaction, 'wrapupUntil'> {
  /** Present exactly while the state is 'offered'. */
  readonly offer?: Offer;
  /** Number of times it entered its queue. */
  readonly entries: number;
  /** Number of redirects to a queue; absent: none. */
  readonly redirects?: number;
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

/** Time for which an interaction can still be read after its end. */
export const ENDED_KEPT_MS = 86_400_000;

/** `id`: InteractionRecord. */
export const INTERACTION = 'interaction';
const OF_AGENT = 'agentInteraction';
const OF_SESSION = 'sessionInteraction';

export function readInteraction(durable: Durable, id: InteractionId): InteractionRecord | undefined {
  return durable.get<InteractionRecord>(INTERACTION, id);
}

export function interactionsOfAgent(durable: Durable, agentId: AgentId): readonly InteractionRecord[] {
  return readAll(durable, OF_AGENT, agentId);
}

/** The interactions that a session controls. */
export function interactionsOfSession(durable: Durable, sessionId: SessionId): readonly InteractionRecord[] {
  return readAll(durable, OF_SESSION, sessionId);
}

/** The interaction without its offer, as other parts see it. */
export function viewOf(record: InteractionRecord, wrapupUntil?: number): Interaction {
  const { offer: _offer, ...interaction } = record;
  return { ...interaction, ...defined({ wrapupUntil }) };
}

/** Stores a change of the record, and the changes of the indexes that follow from it. */
export function interactionBatch(before: InteractionRecord | undefined, after: InteractionRecord): Batch {
  const { endedAt } = after;
  const expiry = defined({ expiresAt: endedAt === undefined ? undefined : endedAt + ENDED_KEPT_MS });
  const controls = after.state === 'ended' ? undefined : after.sessionId;
  return joinBatches(
    { put: [{ table: INTERACTION, key: after.id, value: after, ...expiry }] },
    indexBatch(OF_AGENT, after.id, { before: before?.agentId, after: after.agentId, expiry }),
    indexBatch(OF_SESSION, after.id, { before: before?.sessionId, after: controls, expiry }),
  );
}

/** Removes an interaction that has ended, with its indexes. */
export function removeInteractionBatch({ id, agentId, sessionId }: InteractionRecord): Batch {
  const indexes = [
    ...(agentId === undefined ? [] : [{ table: OF_AGENT, key: `${agentId}/${id}` }]),
    ...(sessionId === undefined ? [] : [{ table: OF_SESSION, key: `${sessionId}/${id}` }]),
  ];
  return { remove: [{ table: INTERACTION, key: id }, ...indexes] };
}

function indexBatch(
  table: string,
  id: InteractionId,
  change: {
    readonly before: string | undefined;
    readonly after: string | undefined;
    readonly expiry: { readonly expiresAt?: number };
  },
): Batch {
  const { before, after, expiry } = change;
  return {
    remove: before === undefined || before === after ? [] : [{ table, key: `${before}/${id}` }],
    put: after === undefined ? [] : [{ table, key: `${after}/${id}`, value: true, ...expiry }],
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
