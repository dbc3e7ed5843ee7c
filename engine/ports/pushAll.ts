/** Appends the items. `list.push(...items)` throws a RangeError for some hundred thousand items. */
export function pushAll<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item);
}
