import { type Batch, type Durable, joinBatches, type Once } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import { type Clock, textOf } from '../../engine/ports/index.ts';
import { type Admission, CUSTOMER_NUMBER, type NumberFacts, numberIn } from '../admission/index.ts';
import type { ServiceId } from '../ids/index.ts';
import {
  CallbackReason,
  CallbackState,
  type InstanceTable,
  isOpen,
  isWaiting,
  noSuchCallback,
  type ServiceChange,
  ServiceError,
  type ServiceInstance,
} from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import type { StorageAreas } from '../storage/index.ts';
import { changedInstance } from './changedInstance.ts';
import type { EarlyStarts } from './earlyStarts.ts';
import type { InstanceEnds } from './instanceEnds.ts';
import { expireTask, SUBMIT, submitTask } from './serviceTasks.ts';
import { leadMs, type QueueWait, type WaitDeps } from './startTime.ts';
import type { StatusNotices } from './statusNotices.ts';

/** Changes of callbacks: by their customers, by their documents, and by other systems. */
export class ServiceChanges {
  readonly #durable: Durable;
  readonly #once: Once;
  readonly #sessions: Sessions;
  readonly #storage: StorageAreas;
  readonly #clock: Clock;
  readonly #configured: (name: string) => ServiceOptions | undefined;
  readonly #table: InstanceTable;
  readonly #ends: InstanceEnds;
  readonly #admission: Admission;
  readonly #early: EarlyStarts;
  readonly #notices: StatusNotices;
  readonly #waits: WaitDeps;

  constructor(deps: {
    readonly durable: Durable;
    readonly once: Once;
    readonly sessions: Sessions;
    readonly storage: StorageAreas;
    readonly clock: Clock;
    /** Options of a configured service. */
    readonly configured: (name: string) => ServiceOptions | undefined;
    readonly table: InstanceTable;
    readonly ends: InstanceEnds;
    readonly admission: Admission;
    readonly early: EarlyStarts;
    readonly notices: StatusNotices;
    readonly queueWait: QueueWait;
  }) {
    this.#durable = deps.durable;
    this.#once = deps.once;
    this.#sessions = deps.sessions;
    this.#storage = deps.storage;
    this.#clock = deps.clock;
    this.#configured = deps.configured;
    this.#table = deps.table;
    this.#ends = deps.ends;
    this.#admission = deps.admission;
    this.#early = deps.early;
    this.#notices = deps.notices;
    this.#waits = deps;
  }

