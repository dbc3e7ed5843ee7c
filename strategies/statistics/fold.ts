import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { Fact, ObjectKey } from './facts.ts';
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
import { addFact, type Bucket, type Tally, tagsOf } from './tally.ts';
import { MAX_SELECTION, type TimeRange } from './timeProfiles.ts';

/** The buckets that facts change, in memory. */
export class Fold {
  readonly #durable: Pick<Durable, 'get'>;
  readonly #ranges: ReadonlyMap<string, TimeRange>;
  readonly #buckets = new Map<string, { table: string; key: string; start: number; bucket: Bucket }>();
  readonly #levels = new Map<ObjectKey, Record<string, Level>>();
  readonly #latest = new Map<string, { at: number; list: LatestAction[] }>();

  constructor(durable: Pick<Durable, 'get'>, ranges: ReadonlyMap<string, TimeRange>) {
    this.#durable = durable;
    this.#ranges = ranges;
  }

  add(at: number, fact: Fact): void {
    for (const [table, length] of [
      [MINUTE, MINUTE_MS],
      [HOUR, HOUR_MS],
    ] as const) {
      const start = floor(at, length);
      const bucket = this.#bucket(table, fact.object, start);
      for (const tag of tagsOf(fact)) {
        bucket[tag] ??= { count: 0, ms: 0 } satisfies Tally;
        addFact(bucket[tag], fact, { offset: at - start, ranges: this.#ranges });
      }
    }
    this.#changeLevel(at, fact);
    if (fact.kind === 'begun' || fact.ms === undefined) return;
    for (const tag of tagsOf(fact)) this.#addLatest(`${fact.object}${tag}`, { at, ms: fact.ms });
  }

  batch(keptMs: number): Batch {
    const buckets = [...this.#buckets.values()].map(({ table, key, start, bucket }) => ({
      table,
      key,
      value: bucket,
      expiresAt: start + (table === MINUTE ? MINUTES_KEPT_MS + MINUTE_MS : keptMs + HOUR_MS),
    }));
    const latest = [...this.#latest].map(([key, { at, list }]) => ({
      table: LATEST,
      key,
      value: list,
      expiresAt: at + keptMs,
    }));
    const levels = [...this.#levels].map(([key, value]) => ({ table: LEVEL, key, value }));
    return {
      put: [...buckets, ...latest, ...levels.filter(({ value }) => Object.keys(value).length > 0)],
      remove: levels
        .filter(({ value }) => Object.keys(value).length === 0)
        .map(({ table, key }) => ({ table, key })),
    };
  }

  #bucket(table: string, object: ObjectKey, start: number): Bucket {
    const key = bucketKey(object, start);
    const id = `${table} ${key}`;
    let found = this.#buckets.get(id);
    if (found === undefined) {
      const stored = this.#durable.get<Bucket>(table, key);
      found = { table, key, start, bucket: stored === undefined ? {} : structuredClone(stored) };
      this.#buckets.set(id, found);
    }
    return found.bucket;
  }

  #changeLevel(at: number, fact: Fact): void {
    if (fact.kind === 'occurred') return;
    const [count, since] = fact.kind === 'begun' ? [1, at] : [-1, -(at - (fact.ms ?? 0))];
    let levels = this.#levels.get(fact.object);
    if (levels === undefined) {
      levels = { ...this.#durable.get<Levels>(LEVEL, fact.object) };
      this.#levels.set(fact.object, levels);
    }
    for (const tag of tagsOf(fact)) {
      const before = levels[tag] ?? NO_LEVEL;
      const after = { count: before.count + count, since: before.since + since };
      if (after.count <= 0) delete levels[tag];
      else levels[tag] = after;
    }
  }

  #addLatest(key: string, action: LatestAction): void {
    const found = this.#latest.get(key);
    const list = found?.list ?? [...(this.#durable.get<readonly LatestAction[]>(LATEST, key) ?? [])];
    list.push(action);
    if (list.length > MAX_SELECTION) list.shift();
    this.#latest.set(key, { at: action.at, list });
  }
}
