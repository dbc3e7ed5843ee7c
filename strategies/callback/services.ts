import { type Batch, type Durable, joinBatches, Once } from '../../engine/durable/index.ts';
import { HostError, type SessionReply, type Sessions } from '../../engine/host/index.ts';
import type { Clock, Ids, Json, Log, SessionId } from '../../engine/ports/index.ts';
import { AccessNumbers, AccessServices } from '../accessNumbers/index.ts';
import { Admission, admissionChecks, NumberExaminer, QueueChecks, Throttles } from '../admission/index.ts';
import type { ServiceId } from '../ids/index.ts';
import {
  CallbackReason,
  CallbackState,
  type CreatedService,
  type CreateService,
  type CustomerProperty,
  type FindServices,
  findInstances,
  InstanceTable,
  isOpen,
  isWaiting,
  type ServiceChange,
  ServiceError,
  type ServiceInstance,
  type ServiceUse,
} from '../instances/index.ts';
import type { Notifications } from '../notification/index.ts';
import {
  type GlobalOptions,
  isCallbackService,
  lookupKeysOf,
  type ServiceOptions,
} from '../options/index.ts';
import type { Patterns } from '../patterns/index.ts';
import type { PhoneNumbers } from '../phone/index.ts';
import {
  type AvailabilityQuery,
  availableSlots,
  type BookedService,
  Calendars,
  type OfficeDays,
  officeDays,
  slotMinutes,
  type TimeSlot,
  TimeSlots,
} from '../slots/index.ts';
import type { StorageAreas } from '../storage/index.ts';
import { CallbackAdministration } from './callbackAdministration.ts';
import { Creation } from './creation.ts';
import { EarlyStarts } from './earlyStarts.ts';
import type { Templates } from './entryDocument.ts';
import { InstanceEnds } from './instanceEnds.ts';
import { Pauses } from './pauses.ts';
import { ServiceChanges } from './serviceChanges.ts';
import { EXPIRE, SUBMIT } from './serviceTasks.ts';
import type { ServiceUrls } from './sessionParams.ts';
import { SessionStarts } from './sessionStarts.ts';
import type { QueueWait } from './startTime.ts';
import { type ConfiguredList, StatusNotices } from './statusNotices.ts';

/**
 * Service instances over the durable store: GMS' Service API and Callback Services API.
 *
 * SV1. An instance, its storage area and its tasks are one commit. The session starts after it, under an id
 *      that the commit fixes. If the process ends in between, the task SUBMIT records that the instance never
 *      started: at once when no client can repeat the request, otherwise after the retention of the key.
 * SV2. COMPLETED is final, with one exception: if the session ended before a reason was given, the reason of
 *      the document's last report still counts, because that report is sent after the last step.
 * SV3. The idempotency key of a request is in the commit of SV1. Starting the session and asking it are
 *      themselves done once. So a repetition continues where the first request was interrupted.
 */
