/**
 * A dictionary that is searched by names from outside. It has no prototype, so that a name such as
 * `constructor` finds nothing.
 */
export function dictionary<T>(entries: { readonly [name: string]: T }): { readonly [name: string]: T } {
  return Object.assign(Object.create(null) as object, entries);
}
