import type { Clock, Log } from '../../engine/ports/index.ts';

/** Time for which the places of cells are used without asking the database, in ms. */
const KEPT_MS = 1_000;
/** Time that a request whose owner is known waits for a fresh place, in ms. */
const PATIENCE_MS = 200;
/** Interval at which they are read while requests wait or are under way, in ms. */
const WATCH_MS = 50;

/** The node that has a cell. */
export interface CellPlace {
  readonly cell: string;
  /** Name of the node; empty when none has it. */
  readonly owner: string;
  /** URL at which the other nodes reach it. */
  readonly address: string;
  /** Counts the claims of the cell. */
  readonly epoch: number;
}

/** The cells of the database, as it said last. Readings that come together are one. */
export class ClusterCells {
  readonly #read: () => Promise<readonly CellPlace[]>;
  readonly #clock: Clock;
  readonly #log: Log;
  #places: ReadonlyMap<string, CellPlace> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #isAway = false;
  readonly #watchers = new Set<() => void>();
  #cancel: () => void = () => {};

  /** `read`: asks the database. `clock`: monotonic. */
  constructor(deps: {
    readonly read: () => Promise<readonly CellPlace[]>;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#read = deps.read;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** As last read; without asking. */
  known(cell: string): CellPlace | undefined {
    return this.#places.get(cell);
  }

  /**
   * Undefined: there is no such cell, or the database was never reached. A place that is known already does
   * not wait for a database that is silent.
   */
  async place(cell: string): Promise<CellPlace | undefined> {
    if (this.#clock.now() - this.#readAt < KEPT_MS) return this.#places.get(cell);
    const reading = this.refresh();
    await (this.#places.has(cell) ? this.#within(PATIENCE_MS, reading) : reading);
    return this.#places.get(cell);
  }

  /** Asks the database. While it does not answer, the places stay as they were. */
  refresh(): Promise<void> {
    this.#reading ??= this.#refresh().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Calls `changed` after each reading. Returns a function that ends it. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    if (this.#watchers.size === 1) this.#schedule();
    return () => {
      this.#watchers.delete(changed);
      if (this.#watchers.size === 0) this.#cancel();
    };
  }

  async #within(ms: number, reading: Promise<void>): Promise<void> {
    let cancel: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      cancel = this.#clock.at(this.#clock.now() + ms, resolve);
    });
    await Promise.race([reading, over]);
    cancel();
  }

  async #refresh(): Promise<void> {
    const begun = this.#clock.now();
    try {
      const places = await this.#read();
      this.#places = new Map(places.map((place) => [place.cell, place]));
      this.#isAway = false;
    } catch (err) {
      if (!this.#isAway) this.#log.warn({ err }, 'The owners of the cells cannot be read.');
      this.#isAway = true;
    }
    this.#readAt = begun;
    for (const changed of [...this.#watchers]) changed();
  }

  #schedule(): void {
    this.#cancel = this.#clock.at(this.#clock.now() + WATCH_MS, () => {
      void this.refresh().then(() => {
        if (this.#watchers.size > 0) this.#schedule();
      });
    });
  }
}
