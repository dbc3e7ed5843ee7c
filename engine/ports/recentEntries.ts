import { LRUCache } from 'lru-cache';

/**
 * A map that keeps the `max` entries which were used last. It takes memory as it fills: with the option `max`
 * the library reserves the room of all entries at once, 8 MB and 70 ms of processor time for a server.
 */
export function recentEntries<Key extends object | string, Value extends object | string | number | boolean>(
  max: number,
): LRUCache<Key, Value> {
  return new LRUCache<Key, Value>({ maxSize: max, sizeCalculation: () => 1 });
}
