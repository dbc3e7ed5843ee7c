import {
  type Batch,
  type Counted,
  type Durable,
  ExpiringCounts,
  joinBatches,
  timeKey,
  visitRecords,
} from '../../engine/durable/index.ts';
import { type Clock, defined, type SessionId } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import { Bookings } from './bookings.ts';
import { CallbackState, isOpen, isWaiting, type ServiceInstance } from './serviceInstance.ts';

/** `id`: ServiceInstance. */
export const INSTANCES = 'service.instance';
/** `property=value/id`: the instances with that property. */
const BY_PROPERTY = 'service.property';
/** `service/desired time/id`: the callbacks of a service. */
const BY_TIME = 'service.time';
/** How many callbacks of a service wait. */
export const WAITING = 'service.waiting';
/** Session id: the instance of the session. */
const BY_SESSION = 'service.session';

/** Time for which an instance, with its reason, can be read after its end or after its time to live. */
const REMEMBERED_MS = 3_600_000;
/** Instances found by one value of a property. */
export const MAX_FOUND = 1000;

/** The records of service instances, and the indexes that find them. */
export class InstanceTable {
  readonly #durable: Durable;
  readonly bookings: Bookings;
  readonly #waiting: ExpiringCounts;
  readonly #reports: (before: ServiceInstance | undefined, after: ServiceInstance) => Batch;

  constructor({
    durable,
    clock,
    reports,
  }: {
    readonly durable: Durable;
    readonly clock: Clock;
    /** The reports of a change, for its commit. `before` undefined: the instance is new. */
    readonly reports: (before: ServiceInstance | undefined, after: ServiceInstance) => Batch;
  }) {
    this.#durable = durable;
    this.#reports = reports;
    this.bookings = new Bookings(durable);
    this.#waiting = new ExpiringCounts({ durable, clock, table: WAITING });
  }

  get(id: ServiceId): ServiceInstance | undefined {
    return this.#durable.get<ServiceInstance>(INSTANCES, id);
  }

  bySession(sessionId: SessionId): ServiceInstance | undefined {
    const found = this.#durable.get<{ id: ServiceId }>(BY_SESSION, sessionId);
    return found && this.get(found.id);
  }

  /** The instances whose property has exactly this value, oldest first, at most MAX_FOUND. */
  byProperty(property: string, value: string): readonly ServiceInstance[] {
    const prefix = propertyPrefix(property, value);
    const rows = [...this.#durable.scan<{ id: ServiceId }>(BY_PROPERTY, { prefix, limit: MAX_FOUND })];
    return rows.flatMap((row) => this.get(row.value.id) ?? []).sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Callbacks of a service that have not ended, with this property; it stops counting at `atMost`. */
  countOpen(
    service: string,
    { name, value, atMost }: { readonly name: string; readonly value: string; readonly atMost: number },
  ): number {
    const prefix = propertyPrefix(name, value);
    let open = 0;
    for (const row of this.#durable.scan<{ id: ServiceId }>(BY_PROPERTY, { prefix, limit: MAX_FOUND })) {
      const found = this.get(row.value.id);
      if (!isOpen(found) || found.name !== service || found.lookup[name] !== value) continue;
      open += 1;
      if (open >= atMost) break;
    }
    return open;
  }

  /** Callbacks of a service that have begun and have not ended. */
  waitingOf(service: string): number {
    return this.#waiting.of(service).count;
  }

  /**
   * Visits the callbacks of a service with a desired time in this range, both ends included, in the order of
   * their desired times, until `visit` returns false. As visitRecords.
   */
  visitByTime(
    service: string,
    { from, to }: { readonly from: number; readonly to: number },
    visit: (callback: ServiceInstance) => unknown,
  ): Promise<void> {
    const range = { from: timePrefix(service, from), to: timePrefix(service, to + 1) };
    return visitRecords<{ id: ServiceId }>(
      this.#durable,
      BY_TIME,
      ({ value }) => {
        const callback = this.get(value.id);
        return callback === undefined ? undefined : visit(callback);
      },
      range,
    );
  }

  /** Visits all callbacks. As visitRecords. */
  visitAll(visit: (callback: ServiceInstance) => unknown): Promise<void> {
    return visitRecords<ServiceInstance>(this.#durable, INSTANCES, ({ value }) =>
      value.kind === 'callback' ? visit(value) : undefined,
    );
  }

  /**
   * Waiting callbacks and bookings are counted, so the instances that one commit stores must be in one call.
   */
  putBatch(instances: ServiceInstance | readonly ServiceInstance[], now: number): Batch {
    const changes = [instances].flat().map((given) => {
      const stored = this.get(given.id);
      const instance = withoutFreePlace(given, stored);
      const expiresAt = forgottenAt(instance, now);
      const countedUntil = isWaiting(instance)
        ? (stored?.countedUntil ?? this.#waiting.until(expiresAt))
        : undefined;
      return { instance, stored, expiresAt, countedUntil };
    });
    const counted = changes.filter(({ stored, countedUntil }) => stored?.countedUntil !== countedUntil);
    return joinBatches(
      changes.map(({ instance, stored, expiresAt, countedUntil }) => {
        const { countedUntil: _, ...value } = instance;
        return recordsBatch({ ...value, ...defined({ countedUntil }) }, stored, expiresAt);
      }),
      this.bookings.changeBatch(changes.map(({ instance, stored }) => ({ before: stored, after: instance }))),
      changes.map(({ instance, stored }) => this.#reports(stored, instance)),
      this.#waiting.batch({
        add: counted.flatMap(({ instance, countedUntil }) => countOf(instance.name, countedUntil)),
        remove: counted.flatMap(({ instance, stored }) => countOf(instance.name, stored?.countedUntil)),
      }),
    );
  }

  removeBatch(instances: readonly ServiceInstance[]): Batch {
    return joinBatches(
      instances.map((instance) => ({
        remove: [
          { table: INSTANCES, key: instance.id },
          ...propertyKeys(instance.id, Object.entries(instance.lookup)),
          ...timeKeys(instance),
          ...(instance.sessionId === undefined ? [] : [{ table: BY_SESSION, key: instance.sessionId }]),
        ],
      })),
      this.bookings.changeBatch(instances.map(({ id }) => ({ before: this.get(id), after: undefined }))),
      this.#waiting.batch({
        remove: instances.flatMap(({ id, name }) => countOf(name, this.get(id)?.countedUntil)),
      }),
    );
  }
}

