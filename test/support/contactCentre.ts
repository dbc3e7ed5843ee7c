import type { Durable } from '../../engine/durable/durable.ts';
import { DurableStore } from '../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import type { SessionId } from '../../engine/ports/brandedIds.ts';
import { defined } from '../../engine/ports/defined.ts';
import { HttpFault, type HttpReply, type HttpRequest } from '../../engine/ports/httpClient.ts';
import type { Json } from '../../engine/ports/json.ts';
import type { Log } from '../../engine/ports/log.ts';
import { pushMessage } from '../../server/chat/pushMessage.ts';
import { createAskSession } from '../../server/urs/askSession.ts';
import { ChatNotices } from '../../strategies/chat/chatNotices.ts';
import type { InteractionId } from '../../strategies/ids/index.ts';
import { Interactions } from '../../strategies/interaction/interactions.ts';
import { Offers } from '../../strategies/interaction/offers.ts';
import type { AgentEvent } from '../../strategies/routing/agentRecord.ts';
import type { BlockingRules } from '../../strategies/routing/agentRoom.ts';
import { Agents } from '../../strategies/routing/agents.ts';
import { Routing } from '../../strategies/routing/routing.ts';
import { asId } from './ids.ts';
import { RecordingSessions } from './recordingSessions.ts';
import { silentLog } from './silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from './simulatedClock.ts';
import { createTestIds } from './testIds.ts';

/** Agents, routing and interactions over a store in memory, with sessions that only record. */
export interface ContactCentre {
  readonly clock: SimulatedClock;
  readonly durable: Durable;
  readonly agents: Agents;
  readonly routing: Routing;
  readonly interactions: Interactions;
  readonly notices: ChatNotices;
  readonly sessions: RecordingSessions;
  /** The posts to sessions. */
  readonly posts: { readonly url: string; readonly body: unknown }[];
  /** The answers of sessions; a test may replace the function. */
  answer: (request: HttpRequest) => HttpReply | 'unreachable';
  /** The events for desktops, as "agent type". */
  readonly told: string[];
  readonly toldEvents: AgentEvent[];
  advance(ms: number): Promise<void>;
  settle(): Promise<void>;
}

export const POSITIVE: HttpReply = { status: 200, headers: {}, body: '{}' };

