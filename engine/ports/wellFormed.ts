import type { Json } from './json.ts';

/** In mode `u`, only half of a surrogate pair is a surrogate. */
const HALF_PAIR = /\p{Surrogate}/u;
/** A JSON text without such an escape holds no surrogate, because UTF-8 has none. */
const ESCAPED = /\\u[dD][89a-fA-F]/;

/**
 * True when JSON text may hold half of a surrogate pair (`"\ud83d"`). No URL, and no key or file of UTF-8 can
 * hold that.
 */
export function mayBeIllFormed(text: string): boolean {
  return ESCAPED.test(text);
}

/** The first text of a value, or name in it, with half of a surrogate pair; undefined: there is none. */
export function findIllFormed(value: Json): string | undefined {
  const pending: Json[] = [value];
  while (pending.length > 0) {
    const found = pending.pop()!;
    if (typeof found === 'string') {
      if (HALF_PAIR.test(found)) return found;
    } else if (typeof found === 'object' && found !== null) {
      for (const [name, member] of Object.entries(found)) {
        if (HALF_PAIR.test(name)) return name;
        pending.push(member as Json);
      }
    }
  }
  return undefined;
}
