import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';

/**
 * queued: a session decides about it. offered: an agent was asked. active: an agent has it. ended.
 */
export type InteractionState = 'queued' | 'offered' | 'active' | 'ended';

/** Who ended an interaction. */
export type EndedBy = 'customer' | 'agent' | 'document' | 'timeout';

/** A customer contact. */
export interface Interaction {
  readonly id: string;
  readonly media: 'chat';
  readonly serviceId?: string;
  readonly userData: Readonly<Record<string, Json>>;
  /** The interaction queue it entered. */
  readonly queue: string;
  readonly state: InteractionState;
  /** The session that controls it; absent when detached. */
  readonly sessionId?: string;
  /** The agent it is offered to, or who has (had) it. */
  readonly agentId?: string;
  /** ms since epoch. */
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly endReason?: EndedBy;
}

export interface CreateInteraction {
  readonly id: string;
  readonly media: 'chat';
  readonly serviceId?: string;
  readonly userData: Readonly<Record<string, Json>>;
  readonly queue: string;
}

/** Interactions: whose session decides about them, and which agent has them. */
export interface Interactions {
  /**
   * The record, and the task that starts the queue's application as a session which controls the interaction.
   * Throws InteractionError QUEUE_UNKNOWN.
   */
  createBatch(request: CreateInteraction): Batch;
  get(id: string): Interaction | undefined;
  /** Offered to or had by the agent, those that ended within a day too. */
  byAgent(agentId: string): readonly Interaction[];
  bySession(sessionId: string): readonly Interaction[];
  /** Ends it; nothing when it is unknown or has ended. */
  endBatch(id: string, by: EndedBy): Batch;
  /** Changes user data (null removes a key) and tells the controlling session. */
  setUserDataBatch(id: string, changes: Readonly<Record<string, Json>>): Batch;
  /**
   * `agentId`: who acts; undefined: whoever has the interaction. Under a key that came before for the same interaction
   * and `agentId` nothing is done a second time. All reject with InteractionError INTERACTION_NOT_FOUND or
   * INTERACTION_STATE.
   */
  accept(id: string, agentId: string | undefined, key?: string): Promise<Interaction>;
  reject(id: string, agentId: string | undefined, key?: string): Promise<void>;
  /** The agent leaves, which ends the interaction. */
  leave(id: string, agentId: string | undefined, key?: string): Promise<void>;
  observe(observer: InteractionObserver): void;
}

/** Its batches join the commit that reports them. */
export interface InteractionObserver {
  agentJoined(interaction: Interaction, agent: { readonly id: string; readonly nickname: string }): Batch;
  agentLeft(interaction: Interaction, agent: { readonly id: string; readonly nickname: string }): Batch;
  ended(interaction: Interaction, by: EndedBy): Batch;
}
