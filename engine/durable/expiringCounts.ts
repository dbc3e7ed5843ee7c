import type { Clock } from '../ports/index.ts';
import { type Batch, type Durable, joinBatches, type PutRecord } from './durable.ts';

/** A number of things, and their bytes. */
export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** An amount of a key that is counted until a time. */
export interface Counted extends Amount {
  readonly key: string;
  /** ms since epoch, from ExpiringCounts.until. */
  readonly until: number;
}

/** A thing is counted for at most this part of its life after its end. */
const PARTS_OF_LIFE = 16;
const MIN_WIDTH_MS = 1000;
const TIME_DIGITS = 16;

/**
 * Counts of things that expire: how many a key has at present, and their bytes. No count needs a scan of the
 * things or a task at their end. A key has one record for all things that expire at about the same time
 * (fewer than 40 for lives of one length), and the record expires with the last of them.
 */
export class ExpiringCounts {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #table: string;

  constructor(deps: { readonly durable: Durable; readonly clock: Clock; readonly table: string }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#table = deps.table;
  }

  /** The present amount of a key. */
  of(key: string): Amount {
    let count = 0;
    let bytes = 0;
    for (const { value } of this.#durable.scan<Amount>(this.#table, { prefix: prefixOf(key) })) {
      count += value.count;
      bytes += value.bytes;
    }
    return { count, bytes };
  }

  /** The time until which a thing with this expiry is counted. Keep it, for the removal of the thing. */
  until(expiresAt: number): number {
    return countedUntil(expiresAt, this.#clock.now());
  }

  /**
   * Adds and removes amounts. Commit the batch before the next call: amounts are added to what is stored.
   */
  batch(change: { readonly add?: readonly Counted[]; readonly remove?: readonly Counted[] }): Batch {
    const sums = new Map<string, Counted>();
    for (const one of change.add ?? []) this.#sum(sums, one, 1);
    // An expired amount is gone already.
    const present = (change.remove ?? []).filter(({ until }) => until > this.#clock.now());
    for (const one of present) this.#sum(sums, one, -1);
    return joinBatches([...sums].map(([key, sum]) => this.#record(key, sum)));
  }

  #sum(sums: Map<string, Counted>, one: Counted, sign: 1 | -1): void {
    const key = countKey(one.key, one.until);
    const before = sums.get(key) ?? this.#durable.get<Amount>(this.#table, key) ?? { count: 0, bytes: 0 };
    const count = before.count + sign * one.count;
    const bytes = before.bytes + sign * one.bytes;
    sums.set(key, { key: one.key, until: one.until, count, bytes });
  }

  #record(key: string, { count, bytes, until }: Counted): Batch {
    if (count <= 0 && bytes <= 0) return { remove: [{ table: this.#table, key }] };
    const value: Amount = { count, bytes };
    const record: PutRecord = { table: this.#table, key, value, expiresAt: until };
    return { put: [record] };
  }
}

/** ExpiringCounts.until for a thing that is made at this time. */
export function countedUntil(expiresAt: number, now: number): number {
  const life = Math.max(1, expiresAt - now);
  const width = Math.max(MIN_WIDTH_MS, 2 ** Math.floor(Math.log2(life / PARTS_OF_LIFE)));
  return Math.ceil(expiresAt / width) * width;
}

/** The key of the record with the amount that a key has until this time. */
export function countKey(key: string, until: number): string {
  return prefixOf(key) + String(until).padStart(TIME_DIGITS, '0');
}

/** JSON text ends with a quote that cannot occur inside, so no prefix is a prefix of another key's. */
function prefixOf(key: string): string {
  return JSON.stringify(key);
}
