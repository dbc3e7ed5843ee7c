import type { Task } from '../../../engine/durable/durable.ts';

/** Behaviour of a task: it fails in its first `fails` attempts. `consumes`: it removes itself by a commit. */
export interface ModelPayload {
  readonly id: number;
  readonly fails: number;
  readonly consumes: boolean;
}

export interface ModelTask extends Task {
  readonly payload: ModelPayload & Task['payload'];
}

export interface ModelKind {
  readonly maxRunning: number;
  readonly maxAttempts: number;
}

interface Entry {
  readonly task: ModelTask;
  /** Position in the order of commits. */
  readonly sequence: number;
  /** It was not due when it was committed. */
  readonly isLate: boolean;
  state: 'waiting' | 'running' | 'done' | 'setAside' | 'removed';
  /** Removed from the table, but running. */
  isOrphan: boolean;
  failures: number;
  notBefore: number;
}

/**
 * The simplest model of Durable's tasks: a list of every task that was ever committed. Each method that an
 * implementation reports to throws when the reported event is not allowed.
 */
export function createTaskModel(kinds: Readonly<Record<string, ModelKind>>, now: () => number) {
  const entries: Entry[] = [];

  function inTable(entry: Entry): boolean {
    return entry.state === 'waiting' || (entry.state === 'running' && !entry.isOrphan);
  }

  function isDue(entry: Entry): boolean {
    return entry.state === 'waiting' && Math.max(entry.task.dueAt, entry.notBefore) <= now();
  }

  function runningOf(kind: string): number {
    return entries.filter((entry) => entry.state === 'running' && entry.task.kind === kind).length;
  }

  function hasSlot({ task }: Entry): boolean {
    return runningOf(task.kind) < kinds[task.kind]!.maxRunning;
  }

  function othersOfLane(entry: Entry): Entry[] {
    const { lane } = entry.task;
    return lane === undefined ? [] : entries.filter((other) => other !== entry && other.task.lane === lane);
  }

  function remove(key: string): void {
    const known = entries.find((entry) => inTable(entry) && entry.task.key === key);
    if (known === undefined) return;
    if (known.state === 'running') known.isOrphan = true;
    else known.state = 'removed';
  }

  function must(isTrue: boolean, claim: string, { task }: Entry): void {
    if (!isTrue) throw new Error(`${claim}: ${JSON.stringify(task)} at ${now()}`);
  }

  function mustMayBegin(entry: Entry, attempt: number): void {
    must(entry.state === 'waiting', `begun while ${entry.state}`, entry);
    must(isDue(entry), 'begun before it was due', entry);
    must(attempt === entry.failures + 1, `begun as attempt ${attempt}`, entry);
    must(hasSlot(entry), 'begun beyond the limit of its kind', entry);
    for (const other of othersOfLane(entry)) {
      must(other.state !== 'running', `begun beside ${other.task.payload.id} of its lane`, entry);
      if (other.state !== 'waiting' || entry.failures > 0) continue;
      must(other.failures === 0, `begun before ${other.task.payload.id}, which rests`, entry);
      const isBefore = !other.isLate && other.sequence < entry.sequence;
      must(!isBefore, `begun before ${other.task.payload.id} of its lane`, entry);
    }
  }

  /** No other task keeps it from running. */
  function isFree(entry: Entry): boolean {
    if (!isDue(entry) || !hasSlot(entry)) return false;
    return othersOfLane(entry).every((other) => {
      if (other.state === 'running') return false;
      if (other.state !== 'waiting') return true;
      return isDue(other) ? hasSlot(other) : other.failures === 0;
    });
  }

  return {
    commit(batch: { readonly schedule: readonly ModelTask[]; readonly cancel: readonly string[] }): void {
      for (const key of batch.cancel) remove(key);
      for (const task of new Map(batch.schedule.map((each) => [each.key, each])).values()) {
        remove(task.key);
        const isLate = task.dueAt > now();
        entries.push({
          task,
          isLate,
          sequence: entries.length,
          state: 'waiting',
          isOrphan: false,
          failures: 0,
          notBefore: 0,
        });
      }
    },

    begin({ id }: ModelPayload, attempt: number): void {
      const entry = entries.find(({ task }) => task.payload.id === id);
      if (entry === undefined) throw new Error(`${id} was never committed`);
      mustMayBegin(entry, attempt);
      entry.state = 'running';
    },

    /** Returns whether the attempt is to fail; `pause` is the time until its retry. */
    end({ id, fails }: ModelPayload, pause: (failures: number) => number): boolean {
      const entry = entries.find(({ task }) => task.payload.id === id)!;
      const isFailing = entry.failures < fails;
      if (entry.isOrphan) {
        entry.state = 'removed';
      } else if (!isFailing) {
        entry.state = 'done';
      } else {
        entry.failures++;
        const isLast = entry.failures === kinds[entry.task.kind]!.maxAttempts;
        entry.state = isLast ? 'setAside' : 'waiting';
        entry.notBefore = now() + pause(entry.failures);
      }
      return isFailing;
    },

    /** The process was killed. */
    crash(): void {
      for (const entry of entries) {
        if (entry.state === 'running') entry.state = entry.isOrphan ? 'removed' : 'waiting';
      }
    },

    /** Called when nothing moves any more. Throws for a task that could run and does not. */
    checkNoneIsForgotten(): void {
      for (const entry of entries) must(!isFree(entry), 'could run and does not', entry);
    },

    /** Ids by their outcome. */
    outcome(): { readonly open: number[]; readonly setAside: number[] } {
      const idsOf = (isWanted: (entry: Entry) => boolean) =>
        entries.filter(isWanted).map(({ task }) => task.payload.id);
      return { open: idsOf(inTable), setAside: idsOf(({ state }) => state === 'setAside') };
    },
  };
}
