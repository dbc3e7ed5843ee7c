import { type Batch, createOnce, type Durable, joinBatches, keyedBy } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import type { Clock, Ids, Json, Log } from '../../engine/ports/index.ts';
import type { Agents, Routing } from '../routing/index.ts';
import { InteractionError } from './errors.ts';
import { createInteractionEvents, goneFacts, presentFacts } from './interactionEvents.ts';
import { createInteractionModules } from './interactionModules.ts';
import {
  type InteractionRecord,
  interactionBatch,
  interactionsOfAgent,
  interactionsOfSession,
  readInteraction,
} from './interactionRecord.ts';
import type { EndedBy, Interaction, InteractionObserver, Interactions } from './interactions.ts';
import { createOffers } from './offers.ts';
import { createQueueEntry, type QueueApplication } from './queueEntry.ts';

export type { QueueApplication };

export interface InteractionsDeps {
  readonly durable: Durable;
  readonly sessions: Sessions;
  readonly agents: Agents;
  readonly routing: Routing;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The application of a queue; undefined: no such queue. */
  readonly queues: (name: string) => QueueApplication | undefined;
}

/** Interactions as records; every change is one batch with what sessions, agents and observers hear of it. */
export function createInteractions(deps: InteractionsDeps): Interactions {
  const { durable, sessions, agents, routing, clock, ids, log, queues } = deps;
  const observers: InteractionObserver[] = [];
  const once = createOnce({ durable, clock });
  const events = createInteractionEvents({ sessions, clock, ids });
  const offers = createOffers({ durable, clock, ids, log, agents, routing, events, observers });

  createInteractionModules({ ...deps, events, offers, endBatch, setUserDataBatch });
  routing.connect({
    find(sessionId, interactionId) {
      const own = interactionsOfSession(durable, sessionId);
      const found = interactionId === undefined ? own[0] : own.find(({ id }) => id === interactionId);
      if (found !== undefined) return { id: found.id, media: found.media };
      const description = `Expected interactionid to be an interaction that session '${sessionId}' controls, got '${interactionId ?? 'none'}'.`;
      return { error: 'unknown', description };
    },
    offerBatch({ interactionId, agent, vq, timeoutMs, submitId }) {
      const interaction = readInteraction(durable, interactionId);
      if (interaction?.state !== 'queued') return undefined;
      return offers.offerBatch(interaction, { agent, vq, timeoutMs, purpose: { kind: 'submit', submitId } });
    },
    withdrawBatch(interactionId, submitId) {
      const interaction = readInteraction(durable, interactionId);
      const purpose = interaction?.offer?.purpose;
      if (interaction === undefined || purpose?.kind !== 'submit' || purpose.submitId !== submitId) return {};
      return offers.withdrawBatch(interaction);
    },
  });

  const queue = createQueueEntry({ durable, sessions, clock, ids, log, queues, endBatch });

  function endBatch(id: string, by: EndedBy): Batch {
    const before = readInteraction(durable, id);
    if (before === undefined || before.state === 'ended') return {};
    const { offer: _offer, agentId, ...rest } = before;
    const after: InteractionRecord = {
      ...rest,
      state: 'ended',
      endedAt: clock.now(),
      endReason: by,
      // Whom it was only offered to has nothing to remember.
      ...(before.state === 'active' && agentId !== undefined ? { agentId } : {}),
    };
    log.info({ interactionId: id, serviceId: before.serviceId, by }, 'Interaction ended.');
    return joinBatches(
      interactionBatch(before, after),
      offers.dropBatch(before),
      routing.dropSubmitsBatch(id),
      events.batch(before.sessionId, {
        name: 'interaction.deleted',
        data: { interactionid: id, resultof: 'deletion' },
        facts: goneFacts(id),
      }),
      ...observers.map((observer) => observer.ended(after, by)),
      agentId === undefined ? {} : agents.tellBatch(agentId, { type: 'ended', interactionId: id, by }),
    );
  }

  function setUserDataBatch(id: string, changes: Readonly<Record<string, Json>>): Batch {
    const before = readInteraction(durable, id);
    if (before === undefined || before.state === 'ended') return {};
    const merged = Object.entries({ ...before.userData, ...changes }).filter(([, value]) => value !== null);
    const after = { ...before, userData: Object.fromEntries(merged) };
    return joinBatches(
      interactionBatch(before, after),
      events.batch(before.sessionId, {
        name: 'interaction.udata.changed',
        data: { interactionid: id, udata: changes },
        facts: presentFacts(after),
      }),
    );
  }

  function requireInteraction(id: string): InteractionRecord {
    const interaction = readInteraction(durable, id);
    if (interaction === undefined) throw new InteractionError('INTERACTION_NOT_FOUND', id);
    return interaction;
  }

  /** The interaction, when it is in that state with that agent, or with any. */
  function requireOf(
    id: string,
    agentId: string | undefined,
    state: 'offered' | 'active',
  ): InteractionRecord & { readonly agentId: string } {
    const interaction = requireInteraction(id);
    if (interaction.state === state && isWith(interaction, agentId)) return interaction;
    const wanted = agentId === undefined ? 'an agent' : `agent '${agentId}'`;
    const holder = interaction.agentId === undefined ? '' : ` with agent '${interaction.agentId}'`;
    throw new InteractionError(
      'INTERACTION_STATE',
      `Expected interaction '${id}' to be ${state} with ${wanted}; it is ${interaction.state}${holder}.`,
    );
  }

  return {
    createBatch({ id, media, serviceId, userData, queue: name }) {
      if (queues(name) === undefined) throw new InteractionError('QUEUE_UNKNOWN', name);
      log.info({ interactionId: id, serviceId, queue: name }, 'Interaction created.');
      return queue.enterBatch(undefined, {
        id,
        media,
        ...(serviceId === undefined ? {} : { serviceId }),
        userData,
        queue: name,
        state: 'queued',
        createdAt: clock.now(),
        entries: 0,
      });
    },

    get: (id) => viewOf(readInteraction(durable, id)),
    byAgent: (agentId) => interactionsOfAgent(durable, agentId).map((interaction) => viewOf(interaction)!),
    bySession: (sessionId) =>
      interactionsOfSession(durable, sessionId).map((interaction) => viewOf(interaction)!),
    endBatch,
    setUserDataBatch,

    accept: (id, agentId, key) =>
      once.commit(keyedBy(key, 'interaction.accept', id, agentId ?? ''), () => {
        const before = requireInteraction(id);
        if (before.state === 'active' && isWith(before, agentId)) {
          return { batch: {}, answer: viewOf(before)! };
        }
        const { batch, after } = offers.acceptedBatch(requireOf(id, agentId, 'offered'));
        return { batch, answer: viewOf(after)! };
      }),

    reject: (id, agentId, key) =>
      once.commit(keyedBy(key, 'interaction.reject', id, agentId ?? ''), () => ({
        batch: offers.refusedBatch(requireOf(id, agentId, 'offered'), 'rejected'),
        answer: undefined,
      })),

    leave: (id, agentId, key) =>
      once.commit(keyedBy(key, 'interaction.leave', id, agentId ?? ''), () => {
        const interaction = requireOf(id, agentId, 'active');
        const { agentId: holder } = interaction;
        const nickname = agents.record(holder)?.nickname ?? holder;
        const left = observers.map((observer) => observer.agentLeft(interaction, { id: holder, nickname }));
        return { batch: joinBatches(...left, endBatch(id, 'agent')), answer: undefined };
      }),

    observe(observer) {
      observers.push(observer);
    },
  };
}

function isWith(
  interaction: InteractionRecord,
  agentId: string | undefined,
): interaction is InteractionRecord & { readonly agentId: string } {
  return interaction.agentId !== undefined && (agentId ?? interaction.agentId) === interaction.agentId;
}

function viewOf(record: InteractionRecord | undefined): Interaction | undefined {
  if (record === undefined) return undefined;
  const { offer: _offer, ...interaction } = record;
  return interaction;
}
