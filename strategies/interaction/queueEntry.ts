import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { HostError, type Sessions } from '../../engine/host/index.ts';
import type { Clock, Ids, Json, Log } from '../../engine/ports/index.ts';
import { InteractionError } from './errors.ts';
import { presentFacts } from './interactionEvents.ts';
import {
  type InteractionRecord,
  interactionBatch,
  interactionsOfSession,
  readInteraction,
} from './interactionRecord.ts';
import type { EndedBy } from './interactions.ts';

const ENTER_TASK = 'interaction.enterQueue';
const ORPHAN_TASK = 'interaction.orphan';

/** How often an interaction enters its queue, when one session after the other ends without an agent for it. */
export const MAX_QUEUE_ENTRIES = 3;
/** What a session asked for in its last step (terminate, redirect) is performed before its interactions count as orphans. */
export const ORPHAN_GRACE_MS = 5_000;

/** The application of an interaction queue. */
export interface QueueApplication {
  /** URL of the document. */
  readonly src: string;
  readonly params: Readonly<Record<string, Json>>;
}

/**
 * Interactions and the application of their queue: a session of it is started for each, controls it, and gets
 * interaction.added and interaction.present. An interaction whose session ends while nobody else has it
 * enters the queue anew, MAX_QUEUE_ENTRIES times at most; then it is ended.
 */
export interface QueueEntry {
  /** The interaction, controlled by the session that will be started for it. */
  enterBatch(before: InteractionRecord | undefined, interaction: InteractionRecord): Batch;
}

export function createQueueEntry(deps: {
  readonly durable: Durable;
  readonly sessions: Pick<Sessions, 'start' | 'publish' | 'onEnded'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly queues: (name: string) => QueueApplication | undefined;
  readonly endBatch: (id: string, by: EndedBy) => Batch;
}): QueueEntry {
  const { durable, sessions, clock, ids, log, queues, endBatch } = deps;

  durable.onTask<{ id: string; sessionId: string }>(
    ENTER_TASK,
    async ({ id, sessionId }) => {
      const interaction = readInteraction(durable, id);
      if (interaction?.sessionId !== sessionId || interaction.state === 'ended') return;
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

  sessions.onEnded(({ sessionId }) =>
    joinBatches(...interactionsOfSession(durable, sessionId).map(({ id }) => orphanBatch(id, sessionId))),
  );

  durable.onTask<{ id: string; sessionId: string }>(ORPHAN_TASK, async ({ id, sessionId }) => {
    const interaction = readInteraction(durable, id);
    if (interaction?.sessionId !== sessionId) return;
    // An agent is asked, by a redirect of the session's last step: look again when that is decided.
    if (interaction.state === 'offered') return durable.commit(orphanBatch(id, sessionId));
    if (interaction.state !== 'queued') return;
    log.warn(
      { interactionId: id, sessionId, entries: interaction.entries },
      'Nobody controls the interaction.',
    );
    await durable.commit(
      interaction.entries < MAX_QUEUE_ENTRIES
        ? enterBatch(interaction, interaction)
        : endBatch(id, 'document'),
    );
  });

  function orphanBatch(id: string, sessionId: string): Batch {
    return {
      schedule: [
        {
          key: `${ORPHAN_TASK}/${id}`,
          kind: ORPHAN_TASK,
          payload: { id, sessionId },
          dueAt: clock.now() + ORPHAN_GRACE_MS,
        },
      ],
    };
  }

  function enterBatch(before: InteractionRecord | undefined, interaction: InteractionRecord): Batch {
    const { id } = interaction;
    // Fixed here: entering the queue again after a crash finds the same session.
    const sessionId = ids.session();
    const after: InteractionRecord = { ...interaction, sessionId, entries: interaction.entries + 1 };
    return joinBatches(interactionBatch(before, after), {
      schedule: [
        { key: `${ENTER_TASK}/${id}`, kind: ENTER_TASK, payload: { id, sessionId }, dueAt: clock.now() },
      ],
    });
  }

  /** interaction.added and .present to the queue's application. */
  async function present(id: string, sessionId: string): Promise<void> {
    for (const name of ['interaction.added', 'interaction.present']) {
      const interaction = readInteraction(durable, id);
      // Given to another session, or over, while the first event was processed.
      if (interaction?.sessionId !== sessionId || interaction.state === 'ended') return;
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

  return { enterBatch };
}
