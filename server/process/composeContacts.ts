import type { Durable } from '../../engine/durable/index.ts';
import type { AdministeredSessions } from '../../engine/host/index.ts';
import type { HttpClient } from '../../engine/ports/index.ts';
import { ChatNotices, ChatPushes, Chats, FormerAgents } from '../../strategies/chat/index.ts';
import { INSTANCES, type ServiceInstance } from '../../strategies/instances/index.ts';
import { Interactions, Offers } from '../../strategies/interaction/index.ts';
import { type MobilePush, Notifications } from '../../strategies/notification/index.ts';
import { OpenMedia } from '../../strategies/openMedia/index.ts';
import { Agents, type ReadStatistic, Routing } from '../../strategies/routing/index.ts';
import { Bayeux } from '../bayeux/index.ts';
import { pushMessage } from '../chat/index.ts';
import { ChatListeners, pushedEntry } from '../chatV2/index.ts';
import { createPostEvent } from '../push/index.ts';
import { createAskSession } from '../urs/index.ts';
import type { Clients } from './composeClients.ts';
import { agentOptions } from './config/agents.ts';
import { chatPushOptionsOf, inactivityOf, transcriptStyle } from './config/chat.ts';
import { afterWorkOf } from './config/desktop.ts';
import { settingOf } from './config/installation.ts';
import { bayeuxLimits } from './config/limits.ts';
import type { PartsDeps } from './partsDeps.ts';
import { queueApplications } from './queueApplications.ts';

const DAY_MS = 86_400_000;

/** Agents, customers, and everything that connects them. */
export interface ContactParts {
  readonly agents: Agents;
  readonly routing: Routing;
  readonly interactions: Interactions;
  readonly notifications: Notifications;
  readonly bayeux: Bayeux;
  readonly chats: Chats;
  readonly openMedia: OpenMedia;
  readonly notices: ChatNotices;
  readonly formerAgents: FormerAgents;
  readonly chatListeners: ChatListeners;
  readonly chatPushes: ChatPushes;
}

interface ContactDeps extends PartsDeps {
  readonly durable: Durable;
  readonly sessions: AdministeredSessions;
  readonly http: HttpClient;
  readonly clients: Clients;
  readonly push: MobilePush;
  readonly readStatistic: ReadStatistic;
}

export function composeContacts(deps: ContactDeps): ContactParts {
  const { config, durable, clock, ids, log, sessions, baseUrl } = deps;
  const base = { durable, clock, ids, log };
  const { ringMs, afterNoAnswer, desktopTimes, blocking } = agentOptions(config.agents);
  const agents = new Agents({ ...base, blocking });
  const offers = new Offers({ ...base, agents, ringMs });
  const { formerAgentDays: days, ...named } = config.routing;
  const formerAgents = new FormerAgents({ durable, clock, days });
  const routing = new Routing({
    ...base,
    ...named,
    ownStrategies: deps.strategies,
    findFormerAgent: ({ serviceId, data }) => {
      const instance = serviceId && durable.get<ServiceInstance>(INSTANCES, serviceId);
      return formerAgents.find(instance?.lookup ?? data);
    },
    askSession: createAskSession(deps.http),
    agents,
    sessions,
    offers,
    readStatistic: deps.readStatistic,
    settingOf: (source, path) => settingOf(deps.current.whole, source, path),
    closing: deps.closing,
  });
  const { bayeux, notifications } = composeNotifications(deps);
  const chatPushes = new ChatPushes({
    notifications,
    log,
    isListening: (chatId) => chatListeners.isListening(chatId),
    optionsOf: ({ chatService = '' }) =>
      chatPushOptionsOf(deps.current.service(chatService) ?? {}, deps.current.whole.chat),
    payloadOf: pushedEntry,
  });
  const notices = new ChatNotices({
    ...base,
    notifications,
    pushes: chatPushes,
    pushMessage: (chat, view) => pushMessage(chat, view, transcriptStyle(deps.current.whole)),
    inactivity: (chat) => inactivityOf(deps.current.whole.chat, chat),
    formerAgents,
  });
  const interactions = new Interactions({
    ...base,
    sessions,
    agents,
    routing,
    offers,
    chats: notices,
    queues: queueApplications(config, baseUrl),
    afterNoAnswer,
    afterWork: () => afterWorkOf(deps.current.whole.desktop),
    desktopTimes,
  });
  const chats = new Chats({
    ...base,
    interactions,
    notices,
    afterClientTimeout: () => deps.current.whole.chat.afterClientTimeout,
    pushTimeoutMs: () => deps.current.whole.chat.pushTimeout * 1000,
    isListening: ({ id, notifyBy, gmsUser }) =>
      (notifyBy === 'comet' && gmsUser !== undefined && bayeux.comet.isActive(gmsUser)) ||
      chatListeners.isListening(id),
  });
  const openMedia = new OpenMedia({
    ...base,
    interactions,
    limits: () => ({
      open: config.limits.openMedia.open,
      keptMs: deps.current.whole.openMedia.keptDays * DAY_MS,
    }),
  });
  notifications.onReceiverGone((holder, device) => chats.deviceGoneBatch(holder, device));
  const chatListeners: ChatListeners = new ChatListeners({ durable, log, chats, clients: bayeux });
  return {
    agents,
    routing,
    interactions,
    notifications,
    bayeux,
    chats,
    openMedia,
    notices,
    formerAgents,
    chatListeners,
    chatPushes,
  };
}

function composeNotifications(deps: ContactDeps): Pick<ContactParts, 'bayeux' | 'notifications'> {
  const { config, durable, clock, ids, log } = deps;
  const base = { durable, clock, ids, log };
  const bayeux = new Bayeux({
    ...base,
    cookies: deps.cookies,
    options: bayeuxLimits(config.limits.cometd),
  });
  const notifications = new Notifications({
    ...base,
    postEvent: createPostEvent(deps.clients.pushHttp),
    sessions: deps.sessions,
    comet: bayeux.comet,
    push: deps.push,
    limits: config.limits.notifications,
  });
  return { bayeux, notifications };
}
