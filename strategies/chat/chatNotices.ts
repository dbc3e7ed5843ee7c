import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Log } from '../../engine/ports/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { Notifications } from '../notification/index.ts';
import { ChatChanges, type NewEntry, type PushMessage, participantFor } from './chatChanges.ts';
import type { ChatPushes } from './chatPushes.ts';
import {
  type ChatRecord,
  clientOf,
  ENTRY_TEXT,
  type EndedBy,
  EntryType,
  participantsOf,
  seenByCustomer,
} from './chatRecord.ts';
import { ChatStore, MAX_ENTRIES_PER_CHAT } from './chatStore.ts';
import { ChatError } from './errors.ts';
import type { FormerAgents } from './formerAgents.ts';
import type { InactivityRules } from './inactivity.ts';
import { CUSTOMER_ID, findParticipant, type Party, PartyType, Visibility, withParticipant } from './party.ts';
import { type QuitReason, quitAttributes, quitReasonOf } from './quitReason.ts';

/** The reason that customers read when a document ends their chat without one. */
const DEFAULT_REASON = 'no agent is available';
const MAX_REASON_LENGTH = 1_000;
/** The author of an entry that no person wrote. */
const DOCUMENT: Party = { type: PartyType.EXTERNAL, nickname: 'System' };

/** An agent or a supervisor as a party of a chat. */
export interface ChatAgent {
  readonly nickname: string;
  /** Absent: agents of one nickname are one party. */
  readonly agentId?: AgentId;
  /** Absent: AGENT. */
  readonly type?: typeof PartyType.AGENT | typeof PartyType.SUPERVISOR;
  /** The readers who see them join and leave; absent: ALL. */
  readonly visibility?: Visibility;
  /** A program that speaks as an agent. */
  readonly style?: 'BOT';
}

/** An entry about a file of the chat. `userData` has `file-id`, and what else is known of the file. */
export interface FileEntry {
  readonly type: typeof EntryType.FILE_UPLOADED | typeof EntryType.FILE_DELETED;
  readonly party: Party;
  readonly userData: Readonly<Record<string, string>>;
  readonly visibility?: Visibility;
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
  readonly #formerAgents: FormerAgents | undefined;
  /** The options for a chat in which nobody says anything, as configured now. */
  readonly inactivity: InactivityRules;

  constructor(deps: {
    readonly durable: Durable;
    readonly notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
    readonly pushMessage: PushMessage;
    readonly pushes?: ChatPushes;
    readonly clock: Clock;
    readonly log: Log;
    /** The rules for a chat in which nobody says anything; undefined, or absent: none. */
    readonly inactivity?: InactivityRules;
    /** Absent: it is not kept which agent a customer had. */
    readonly formerAgents?: FormerAgents;
  }) {
    this.#formerAgents = deps.formerAgents;
    this.inactivity = deps.inactivity ?? (() => undefined);
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.store = new ChatStore(deps);
    this.changes = new ChatChanges({ ...deps, store: this.store, inactivity: this.inactivity });
  }

