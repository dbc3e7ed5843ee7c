import { type Durable, joinBatches, Postponed, StoreError } from '../../engine/durable/index.ts';
import { HostError, type SessionReply, type Sessions } from '../../engine/host/index.ts';
import { type Clock, defined, type Log, type SessionId } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import {
  CallbackReason,
  CallbackState,
  type InstanceTable,
  isOpen,
  ServiceError,
  type ServiceInstance,
} from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import { entryDocument, type Templates } from './entryDocument.ts';
import type { InstanceEnds } from './instanceEnds.ts';
import { isPaused } from './pausedServices.ts';
import type { Pauses } from './pauses.ts';
import { executionBufferMs, SUBMIT } from './serviceTasks.ts';
import { type ServiceUrls, sessionParams } from './sessionParams.ts';
import { leadMs, type QueueWait, type WaitDeps } from './startTime.ts';
import type { ConfiguredList, StatusNotices } from './statusNotices.ts';

/** The platform's default of _max_ors_submit_attempts. */
const DEFAULT_SUBMIT_ATTEMPTS = 3;
/** Pause after the first failed attempt to start a scheduled callback. It doubles with each further one. */
const FIRST_SUBMIT_PAUSE_MS = 5_000;
const LONGEST_SUBMIT_PAUSE_MS = 120_000;

/** Time between checks whether a paused service goes on. */
const PAUSE_CHECK_MS = 60_000;

/** An instance that has a session. */
export type SessionInstance = ServiceInstance & { readonly sessionId: SessionId };