/** With the `store` and `clock` of an earlier centre: the same centre after a restart. */
export function openContactCentre(
  given: {
    readonly store?: StorePort;
    readonly clock?: SimulatedClock;
    readonly ids?: ReturnType<typeof createTestIds>;
    /** Default: notices of chats without pushes. */
    readonly chats?: ConstructorParameters<typeof Interactions>[0]['chats'];
    /** The rules for a chat in which nobody says anything. */
    readonly inactivity?: ConstructorParameters<typeof ChatNotices>[0]['inactivity'];
    readonly blocking?: BlockingRules;
    readonly desktopTimes?: ConstructorParameters<typeof Interactions>[0]['desktopTimes'];
    readonly afterNoAnswer?: 'notReady' | 'none';
    readonly afterWork?: ConstructorParameters<typeof Interactions>[0]['afterWork'];
    readonly strategies?: ConstructorParameters<typeof Routing>[0]['strategies'];
    readonly queueGroups?: ConstructorParameters<typeof Routing>[0]['queueGroups'];
    readonly skillPrecedence?: 'leftToRight' | 'andFirst';
    readonly readStatistic?: ConstructorParameters<typeof Routing>[0]['readStatistic'];
    readonly settingOf?: ConstructorParameters<typeof Routing>[0]['settingOf'];
    /** Aborted when the process of the centre ends. */
    readonly closing?: AbortSignal;
    readonly ownStrategies?: ConstructorParameters<typeof Routing>[0]['ownStrategies'];
    readonly findFormerAgent?: ConstructorParameters<typeof Routing>[0]['findFormerAgent'];
    /** Default: writes nothing. */
    readonly log?: Log;
    /** Puts something in front of the store. */
    readonly around?: (durable: Durable, clock: SimulatedClock) => Durable;
  } = {},
): ContactCentre {
  const clock = given.clock ?? createSimulatedClock();
  const store = new DurableStore({ store: given.store ?? new MemoryStore(), clock, log: silentLog });
  const durable = given.around?.(store, clock) ?? store;
  const ids = given.ids ?? createTestIds();
  const sessions = new RecordingSessions(durable);
  const posts: { url: string; body: unknown }[] = [];
  const deps = { durable, clock, ids, log: given.log ?? silentLog };
  const agents = new Agents({ ...deps, ...defined({ blocking: given.blocking }) });
  const offers = new Offers({ ...deps, agents });
  const askSession = createAskSession(async (request) => {
    posts.push({ url: request.url, body: JSON.parse(String(request.body)) });
    const reply = centre.answer(request);
    if (reply === 'unreachable') throw new HttpFault('unreachable', 'nobody there');
    return reply;
  });
  const routing = new Routing({
    ...deps,
    agents,
    sessions,
    offers,
    askSession,
    ...defined({
      strategies: given.strategies,
      queueGroups: given.queueGroups,
      skillPrecedence: given.skillPrecedence,
      readStatistic: given.readStatistic,
      settingOf: given.settingOf,
      closing: given.closing,
      ownStrategies: given.ownStrategies,
      findFormerAgent: given.findFormerAgent,
    }),
  });
  const notices = new ChatNotices({
    ...deps,
    pushMessage,
    notifications: { publishBatch: () => ({}), cancelBatch: () => ({}) },
    ...defined({ inactivity: given.inactivity }),
  });
  const interactions = new Interactions({
    ...deps,
    agents,
    routing,
    offers,
    sessions,
    chats: given.chats ?? notices,
    ...defined({
      afterNoAnswer: given.afterNoAnswer,
      afterWork: given.afterWork,
      desktopTimes: given.desktopTimes,
    }),
    queues: (name) =>
      ['inbound', 'sales'].includes(name)
        ? { src: `http://orsay.test/${name}_chat.scxml`, params: { app: '1' } }
        : undefined,
  });
  const told: string[] = [];
  const toldEvents: AgentEvent[] = [];
  agents.onChange((agentId, event) => {
    told.push(`${agentId} ${event.type}`);
    toldEvents.push(event);
  });
  durable.start();
  const centre: ContactCentre = {
    clock,
    durable,
    agents,
    routing,
    interactions,
    notices,
    sessions,
    posts,
    answer: () => POSITIVE,
    told,
    toldEvents,
    advance: (ms) => clock.advance(ms, () => durable.idle()),
    settle: () => durable.idle(),
  };
  return centre;
}

/** An agent of group Billing who takes chats. */
export async function readyAgent(
  centre: ContactCentre,
  agentId: string,
  change: Parameters<Interactions['setAgent']>[1] = {},
): Promise<void> {
  await centre.interactions.setAgent(asId(agentId), { state: 'ready', groups: ['Billing'], ...change });
  await centre.settle();
}

/** The interaction of enterQueue(). */
export const IXN = asId<InteractionId>('00AB1CHAT0000001');

/** A chat in the queue, controlled by the session of the queue's application. Returns that session's id. */
export async function enterQueue(centre: ContactCentre): Promise<SessionId> {
  await centre.durable.commit(
    centre.interactions.createBatch({
      id: IXN,
      media: 'chat',
      serviceId: asId('369-1'),
      userData: { language: 'French' },
      queue: 'inbound',
    }),
  );
  await centre.settle();
  return centre.sessions.started.at(-1)!.id;
}

export async function redirect(
  centre: ContactCentre,
  sessionId: SessionId,
  attributes: Record<string, Json> = { to: { agent: 'kate' } },
): Promise<string> {
  const requestId = await centre.sessions.perform('interaction.redirect', {
    sessionId,
    attributes: { interactionid: IXN, ...attributes },
  });
  await centre.settle();
  return requestId;
}
