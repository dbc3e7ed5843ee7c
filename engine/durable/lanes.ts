import { laneOfKey } from './taskKeys.ts';
import type { TaskRef, TaskTable } from './taskTable.ts';

interface Lane {
  /** Due key of the task that holds the lane. */
  holder: string | undefined;
  /** Key in LANE from which the next task is searched. */
  from: string;
  /** Tasks of the lane in memory: the holder, and those whose removal is being written. */
  inMemory: number;
}

/**
 * The tasks in memory that hold their lanes.
 *
 * LN1. At most one task holds a lane: the first one in the store whose removal is not being written. A task
 *      that waits for its retry also counts: later tasks wait for it, although it is not in memory.
 * LN2. While removals of earlier tasks are being written, `from` skips them, so that a lane is not read from
 *      its start for each of its tasks. A task that enters the lane before `from` moves it back.
 */
export class Lanes {
  readonly #table: TaskTable;
  readonly #lanes = new Map<string, Lane>();

  constructor(table: TaskTable) {
    this.#table = table;
  }

  /** Gives the lane to its task, which comes into memory; false when another task goes before it. */
  enter({ dueKey, laneKey }: TaskRef): boolean {
    if (laneKey === undefined) return true;
    const name = laneOfKey(laneKey);
    const lane = this.#lanes.get(name);
    if (lane !== undefined && laneKey < lane.from) lane.from = laneKey;
    if (this.first(name)?.dueKey !== dueKey) return false;
    this.#lanes.set(name, { holder: dueKey, from: laneKey, inMemory: (lane?.inMemory ?? 0) + 1 });
    return true;
  }

  /**
   * The task no longer holds its lane. Returns the next task of the lane, which may wait for its retry.
   */
  free({ dueKey, laneKey }: TaskRef): TaskRef | undefined {
    if (laneKey === undefined) return undefined;
    const name = laneOfKey(laneKey);
    const lane = this.#lanes.get(name);
    if (lane?.holder !== dueKey) return undefined;
    lane.holder = undefined;
    return this.first(name);
  }

  /** The task leaves memory. */
  leave({ laneKey }: TaskRef): void {
    if (laneKey === undefined) return;
    const name = laneOfKey(laneKey);
    const lane = this.#lanes.get(name)!;
    lane.inMemory--;
    if (lane.inMemory === 0) this.#lanes.delete(name);
  }

  /** The task's key in its lane has changed: the lane is read from its start again. */
  readAgain({ laneKey }: TaskRef): void {
    const lane = laneKey === undefined ? undefined : this.#lanes.get(laneOfKey(laneKey));
    if (lane !== undefined) lane.from = '';
  }

  /** The task that may enter the lane next; undefined when a task holds the lane, or the lane is empty. */
  first(name: string): TaskRef | undefined {
    const lane = this.#lanes.get(name);
    return lane?.holder === undefined ? this.#table.firstOfLane(name, lane?.from) : undefined;
  }
}