export class Services {
  /** The office-hours and capacity services. */
  readonly calendars: Calendars;
  /** The services request-access and match-interaction. */
  readonly access: AccessServices;
  readonly #durable: Durable;
  readonly #once: Once;
  readonly #sessions: Sessions;
  readonly #storage: StorageAreas;
  readonly #clock: Clock;
  readonly #configured: (name: string) => ServiceOptions | undefined;
  readonly #names: () => readonly string[];
  readonly #requestTimeoutMs: number;
  readonly #table: InstanceTable;
  readonly #ends: InstanceEnds;
  readonly #throttles: Throttles;
  readonly #accessNumbers: AccessNumbers;
  readonly #notices: StatusNotices;
  readonly #admission: Admission;
  readonly #timeSlots: TimeSlots;
  readonly #queueWait: QueueWait;
  /** The administrator's view of the callbacks of all customers. */
  readonly administration: CallbackAdministration;
  readonly #creation: Creation;
  readonly #changes: ServiceChanges;
  readonly #pauses: Pauses;

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Sessions;
    readonly storage: StorageAreas;
    readonly templates: Templates;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    /** Options of a configured service. */
    readonly configured: (name: string) => ServiceOptions | undefined;
    /** Names of all configured services. */
    readonly names: () => readonly string[];
    readonly urls: () => ServiceUrls;
    /** The section `callback`: values of options for services that set none. */
    readonly globals: GlobalOptions;
    /** Pools of numbers that customers call. */
    readonly accessNumbers: Readonly<Record<string, readonly string[]>>;
    /** A list of the configuration. */
    readonly list: (name: string) => ConfiguredList | undefined;
    readonly notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
    readonly patterns: Pick<Patterns, 'match'>;
    readonly phones: Pick<PhoneNumbers, 'examine'>;
    readonly queueWait: QueueWait;
    /** First part of every service id. */
    readonly node: number;
    /** ms for the reply of a session. */
    readonly requestTimeoutMs: number;
    /** Types of devices that notifications reach. */
    readonly deviceTypes: () => readonly string[];
  }) {
    this.calendars = new Calendars(deps);
    this.#durable = deps.durable;
    this.#queueWait = deps.queueWait;
    this.#once = new Once(deps);
    this.#sessions = deps.sessions;
    this.#storage = deps.storage;
    this.#clock = deps.clock;
    this.#configured = deps.configured;
    this.#names = deps.names;
    this.#requestTimeoutMs = deps.requestTimeoutMs;
    this.#notices = new StatusNotices({ ...deps, once: this.#once, find: (id) => this.#table.get(id) });
    const table = new InstanceTable({
      ...deps,
      reports: (before, after) => this.#notices.changeBatch(before, after),
    });
    const ends = new InstanceEnds({ ...deps, table });
    const pauses = new Pauses({ ...deps, table });
    const early = new EarlyStarts({ ...deps, table });
    this.#pauses = pauses;
    const starts = new SessionStarts({ ...deps, table, ends, pauses, notices: this.#notices });
    this.#table = table;
    this.#ends = ends;
    this.administration = new CallbackAdministration({ ...deps, table, ends });
    this.#throttles = new Throttles(deps);
    this.#timeSlots = new TimeSlots({ calendars: this.calendars, bookings: table.bookings });
    this.#admission = new Admission({
      ...deps,
      numbers: new NumberExaminer(deps),
      checks: admissionChecks({
        timeSlots: this.#timeSlots,
        queue: new QueueChecks({ ...deps, table }),
        throttles: this.#throttles,
      }),
    });
    this.#changes = new ServiceChanges({
      ...deps,
      once: this.#once,
      table,
      ends,
      early,
      admission: this.#admission,
      notices: this.#notices,
    });
    const numbers = new AccessNumbers(deps);
    this.#accessNumbers = numbers;
    this.access = new AccessServices({ ...deps, once: this.#once, table, numbers });
    this.#creation = new Creation({
      ...deps,
      numbers,
      table,
      starts,
      pauses,
      early,
      admission: this.#admission,
      once: this.#once,
    });
  }

  /** Watches the lists that pause services. */
  start(): Promise<void> {
    return this.#pauses.start();
  }

  /** Whether the configuration has a service of this name. */
  isConfigured(name: string): boolean {
    return this.#configured(name) !== undefined;
  }

  /** Callbacks that have begun and have not ended; undefined: no callback service of this name. */
  waitingCallbacks(name: string): number | undefined {
    const options = this.#configured(name);
    return options !== undefined && isCallbackService(options) ? this.#table.waitingOf(name) : undefined;
  }

  get(id: ServiceId): ServiceInstance | undefined {
    return this.#table.get(id);
  }

  /** The instance of a session. */
  bySession(sessionId: SessionId): ServiceInstance | undefined {
    return this.#table.bySession(sessionId);
  }

  /**
   * Creates an instance of a configured service, its storage area and its session, and asks the session to
   * `start`. Resolves with the reply of the session; without it when the service has no session or starts
   * later. A key that came before for the same service, within its retention, gets the answer of repeat.
   * Rejects with ServiceError SERVICE_UNKNOWN, CALLBACK_INVALID or ORS_REQUEST_FAILED, or with StorageError.
   */
  create(request: CreateService): Promise<CreatedService> {
    return this.#creation.create(request);
  }

  /**
   * The answer to the first request with this key; undefined: there was none. It needs no other field of a
   * repetition. If the first request was interrupted, this starts the session. Rejects with ServiceError
   * ORS_REQUEST_FAILED.
   */
  repeat(use: ServiceUse): Promise<CreatedService | undefined> {
    return this.#creation.repeat(use);
  }

  /**
   * Passes a request of the client to the session of the instance. Rejects with ServiceError
   * SERVICE_NOT_FOUND, SERVICE_REQUEST_REFUSED, or ORS_REQUEST_FAILED for a callback whose session is lost;
   * or with HostError.
   */
  async request(
    id: ServiceId,
    request: {
      readonly name: string;
      readonly data: Readonly<Record<string, Json>>;
      /** Idempotency key: a repetition gets the same reply. */
      readonly id?: string;
    },
  ): Promise<SessionReply> {
    const { sessionId, kind, state } = this.#require(id);
    // Its session may still be ending. A repetition gets the reply that the session gave before.
    if (kind === 'callback' && state === CallbackState.COMPLETED && request.id === undefined) {
      throw new ServiceError('SERVICE_NOT_FOUND', id);
    }
    if (sessionId === undefined) {
      const message = `The service '${id}' has no session, and takes no request '${request.name}'.`;
      throw new ServiceError('SERVICE_REQUEST_REFUSED', message);
    }
    const timeoutMs = this.#requestTimeoutMs;
    return this.#sessions.request(sessionId, { ...request, timeoutMs }).catch(whenLost(id, this.#table));
  }

  /** ServiceChanges.cancel. */
  cancel(name: string, id: ServiceId, options: { readonly withoutSession?: boolean } = {}): Promise<void> {
    return this.#changes.cancel(name, id, options);
  }

  /** ServiceChanges.update. */
  update(name: string, id: ServiceId, change: ServiceChange, alongside?: Batch): Promise<void> {
    return this.#changes.update(name, id, change, alongside);
  }

  /**
   * Time slots of a callback service, and their length in minutes. Throws ServiceError SERVICE_UNKNOWN or
   * SERVICE_MISCONFIGURED.
   */
  availability(
    name: string,
    query: AvailabilityQuery,
  ): { readonly slots: readonly TimeSlot[]; readonly durationMinutes: number } {
    const service = this.#bookedService(name);
    const slots = availableSlots(this.#timeSlots, service, { ...query, now: this.#clock.now() });
    return { slots, durationMinutes: slotMinutes(service.options) };
  }

  /** officeDays of a callback service. Throws ServiceError SERVICE_UNKNOWN or SERVICE_MISCONFIGURED. */
  officeDays(name: string, days: { readonly date?: number; readonly count: number }): OfficeDays {
    const parts = { timeSlots: this.#timeSlots, calendars: this.calendars };
    return officeDays(parts, this.#bookedService(name), { ...days, now: this.#clock.now() });
  }

  /** Callbacks by their properties, oldest first. Throws ServiceError SERVICE_UNKNOWN or CALLBACK_INVALID. */
  find(query: FindServices): readonly ServiceInstance[] {
    return findInstances(query, {
      table: this.#table,
      configured: this.#configured,
      names: this.#names,
    });
  }

  /** The customer is being told that an agent is available: from now on a chat may start. */
  announce(id: ServiceId): Promise<void> {
    return this.#changes.announce(id);
  }

  /** ServiceChanges.confirm. */
  confirm(id: ServiceId): Promise<void> {
    return this.#changes.confirm(id);
  }

  /**
   * Removes the instance and its storage area, and cancels its session. Rejects with ServiceError
   * SERVICE_NOT_FOUND.
   */
  async remove(id: ServiceId): Promise<void> {
    const instance = this.#require(id);
    await this.#durable.commit(
      joinBatches(
        this.removeBatch([instance]),
        isOpen(instance) ? this.#ends.cancelSessionBatch(instance) : {},
      ),
    );
  }

  /** Instances of any service whose property has exactly this value, at most MAX_FOUND. */
  ofCustomer({ name, value }: CustomerProperty): readonly ServiceInstance[] {
    return this.#table.byProperty(name, value).filter(({ lookup }) => lookup[name] === value);
  }

  /** The names of the properties that find customers, as configured now. */
  customerProperties(): readonly string[] {
    const options = this.#names()
      .map((name) => this.#configured(name))
      .filter((found) => found !== undefined);
    return [...new Set(options.flatMap(lookupKeysOf))].sort();
  }

  /** Ends the instances for their customer; their sessions are not told. */
  cancelledBatch(instances: readonly ServiceInstance[]): Batch {
    return this.#ends.completeBatch(instances.filter(isOpen), CallbackReason.CANCELLED);
  }

  /** Removes instances and their storage areas. */
  removeBatch(instances: readonly ServiceInstance[]): Batch {
    return joinBatches(
      this.#table.removeBatch(instances),
      this.#throttles.forgetBatch(instances),
      this.#notices.forgetBatch(instances),
      instances.map(({ id }) => this.#accessNumbers.releaseOfBatch(id)),
      instances.map(({ dataId }) => this.#storage.removeBatch(dataId)),
      { cancel: instances.flatMap(({ id }) => [`${EXPIRE}.${id}`, `${SUBMIT}.${id}`]) },
    );
  }

  #bookedService(name: string): BookedService {
    const options = this.#configured(name);
    if (options !== undefined && isCallbackService(options)) return { name, options };
    throw new ServiceError('SERVICE_UNKNOWN', `No callback service '${name}' is configured.`);
  }

  #require(id: ServiceId): ServiceInstance {
    const instance = this.#table.get(id);
    if (instance === undefined) throw new ServiceError('SERVICE_NOT_FOUND', id);
    return instance;
  }
}

/** gms-8.5.2 1.2: the documented text has the status with which ORS answers for a session that it lost. */
function whenLost(id: ServiceId, table: InstanceTable): (error: unknown) => never {
  return (error) => {
    const instance = table.get(id);
    const isLost = error instanceof HostError && error.code === 'SESSION_NOT_FOUND';
    if (!isLost || !isOpen(instance) || !isWaiting(instance)) throw error;
    const message = `ORS request failed: 404 Not Found. The session of callback '${id}' does not exist any more.`;
    throw new ServiceError('ORS_REQUEST_FAILED', message, { cause: error });
  };
}
