import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { InteractionId, ServiceId } from '../ids/index.ts';
import type { ChatEvent } from './chatPosts.ts';
import type { EndedBy } from './chatRecord.ts';
import type { Visibility } from './party.ts';

/** The methods that chats need of interactions; strategies/interaction implements them. */
export interface ChatInteractions {
  createBatch(request: {
    readonly id: InteractionId;
    readonly media: 'chat';
    readonly serviceId?: ServiceId;
    readonly userData: Record<string, Json>;
    readonly queue: string;
  }): Batch;
  /** Ends the interaction and its chat (ChatNotices.endedBatch); nothing when it has ended or is unknown. */
  endBatch(id: InteractionId, by: EndedBy): Batch;
  /** True while an agent has the interaction, and not only an offer of it. */
  hasAgent(id: InteractionId): boolean;
  /** Changes user data (null removes a key); nothing when the interaction has ended or is unknown. */
  setUserDataBatch(id: InteractionId, changes: Readonly<Record<string, Json>>): Batch;
  /** The same for short keys that the server itself sets. User data that is full has room for them. */
  setStatusBatch(id: InteractionId, changes: Readonly<Record<string, Json>>): Batch;
  /**
   * Tells the desktops of the agents who have the interaction and see things of this visibility, with the
   * commit of the event.
   */
  tellAgentBatch(id: InteractionId, event: ChatEvent, visibility?: Visibility): Batch;
  /** Tells the desktops that are connected now. The event is not kept. */
  tellAgent(id: InteractionId, event: ChatEvent): void;
}
