import type { TaskRef } from './taskTable.ts';

/**
 * Which of the loaded tasks may be performed now.
 *
 * L1. Of one lane at most one task is out (runnable, running or resting before a retry), the one committed
 *     first; the others wait behind it.
 * L2. A task without a lane waits for nobody.
 */
export interface Lanes {
  /** Takes a task in; returns it when it may go at once. */
  enter(ref: TaskRef): TaskRef | undefined;
  /** The task has left for good; returns the next of its lane. */
  leave(ref: TaskRef): TaskRef | undefined;
  readonly waiting: number;
}

export function createLanes(): Lanes {
  const queues = new Map<string, TaskRef[]>();
  let waiting = 0;

  return {
    enter(ref) {
      if (ref.lane === undefined) return ref;
      const queue = queues.get(ref.lane);
      if (queue === undefined) {
        queues.set(ref.lane, []);
        return ref;
      }
      waiting++;
      insertInOrder(queue, ref);
      return undefined;
    },

    leave(ref) {
      if (ref.lane === undefined) return undefined;
      const next = queues.get(ref.lane)?.shift();
      if (next === undefined) queues.delete(ref.lane);
      else waiting--;
      return next;
    },

    get waiting() {
      return waiting;
    },
  };
}

/** Tasks arrive nearly always in order, so the search begins at the end. */
function insertInOrder(queue: TaskRef[], ref: TaskRef): void {
  let index = queue.length;
  while (index > 0 && sequenceOf(queue[index - 1]!) > sequenceOf(ref)) index--;
  queue.splice(index, 0, ref);
}

function sequenceOf(ref: TaskRef): string {
  return ref.dueKey.slice(ref.dueKey.indexOf(':') + 1);
}
