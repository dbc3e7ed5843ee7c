import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { HostError, type Sessions } from '../../engine/host/index.ts';
import type { Clock, Ids, Json, Log, SessionId } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { InteractionError } from './errors.ts';
import type { InteractionChanges } from './interactionChanges.ts';
import { presentFacts } from './interactionEvents.ts';
import {
  type InteractionRecord,
  interactionBatch,
  interactionsOfSession,
  readInteraction,
} from './interactionRecord.ts';

const ENTER_TASK = 'interaction.enterQueue';
const ORPHAN_TASK = 'interaction.orphan';

/**
 * Times that an interaction enters its queue, when its sessions end one after the other without an agent for
 * it.
 */
export const MAX_QUEUE_ENTRIES = 3;
/**
 * Time between the end of a session and the check of its interactions: the elements of its last step
 * (terminate, redirect) are performed first.
 */
export const ORPHAN_GRACE_MS = 5_000;

/** The application of an interaction queue. */
export interface QueueApplication {
  /** URL of the document. */
  readonly src: string;
  readonly params: Readonly<Record<string, Json>>;
}

/**
 * Gives each interaction to the application of its queue: starts a session that controls the interaction and
 * gets interaction.added and interaction.present. If the session ends while the interaction is still queued,
 * the interaction enters the queue again, at most MAX_QUEUE_ENTRIES times; then it is ended.
 */
export class QueueEntry {
  readonly #durable: Durable;
  readonly #sessions: Pick<Sessions, 'start' | 'publish' | 'onEnded'>;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #queues: (name: string) => QueueApplication | undefined;
  readonly #changes: InteractionChanges;

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Pick<Sessions, 'start' | 'publish' | 'onEnded'>;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly queues: (name: string) => QueueApplication | undefined;
    readonly changes: InteractionChanges;
  }) {
    this.#durable = deps.durable;
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#queues = deps.queues;
    this.#changes = deps.changes;
    deps.durable.onTask(ENTER_TASK, (entry: Entry) => this.#startApplication(entry), {
      onGiveUp: ({ id }: Entry, error: unknown) => this.#giveUp(id, error),
    });
    deps.durable.onTask(ORPHAN_TASK, (entry: Entry) => this.#checkOrphan(entry));
    deps.sessions.onEnded(({ sessionId }) =>
      joinBatches(
        ...interactionsOfSession(this.#durable, sessionId).map(({ id }) =>
          this.#orphanBatch({ id, sessionId }),
        ),
      ),
    );
  }

  /** True for a configured interaction queue. */
  isQueue(name: string): boolean {
    return this.#queues(name) !== undefined;
  }

  /** The interaction, controlled by the session that will be started for it. */
  enterBatch(before: InteractionRecord | undefined, interaction: InteractionRecord): Batch {
    const { id } = interaction;
    // The session's id is fixed here, so that a task repeated after a crash starts the same session.
    const sessionId = this.#ids.session();
    const queuedAt = this.#clock.now();
    const after: InteractionRecord = {
      ...interaction,
      sessionId,
      entries: interaction.entries + 1,
      queuedAt,
    };
    const payload = { id, sessionId };
    return joinBatches(interactionBatch(before, after), {
      schedule: [{ key: `${ENTER_TASK}/${id}`, kind: ENTER_TASK, payload, dueAt: queuedAt }],
    });
  }

  async #startApplication({ id, sessionId }: Entry): Promise<void> {
    const interaction = readInteraction(this.#durable, id);
    if (interaction?.sessionId !== sessionId || interaction.state === 'ended') return;
    const application = this.#queues(interaction.queue);
    if (application === undefined) throw new InteractionError('QUEUE_UNKNOWN', interaction.queue);
    await this.#sessions.start({ id: sessionId, src: application.src, params: application.params });
    await this.#present(id, sessionId);
  }

  async #giveUp(id: InteractionId, error: unknown): Promise<void> {
    this.#log.error(
      { interactionId: id, err: error },
      'The application of the interaction queue cannot start.',
    );
    await this.#durable.commit(this.#changes.endBatch(id, 'document'));
  }

  /** Sends interaction.added and interaction.present to the application of the queue. */
  async #present(id: InteractionId, sessionId: SessionId): Promise<void> {
    for (const name of ['interaction.added', 'interaction.present']) {
      const interaction = readInteraction(this.#durable, id);
      // While the first event was processed, the interaction may have ended or gone to another session.
      if (interaction?.sessionId !== sessionId || interaction.state === 'ended') return;
      const event = { name, data: { interactionid: id }, facts: presentFacts(interaction) };
      try {
        await this.#sessions.publish(sessionId, { id: `${id}/${name}`, ...event });
      } catch (error) {
        if (!(error instanceof HostError) || error.code !== 'SESSION_NOT_FOUND') throw error;
        const fields = { interactionId: id, sessionId };
        this.#log.warn(fields, 'The application ended without taking its interaction.');
        return;
      }
    }
  }

  #orphanBatch(entry: Entry): Batch {
    const dueAt = this.#clock.now() + ORPHAN_GRACE_MS;
    const payload = { id: entry.id, sessionId: entry.sessionId };
    return { schedule: [{ key: `${ORPHAN_TASK}/${entry.id}`, kind: ORPHAN_TASK, payload, dueAt }] };
  }

  async #checkOrphan({ id, sessionId }: Entry): Promise<void> {
    const interaction = readInteraction(this.#durable, id);
    if (interaction?.sessionId !== sessionId) return;
    // A redirect of the session's last step asks an agent: check again after their answer.
    if (interaction.state === 'offered') return this.#durable.commit(this.#orphanBatch({ id, sessionId }));
    if (interaction.state !== 'queued') return;
    const { entries } = interaction;
    this.#log.warn({ interactionId: id, sessionId, entries }, 'No session controls the interaction.');
    await this.#durable.commit(
      entries < MAX_QUEUE_ENTRIES
        ? this.enterBatch(interaction, interaction)
        : this.#changes.endBatch(id, 'document'),
    );
  }
}

/** An interaction, and the session that was to control it: payload of both tasks. */
interface Entry {
  readonly id: InteractionId;
  readonly sessionId: SessionId;
}
