import { type Clock, type Log, nextMacrotask, recentEntries } from '../../engine/ports/index.ts';
import type { StatisticQuestion } from './outsideFigures.ts';

/** Statistics whose values are kept for expressions and for the order of agents. */
export const MAX_KEPT_FIGURES = 10_000;
/** ms for which a value counts. */
export const FIGURE_KEPT_MS = 10_000;
/** Values that are read before other work comes in between. */
const READ_TOGETHER = 4;

/** Reads a statistic. Rejects when there is no such object or statistic, or when the store cannot be read. */
export type ReadStatistic = (question: StatisticQuestion) => Promise<number>;

/**
 * The last values of statistics that are computed from the history. A decision does not wait for a value: it
 * takes the last one, and asks for a new one when that is old. One is computed after the other.
 */
export class StatisticCache {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #read: ReadStatistic;
  readonly #closing: AbortSignal | undefined;
  readonly #values = recentEntries<string, { readonly value: number; readonly at: number }>(MAX_KEPT_FIGURES);
  /** The questions that were asked and are not answered, oldest first. */
  readonly #asked = new Map<string, StatisticQuestion>();
  #isReading = false;

  constructor(deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly readStatistic?: ReadStatistic | undefined;
    readonly closing?: AbortSignal;
  }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#read = deps.readStatistic ?? (() => Promise.resolve(Number.NaN));
    this.#closing = deps.closing;
  }

  /** NaN: not known yet. */
  value(question: StatisticQuestion): number {
    const { statistic, objectType, objectId, tenant } = question;
    const key = JSON.stringify([statistic, objectType, objectId, tenant]);
    const known = this.#values.get(key);
    const isOld = known === undefined || Math.abs(this.#clock.now() - known.at) >= FIGURE_KEPT_MS;
    if (isOld && this.#asked.size < MAX_KEPT_FIGURES) {
      this.#asked.set(key, question);
      if (!this.#isReading) void this.#readAll();
    }
    return known?.value ?? Number.NaN;
  }

  /** Never rejects: a value that cannot be read is not known. */
  async #readAll(): Promise<void> {
    this.#isReading = true;
    // The decision that asks is made first.
    await Promise.resolve();
    let read = 0;
    for (const [key, question] of this.#asked) {
      if (this.#closing?.aborted === true) break;
      const value = await this.#readOne(question);
      this.#values.set(key, { value, at: this.#clock.now() });
      this.#asked.delete(key);
      read++;
      if (read % READ_TOGETHER === 0) await nextMacrotask();
    }
    this.#isReading = false;
  }

  async #readOne(question: StatisticQuestion): Promise<number> {
    try {
      return await this.#read(question);
    } catch (error) {
      this.#log.debug({ ...question, err: error }, 'A statistic of a target has no value.');
      return Number.NaN;
    }
  }
}
