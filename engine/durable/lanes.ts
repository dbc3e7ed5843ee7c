import { laneOfKey } from './taskKeys.ts';
import type { TaskRef, TaskTable } from './taskTable.ts';

/**
 * Which tasks in memory hold their lanes.
 *
 * L1. Of one lane at most one task holds it: the first of those in the store whose removal is not on its way. A task
 *     that rests after a failure is one of them, and so keeps the others waiting without being in memory.
 * L2. While the removal of earlier ones is on its way, `from` leads past them: a lane is not read again from its start
 *     for each of its tasks. Whatever comes into the lane before `from` moves it back.
 */
export interface Lanes {
  /** Takes the lane for its task, which comes into memory; false when it is not its turn. */
  enter(ref: TaskRef): boolean;
  /** The task does not hold its lane any more. Returns the one whose turn it is, which may be resting. */
  free(ref: TaskRef): TaskRef | undefined;
  /** The task leaves memory. */
  leave(ref: TaskRef): void;
  /** The task has another place in its lane. */
  readAgain(ref: TaskRef): void;
  /** Whose turn it is; undefined when a task holds the lane, or none is there. */
  first(lane: string): TaskRef | undefined;
}

interface Lane {
  /** Due key. */
  holder: string | undefined;
  /** Key in LANE. */
  from: string;
  /** Its tasks in memory: the holder, and those whose removal is on its way. */
  inMemory: number;
}

export function createLanes(table: TaskTable): Lanes {
  const lanes = new Map<string, Lane>();

  function first(name: string): TaskRef | undefined {
    const lane = lanes.get(name);
    return lane?.holder === undefined ? table.firstOfLane(name, lane?.from) : undefined;
  }

  function leave({ laneKey }: TaskRef): void {
    if (laneKey === undefined) return;
    const name = laneOfKey(laneKey);
    const lane = lanes.get(name)!;
    lane.inMemory--;
    if (lane.inMemory === 0) lanes.delete(name);
  }

  return {
    first,
    leave,

    enter({ dueKey, laneKey }) {
      if (laneKey === undefined) return true;
      const name = laneOfKey(laneKey);
      const lane = lanes.get(name);
      if (lane !== undefined && laneKey < lane.from) lane.from = laneKey;
      if (first(name)?.dueKey !== dueKey) return false;
      lanes.set(name, { holder: dueKey, from: laneKey, inMemory: (lane?.inMemory ?? 0) + 1 });
      return true;
    },

    free({ dueKey, laneKey }) {
      if (laneKey === undefined) return undefined;
      const name = laneOfKey(laneKey);
      const lane = lanes.get(name);
      if (lane?.holder !== dueKey) return undefined;
      lane.holder = undefined;
      return first(name);
    },

    readAgain({ laneKey }) {
      const lane = laneKey === undefined ? undefined : lanes.get(laneOfKey(laneKey));
      if (lane !== undefined) lane.from = '';
    },
  };
}
