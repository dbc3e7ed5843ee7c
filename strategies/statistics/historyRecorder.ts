import {
  type Batch,
  type Durable,
  ForwardedDurable,
  joinBatches,
  visitRecords,
} from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { INSTANCES } from '../instances/index.ts';
import { INTERACTION } from '../interaction/index.ts';
import { AGENT, CALL, type CallWatcher, SLOT } from '../routing/index.ts';
import { ActionLog } from './actionLog.ts';
import { ADOPTED_TABLES, adoptRecord } from './adoption.ts';
import { agentFacts, slotFacts } from './agentFacts.ts';
import { BatchChanges } from './batchChanges.ts';
import { callbackFacts } from './callbackFacts.ts';
import { callMoves, handledCalls } from './callMoves.ts';
import { FACT, type FactRecord, factKey, OPEN } from './facts.ts';
import type { Filter } from './filters.ts';
import { foldTask } from './foldTask.ts';
import { HOUR } from './historyTables.ts';
import { queueFacts } from './queueFacts.ts';

/** Records of an earlier version that one commit adopts. */
const ADOPTED_AT_ONCE = 100;
/** The tables from whose changes facts follow. */
const SOURCES: ReadonlySet<string> = new Set([AGENT, SLOT, CALL, INTERACTION, INSTANCES]);

/**
 * Durable with a record of what happened to agents, queues and callbacks.
 *
 * HR1. The facts follow from the records that a commit changes, as they are before and after it, and are in
 *      the same commit. So no path of the code can forget one, a failed commit leaves none, and a joined
 *      batch counts once.
 * HR2. A commit that changes none of these records costs one look at the names of its tables.
 */
export class HistoryRecorder extends ForwardedDurable {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #filters: ReadonlyMap<string, Filter>;
  #watcher: CallWatcher | undefined;
  #serial: number | undefined;
  #foldsAt = 0;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    /** By name. A fact remembers the names of those that its user data pass. */
    readonly filters?: ReadonlyMap<string, Filter>;
  }) {
    super(deps.durable);
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#filters = deps.filters ?? new Map();
  }

  override commit(batch: Batch): Promise<void> {
    const changes = new BatchChanges(batch, this.#durable, SOURCES);
    if (changes.isEmpty) return super.commit(batch);
    const now = this.#clock.now();
    const moves = callMoves(changes);
    const handled = handledCalls(changes, now);
    const committed = super.commit(this.#withFacts(batch, changes, now));
    if (this.#watcher === undefined || (moves.length === 0 && handled.length === 0)) return committed;
    return committed.then(() => {
      this.#watcher?.callsMoved(moves, now);
      this.#watcher?.callsHandled(handled);
    });
  }

  /** Tells of calls that move, after the commits that move them. */
  watchCalls(watcher: CallWatcher): void {
    this.#watcher = watcher;
  }

  /**
   * Begins the history of a store of an earlier version, which has none: the states of its agents, calls and
   * callbacks go on from now. Rejects with StoreError.
   */
  async adopt(): Promise<void> {
    const hasHistory = [FACT, OPEN, HOUR].some(
      (table) => [...this.#durable.scan(table, { limit: 1 })].length > 0,
    );
    if (hasHistory) return;
    for (const table of ADOPTED_TABLES) {
      const keys: string[] = [];
      await visitRecords(this.#durable, table, ({ key }) => {
        keys.push(key);
      });
      for (let from = 0; from < keys.length; from += ADOPTED_AT_ONCE) {
        await this.#adoptRecords(table, keys.slice(from, from + ADOPTED_AT_ONCE));
      }
    }
  }

  async #adoptRecords(table: (typeof ADOPTED_TABLES)[number], keys: readonly string[]): Promise<void> {
    const log = new ActionLog({ durable: this.#durable, filters: this.#filters, now: this.#clock.now() });
    for (const key of keys) {
      const value = this.#durable.get(table, key);
      if (value !== undefined) adoptRecord(table, value, log);
    }
    if (log.facts.length > 0) await this.#durable.commit(this.#factBatch(log));
  }

  #withFacts(batch: Batch, changes: BatchChanges, now: number): Batch {
    const log = new ActionLog({ durable: this.#durable, filters: this.#filters, now });
    agentFacts(changes, log);
    slotFacts(changes, log, this.#durable);
    queueFacts(changes, log);
    callbackFacts(changes, log);
    return log.facts.length === 0 ? batch : joinBatches(batch, this.#factBatch(log));
  }

  #factBatch(log: ActionLog): Batch {
    const { now, facts } = log;
    const value: FactRecord = { at: now, facts };
    const put = [{ table: FACT, key: factKey(now, this.#nextSerial()), value }];
    return joinBatches(log.openBatch, { put }, this.#foldBatch(now));
  }

  /** After a restart, the serial continues behind the facts that are stored. */
  #nextSerial(): number {
    if (this.#serial === undefined) {
      const [last] = this.#durable.scan<FactRecord>(FACT, { limit: 1, reverse: true });
      this.#serial = last === undefined ? 0 : Number(last.key.slice(last.key.indexOf('/') + 1));
    }
    this.#serial += 1;
    return this.#serial;
  }

  /** A task that folds the facts, once a minute at most. */
  #foldBatch(now: number): Batch {
    if (now < this.#foldsAt) return {};
    const task = foldTask(now);
    this.#foldsAt = task.dueAt;
    return { schedule: [task] };
  }
}
