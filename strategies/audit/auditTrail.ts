import { type Batch, type Durable, timeKey } from '../../engine/durable/index.ts';

/** Oldest entries that one new entry removes. More than one wait only after the maximum was made smaller. */
const MAX_REMOVED_AT_ONCE = 10;
const SERIAL_DIGITS = 12;

/** An entry as it is stored. The key is the rest of its id. */
interface Timed {
  /** ms since epoch. */
  readonly at: number;
}

/**
 * Records of one table in the order of their time, bounded in number and age. The id of a record begins with
 * its time, so the ids of several trails can be compared.
 */
export class AuditTrail<Stored extends Timed> {
  readonly #durable: Durable;
  readonly #table: string;
  readonly #mark: string;
  readonly #maxEntries: number;
  readonly #maxAgeMs: number;
  /** Time and serial number of the newest entry. Undefined: not read from the store yet. */
  #last: { readonly at: number; readonly serial: number } | undefined;

  constructor(given: {
    readonly durable: Durable;
    readonly table: string;
    /** One character, different for each trail: no two of them have an entry with the same id. */
    readonly mark: string;
    readonly maxEntries: number;
    readonly maxAgeMs: number;
  }) {
    this.#durable = given.durable;
    this.#table = given.table;
    this.#mark = given.mark;
    this.#maxEntries = given.maxEntries;
    this.#maxAgeMs = given.maxAgeMs;
  }

  /** The batch that adds an entry. Its time may be raised to that of the entry before. */
  addBatch(entry: Stored): Batch {
    const last = this.#last ?? this.#readLast();
    // Never earlier than the entry before, so that keys, times and serial numbers have one order.
    const at = Math.max(entry.at, last.at);
    const serial = last.serial + 1;
    this.#last = { at, serial };
    const key = `${timeKey(at)}:${this.#mark}${String(serial).padStart(SERIAL_DIGITS, '0')}`;
    return {
      put: [{ table: this.#table, key, value: { ...entry, at }, expiresAt: at + this.#maxAgeMs }],
      remove: this.#oldest()
        .filter((old) => serialOf(old) <= serial - this.#maxEntries)
        .map((old) => ({ table: this.#table, key: old })),
    };
  }

  /** Entries, newest first, with their ids. `before`: ids below this one. Times as in AuditQuery. */
  *newestFirst(range: {
    readonly from?: string;
    readonly to?: string;
  }): Generator<Stored & { readonly id: string }, undefined> {
    for (const { key, value } of this.#durable.scan<Stored>(this.#table, { ...range, reverse: true })) {
      yield { id: key, ...value };
    }
    return undefined;
  }

  #oldest(): readonly string[] {
    return [...this.#durable.scan(this.#table, { limit: MAX_REMOVED_AT_ONCE })].map(({ key }) => key);
  }

  #readLast(): { readonly at: number; readonly serial: number } {
    const [newest] = this.#durable.scan<Stored>(this.#table, { reverse: true, limit: 1 });
    return newest === undefined
      ? { at: 0, serial: 0 }
      : { at: newest.value.at, serial: serialOf(newest.key) };
  }
}

function serialOf(key: string): number {
  return Number(key.slice(-SERIAL_DIGITS));
}