/** Starts the sessions of service instances. SV1 and SV3 of Services apply. */
export class SessionStarts {
  readonly #durable: Durable;
  readonly #sessions: Sessions;
  readonly #templates: Templates;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #table: InstanceTable;
  readonly #ends: InstanceEnds;
  readonly #notices: StatusNotices;
  readonly #pauses: Pauses;
  readonly #list: (name: string) => ConfiguredList | undefined;
  readonly #urls: () => ServiceUrls;
  readonly #waits: WaitDeps;
  readonly #requestTimeoutMs: number;

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Sessions;
    readonly templates: Templates;
    readonly clock: Clock;
    readonly log: Log;
    readonly table: InstanceTable;
    readonly ends: InstanceEnds;
    readonly notices: StatusNotices;
    readonly pauses: Pauses;
    /** A list of the configuration. */
    readonly list: (name: string) => ConfiguredList | undefined;
    readonly urls: () => ServiceUrls;
    readonly queueWait: QueueWait;
    /** Options of a configured service. */
    readonly configured: (name: string) => ServiceOptions | undefined;
    /** ms for the reply of a session. */
    readonly requestTimeoutMs: number;
  }) {
    this.#durable = deps.durable;
    this.#sessions = deps.sessions;
    this.#templates = deps.templates;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#table = deps.table;
    this.#ends = deps.ends;
    this.#notices = deps.notices;
    this.#pauses = deps.pauses;
    this.#list = deps.list;
    this.#urls = deps.urls;
    this.#waits = deps;
    this.#requestTimeoutMs = deps.requestTimeoutMs;
    deps.durable.onTask<{ id: ServiceId; scheduled: boolean }>(SUBMIT, ({ id, scheduled }) =>
      scheduled ? this.#startScheduled(id) : this.#checkStarted(id),
    );
  }

  /**
   * Starts the session and asks it to `start`; repeated, the same session and the same reply. On failure the
   * instance ends with SUBMIT_ERROR. If the request can be repeated (`hasKey`) and nothing was changed, the
   * instance stays as it is and waits for the repetition. Rejects with ServiceError ORS_REQUEST_FAILED.
   */
  async start(instance: SessionInstance, { hasKey }: { readonly hasKey: boolean }): Promise<SessionReply> {
    const { id, sessionId } = instance;
    try {
      return await this.#startSession(instance);
    } catch (error) {
      this.#log.error({ serviceId: id, sessionId, err: error }, 'The session of a service did not start.');
      if (hasKey && changedNothing(error)) throw error;
      await this.#fail(instance);
      const message = `ORS request failed: ${(error as Error).message}`;
      throw new ServiceError('ORS_REQUEST_FAILED', message, { cause: error });
    }
  }

  async #startSession(instance: SessionInstance): Promise<SessionReply> {
    const { sessionId, startedBy } = instance;
    const src = entryDocument(instance.name, instance.options, this.#templates);
    const params = sessionParams(instance, this.#urls());
    await this.#sessions.start({ id: sessionId, src, params, ...defined({ startedBy }) });
    await this.#notices.submitted(instance);
    return this.ask(instance);
  }

  async #fail({ id, sessionId }: SessionInstance): Promise<void> {
    await this.#recordFailure(id);
    await this.#ends.terminate(sessionId, 'The service could not be started.');
  }

  /** The reply of a started session to `start`. */
  ask({ id, sessionId }: Pick<SessionInstance, 'id' | 'sessionId'>): Promise<SessionReply> {
    return this.#sessions.request(sessionId, {
      name: 'start',
      data: {},
      id: `start.${id}`,
      timeoutMs: this.#requestTimeoutMs,
    });
  }

  /** Records SUBMIT_ERROR, unless the document gave a reason. */
  async #recordFailure(id: ServiceId): Promise<void> {
    const present = this.#table.get(id);
    if (present === undefined) return;
    if (present.reason === CallbackReason.NOT_AVAILABLE || isOpen(present)) {
      await this.#durable.commit(this.#ends.completeBatch(present, CallbackReason.SUBMIT_ERROR));
    }
  }

  async #startScheduled(id: ServiceId): Promise<void> {
    const instance = this.#table.get(id);
    if (!isOpen(instance) || instance.sessionId === undefined) return;
    const { sessionId } = instance;
    const queued = { ...instance, state: CallbackState.QUEUED, sessionId };
    if (instance.state === CallbackState.SCHEDULED) await this.#waitForStart(instance);
    if (instance.state === CallbackState.SCHEDULED || instance.state === CallbackState.PAUSED) {
      await this.#waitWhilePaused(instance);
      await this.#durable.commit(
        joinBatches(this.#table.putBatch(queued, this.#clock.now()), this.#pauses.watchBatch(queued)),
      );
    }
    try {
      await this.#startSession(queued);
    } catch (error) {
      await this.#retry(queued, error);
    }
  }

  /** Throws Postponed while the service is paused. */
  async #waitWhilePaused(instance: ServiceInstance): Promise<void> {
    if (!isPaused(instance, this.#list)) return;
    const now = this.#clock.now();
    if (instance.state !== CallbackState.PAUSED) {
      await this.#durable.commit(this.#table.putBatch({ ...instance, state: CallbackState.PAUSED }, now));
    }
    throw new Postponed(now + PAUSE_CHECK_MS);
  }

  /** Throws Postponed when the queue is shorter than it was when the callback was booked. */
  async #waitForStart({ options, params, desiredTime }: ServiceInstance): Promise<void> {
    // A document may have replaced the statistic by a text that names none.
    const lead = await leadMs(options, params, this.#waits).catch(() => executionBufferMs(options));
    const startAt = desiredTime - lead;
    if (startAt > this.#clock.now()) throw new Postponed(startAt);
  }

  /**
   * Schedules the callback again after a pause; after its last attempt, it ends with SUBMIT_ERROR. Its
   * customer may cancel it in between. An attempt that only lost its reply is not a second session.
   */
  async #retry(queued: SessionInstance, error: unknown): Promise<void> {
    const { id, sessionId, options } = queued;
    const present = this.#table.get(id);
    if (!isOpen(present)) return;
    const attempts = (present.submitAttempts ?? 0) + 1;
    const max = Number(options._max_ors_submit_attempts || DEFAULT_SUBMIT_ATTEMPTS);
    const problem = { serviceId: id, sessionId, attempts, max, err: error };
    if (attempts >= max) {
      this.#log.error(problem, 'The session of a scheduled service did not start; no attempt is left.');
      return this.#fail(queued);
    }
    this.#log.warn(problem, 'The session of a scheduled service did not start; it is tried again.');
    const now = this.#clock.now();
    // A document that has reported another state runs, and only its reply is missing.
    const state = present.state === CallbackState.QUEUED ? CallbackState.SCHEDULED : present.state;
    await this.#durable.commit(this.#table.putBatch({ ...present, state, submitAttempts: attempts }, now));
    throw new Postponed(now + Math.min(LONGEST_SUBMIT_PAUSE_MS, FIRST_SUBMIT_PAUSE_MS * 2 ** (attempts - 1)));
  }

  /**
   * The process ended between the commit of the instance and the start of its session: the client got no
   * answer.
   */
  async #checkStarted(id: ServiceId): Promise<void> {
    const instance = this.#table.get(id);
    if (!isOpen(instance) || instance.sessionId === undefined) return;
    if (await this.#sessions.exists(instance.sessionId)) return;
    await this.#durable.commit(this.#ends.completeBatch(instance, CallbackReason.SUBMIT_ERROR));
  }
}

function changedNothing(error: unknown): boolean {
  return error instanceof StoreError || (error instanceof HostError && error.code === 'ENGINE_UNAVAILABLE');
}
