/** What the store holds of a record: its value and, where it has one, its time to live. */
export interface StoredRecord<T> {
  readonly value: T;
  readonly expiresAt?: number;
}

/** Begins a string that stands for bytes, in a record of form 'b'; strings that begin with ESCAPE get one more. */
const ESCAPE = '\u0000';
const BYTES = `${ESCAPE}base64:`;

/**
 * `<form><expiresAt>|<json>`, where form 'j' is plain JSON and form 'b' is JSON in which marked
 * strings stand for Uint8Arrays. Encoding at commit also takes the copy that keeps later changes of the caller's
 * object out of the store.
 */
export function encodeRecord(value: unknown, expiresAt?: number): string {
  const withBytes = holdsBytes(value);
  const json = withBytes ? JSON.stringify(value, replaceBytes) : JSON.stringify(value);
  if (json === undefined) {
    throw new TypeError(`A record's value must be JSON or bytes, got ${typeof value}.`);
  }
  return `${withBytes ? 'b' : 'j'}${expiresAt ?? ''}|${json}`;
}

export function decodeRecord<T>(text: string): StoredRecord<T> {
  const bar = text.indexOf('|');
  const json = text.slice(bar + 1);
  const value = (text.startsWith('b') ? JSON.parse(json, reviveBytes) : JSON.parse(json)) as T;
  if (bar === 1) return { value };
  return { value, expiresAt: Number(text.slice(1, bar)) };
}

/** The time to live alone, without decoding the value. */
export function expiryOf(text: string): number | undefined {
  const bar = text.indexOf('|');
  return bar === 1 ? undefined : Number(text.slice(1, bar));
}

function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Uint8Array) return true;
  if (Array.isArray(value)) return value.some(holdsBytes);
  for (const key in value) {
    if (holdsBytes((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

/** `this` is the holder: Buffer has a toJSON of its own, so `value` has already lost the bytes. */
function replaceBytes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  if (original instanceof Uint8Array) return `${BYTES}${Buffer.from(original).toString('base64')}`;
  return typeof value === 'string' && value.startsWith(ESCAPE) ? `${ESCAPE}${value}` : value;
}

function reviveBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith(ESCAPE)) return value;
  if (value.startsWith(BYTES)) return new Uint8Array(Buffer.from(value.slice(BYTES.length), 'base64'));
  return value.slice(ESCAPE.length);
}
