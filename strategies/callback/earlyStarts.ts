import {
  type Batch,
  type Durable,
  joinBatches,
  Postponed,
  timeKey,
  visitRecords,
} from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import { CallbackState, type InstanceTable, type ServiceInstance } from '../instances/index.ts';
import { queuePrefix } from '../routing/index.ts';
import { executionBufferMs, submitTask } from './serviceTasks.ts';
import { type QueueWait, type WaitDeps, waitedQueue } from './startTime.ts';

const WATCH = 'service.queueWait';
/** `queue/time/id`: scheduled callbacks that begin earlier by the wait of a queue; the time is without it. */
const BY_QUEUE = 'service.queueWait';
/** Time between looks at a queue. GMS option queue-polling-rate. */
export const QUEUE_WATCH_MS = 60_000;
/** Callbacks that one commit starts. */
const MAX_AT_ONCE = 100;

/**
 * Starts scheduled callbacks earlier when the queue that their statistic names becomes slower after they were
 * booked. A queue has a task while callbacks are booked with it. A look reads only the callbacks that the
 * present wait lets begin. The start itself (SessionStarts) asks for the wait again.
 */
export class EarlyStarts {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #table: InstanceTable;
  readonly #queueWait: QueueWait;
  readonly #configured: WaitDeps['configured'];

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly table: InstanceTable;
    readonly queueWait: QueueWait;
    /** Options of a configured service. */
    readonly configured: WaitDeps['configured'];
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#table = deps.table;
    this.#queueWait = deps.queueWait;
    this.#configured = deps.configured;
    deps.durable.onTask<{ queue: string }>(WATCH, ({ queue }) => this.#look(queue));
  }

  /** For the commit that books a callback, or gives it another time. */
  watchBatch(callback: ServiceInstance): Batch {
    const { id, state, options, params } = callback;
    const queue = waitedQueue(options, params, this.#configured);
    const latest = latestStart(callback);
    if (state !== CallbackState.SCHEDULED || queue === undefined || latest <= this.#clock.now()) return {};
    const key = keyOf(queue);
    const isWatched = this.#durable.taskKeys(key).length > 0;
    const dueAt = this.#clock.now() + QUEUE_WATCH_MS;
    return {
      // From its latest start on, the task of the callback itself starts it.
      put: [{ table: BY_QUEUE, key: entryKey(queue, latest, id), value: { id }, expiresAt: latest }],
      schedule: isWatched ? [] : [{ key, kind: WATCH, payload: { queue }, dueAt }],
    };
  }

  async #look(queue: string): Promise<void> {
    const waitMs = (await this.#queueWait(queue)) * 1000;
    const now = this.#clock.now();
    const due: string[] = [];
    const to = `${queuePrefix(queue)}${timeKey(now + waitMs + 1)}`;
    const range = { from: queuePrefix(queue), to };
    await visitRecords(this.#durable, BY_QUEUE, ({ key }) => due.push(key), range);
    for (let from = 0; from < due.length; from += MAX_AT_ONCE) {
      await this.#durable.commit(this.#startBatch(queue, due.slice(from, from + MAX_AT_ONCE)));
    }
    const [left] = this.#durable.scan(BY_QUEUE, { prefix: queuePrefix(queue), limit: 1 });
    // In this step, so that a callback that is booked from now on gets a task of its own.
    if (left === undefined) return this.#durable.commit({ cancel: [keyOf(queue)] });
    throw new Postponed(this.#clock.now() + QUEUE_WATCH_MS);
  }

  /** An entry whose callback has begun, ended or got another time is removed. */
  #startBatch(queue: string, keys: readonly string[]): Batch {
    const now = this.#clock.now();
    const batches = keys.map((key): Batch => {
      const entry = this.#durable.get<{ readonly id: ServiceId }>(BY_QUEUE, key);
      const callback = entry && this.#table.get(entry.id);
      const isBooked =
        callback?.state === CallbackState.SCHEDULED &&
        entryKey(queue, latestStart(callback), callback.id) === key;
      if (!isBooked) return { remove: [{ table: BY_QUEUE, key }] };
      // Its session did not start at once: the pause before its next attempt stays.
      if (callback.submitAttempts !== undefined) return {};
      this.#log.info(
        { serviceId: callback.id, queue },
        'A scheduled callback begins earlier: its queue is slow.',
      );
      return { schedule: [submitTask(callback, now)] };
    });
    return joinBatches(batches);
  }
}

/** ms since epoch: the start when the queue has no wait. */
function latestStart({ desiredTime, options }: ServiceInstance): number {
  return desiredTime - executionBufferMs(options);
}

function entryKey(queue: string, latest: number, id: ServiceId): string {
  return `${queuePrefix(queue)}${timeKey(latest)}/${id}`;
}

/** Ends with a character that no encoded name has, so that no key begins with another one. */
function keyOf(queue: string): string {
  return `${WATCH} ${queuePrefix(queue)} `;
}
