import { type Batch, joinBatches, KEY_RETENTION_MS, keyedBy, type Once } from '../../engine/durable/index.ts';
import { HostError } from '../../engine/host/index.ts';
import { type Clock, defined, type Ids, type Log, textOf } from '../../engine/ports/index.ts';
import { type AccessNumbers, accessRequest } from '../accessNumbers/index.ts';
import { type Admission, numberIn } from '../admission/index.ts';
import type { ServiceId } from '../ids/index.ts';
import {
  CallbackReason,
  CallbackState,
  type CreatedService,
  type CreateService,
  type InstanceTable,
  isWaiting,
  ServiceError,
  type ServiceInstance,
  type ServiceUse,
} from '../instances/index.ts';
import { isCallbackService, makesInstances, type ServiceOptions } from '../options/index.ts';
import type { StorageAreas } from '../storage/index.ts';
import type { EarlyStarts } from './earlyStarts.ts';
import { entryDocument, type Templates } from './entryDocument.ts';
import { mergedRequest, newInstance } from './newInstance.ts';
import { isPaused } from './pausedServices.ts';
import type { Pauses } from './pauses.ts';
import { expireTask, submitTask } from './serviceTasks.ts';
import type { SessionStarts } from './sessionStarts.ts';
import { leadMs, type QueueWait, type WaitDeps } from './startTime.ts';
import type { ConfiguredList } from './statusNotices.ts';

/** The answer to a creation, as stored under its idempotency key. */
interface Created {
  readonly id: ServiceId;
  /** It was answered without a session, which starts later. */
  readonly scheduled: boolean;
}

/**
 * Creates service instances. SV1 and SV3 of Services: the instance and the key of the request are one commit.
 * The steps after it are done once, so that a repetition continues where the first request was interrupted.
 */
export class Creation {
  readonly #once: Once;
  readonly #accessNumbers: AccessNumbers;
  readonly #admission: Admission;
  readonly #early: EarlyStarts;
  readonly #table: InstanceTable;
  readonly #list: (name: string) => ConfiguredList | undefined;
  readonly #starts: SessionStarts;
  readonly #pauses: Pauses;
  readonly #storage: StorageAreas;
  readonly #templates: Templates;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #configured: (name: string) => ServiceOptions | undefined;
  readonly #node: number;
  readonly #waits: WaitDeps;
  readonly #requestTimeoutMs: number;
  readonly #deviceTypes: () => readonly string[];

  constructor(deps: {
    readonly once: Once;
    readonly numbers: AccessNumbers;
    readonly admission: Admission;
    readonly early: EarlyStarts;
    readonly table: InstanceTable;
    /** A list of the configuration. */
    readonly list: (name: string) => ConfiguredList | undefined;
    readonly starts: SessionStarts;
    readonly pauses: Pauses;
    readonly storage: StorageAreas;
    readonly templates: Templates;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    /** Options of a configured service. */
    readonly configured: (name: string) => ServiceOptions | undefined;
    readonly queueWait: QueueWait;
    /** First part of every service id. */
    readonly node: number;
    /** ms for the reply of a session. */
    readonly requestTimeoutMs: number;
    /** Types of devices that notifications reach. */
    readonly deviceTypes: () => readonly string[];
  }) {
    this.#once = deps.once;
    this.#accessNumbers = deps.numbers;
    this.#admission = deps.admission;
    this.#early = deps.early;
    this.#table = deps.table;
    this.#list = deps.list;
    this.#starts = deps.starts;
    this.#pauses = deps.pauses;
    this.#storage = deps.storage;
    this.#templates = deps.templates;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#configured = deps.configured;
    this.#waits = deps;
    this.#node = deps.node;
    this.#requestTimeoutMs = deps.requestTimeoutMs;
    this.#deviceTypes = deps.deviceTypes;
  }