/** A callback that ends before an agent was found for it leaves its place to others. */
function withoutFreePlace(instance: ServiceInstance, stored: ServiceInstance | undefined): ServiceInstance {
  const before = stored?.state;
  const isServed = before === CallbackState.ROUTING || before === CallbackState.PROCESSING;
  const isLate = before === undefined || before === CallbackState.COMPLETED || isServed;
  if (instance.bookedFor === undefined || instance.state !== CallbackState.COMPLETED || isLate) {
    return instance;
  }
  const { bookedFor: _, ...freed } = instance;
  return freed;
}

function recordsBatch(
  instance: ServiceInstance,
  stored: ServiceInstance | undefined,
  expiresAt: number,
): Batch {
  const { id, lookup, sessionId } = instance;
  const stale = Object.entries(stored?.lookup ?? {}).filter(([name, value]) => lookup[name] !== value);
  const isMoved = stored !== undefined && stored.desiredTime !== instance.desiredTime;
  const index = { value: { id }, expiresAt };
  const keys = [...propertyKeys(id, Object.entries(lookup)), ...timeKeys(instance)];
  if (sessionId !== undefined) keys.push({ table: BY_SESSION, key: sessionId });
  return {
    put: [
      { table: INSTANCES, key: id, value: instance, expiresAt },
      ...keys.map((key) => ({ ...key, ...index })),
    ],
    remove: [...propertyKeys(id, stale), ...(isMoved ? timeKeys(stored) : [])],
  };
}

function countOf(key: string, until: number | undefined): readonly Counted[] {
  return until === undefined ? [] : [{ key, until, count: 1, bytes: 0 }];
}

/** Where a callback is found by its desired time. */
export function timeKeys({ id, name, kind, desiredTime }: ServiceInstance): { table: string; key: string }[] {
  return kind === 'callback' ? [{ table: BY_TIME, key: `${timePrefix(name, desiredTime)}/${id}` }] : [];
}

function timePrefix(service: string, time: number): string {
  return `${encodeURIComponent(service)}/${timeKey(time)}`;
}

function propertyKeys(
  id: ServiceId,
  properties: readonly (readonly [string, string])[],
): { table: string; key: string }[] {
  return properties.map(([name, value]) => ({ table: BY_PROPERTY, key: propertyPrefix(name, value) + id }));
}

function forgottenAt(instance: ServiceInstance, now: number): number {
  return instance.state === CallbackState.COMPLETED
    ? Math.max(instance.expiresAt, now + REMEMBERED_MS)
    : instance.expiresAt + REMEMBERED_MS;
}

/** A key has the first 300 characters of the encoded value. */
function propertyPrefix(property: string, value: string): string {
  return `${encodeURIComponent(property)}=${encodeURIComponent(value).slice(0, 300)}/`;
}
