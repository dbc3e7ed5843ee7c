import type { Json } from '../../ports/index.ts';

/**
 * A copy of a caller's value, as JSON: later changes of the value do not change the session. Throws a
 * TypeError that names the member when JSON cannot carry one. `what` names the value in that error.
 */
export function toJson(value: unknown, what: string): Json | undefined {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'string') {
    return value;
  }
  const text = JSON.stringify(value, function check(this: unknown, key: string, member: unknown) {
    const problem = whyNot(member);
    if (problem === undefined) return member;
    const where = key === '' ? '' : ` in '${key}'`;
    throw new TypeError(`Expected ${what} to be a value that JSON can carry, got ${problem}${where}.`);
  });
  return JSON.parse(text) as Json;
}

function whyNot(value: unknown): string | undefined {
  switch (typeof value) {
    case 'function':
    case 'symbol':
    case 'bigint':
      return `a ${typeof value}`;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    default:
      return undefined;
  }
}