  /** Services.create. */
  async create(given: CreateService): Promise<CreatedService> {
    const request = this.#redirected(given);
    const configured = this.#requireConfigured(request);
    const merged = mergedRequest(request, configured);
    const lead = isCallbackService(configured) ? await leadMs(merged.options, merged.fields, this.#waits) : 0;
    const now = this.#clock.now();
    const {
      instance: made,
      userData,
      ignored,
    } = newInstance(request, {
      configured,
      merged,
      leadMs: lead,
      now,
      ids: this.#ids,
      node: this.#node,
    });
    const instance = this.#pausedIfNeeded(made);
    this.#requireServable(instance);
    const { id, sessionId, dataId, expiresAt, state } = instance;
    const { account, header } = request;
    const numbers = await this.#admission.prepare('create', instance, numberIn(instance));
    const change = await this.#storage.keep(dataId, {
      values: userData,
      files: request.files,
      expiresAt,
      account,
    });
    const keyed = keyedOf(given);
    const hasKey = keyed !== undefined;
    const created = await this.#once.commit(keyed, () => ({
      batch: joinBatches(
        this.#admission.admit({
          request: 'create',
          callback: instance,
          immediate: isWaiting(instance),
          fields: request.fields,
          numbers,
          ...defined({ header }),
        }),
        this.#instanceBatch(instance, now),
        this.#storage.putBatch(dataId, change),
        this.#pauses.watchBatch(instance),
        this.#early.watchBatch(instance),
        { schedule: [expireTask(instance)] },
        sessionId === undefined
          ? {}
          : { schedule: [submitTask(instance, this.#submitAt(instance, { hasKey, lead }))] },
      ),
      answer: { id, scheduled: state !== CallbackState.QUEUED },
    }));
    if (created.id === id) {
      this.#log.info({ serviceId: id, sessionId, service: instance.name, state }, 'Service created.');
      if (ignored.length > 0) {
        this.#log.info(
          { serviceId: id, options: ignored },
          'A request set options that customers may not set; the configured values count.',
        );
      }
    }
    return this.#answer(created, hasKey);
  }

  /** A callback that would begin now waits while its service is paused. */
  #pausedIfNeeded(instance: ServiceInstance): ServiceInstance {
    const isNow = instance.state === CallbackState.QUEUED && instance.sessionId !== undefined;
    return isNow && isPaused(instance, this.#list) ? { ...instance, state: CallbackState.PAUSED } : instance;
  }

  /** The built-in service request-interaction has an access number, booked by the same commit. */
  #instanceBatch(instance: ServiceInstance, now: number): Batch {
    const { id, kind, options, params } = instance;
    if (kind !== 'builtin' || options._service !== 'request-interaction') {
      return this.#table.putBatch(instance, now);
    }
    const { booking: access, batch } = this.#accessNumbers.book(id, accessRequest(options, params));
    return joinBatches(batch, this.#table.putBatch({ ...instance, access }, now));
  }

  /** Services.repeat. */
  async repeat(use: ServiceUse): Promise<CreatedService | undefined> {
    const keyed = keyedOf(use);
    const earlier = keyed && (await this.#once.earlier<Created>(keyed));
    return earlier && this.#answer(earlier.answer, true);
  }

  /**
   * A service that could only fail later is refused at once: it has no document, or no push reaches the
   * device of the customer. Throws ServiceError SERVICE_MISCONFIGURED or CALLBACK_INVALID.
   */
  #requireServable({ name, kind, sessionId, options, params }: ServiceInstance): void {
    if (sessionId !== undefined) entryDocument(name, options, this.#templates);
    const device = textOf(params._device_os).toLowerCase();
    if (kind !== 'callback' || device === '' || this.#deviceTypes().includes(device)) return;
    throw new ServiceError(
      'CALLBACK_INVALID',
      `Expected _device_os to be ${this.#deviceTypes().join(', ')} or absent, got '${device}': this installation has no provider for it.`,
    );
  }

  /**
   * The request as the service of its option `_redirect` gets it. The same option of that service counts for
   * its own requests only.
   */
  #redirected(request: CreateService): CreateService {
    const configured = this.#requireConfigured(request);
    if (configured._redirect === undefined && request.fields._redirect === undefined) return request;
    const { fields, options } = mergedRequest(request, configured);
    const name = textOf(fields._redirect ?? options._redirect).trim();
    const target = name === '' ? undefined : this.#configured(name);
    if (name === '') return request;
    if (target === undefined || !makesInstances(target)) {
      throw new ServiceError(
        'SERVICE_MISCONFIGURED',
        `Expected _redirect of the service '${request.name}' to name another service that a request creates, got '${name}'.`,
      );
    }
    return { ...request, name, scope: isCallbackService(target) ? 'callback' : 'service' };
  }

  #requireConfigured({ name, scope }: ServiceUse): ServiceOptions {
    const configured = this.#configured(name);
    if (configured !== undefined && isCallbackService(configured) === (scope === 'callback')) {
      return configured;
    }
    const kind = scope === 'callback' ? 'callback service' : 'service';
    throw new ServiceError('SERVICE_UNKNOWN', `No ${kind} '${name}' is configured.`);
  }

  /** The same answer for the first request and its repetitions. */
  async #answer(created: Created, hasKey: boolean): Promise<CreatedService> {
    const { id } = created;
    const instance = this.#table.get(id);
    if (instance === undefined) throw new ServiceError('SERVICE_NOT_FOUND', id);
    const { sessionId } = instance;
    if (sessionId === undefined || created.scheduled) return { instance };
    if (instance.reason === CallbackReason.SUBMIT_ERROR) {
      const message = `ORS request failed: the service '${id}' could not be started.`;
      throw new ServiceError('ORS_REQUEST_FAILED', message);
    }
    // The session of an ended instance is not started again. Its reply is stored as long as the key.
    const reply =
      instance.state === CallbackState.COMPLETED
        ? await this.#starts.ask({ id, sessionId }).catch(neverStarted(instance))
        : await this.#starts.start({ ...instance, sessionId }, { hasKey });
    return { instance: this.#table.get(id) ?? instance, reply };
  }

  /**
   * Time of the submit task: starts a scheduled instance, or checks whether the session of another was
   * started. With a key, the check waits until the request can no longer be repeated.
   */
  #submitAt(
    { state, desiredTime }: ServiceInstance,
    { hasKey, lead }: { readonly hasKey: boolean; readonly lead: number },
  ): number {
    if (state === CallbackState.SCHEDULED) return desiredTime - lead;
    if (state === CallbackState.PAUSED) return this.#clock.now();
    return this.#clock.now() + (hasKey ? KEY_RETENTION_MS : 2 * this.#requestTimeoutMs);
  }
}

function keyedOf({ scope, name, key }: ServiceUse): ReturnType<typeof keyedBy> {
  return keyedBy(key, 'service.create', scope, name);
}

/**
 * The instance was cancelled, or its time was over, before the repetition that would have started its
 * session.
 */
function neverStarted({ id, reason }: ServiceInstance): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof HostError) || error.code !== 'SESSION_NOT_FOUND') throw error;
    const message = `ORS request failed: the service '${id}' ended before it was started (${reason}).`;
    throw new ServiceError('ORS_REQUEST_FAILED', message, { cause: error });
  };
}
