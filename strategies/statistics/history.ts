import { type Batch, type Durable, joinBatches, visitRecords } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { Action } from './actions.ts';
import { FACT, type FactRecord, type ObjectKey, OPEN, type OpenAction, openPrefix } from './facts.ts';
import { Fold } from './fold.ts';
import { FOLD_TASK } from './foldTask.ts';
import {
  bucketKey,
  floor,
  HOUR,
  HOUR_MS,
  LATEST,
  type LatestAction,
  LEVEL,
  type Level,
  type Levels,
  MINUTE,
  MINUTE_MS,
  MINUTES_KEPT_MS,
  NO_LEVEL,
} from './historyTables.ts';
import { type Bucket, sumUp, type Total } from './tally.ts';
import type { TimeRange } from './timeProfiles.ts';

/** Commits whose facts are folded in one commit, and so in one turn of the event loop. */
const FOLDED_AT_ONCE = 100;

/**
 * The history of agents, queues and callbacks, as sums of minutes and hours.
 *
 * HI1. A commit that folds facts into buckets removes them, so each fact counts once, also after a crash.
 * HI2. Folding reads, computes and commits in one turn. Nothing else writes buckets.
 * HI3. Every fact is in its minute and in its hour. A span of time is read as minutes at its edges and hours
 *      between them.
 */
export class History {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #ranges: ReadonlyMap<string, TimeRange>;
  readonly #keptMs: number;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    /** Time ranges by name, in which durations are counted. */
    readonly ranges: ReadonlyMap<string, TimeRange>;
    /** ms for which hours are kept. */
    readonly keptMs: number;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#ranges = deps.ranges;
    this.#keptMs = deps.keptMs;
    deps.durable.onTask(FOLD_TASK, () => this.fold());
  }

  /** Folds all facts that are stored now. Rejects with StoreError. */
  async fold(): Promise<void> {
    for (;;) {
      const records = [...this.#durable.scan<FactRecord>(FACT, { limit: FOLDED_AT_ONCE })];
      if (records.length === 0) return;
      await this.#durable.commit(this.#foldBatch(records));
      if (records.length < FOLDED_AT_ONCE) return;
    }
  }

  /**
   * The sums of a span until now. The beginning is a whole minute; before MINUTES_KEPT_MS it is read as the
   * hour that it is in.
   */
  total(object: ObjectKey, tag: string, from: number): Total {
    return sumUp(this.#buckets(object, this.beginning(from)), tag);
  }

  /** The beginning of a span as it can be read. */
  beginning(from: number): number {
    const isOld = from < this.#clock.now() - MINUTES_KEPT_MS + HOUR_MS;
    return isOld ? floor(from, HOUR_MS) : floor(from, MINUTE_MS);
  }

  /** The latest durations of a tag, oldest first. */
  latest(object: ObjectKey, tag: string): readonly LatestAction[] {
    return this.#durable.get<readonly LatestAction[]>(LATEST, `${object}${tag}`) ?? [];
  }

  /** The minutes of a span until now that have facts, oldest first, as far as MINUTES_KEPT_MS back. */
  minutes(object: ObjectKey, from: number): readonly { readonly start: number; readonly bucket: Bucket }[] {
    const end = floor(this.#clock.now(), MINUTE_MS) + MINUTE_MS;
    return [...this.#scan(MINUTE, object, floor(from, MINUTE_MS), end)];
  }

  /** How many actions go on. */
  level(object: ObjectKey, tag: string): Level {
    return this.#durable.get<Levels>(LEVEL, object)?.[tag] ?? NO_LEVEL;
  }

  /** Visits the actions that go on. As visitRecords. */
  visitOpen(object: ObjectKey, action: Action, visit: (open: OpenAction) => unknown): Promise<void> {
    const prefix = openPrefix(object, action);
    // The character behind the slash.
    const to = `${prefix.slice(0, -1)}0`;
    return visitRecords<OpenAction>(this.#durable, OPEN, ({ value }) => visit(value), { from: prefix, to });
  }

  *#buckets(object: ObjectKey, from: number): Iterable<{ readonly start: number; readonly bucket: Bucket }> {
    const now = this.#clock.now();
    const firstHour = Math.ceil(from / HOUR_MS) * HOUR_MS;
    const lastHour = floor(now, HOUR_MS);
    const end = floor(now, MINUTE_MS) + MINUTE_MS;
    if (firstHour > lastHour) {
      yield* this.#scan(MINUTE, object, from, end);
      return;
    }
    yield* this.#scan(MINUTE, object, from, firstHour);
    yield* this.#scan(HOUR, object, firstHour, lastHour);
    yield* this.#scan(MINUTE, object, lastHour, end);
  }

  *#scan(
    table: string,
    object: ObjectKey,
    from: number,
    to: number,
  ): Iterable<{ readonly start: number; readonly bucket: Bucket }> {
    if (from >= to) return;
    const range = { from: bucketKey(object, from), to: bucketKey(object, to) };
    for (const { key, value } of this.#durable.scan<Bucket>(table, range)) {
      yield { start: Number(key.slice(object.length)), bucket: value };
    }
  }

  #foldBatch(records: readonly { readonly key: string; readonly value: FactRecord }[]): Batch {
    const fold = new Fold(this.#durable, this.#ranges);
    for (const { value } of records) {
      for (const fact of value.facts) fold.add(value.at, fact);
    }
    return joinBatches(fold.batch(this.#keptMs), {
      remove: records.map(({ key }) => ({ table: FACT, key })),
    });
  }
}
