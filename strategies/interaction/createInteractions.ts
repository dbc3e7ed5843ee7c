import { type Batch, type Durable, joinBatches } from '../../engine/host/durable.ts';
import { HostError, type Sessions } from '../../engine/host/sessions.ts';
import type { Json } from '../../engine/event.ts';
import type { Clock, Ids, Log } from '../../engine/ports.ts';
import type { Agents } from '../routing/agents.ts';
import type { Routing } from '../routing/routing.ts';
import { InteractionError } from './errors.ts';
import { createInteractionEvents, goneFacts, presentFacts } from './interactionEvents.ts';
import { createInteractionModules } from './interactionModules.ts';
import {
  interactionBatch,
  type InteractionRecord,
  interactionsOfAgent,
  interactionsOfSession,
  readInteraction,
} from './interactionRecord.ts';
import type { EndedBy, Interaction, InteractionObserver, Interactions } from './interactions.ts';
import { createOffers } from './offers.ts';

const ENTER_TASK = 'interaction.enterQueue';

/** The application of an interaction queue. */
export interface QueueApplication {
  /** URL of the document. */
  readonly src: string;
  readonly params: Readonly<Record<string, Json>>;
}

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

  durable.onTask<{ id: string; sessionId: string }>(
    ENTER_TASK,
    async ({ id, sessionId }) => {
      const interaction = readInteraction(durable, id);
      if (interaction === undefined || interaction.state === 'ended') return;
      const application = queues(interaction.queue);
      if (application === undefined) throw new InteractionError('QUEUE_UNKNOWN', interaction.queue);
      await sessions.start({ id: sessionId, src: application.src, params: application.params });
      await present(id, sessionId);
    },
    {
      async onGiveUp({ id }: { id: string }, error: unknown) {
        log.error(
          { interactionId: id, err: error },
          'The application of the interaction queue cannot start.',
        );
        await durable.commit(endBatch(id, 'document'));
      },
    },
  );

  /** interaction.added and .present to the queue's application. */
  async function present(id: string, sessionId: string): Promise<void> {
    for (const name of ['interaction.added', 'interaction.present']) {
      const interaction = readInteraction(durable, id);
      // Given to another session, or over, while the first event was processed.
      if (interaction === undefined || interaction.sessionId !== sessionId || interaction.state === 'ended')
        return;
      const event = { name, data: { interactionid: id }, facts: presentFacts(interaction) };
      try {
        await sessions.publish(sessionId, { id: `${id}/${name}`, ...event });
      } catch (error) {
        if (!(error instanceof HostError) || error.code !== 'SESSION_NOT_FOUND') throw error;
        log.warn({ interactionId: id, sessionId }, 'The application ended without taking its interaction.');
        return;
      }
    }
  }

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

  /** The interaction, when it is in that state with that agent. */
  function requireOf(id: string, agentId: string, state: 'offered' | 'active'): InteractionRecord {
    const interaction = requireInteraction(id);
    if (interaction.state === state && interaction.agentId === agentId) return interaction;
    const holder = interaction.agentId === undefined ? '' : ` with agent '${interaction.agentId}'`;
    throw new InteractionError(
      'INTERACTION_STATE',
      `Expected interaction '${id}' to be ${state} with agent '${agentId}'; it is ${interaction.state}${holder}.`,
    );
  }

  return {
    createBatch({ id, media, serviceId, userData, queue }) {
      if (queues(queue) === undefined) throw new InteractionError('QUEUE_UNKNOWN', queue);
      const now = clock.now();
      // Fixed here: entering the queue again after a crash finds the same session.
      const sessionId = ids.session();
      const interaction: InteractionRecord = {
        id,
        media,
        ...(serviceId === undefined ? {} : { serviceId }),
        userData,
        queue,
        state: 'queued',
        sessionId,
        createdAt: now,
      };
      log.info({ interactionId: id, serviceId, queue, sessionId }, 'Interaction enters its queue.');
      return joinBatches(interactionBatch(undefined, interaction), {
        schedule: [{ key: `${ENTER_TASK}/${id}`, kind: ENTER_TASK, payload: { id, sessionId }, dueAt: now }],
      });
    },

    get: (id) => viewOf(readInteraction(durable, id)),
    byAgent: (agentId) => interactionsOfAgent(durable, agentId).map((interaction) => viewOf(interaction)!),
    bySession: (sessionId) =>
      interactionsOfSession(durable, sessionId).map((interaction) => viewOf(interaction)!),
    endBatch,
    setUserDataBatch,

    async accept(id, agentId) {
      const before = requireInteraction(id);
      if (before.state === 'active' && before.agentId === agentId) return viewOf(before)!;
      const { batch, after } = offers.acceptedBatch(requireOf(id, agentId, 'offered'));
      await durable.commit(batch);
      return viewOf(after)!;
    },

    async reject(id, agentId) {
      await durable.commit(offers.refusedBatch(requireOf(id, agentId, 'offered'), 'rejected'));
    },

    async leave(id, agentId) {
      const interaction = requireOf(id, agentId, 'active');
      const nickname = agents.record(agentId)?.nickname ?? agentId;
      const left = observers.map((observer) => observer.agentLeft(interaction, { id: agentId, nickname }));
      await durable.commit(joinBatches(...left, endBatch(id, 'agent')));
    },

    observe(observer) {
      observers.push(observer);
    },
  };
}

function viewOf(record: InteractionRecord | undefined): Interaction | undefined {
  if (record === undefined) return undefined;
  const { offer: _offer, ...interaction } = record;
  return interaction;
}
