import { firstDueKey, firstDueKeyAt } from './taskKeys.ts';
import type { TaskRef, TaskTable } from './taskTable.ts';

/** Tasks of one kind that are read at once. The event loop runs before more are read. */
export const MAX_READ_AT_ONCE = 1_000;

/** The due tasks of one kind that are in memory, and how far the kind has been read (Q2 of dueTasks.ts). */
export class KindQueue {
  readonly name: string;
  readonly #maxLoaded: number;
  /** Tasks that may begin, by due key, in their order. */
  readonly #runnable = new Map<string, TaskRef>();
  #loaded = 0;
  /** Due key from which on due tasks may be missing in memory; undefined: none is missing. */
  #unread: string | undefined;
  /** Due time of the earliest task that is not due yet; undefined if unknown. */
  #nextDue: number | undefined;

  constructor({ name, maxLoaded }: { readonly name: string; readonly maxLoaded: number }) {
    this.name = name;
    this.#maxLoaded = maxLoaded;
    this.#unread = firstDueKey(name);
  }

  get nextDue(): number | undefined {
    return this.#nextDue;
  }

  /** True when due tasks have to be read and there is room for them. */
  get needsReading(): boolean {
    return this.#unread !== undefined && this.#loaded <= this.#maxLoaded / 2;
  }

  get isFull(): boolean {
    return this.#loaded >= this.#maxLoaded;
  }

  get hasRunnable(): boolean {
    return this.#runnable.size > 0;
  }

  /** The next reading reaches that task anyway. */
  willRead(dueKey: string): boolean {
    return this.#unread !== undefined && dueKey >= this.#unread;
  }

  readFrom(dueKey: string): void {
    if (this.#unread === undefined || dueKey < this.#unread) this.#unread = dueKey;
  }

  noteDue(time: number): void {
    if (this.#nextDue === undefined || time < this.#nextDue) this.#nextDue = time;
  }

  /** Requests a read of the tasks that have become due. */
  wake(now: number): void {
    if (this.#nextDue === undefined || this.#nextDue > now) return;
    this.readFrom(firstDueKeyAt(this.name, this.#nextDue));
    this.#nextDue = undefined;
  }

  /**
   * Reads the next part from the table and gives each due task to `take`. Returns the due time of the first
   * task that is not due yet, if it reads such a task.
   */
  read(table: TaskTable, now: number, take: (ref: TaskRef) => void): number | undefined {
    let count = 0;
    for (const ref of table.tasksOf(this.name, this.#unread ?? firstDueKey(this.name))) {
      count++;
      if (ref.dueAt > now) {
        this.#unread = undefined;
        // Not simply assigned: an earlier task that is not due may be before the key at which the reading
        // began.
        this.noteDue(ref.dueAt);
        return ref.dueAt;
      }
      if (count === MAX_READ_AT_ONCE || this.isFull) {
        this.#unread = ref.dueKey;
        return undefined;
      }
      take(ref);
    }
    this.#unread = undefined;
    return undefined;
  }

  /** A task comes into memory. */
  enter(): void {
    this.#loaded++;
  }

  /** A task leaves memory. */
  leave(): void {
    this.#loaded--;
  }

  add(ref: TaskRef): void {
    this.#runnable.set(ref.dueKey, ref);
  }

  /** Removes the next task that may begin. */
  next(): TaskRef | undefined {
    for (const ref of this.#runnable.values()) return this.remove(ref.dueKey);
    return undefined;
  }

  remove(dueKey: string): TaskRef | undefined {
    const ref = this.#runnable.get(dueKey);
    this.#runnable.delete(dueKey);
    return ref;
  }
}
