import type Router from '@koa/router';
import type { Sessions, SessionView } from '../../engine/host/index.ts';
import { defined, type Json, type SessionId } from '../../engine/ports/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import { type Chats, EntryType } from '../../strategies/chat/index.ts';
import type { InteractionId } from '../../strategies/ids/index.ts';
import { noSuchCallback, parseCallbackId, type ServiceInstance } from '../../strategies/instances/index.ts';
import type { Interaction, Interactions } from '../../strategies/interaction/index.ts';
import { withoutSecrets } from '../../strategies/options/index.ts';
import type { CallView, Routing } from '../../strategies/routing/index.ts';
import { mayReadSecrets } from '../access/index.ts';
import { replyJson } from '../middleware/index.ts';

/** Calls and interactions of one callback in a reply. */
export const MAX_LIFE_PARTS = 20;

export interface CallbackLifeDeps {
  readonly services: Pick<Services, 'get'>;
  readonly sessions: Pick<Sessions, 'query'>;
  readonly routing: Pick<Routing, 'ofSession' | 'viewQueue'>;
  readonly chats: Pick<Chats, 'byService' | 'transcript'>;
  readonly interactions: Pick<Interactions, 'get' | 'bySession'>;
}

/** Everything that the server has about one callback, from its request to its agent. No words of a chat. */
export function registerCallbackLifeRoutes(router: Router, deps: CallbackLifeDeps): void {
  router.get('/genesys/1/admin/callback/:id/life', async (ctx) => {
    const id = parseCallbackId((ctx.params as { id: string }).id);
    const callback = deps.services.get(id);
    if (callback?.kind !== 'callback') throw noSuchCallback(id);
    const { sessionId } = callback;
    const session = sessionId === undefined ? undefined : await deps.sessions.query(sessionId);
    const calls = sessionId === undefined ? [] : deps.routing.ofSession(sessionId).slice(0, MAX_LIFE_PARTS);
    const life = {
      ...instanceView(callback),
      ...defined({ session: session && sessionView(session), chat: chatView(callback, deps) }),
      calls: await Promise.all(calls.map((call) => callView(call, deps.routing))),
      interactions: interactionsOf(callback, deps).map(interactionView),
    };
    replyJson(ctx, mayReadSecrets(ctx) ? life : withoutSecrets(life));
  });
}

function instanceView(callback: ServiceInstance) {
  const { id, name, state, reason, lookup, gmsUser, dataId, startedBy } = callback;
  return {
    _id: id,
    service: name,
    state,
    reason,
    customer: { ...lookup },
    dataId,
    createdAt: text(callback.createdAt),
    desiredTime: text(callback.desiredTime),
    expiresAt: text(callback.expiresAt),
    submitAttempts: callback.submitAttempts ?? 0,
    isHeld: callback.held === true,
    agentAnnounced: callback.agentAnnounced,
    ...defined({
      gmsUser,
      startedBy,
      bookedFor: optionalText(callback.bookedFor),
      announcedAt: optionalText(callback.announcedAt),
      confirmedAt: optionalText(callback.confirmedAt),
    }),
  };
}

function sessionView({ sessionId, src, status, configuration, startedAt, endedAt, reason }: SessionView) {
  return {
    _id: sessionId,
    src,
    status,
    states: [...configuration],
    startedAt: text(startedAt),
    ...defined({ endedAt: optionalText(endedAt), reason }),
  };
}

async function callView(call: CallView, routing: CallbackLifeDeps['routing']) {
  const { connId, state, vq, enteredAt, agentId } = call;
  const { position, calls, ewtSeconds } = await routing.viewQueue(connId);
  return {
    _id: connId,
    state,
    queue: vq,
    enteredAt: text(enteredAt),
    position,
    waiting: calls,
    ...defined({ estimatedWaitSeconds: ewtSeconds, agentId }),
  };
}

/** The chat, with those who joined and left in the first part of its transcript. */
function chatView({ id }: ServiceInstance, { chats }: CallbackLifeDeps) {
  const chat = chats.byService(id);
  if (chat === undefined) return undefined;
  const { status, notifyBy, startedAt } = chat;
  const moves = chats
    .transcript(chat.id)
    .entries.filter(({ type }) => type === EntryType.JOINED || type === EntryType.LEFT);
  return {
    _id: chat.id,
    startedAt: text(startedAt),
    isPushed: notifyBy === 'comet',
    parties: moves.map(({ type, party, utcTime }) => ({
      at: text(utcTime),
      type: party.type,
      name: party.nickname,
      isJoin: type === EntryType.JOINED,
    })),
    ...(status.kind === 'ended' ? { endedAt: text(status.at), endedBy: status.by } : {}),
  };
}

/** The interaction of the chat, and those that the session controls. */
function interactionsOf(
  { id, sessionId }: ServiceInstance,
  { chats, interactions }: CallbackLifeDeps,
): readonly Interaction[] {
  const chat = chats.byService(id);
  const ofChat = chat === undefined ? undefined : interactions.get(chat.id);
  const ofSession = (session: SessionId) => interactions.bySession(session);
  const all = [
    ...(ofChat === undefined ? [] : [ofChat]),
    ...(sessionId === undefined ? [] : ofSession(sessionId)),
  ];
  const byId = new Map<InteractionId, Interaction>(all.map((one) => [one.id, one]));
  return [...byId.values()].slice(0, MAX_LIFE_PARTS);
}

function interactionView(interaction: Interaction) {
  const { id, media, state, queue, sessionId, agentId, createdAt, queuedAt, endedAt } = interaction;
  const { endReason, disposition } = interaction;
  return {
    _id: id,
    media,
    state,
    queue,
    createdAt: text(createdAt),
    ...defined({
      sessionId,
      agentId,
      queuedAt: optionalText(queuedAt),
      endedAt: optionalText(endedAt),
      endedBy: endReason,
      disposition,
    }),
  } satisfies Json;
}

function optionalText(at: number | undefined): string | undefined {
  return at === undefined ? undefined : text(at);
}

function text(at: number): string {
  return new Date(at).toISOString();
}
