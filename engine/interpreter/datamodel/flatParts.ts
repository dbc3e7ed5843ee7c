/** Values that cross the realm's border unchanged. */
export type Primitive = string | number | boolean | null;

/**
 * Above some 20 short strings JSON is as fast. The parts are passed as arguments, whose number is limited
 * too.
 */
const MAX_PROPERTIES = 16;

/**
 * The names and values of an object, alternately and as in JSON, when every value is a primitive, as in most
 * events. Undefined for other objects, which cross the border as JSON. It buys time for events: one with a
 * text of 3 KB takes 0.6 us instead of 15 us, one with three short values 0.6 us instead of 2.6 us.
 */
export function flatParts(value: object): readonly Primitive[] | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const parts: Primitive[] = [];
  for (const name in value) {
    // In the realm, an assignment to such a name would call a setter.
    if (name in Object.prototype || parts.length === 2 * MAX_PROPERTIES) return undefined;
    const part = (value as Record<string, unknown>)[name];
    switch (typeof part) {
      case 'undefined':
        break;
      case 'string':
      case 'boolean':
        parts.push(name, part);
        break;
      case 'number':
        parts.push(name, Number.isFinite(part) ? part + 0 : null);
        break;
      default:
        if (part !== null) return undefined;
        parts.push(name, part);
    }
  }
  return parts;
}
