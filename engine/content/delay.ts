/** Longest delay of a <send>: 10 years; longer ones are faults of the document. */
export const MAX_DELAY_MS = 10 * 366 * 24 * 3600 * 1000;

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A CSS2 time (`10s`, `.5s`, `200ms`; also m, h, d), in milliseconds; undefined when it is none. W3C 6.2. */
export function parseDelay(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h|d)?\s*$/.exec(text);
  if (!match) return undefined;
  const [, amount, unit] = match;
  // A bare number is taken as milliseconds only when it is zero: anything else is ambiguous.
  if (unit === undefined && Number(amount) !== 0) return undefined;
  const milliseconds = Number(amount) * (UNITS[unit ?? 'ms'] ?? 1);
  return milliseconds <= MAX_DELAY_MS ? milliseconds : undefined;
}
