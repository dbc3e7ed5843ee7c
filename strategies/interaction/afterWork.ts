import { type Batch, type Durable, joinBatches, keyedBy, Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Log } from '../../engine/ports/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { Agents } from '../routing/index.ts';
import { InteractionError } from './errors.ts';
import { type InteractionRecord, interactionBatch, readInteraction } from './interactionRecord.ts';

/** Table, key `agentId/interactionId`. */
const AFTER_WORK = 'afterWork';
const OVER_TASK = 'interaction.afterWorkOver';
/** Characters of the notes about an interaction. */
export const MAX_NOTES_LENGTH = 8_192;

/** The work of agents after an interaction, as the installation wants it. */
export interface AfterWorkSettings {
  /** Time for it; 0: there is none, and the agent is free at the end of the interaction. */
  readonly timeMs: number;
  /** True: it is completed only with a disposition. */
  readonly needsDisposition: boolean;
  /** The codes that a disposition may have; empty: any text. */
  readonly dispositions: readonly string[];
}

/** The result of an interaction, in the words of its agent. */
export interface Outcome {
  readonly disposition?: string | undefined;
  readonly notes?: string | undefined;
}

interface Record {
  readonly agentId: AgentId;
  readonly interactionId: InteractionId;
  /** ms since epoch at which it ends by itself. */
  readonly until: number;
}

/**
 * The work of an agent after an interaction has ended: a disposition and notes.
 *
 * AW1. It begins in the commit that ends the interaction, and keeps the slot of the agent until it is
 *      completed, its time is over, or the agent is logged out.
 * AW2. Sessions, customers and routing see an interaction that has ended.
 */
export class AfterWork {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #settings: () => AfterWorkSettings;
  readonly #once: Once;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly agents: Agents;
    /** Default: there is no such work. */
    readonly afterWork?: () => AfterWorkSettings;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#settings = deps.afterWork ?? (() => ({ timeMs: 0, needsDisposition: false, dispositions: [] }));
    this.#once = new Once(deps);
    deps.durable.onTask<Record>(OVER_TASK, async ({ agentId, interactionId, until }) => {
      if (this.until(agentId, interactionId) !== until) return;
      this.#log.info({ interactionId, agentId }, 'The time for the work after an interaction is over.');
      await deps.durable.commit(this.endBatch(agentId, interactionId, 'timeout'));
    });
  }

  /** ms since epoch at which the work of the agent ends; undefined: there is none. */
  until(agentId: AgentId, id: InteractionId): number | undefined {
    return this.#durable.get<Record>(AFTER_WORK, `${agentId}/${id}`)?.until;
  }

  /** Joins the commit that ends an interaction; put it after the batch that frees the agent. */
  beginBatch({ id, media }: InteractionRecord, agentId: AgentId): Batch {
    const { timeMs } = this.#settings();
    if (timeMs <= 0) return {};
    const now = this.#clock.now();
    const record: Record = { agentId, interactionId: id, until: now + timeMs };
    return joinBatches(
      { put: [{ table: AFTER_WORK, key: `${agentId}/${id}`, value: record }] },
      this.#agents.occupyBatch({ agentId, holder: id, kind: 'wrapup', media, since: now }),
      this.#agents.tellBatch(agentId, { type: 'wrapup', interactionId: id, until: record.until }),
      {
        schedule: [
          { key: taskKey(agentId, id), kind: OVER_TASK, payload: { ...record }, dueAt: record.until },
        ],
      },
    );
  }

  /** Empty without such work. */
  endBatch(
    agentId: AgentId,
    id: InteractionId,
    reason: 'completed' | 'timeout' | 'loggedout' | 'removed',
  ): Batch {
    if (this.until(agentId, id) === undefined) return {};
    return joinBatches(
      { remove: [{ table: AFTER_WORK, key: `${agentId}/${id}` }], cancel: [taskKey(agentId, id)] },
      this.#agents.releaseBatch(agentId, id),
      this.#agents.tellBatch(agentId, { type: 'completed', interactionId: id, reason }),
    );
  }

  /** Ends such work of an agent who is logged out of these media. */
  endAllBatch(agentId: AgentId, isLeft: (media: string) => boolean): Batch {
    const open = [...this.#durable.scan<Record>(AFTER_WORK, { prefix: `${agentId}/` })];
    const left = open.filter(({ value }) => {
      const media = readInteraction(this.#durable, value.interactionId)?.media;
      return media === undefined || isLeft(media);
    });
    return joinBatches(left.map(({ value }) => this.endBatch(agentId, value.interactionId, 'loggedout')));
  }

  /**
   * Keeps the outcome of an interaction that the agent has, or after which they work; absent fields keep
   * their value. Rejects with InteractionError INTERACTION_NOT_FOUND, INTERACTION_STATE or OUTCOME_INVALID.
   */
  save(id: InteractionId, agentId: AgentId, outcome: Outcome): Promise<void> {
    return this.#once.commit(undefined, () => {
      const interaction = this.#require(id, agentId);
      return { batch: this.#savedBatch(interaction, outcome), answer: undefined };
    });
  }

  /** Keeps the outcome, and ends the work. Rejects as save does; without a needed disposition too. */
  complete(id: InteractionId, agentId: AgentId, outcome: Outcome, key?: string): Promise<void> {
    return this.#once.commit(keyedBy(key, 'interaction.complete', id, agentId), () => {
      const interaction = this.#require(id, agentId);
      if (this.until(agentId, id) === undefined) throw stateError(interaction, 'over, with work after it');
      const disposition = outcome.disposition ?? interaction.disposition;
      const { needsDisposition, dispositions } = this.#settings();
      if (needsDisposition && disposition === undefined) throw invalidDisposition(undefined, dispositions);
      const batch = joinBatches(
        this.#savedBatch(interaction, outcome),
        this.endBatch(agentId, id, 'completed'),
      );
      return { batch, answer: undefined };
    });
  }

  #savedBatch(interaction: InteractionRecord, { disposition, notes }: Outcome): Batch {
    const { dispositions } = this.#settings();
    if (disposition !== undefined && dispositions.length > 0 && !dispositions.includes(disposition)) {
      throw invalidDisposition(disposition, dispositions);
    }
    if (disposition === undefined && notes === undefined) return {};
    return interactionBatch(interaction, { ...interaction, ...defined({ disposition, notes }) });
  }

  #require(id: InteractionId, agentId: AgentId): InteractionRecord {
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined) throw new InteractionError('INTERACTION_NOT_FOUND', id);
    const isActive = interaction.state === 'active' && interaction.agentId === agentId;
    if (isActive || this.until(agentId, id) !== undefined) return interaction;
    throw stateError(interaction, `active with agent '${agentId}', or over with work of theirs`);
  }
}

function taskKey(agentId: AgentId, id: InteractionId): string {
  return `${OVER_TASK}/${agentId}/${id}`;
}

function stateError({ id, state }: InteractionRecord, expected: string): InteractionError {
  return new InteractionError(
    'INTERACTION_STATE',
    `Expected interaction '${id}' to be ${expected}; it is ${state}.`,
  );
}

function invalidDisposition(got: string | undefined, codes: readonly string[]): InteractionError {
  const expected = codes.length === 0 ? 'a text' : `one of ${codes.join(', ')}`;
  return new InteractionError(
    'OUTCOME_INVALID',
    `Expected disposition to be ${expected}, got ${got === undefined ? 'none' : `'${got}'`}.`,
  );
}
