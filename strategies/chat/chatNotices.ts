import type { Batch, Durable } from '../../engine/durable/index.ts';
import { type Clock, defined, type Log } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import type { Notifications } from '../notification/index.ts';
import { ChatChanges, type PushMessage } from './chatChanges.ts';
import {
  type ChatRecord,
  clientOf,
  ENTRY_TEXT,
  type EndedBy,
  EntryType,
  type Party,
  PartyType,
} from './chatRecord.ts';
import { ChatStore } from './chatStore.ts';

/** The reason that customers read when a document ends their chat without one. */
const DEFAULT_REASON = 'no agent is available';
const MAX_REASON_LENGTH = 1_000;
/** The author of an entry that no person wrote. */
const SYSTEM: Party = { type: PartyType.EXTERNAL, nickname: 'System' };

/** An agent as the customer sees them. */
export interface ChatAgent {
  readonly nickname: string;
}

/**
 * Tells the customer of a chat that an agent joined or left, or that the chat ended: in the transcript, and
 * by a push to a customer who listens over CometD. Each batch joins the commit that changes the interaction.
 * An unknown chat, or one that has ended, gets nothing.
 */
export class ChatNotices {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly store: ChatStore;
  readonly changes: ChatChanges;

  constructor(deps: {
    readonly durable: Durable;
    readonly notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
    readonly pushMessage: PushMessage;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.store = new ChatStore(deps);
    this.changes = new ChatChanges({ ...deps, store: this.store });
  }

  agentJoinedBatch(chatId: InteractionId, agent: ChatAgent): Batch {
    return this.#agentBatch(chatId, EntryType.JOINED, agent);
  }

  agentLeftBatch(chatId: InteractionId, agent: ChatAgent): Batch {
    return this.#agentBatch(chatId, EntryType.LEFT, agent);
  }

  /**
   * A customer who leaves learns it from the reply to their own request and needs no push. A chat that a
   * document ends says why (`reason`), because no agent said anything.
   */
  endedBatch(chatId: InteractionId, by: EndedBy, reason = DEFAULT_REASON): Batch {
    const before = this.#open(chatId);
    if (before === undefined) return {};
    const ended: ChatRecord = { ...before, status: { kind: 'ended', at: this.#clock.now(), by } };
    const { batch } = this.changes.apply(ended, {
      ...defined({ entry: lastEntry(before, by, reason) }),
      push: by !== 'customer',
    });
    this.#log.info({ serviceId: before.serviceId, interactionId: chatId, by }, 'Chat ended.');
    return batch;
  }

  #agentBatch(
    chatId: InteractionId,
    type: typeof EntryType.JOINED | typeof EntryType.LEFT,
    { nickname }: ChatAgent,
  ): Batch {
    const before = this.#open(chatId);
    if (before === undefined) return {};
    const party: Party = { type: PartyType.AGENT, nickname };
    return this.changes.apply(before, { entry: { type, party, text: ENTRY_TEXT[type] }, push: true }).batch;
  }

  #open(chatId: InteractionId): ChatRecord | undefined {
    const chat = this.changes.current(chatId);
    return chat?.status.kind === 'open' ? chat : undefined;
  }
}

/** The entry about the end of a chat. An agent's leave has its own entry. */
function lastEntry(
  chat: ChatRecord,
  by: EndedBy,
  reason: string,
): { readonly type: EntryType; readonly party: Party; readonly text: string } | undefined {
  switch (by) {
    case 'customer':
    case 'timeout':
      return { type: EntryType.LEFT, party: clientOf(chat), text: ENTRY_TEXT[EntryType.LEFT] };
    case 'document':
      return {
        type: EntryType.MESSAGE,
        party: SYSTEM,
        text: `The chat has ended: ${reason.slice(0, MAX_REASON_LENGTH)}`,
      };
    case 'agent':
      return undefined;
  }
}
