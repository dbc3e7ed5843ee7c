import type { Batch, Durable, RecordChange, ScanRange, TaskInfo, TaskOptions } from './durable.ts';

/** Another Durable, all of it. A subclass adds to some methods. */
export class ForwardedDurable implements Durable {
  readonly #durable: Durable;

  constructor(durable: Durable) {
    this.#durable = durable;
  }

  commit(batch: Batch): Promise<void> {
    return this.#durable.commit(batch);
  }

  get<T>(table: string, key: string): T | undefined {
    return this.#durable.get(table, key);
  }

  has(table: string, key: string): boolean {
    return this.#durable.has(table, key);
  }

  text(table: string, key: string): string | undefined {
    return this.#durable.text(table, key);
  }

  scan<T>(table: string, range?: ScanRange): Iterable<{ readonly key: string; readonly value: T }> {
    return this.#durable.scan<T>(table, range);
  }

  whenDurable(): Promise<void> {
    return this.#durable.whenDurable();
  }

  taskKeys(prefix: string): readonly string[] {
    return this.#durable.taskKeys(prefix);
  }

  onTask<P>(
    kind: string,
    perform: (payload: P, task: TaskInfo) => Promise<void>,
    options?: TaskOptions,
  ): void {
    this.#durable.onTask(kind, perform, options);
  }

  onChange(tables: readonly string[], listener: (change: RecordChange) => void): void {
    this.#durable.onChange(tables, listener);
  }

  start(): void {
    this.#durable.start();
  }

  idle(): Promise<void> {
    return this.#durable.idle();
  }

  stop(): Promise<void> {
    return this.#durable.stop();
  }
}