  /**
   * An agent or a supervisor joins, or joins with another visibility. Nothing for one who is there already.
   */
  agentJoinedBatch(chatId: InteractionId, agent: ChatAgent): Batch {
    const before = this.#open(chatId);
    if (before === undefined) return {};
    const party = partyOf(agent);
    const visibility = agent.visibility ?? Visibility.ALL;
    const participants = participantsOf(before);
    const known = findParticipant(participants, party);
    if (known?.isPresent === true && known.visibility === visibility) return {};
    const joined = { ...participantFor(participants, party), visibility, isPresent: true };
    const after = { ...before, participants: withParticipant(participants, joined) };
    const type = EntryType.JOINED;
    const { batch } = this.changes.apply(after, {
      entry: { type, party, text: ENTRY_TEXT[type], visibility, ...styleAttributes(agent) },
      push: true,
    });
    return joinBatches(batch, this.#formerAgentBatch(before, agent));
  }

  /** They leave; those who saw them join see it. Nothing for one who has left. */
  agentLeftBatch(chatId: InteractionId, agent: ChatAgent, reason?: QuitReason): Batch {
    const before = this.#open(chatId);
    if (before === undefined) return {};
    const party = partyOf(agent);
    const participants = participantsOf(before);
    const known = findParticipant(participants, party);
    if (known?.isPresent === false) return {};
    const left = { ...participantFor(participants, party), isPresent: false };
    const after = { ...before, participants: withParticipant(participants, left) };
    const type = EntryType.LEFT;
    return this.changes.apply(after, {
      entry: {
        type,
        party,
        text: ENTRY_TEXT[type],
        visibility: known?.visibility ?? agent.visibility ?? Visibility.ALL,
        ...quitAttributes(reason),
      },
      push: true,
    }).batch;
  }

  /** A note of an agent that customers do not see. Nothing for a chat that has ended, or is unknown. */
  noteBatch(chatId: InteractionId, agent: ChatAgent, text: string): Batch {
    if (this.#open(chatId) === undefined) return {};
    const party = partyOf(agent);
    return this.entryBatch(chatId, { type: EntryType.MESSAGE, party, text, visibility: Visibility.INT })
      .batch;
  }

  /**
   * The entry about a file that a party uploaded or deleted, for the commit that changes the file. Throws
   * ChatError CHAT_NOT_FOUND, CHAT_ENDED or CHAT_FULL.
   */
  fileEntryBatch(chatId: InteractionId, entry: FileEntry): Batch {
    return this.entryBatch(chatId, { ...entry, text: '' }).batch;
  }

  /** One more entry of a party, its position, and who sees it. Errors of fileEntryBatch. */
  entryBatch(
    chatId: InteractionId,
    entry: NewEntry,
  ): { readonly batch: Batch; readonly position: number; readonly visibility: Visibility } {
    const before = this.changes.current(chatId);
    if (before === undefined) throw new ChatError('CHAT_NOT_FOUND', chatId);
    const present = entry.party.type === PartyType.CLIENT ? seenByCustomer(before) : before;
    if (present.status.kind === 'ended') throw new ChatError('CHAT_ENDED', chatId);
    if (before.position > MAX_ENTRIES_PER_CHAT) throw new ChatError('CHAT_FULL', chatId);
    const { batch, visibility } = this.changes.apply(before, { entry, push: true });
    return { batch, position: before.position, visibility };
  }

  /**
   * The customer made no request for too long: they leave, and the chat goes on for its agent. Nothing for a
   * chat that has ended, or whose customer has left.
   */
  customerLeftBatch(chatId: InteractionId): Batch {
    const before = this.#open(chatId);
    if (before === undefined || before.customerLeft !== undefined) return {};
    const customerLeft = { at: this.#clock.now(), position: before.position + 1 };
    const participants = participantsOf(before).map((one) =>
      one.id === CUSTOMER_ID ? { ...one, isPresent: false } : one,
    );
    const type = EntryType.LEFT;
    const { batch } = this.changes.apply(
      { ...before, participants, customerLeft },
      { entry: { type, party: clientOf(before), text: ENTRY_TEXT[type] }, push: true },
    );
    this.#log.info({ serviceId: before.serviceId, interactionId: chatId }, 'The customer of a chat is gone.');
    return batch;
  }

  /** False: the customer has left, and the agent alone has the chat. True also for an unknown chat. */
  hasCustomer(chatId: InteractionId): boolean {
    return this.changes.current(chatId)?.customerLeft === undefined;
  }

  /**
   * A customer of Chat V1 who leaves learns it from the reply to their own request and needs no push. A chat
   * that a document ends says why (`reason`), because no agent said anything.
   */
  endedBatch(chatId: InteractionId, by: EndedBy, reason = DEFAULT_REASON): Batch {
    const before = this.#open(chatId);
    if (before === undefined) return {};
    const ended: ChatRecord = { ...before, status: { kind: 'ended', at: this.#clock.now(), by } };
    const participants = participantsOf(before).map((one) => ({ ...one, isPresent: false }));
    const { batch } = this.changes.apply(
      { ...ended, participants },
      {
        ...defined({ entry: lastEntry(before, by, reason) }),
        push: before.serviceId === undefined || by !== 'customer',
      },
    );
    this.#log.info({ serviceId: before.serviceId, interactionId: chatId, by }, 'Chat ended.');
    return batch;
  }

  /** A program, a supervisor, or an agent whom the customer does not see, is nobody to ask for again. */
  #formerAgentBatch({ lookup }: ChatRecord, { agentId, type, style, visibility }: ChatAgent): Batch {
    const isTheirAgent = type !== PartyType.SUPERVISOR && style === undefined;
    if (!isTheirAgent || agentId === undefined || lookup === undefined) return {};
    if (visibility !== undefined && visibility !== Visibility.ALL) return {};
    return this.#formerAgents?.gotBatch(lookup, agentId) ?? {};
  }

  #open(chatId: InteractionId): ChatRecord | undefined {
    const chat = this.changes.current(chatId);
    return chat?.status.kind === 'open' ? chat : undefined;
  }
}

/**
 * The entry about the end of a chat. An agent's leave has its own entry. A customer of Chat V2 reads why they
 * left (gms-api 7.5).
 */
function lastEntry(chat: ChatRecord, by: EndedBy, reason: string): NewEntry | undefined {
  const left: NewEntry = {
    type: EntryType.LEFT,
    party: clientOf(chat),
    text: ENTRY_TEXT[EntryType.LEFT],
    ...quitAttributes(chat.chatService === undefined ? undefined : quitReasonOf(by)),
  };
  if (chat.customerLeft !== undefined) return undefined;
  if (chat.chatService !== undefined) return left;
  switch (by) {
    case 'customer':
    case 'timeout':
    case 'idle':
      return left;
    case 'document':
      return {
        type: EntryType.MESSAGE,
        party: DOCUMENT,
        text: `The chat has ended: ${reason.slice(0, MAX_REASON_LENGTH)}`,
      };
    case 'agent':
    case 'supervisor':
      return undefined;
  }
}

function partyOf({ nickname, agentId, type = PartyType.AGENT, style }: ChatAgent): Party {
  return { type, nickname, ...defined({ agentId, style }) };
}

/** Clients show a party of this style as a program. */
function styleAttributes({ style }: ChatAgent): Pick<NewEntry, 'eventAttributes'> {
  return style === undefined ? {} : { eventAttributes: { GCTI_SYSTEM: { 'party-info': { style } } } };
}
