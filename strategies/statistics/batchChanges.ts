import type { Batch, Durable } from '../../engine/durable/index.ts';

/** A record before and after a commit; undefined: it does not exist. */
export interface Change<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** The changes of the records of some tables by a batch. As in the store, the last put of a key counts. */
export class BatchChanges {
  readonly #durable: Pick<Durable, 'get'>;
  readonly #after = new Map<string, Map<string, unknown>>();
  readonly #changes = new Map<string, readonly Change<unknown>[]>();
  readonly #put: NonNullable<Batch['put']>;

  constructor(batch: Batch, durable: Pick<Durable, 'get'>, tables: ReadonlySet<string>) {
    this.#durable = durable;
    this.#put = batch.put ?? [];
    for (const { table, key } of batch.remove ?? []) {
      if (tables.has(table)) this.#set(table, key, undefined);
    }
    for (const { table, key, value } of batch.put ?? []) {
      if (tables.has(table)) this.#set(table, key, value);
    }
  }

  get isEmpty(): boolean {
    return this.#after.size === 0;
  }

  /** The records of a table that the batch stores or removes. */
  of<T>(table: string): readonly Change<T>[] {
    const known = this.#changes.get(table);
    if (known !== undefined) return known as readonly Change<T>[];
    const changes = [...(this.#after.get(table) ?? [])].map(([key, after]) => ({
      key,
      before: this.#durable.get<T>(table, key),
      after: after as T | undefined,
    }));
    this.#changes.set(table, changes);
    return changes;
  }

  /** The record as it is after the commit. */
  after<T>(table: string, key: string): T | undefined {
    const changed = this.#after.get(table);
    return changed?.has(key) ? (changed.get(key) as T | undefined) : this.#durable.get<T>(table, key);
  }

  /** The records that the batch stores in any table. */
  put<T>(name: string): readonly T[] {
    return this.#put.flatMap(({ table, value }) => (table === name ? [value as T] : []));
  }

  #set(table: string, key: string, value: unknown): void {
    let changed = this.#after.get(table);
    if (changed === undefined) {
      changed = new Map();
      this.#after.set(table, changed);
    }
    changed.set(key, value);
  }
}
