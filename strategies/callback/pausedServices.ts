import { textOf } from '../../engine/ports/index.ts';
import type { ServiceInstance } from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import type { ConfiguredList } from './statusNotices.ts';

/** The list that pauses the service; undefined: none. */
export function pausedList({ _paused_services_list: name = '' }: ServiceOptions): string | undefined {
  return name.trim() === '' ? undefined : name.trim();
}

/**
 * Whether a list of the configuration pauses the service of a callback: option _paused_services_list, item
 * `services`, key _paused_services_id (default: the name of the service) or `all`. gms-8.5.2 1.5.
 */
export function isPaused(
  { name, kind, options }: Pick<ServiceInstance, 'name' | 'kind' | 'options'>,
  list: (name: string) => ConfiguredList | undefined,
): boolean {
  const listName = pausedList(options);
  if (kind !== 'callback' || listName === undefined) return false;
  const services = list(listName)?.services;
  if (typeof services !== 'object' || services === null || Array.isArray(services)) return false;
  const values = services as ConfiguredList;
  const own = (options._paused_services_id ?? '').trim() || name;
  return ['all', own].some(
    (key) => Object.hasOwn(values, key) && textOf(values[key]).toLowerCase() === 'true',
  );
}
