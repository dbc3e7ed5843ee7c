import type { ServiceId } from '../ids/index.ts';
import { isCallbackService, lookupKeysOf, type ServiceOptions } from '../options/index.ts';
import { ServiceError } from './errors.ts';
import type { InstanceTable } from './instanceTable.ts';
import type { ServiceInstance } from './serviceInstance.ts';
import type { FindServices } from './serviceRequests.ts';

/**
 * Callbacks by their id or their properties: at least one, and only those that `_customer_lookup_keys` lists.
 * gms-api 2.3, gms-8.5.2 1.2. Throws ServiceError.
 */
export function findInstances(
  query: FindServices,
  given: {
    readonly table: InstanceTable;
    readonly configured: (name: string) => ServiceOptions | undefined;
    readonly names: () => readonly string[];
  },
): readonly ServiceInstance[] {
  const services = query.name === undefined ? given.names() : [query.name];
  const callbacks = services.flatMap((name) => {
    const options = given.configured(name);
    return options !== undefined && isCallbackService(options) ? [options] : [];
  });
  if (query.name !== undefined && callbacks.length === 0) {
    throw new ServiceError('SERVICE_UNKNOWN', `No callback service '${query.name}' is configured.`);
  }
  if (query.id === undefined || Object.keys(query.properties).length > 0) {
    requireKnown(Object.keys(query.properties), callbacks.flatMap(lookupKeysOf));
  }
  return candidates(query, given.table).filter((instance) => fits(instance, query));
}

function requireKnown(asked: readonly string[], known: readonly string[]): void {
  const unknown = asked.filter((name) => !known.includes(name));
  if (asked.length > 0 && unknown.length === 0) {
    return;
  }
  const expected = `Expected one or more of ${[...new Set(known)].join(', ')} (option _customer_lookup_keys)`;
  throw new ServiceError(
    'CALLBACK_INVALID',
    asked.length === 0 ? `${expected}, got none.` : `${expected}, got ${unknown.join(', ')}.`,
  );
}

function candidates(query: FindServices, table: InstanceTable): readonly ServiceInstance[] {
  const properties = Object.entries(query.properties);
  // If all properties must match, the first one finds the candidates and `fits` checks the others.
  const withId = query.id === undefined ? undefined : table.get(query.id);
  if (query.id !== undefined && query.operand === 'AND') return withId === undefined ? [] : [withId];
  const searched = query.operand === 'AND' ? properties.slice(0, 1) : properties;
  const found = new Map<ServiceId, ServiceInstance>();
  if (withId !== undefined) found.set(withId.id, withId);
  for (const [name, value] of searched) {
    for (const instance of table.byProperty(name, value)) {
      found.set(instance.id, instance);
    }
  }
  return [...found.values()].sort((a, b) => a.createdAt - b.createdAt);
}

function fits(instance: ServiceInstance, query: FindServices): boolean {
  const matches = Object.entries(query.properties).map(([name, value]) => instance.lookup[name] === value);
  if (query.id !== undefined) matches.push(instance.id === query.id);
  const properties = query.operand === 'AND' ? matches.every(Boolean) : matches.some(Boolean);
  return (
    properties &&
    instance.kind === 'callback' &&
    (query.name === undefined || instance.name === query.name) &&
    fitsState(instance, query.state) &&
    instance.desiredTime >= (query.desiredFrom ?? Number.NEGATIVE_INFINITY) &&
    instance.desiredTime <= (query.desiredTo ?? Number.POSITIVE_INFINITY)
  );
}

function fitsState(instance: ServiceInstance, state: FindServices['state']): boolean {
  if (state === undefined) {
    return true;
  }
  return 'is' in state ? instance.state === state.is : instance.state !== state.isNot;
}