  /**
   * Cancels a callback for its customer: CANCELLED, and its session gets the event `cancel`. If its session
   * does not exist any more, only `withoutSession` cancels it. Rejects with ServiceError CALLBACK_NOT_FOUND
   * or CALLBACK_OPERATION_INVALID.
   */
  async cancel(
    name: string,
    id: ServiceId,
    { withoutSession = false }: { readonly withoutSession?: boolean } = {},
  ): Promise<void> {
    if (!withoutSession) await this.#requireSession(this.#callback(name, id));
    const instance = this.#callback(name, id);
    if (instance === undefined) {
      throw noSuchCallback(id, 'to cancel');
    }
    if (!isOpen(instance)) {
      await this.#durable.whenDurable();
      const message = `Request already cancelled or completed: [${id}]`;
      throw new ServiceError('CALLBACK_OPERATION_INVALID', message);
    }
    if (instance.state === CallbackState.PROCESSING) {
      const message = `Callback '${id}' is no longer in the queue. State=${instance.state}`;
      throw new ServiceError('CALLBACK_OPERATION_INVALID', message);
    }
    const { state, sessionId } = instance;
    const isPending = state === CallbackState.PAUSED && sessionId !== undefined && this.#isSubmitPending(id);
    const hasStarted = state !== CallbackState.SCHEDULED && (!isPending || instance.held === true);
    await this.#durable.commit(
      joinBatches(
        this.#ends.completeBatch(instance, CallbackReason.CANCELLED),
        hasStarted ? this.#ends.cancelSessionBatch(instance) : {},
      ),
    );
  }

  /**
   * Stores a report of a document (or of another system) about a callback. A callback that another system
   * reports as COMPLETED ends with its session. A new desired time must pass the checks of admission.ts.
   * `alongside` joins the commit.
   * Rejects with ServiceError CALLBACK_NOT_FOUND, CALLBACK_INVALID or CALLBACK_OPERATION_INVALID, or with the
   * error of a check.
   */
  async update(name: string, id: ServiceId, change: ServiceChange, alongside: Batch = {}): Promise<void> {
    const numbers = await this.#numbersOf(this.#callback(name, id), change);
    const lead = await this.#leadMs(id, change);
    await this.#once.commit(undefined, () => ({
      batch: joinBatches(this.#updateBatch(name, id, { ...change, numbers, leadMs: lead }), alongside),
      answer: undefined,
    }));
  }

  /** The customer is being told that an agent is available: from now on a chat may start. */
  async announce(id: ServiceId): Promise<void> {
    const instance = this.#table.get(id);
    if (instance === undefined || instance.agentAnnounced) return this.#durable.whenDurable();
    const now = this.#clock.now();
    const changed = { ...instance, agentAnnounced: true, announcedAt: now };
    await this.#durable.commit(this.#table.putBatch(changed, now));
  }

  /** The customer confirmed, and is being answered by opening the chat: from now on it may start. */
  async confirm(id: ServiceId): Promise<void> {
    const instance = this.#table.get(id);
    if (instance === undefined || instance.confirmedAt !== undefined) return this.#durable.whenDurable();
    const now = this.#clock.now();
    const changed = { ...instance, agentAnnounced: true, confirmedAt: now };
    await this.#durable.commit(this.#table.putBatch(changed, now));
  }

  /** Undefined: the checks of admission.ts are not about this change. */
  async #numbersOf(
    callback: ServiceInstance | undefined,
    { desiredTime, fields }: ServiceChange,
  ): Promise<NumberFacts | undefined> {
    if (callback === undefined || !isOpen(callback)) return undefined;
    const isChanged = Object.hasOwn(fields, CUSTOMER_NUMBER);
    if (desiredTime === undefined && !isChanged) return undefined;
    const number = isChanged ? textOf(fields[CUSTOMER_NUMBER]) : numberIn(callback);
    return this.#admission.prepare(desiredTime === undefined ? 'change' : 'reschedule', callback, number);
  }

  /** How long before its desired time a callback starts that gets a new one. */
  async #leadMs(id: ServiceId, { desiredTime }: ServiceChange): Promise<number> {
    const instance = desiredTime === undefined ? undefined : this.#table.get(id);
    return instance === undefined ? 0 : leadMs(instance.options, instance.params, this.#waits);
  }

  #updateBatch(
    name: string,
    id: ServiceId,
    change: ServiceChange & { readonly numbers: NumberFacts | undefined; readonly leadMs: number },
  ): Batch {
    const instance = this.#callback(name, id);
    if (instance === undefined) throw noSuchCallback(id);
    const now = this.#clock.now();
    const { changed, userData, removed } = changedInstance(instance, change, now);
    const event = change.event === undefined ? {} : this.#notices.eventBatch(instance, change.event);
    if (changed === undefined) return event;
    const { dataId, expiresAt, desiredTime } = changed;
    const isCompleted = changed.state === CallbackState.COMPLETED;
    const wasScheduled = instance.state === CallbackState.SCHEDULED;
    const isTaken = wasScheduled && changed.state !== CallbackState.SCHEDULED;
    const endsByOthers =
      isCompleted && isOpen(instance) && !wasScheduled && change.reporter !== instance.sessionId;
    const hasUserData = Object.keys(userData).length + removed.length > 0;
    const isRescheduled = change.desiredTime !== undefined;
    const { numbers = {} } = change;
    const startAt = desiredTime - change.leadMs;
    const facts = {
      request: isRescheduled ? 'reschedule' : 'change',
      numbers,
      callback: changed,
      earlier: instance,
      immediate: startAt <= now,
      fields: change.fields,
    } as const;
    return joinBatches(
      event,
      isRescheduled || change.numbers !== undefined ? this.#admission.admit(facts) : {},
      isCompleted ? this.#ends.completeBatch(changed, changed.reason) : this.#table.putBatch(changed, now),
      hasUserData ? this.#storage.putBatch(dataId, { values: userData, removed, files: [], expiresAt }) : {},
      isRescheduled ? { schedule: [submitTask(changed, startAt), expireTask(changed)] } : {},
      isRescheduled ? this.#early.watchBatch(changed) : {},
      // Another system serves it: nobody may be served twice.
      isTaken ? { cancel: [`${SUBMIT}.${id}`] } : {},
      endsByOthers ? this.#ends.cancelSessionBatch(instance) : {},
    );
  }

  /** A session that its submit task has not started yet will exist. */
  async #requireSession(instance: ServiceInstance | undefined): Promise<void> {
    if (!isOpen(instance) || !isWaiting(instance) || instance.sessionId === undefined) return;
    const { id, sessionId } = instance;
    if (this.#isSubmitPending(id)) return;
    if (await this.#sessions.exists(sessionId)) return;
    throw new ServiceError(
      'CALLBACK_OPERATION_INVALID',
      `The session '${sessionId}' of callback '${id}' does not exist any more: 404 Not Found. With discard_ors_failure=true the callback is cancelled all the same.`,
    );
  }

  #isSubmitPending(id: ServiceId): boolean {
    return this.#durable.taskKeys(`${SUBMIT}.${id}`).length > 0;
  }

  #callback(name: string, id: ServiceId): ServiceInstance | undefined {
    const instance = this.#table.get(id);
    if (instance?.kind !== 'callback') return undefined;
    const isNamed = instance.name === name || instance.name === this.#configured(name)?._redirect?.trim();
    return isNamed ? instance : undefined;
  }
}
