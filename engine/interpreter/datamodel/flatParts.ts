/** What crosses the realm's border by itself. */
export type Primitive = string | number | boolean | null;

/** With some 20 of short strings JSON is as fast. They go as arguments, so there is a limit in any case. */
const MAX_PROPERTIES = 16;

/**
 * Names and values of an object in turn, as JSON would carry them, when every value is a primitive: most events are such
 * objects, and their strings can be long. Undefined: it is to go as JSON.
 */
export function flatParts(value: object): readonly Primitive[] | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const parts: Primitive[] = [];
  for (const name in value) {
    // In the realm such a name would reach a setter.
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
