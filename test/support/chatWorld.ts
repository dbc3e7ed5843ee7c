import { type Batch, type Durable, joinBatches } from '../../engine/durable/durable.ts';
import { DurableStore } from '../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import { pushMessage } from '../../server/chat/pushMessage.ts';
import type { ChatInteractions } from '../../strategies/chat/chatInteractions.ts';
import { ChatNotices } from '../../strategies/chat/chatNotices.ts';
import type { ChatEvent } from '../../strategies/chat/chatPosts.ts';
import type { ChatRecord, EndedBy } from '../../strategies/chat/chatRecord.ts';
import { Chats } from '../../strategies/chat/chats.ts';
import type { InactivityOptions } from '../../strategies/chat/inactivity.ts';
import type { InteractionId } from '../../strategies/ids/index.ts';
import type { CometChannel, Notice } from '../../strategies/notification/cometChannel.ts';
import { NOTIFICATION_LIMITS } from '../../strategies/notification/limits.ts';
import { MobilePush, NO_PUSH } from '../../strategies/notification/mobilePush.ts';
import { Notifications } from '../../strategies/notification/notifications.ts';
import { StoredMessages } from '../../strategies/notification/storedMessages.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from './simulatedClock.ts';
import { createTestIds } from './testIds.ts';

/** Interactions that record the requests to them, and an agent who can join and leave. */
export interface FakeInteractions extends ChatInteractions {
  readonly created: Parameters<ChatInteractions['createBatch']>[0][];
  agentJoins(chatId: InteractionId, nickname: string): Promise<void>;
  /** Leaving ends the interaction: one batch of both, as strategies/interaction commits it. */
  agentLeaves(chatId: InteractionId, nickname: string): Promise<void>;
  ends(chatId: InteractionId, by: EndedBy): Promise<void>;
}

/** Chats over a memory store and a simulated clock, with real notifications into a recording channel. */
export interface ChatWorld {
  readonly clock: SimulatedClock;
  readonly durable: Durable;
  readonly notifications: Notifications;
  readonly chats: Chats;
  readonly notices: ChatNotices;
  readonly interactions: FakeInteractions;
  /** The notices pushed over CometD, with their user. */
  readonly pushed: (readonly [string, Notice])[];
  /** Users whose CometD client is connected. */
  readonly listening: Set<string>;
  /** The events for the agents' desktops, with their chat. */
  readonly events: (readonly [string, ChatEvent])[];
  stop(): Promise<void>;
}

export function createChatWorld(
  setup: {
    readonly store?: StorePort;
    readonly clock?: SimulatedClock;
    /** Whether a client listens to the chat otherwise than by `listening`. */
    readonly isListening?: (chat: ChatRecord) => boolean;
    readonly inactivity?: () => InactivityOptions | undefined;
    readonly comet?: (parts: { durable: Durable; clock: SimulatedClock }) => CometChannel;
  } = {},
): ChatWorld {
  const clock = setup.clock ?? createSimulatedClock(Date.UTC(2014, 8, 26, 7, 40, 55, 123));
  const durable = new DurableStore({ store: setup.store ?? new MemoryStore(), clock, log: silentLog });
  const ids = createTestIds();
  const pushed: (readonly [string, Notice])[] = [];
  const events: (readonly [string, ChatEvent])[] = [];
  const listening = new Set<string>();
  const recording: CometChannel = {
    deliver: async (gmsUser, notice) =>
      void pushed.push([gmsUser, new StoredMessages(durable).notice(notice)!]),
    queueBatch(gmsUser, notice) {
      pushed.push([gmsUser, new StoredMessages(durable).notice(notice)!]);
      return {};
    },
    forgetBatch: () => ({ batch: {}, notices: 0 }),
    isActive: () => true,
  };
  const notifications = new Notifications({
    limits: NOTIFICATION_LIMITS,
    durable,
    clock,
    ids,
    log: silentLog,
    postEvent: () => Promise.reject(new Error('no HTTP in this world')),
    sessions: {
      publish: () => Promise.reject(new Error('no sessions in this world')),
      query: async () => undefined,
    },
    push: new MobilePush(NO_PUSH),
    comet: setup.comet?.({ durable, clock }) ?? recording,
  });
  const notices = new ChatNotices({
    durable,
    notifications,
    pushMessage,
    clock,
    log: silentLog,
    ...(setup.inactivity !== undefined && { inactivity: setup.inactivity }),
  });
  const interactions = fakeInteractions(durable, notices, (id, event) => {
    events.push([id, event]);
    return {};
  });
  const chats = new Chats({
    durable,
    interactions,
    notices,
    clock,
    ids,
    log: silentLog,
    isListening: (chat) =>
      (chat.gmsUser !== undefined && listening.has(chat.gmsUser)) || setup.isListening?.(chat) === true,
  });
  durable.start();
  return {
    clock,
    durable,
    notifications,
    chats,
    notices,
    interactions,
    pushed,
    listening,
    events,
    stop: () => durable.stop(),
  };
}

function fakeInteractions(
  durable: Durable,
  notices: ChatNotices,
  tellAgentBatch: ChatInteractions['tellAgentBatch'],
): FakeInteractions {
  const TABLE = 'fake.interaction';
  const created: FakeInteractions['created'] = [];

  const record = (id: InteractionId, state: string): Batch => ({
    put: [{ table: TABLE, key: id, value: { state } }],
  });

  function endBatch(id: InteractionId, by: EndedBy): Batch {
    if (durable.get<{ state: string }>(TABLE, id)?.state !== 'live') return {};
    return joinBatches(record(id, 'ended'), notices.endedBatch(id, by));
  }

  const setDataBatch: ChatInteractions['setUserDataBatch'] = (id, changes) => ({
    put: [{ table: `${TABLE}.data`, key: id, value: changes }],
  });
  return {
    created,
    createBatch(request) {
      created.push(request);
      return record(request.id, 'live');
    },
    endBatch,
    hasAgent: (id) =>
      durable.get<{ state: string }>(TABLE, id)?.state === 'live' &&
      (notices.store.get(id)?.participants ?? []).some((one) => one.type === 'AGENT' && one.isPresent),
    setUserDataBatch: setDataBatch,
    setStatusBatch: setDataBatch,
    tellAgentBatch,
    tellAgent: (id, event) => void tellAgentBatch(id, event),
    agentJoins: (id, nickname) => durable.commit(notices.agentJoinedBatch(id, { nickname })),
    agentLeaves: (id, nickname) =>
      durable.commit(joinBatches(notices.agentLeftBatch(id, { nickname }), endBatch(id, 'agent'))),
    ends: (id, by) => durable.commit(endBatch(id, by)),
  };
}
