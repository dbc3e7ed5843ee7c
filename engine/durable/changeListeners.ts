import type { Batch, RecordChange } from './durable.ts';

type Listener = (change: RecordChange) => void;

/** The listeners of D5, by table. */
export class ChangeListeners {
  readonly #byTable = new Map<string, Listener[]>();

  add(tables: readonly string[], listener: Listener): void {
    for (const table of tables) {
      this.#byTable.set(table, [...(this.#byTable.get(table) ?? []), listener]);
    }
  }

  /** A commit was made at `now`. */
  committed({ put = [], remove = [] }: Batch, now: number): void {
    if (this.#byTable.size === 0) return;
    for (const { table, key } of remove) this.#tell({ table, key, value: undefined });
    for (const { table, key, value, expiresAt } of put) {
      const isOver = expiresAt !== undefined && expiresAt <= now;
      this.#tell({ table, key, value: isOver ? undefined : value });
    }
  }

  /** A commit failed; `read` tells what reads see now. */
  failed({ put = [], remove = [] }: Batch, read: (table: string, key: string) => unknown): void {
    for (const { table, key } of [...remove, ...put]) {
      if (this.#byTable.has(table)) this.#tell({ table, key, value: read(table, key) });
    }
  }

  #tell(change: RecordChange): void {
    for (const listener of this.#byTable.get(change.table) ?? []) listener(change);
  }
}
