import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { SessionId } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import { CallbackState, type ServiceInstance } from './serviceInstance.ts';

const INSTANCES = 'service.instance';
/** `property=value/id`: the instances with that property. */
const BY_PROPERTY = 'service.property';
/** Session id: the instance of the session. */
const BY_SESSION = 'service.session';

/** Time for which an instance, with its reason, can be read after its end or after its time to live. */
const REMEMBERED_MS = 3_600_000;
/** Instances found by one value of a property. */
export const MAX_FOUND = 1000;

/** The records of service instances, and the indexes that find them. */
export class InstanceTable {
  readonly #durable: Durable;

  constructor(durable: Durable) {
    this.#durable = durable;
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

  putBatch(instance: ServiceInstance, now: number): Batch {
    const { id, lookup, sessionId } = instance;
    const expiresAt = forgottenAt(instance, now);
    const earlier = Object.entries(this.get(id)?.lookup ?? {});
    const stale = earlier.filter(([name, value]) => lookup[name] !== value);
    const index = { value: { id }, expiresAt };
    return joinBatches(
      { put: [{ table: INSTANCES, key: id, value: instance, expiresAt }], remove: propertyKeys(id, stale) },
      { put: propertyKeys(id, Object.entries(lookup)).map((key) => ({ ...key, ...index })) },
      sessionId === undefined ? {} : { put: [{ table: BY_SESSION, key: sessionId, ...index }] },
    );
  }

  removeBatch({ id, lookup, sessionId }: ServiceInstance): Batch {
    return {
      remove: [
        { table: INSTANCES, key: id },
        ...propertyKeys(id, Object.entries(lookup)),
        ...(sessionId === undefined ? [] : [{ table: BY_SESSION, key: sessionId }]),
      ],
    };
  }
}

function propertyKeys(
  id: ServiceId,
  properties: readonly (readonly [string, string])[],
): { readonly table: string; readonly key: string }[] {
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
