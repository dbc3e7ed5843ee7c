import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { CallbackState, type ServiceInstance } from './serviceInstance.ts';

const INSTANCES = 'service.instance';
/** <property>=<value>/<id>: the instances with that property. */
const BY_PROPERTY = 'service.property';
/** <session id>: the instance that it serves. */
const BY_SESSION = 'service.session';

/** An instance stays visible this long after it ended, or after its time to live ran out, so that its reason can be read. */
const REMEMBERED_MS = 3_600_000;
/** How many instances one property value may lead to in an answer. */
export const MAX_FOUND = 1000;

/** The records of service instances and what finds them. */
export interface InstanceTable {
  get(id: string): ServiceInstance | undefined;
  bySession(sessionId: string): ServiceInstance | undefined;
  /** Those whose property has exactly this value, oldest first, MAX_FOUND at most. */
  byProperty(property: string, value: string): readonly ServiceInstance[];
  putBatch(instance: ServiceInstance, now: number): Batch;
  removeBatch(instance: ServiceInstance): Batch;
}

export function createInstanceTable(deps: { readonly durable: Durable }): InstanceTable {
  const { durable } = deps;
  const get = (id: string): ServiceInstance | undefined => durable.get<ServiceInstance>(INSTANCES, id);

  return {
    get,
    bySession(sessionId) {
      const found = durable.get<{ id: string }>(BY_SESSION, sessionId);
      return found === undefined ? undefined : get(found.id);
    },

    byProperty(property, value) {
      const prefix = propertyPrefix(property, value);
      const rows = [...durable.scan<{ id: string }>(BY_PROPERTY, { prefix, limit: MAX_FOUND })];
      return rows.flatMap((row) => get(row.value.id) ?? []).sort((a, b) => a.createdAt - b.createdAt);
    },

    putBatch(instance, now) {
      const { id } = instance;
      const expiresAt = forgottenAt(instance, now);
      const previous = get(id);
      const stale =
        previous === undefined
          ? []
          : Object.entries(previous.lookup).filter(([name, value]) => instance.lookup[name] !== value);
      return joinBatches(
        {
          put: [{ table: INSTANCES, key: id, value: instance, expiresAt }],
          remove: stale.map(([name, value]) => ({
            table: BY_PROPERTY,
            key: propertyPrefix(name, value) + id,
          })),
        },
        {
          put: Object.entries(instance.lookup).map(([name, value]) => ({
            table: BY_PROPERTY,
            key: propertyPrefix(name, value) + id,
            value: { id },
            expiresAt,
          })),
        },
        instance.sessionId === undefined
          ? {}
          : { put: [{ table: BY_SESSION, key: instance.sessionId, value: { id }, expiresAt }] },
      );
    },

    removeBatch(instance) {
      return {
        remove: [
          { table: INSTANCES, key: instance.id },
          ...Object.entries(instance.lookup).map(([name, value]) => ({
            table: BY_PROPERTY,
            key: propertyPrefix(name, value) + instance.id,
          })),
          ...(instance.sessionId === undefined ? [] : [{ table: BY_SESSION, key: instance.sessionId }]),
        ],
      };
    },
  };
}

function forgottenAt(instance: ServiceInstance, now: number): number {
  return instance.state === CallbackState.COMPLETED
    ? Math.max(instance.expiresAt, now + REMEMBERED_MS)
    : instance.expiresAt + REMEMBERED_MS;
}

/** Values are bounded: a key of the store is not the place for a novel. */
function propertyPrefix(property: string, value: string): string {
  return `${encodeURIComponent(property)}=${encodeURIComponent(value).slice(0, 300)}/`;
}
