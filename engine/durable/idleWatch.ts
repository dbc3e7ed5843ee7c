import type { Clock } from '../ports/index.ts';
import type { Batch, Durable } from './durable.ts';

/** While something is in use, the alarm checks it this many times in its timeout. */
const CHECKS_IN_TIMEOUT = 3;

/**
 * Ends what nobody has used for a time. Only the alarm is durable. The time of the last use is in memory, so
 * that a use costs no commit; after a restart, everything has its whole time again, unless its last use was
 * stored. It has its whole time again, too, when an alarm comes later than its timeout: the clock was set, or
 * the machine slept, and nobody could use anything.
 */
export class IdleWatch<Id extends string> {
  readonly #clock: Clock;
  readonly #kind: string;
  readonly #isInUse: (id: Id) => boolean;
  readonly #storedUse: ((id: Id) => StoredUse | undefined) | undefined;
  readonly #startedAt: number;
  /** ms since epoch of the last use, by id; removed by the alarm that ends the use. */
  readonly #lastUsed = new Map<Id, number>();

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    /** Kind of the alarm's task. */
    readonly kind: string;
    /** Replaces the timeouts of the alarms, for those whose timeout is in the configuration. */
    readonly timeoutMs?: number;
    /** True while something is in use without touch(), as by an open connection. */
    readonly isInUse: (id: Id) => boolean;
    /** The last use that others stored, for the time after a restart. Default: none is stored. */
    readonly storedUse?: (id: Id) => StoredUse | undefined;
    /**
     * Performed once for each alarm that finds no use since `idleSince` (ms since epoch); it must do nothing
     * for an unknown id.
     */
    readonly end: (id: Id, idleSince: number) => Promise<void>;
  }) {
    this.#clock = deps.clock;
    this.#kind = deps.kind;
    this.#isInUse = deps.isInUse;
    this.#storedUse = deps.storedUse;
    this.#startedAt = deps.clock.now();
    deps.durable.onTask<Alarm<Id>>(deps.kind, async (alarm) => {
      const { id, dueAt: wanted } = alarm;
      const timeoutMs = deps.timeoutMs ?? alarm.timeoutMs;
      const now = this.#clock.now();
      if (this.#isInUse(id)) {
        this.#lastUsed.set(id, now);
        const next = now + Math.ceil(timeoutMs / CHECKS_IN_TIMEOUT);
        return deps.durable.commit(this.#alarmBatch(id, timeoutMs, next));
      }
      if (wanted !== undefined && now - wanted > timeoutMs) this.#lastUsed.set(id, now);
      const { idleSince, dueAt } = this.#endOf(id, timeoutMs);
      if (dueAt > now) return deps.durable.commit(this.#alarmBatch(id, timeoutMs, dueAt));
      this.#lastUsed.delete(id);
      await deps.end(id, idleSince);
    });
  }

  #endOf(id: Id, timeoutMs: number): { readonly idleSince: number; readonly dueAt: number } {
    const used = this.#lastUsed.get(id);
    const stored = used === undefined ? this.#storedUse?.(id) : undefined;
    if (stored !== undefined) {
      const dueAt = Math.max(stored.at + timeoutMs, this.#startedAt + stored.graceMs);
      return { idleSince: stored.at, dueAt };
    }
    const idleSince = used ?? this.#startedAt;
    return { idleSince, dueAt: idleSince + timeoutMs };
  }

  /** Begins to watch, with the commit that it joins. Watch an id once, until it is ended. */
  startBatch(id: Id, timeoutMs: number): Batch {
    const now = this.#clock.now();
    this.#lastUsed.set(id, now);
    return this.#alarmBatch(id, timeoutMs, now + timeoutMs);
  }

  /** It is used now. Only for an id that is watched. */
  touch(id: Id): void {
    this.#lastUsed.set(id, this.#clock.now());
  }

  /** A task may not replace itself while it runs, so its due time is part of its key. */
  #alarmBatch(id: Id, timeoutMs: number, dueAt: number): Batch {
    const payload = { id, timeoutMs, dueAt };
    return { schedule: [{ key: `${this.#kind} ${id} ${dueAt}`, kind: this.#kind, payload, dueAt }] };
  }
}

/** The last use of something, which counts after a restart as well. */
export interface StoredUse {
  /** ms since epoch. */
  readonly at: number;
  /** It does not end earlier than this time after the start of the server. */
  readonly graceMs: number;
}

interface Alarm<Id> {
  readonly id: Id;
  readonly timeoutMs: number;
  /** ms since epoch. Absent in alarms of earlier versions. */
  readonly dueAt?: number;
}
