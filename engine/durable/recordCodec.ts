/** What the store holds of a record: its value and, where it has one, its time to live. */
export interface StoredRecord<T> {
  readonly value: T;
  readonly expiresAt?: number;
}

/** Begins a string that stands for bytes, in a record of form 'b'; strings that begin with ESCAPE get one more. */
const ESCAPE = '\u0000';
const BYTES = `${ESCAPE}base64:`;

interface EncodedValue {
  readonly form: 'j' | 'b';
  readonly json: string;
}

/** Values that were put with a text: such a value does not change, and is put with one text after the other. */
const encodedWithText = new WeakMap<object, EncodedValue>();

/**
 * `<form><expiresAt>|<json>`, where form 'j' is plain JSON and form 'b' is JSON in which marked
 * strings stand for Uint8Arrays. With a text behind it, `<form>` in upper case and
 * `<expiresAt>|<length>|<json><text>`, where length is that of the JSON. Encoding at commit also takes the copy that
 * keeps later changes of the caller's object out of the store.
 */
export function encodeRecord(value: unknown, expiresAt?: number, text?: string): string {
  const expiry = expiresAt ?? '';
  if (text === undefined) {
    const { form, json } = encodeValue(value);
    return `${form}${expiry}|${json}`;
  }
  const { form, json } = encodeOnce(value as object);
  return `${form === 'b' ? 'B' : 'J'}${expiry}|${json.length}|${json}${text}`;
}

function encodeOnce(value: object): EncodedValue {
  const known = encodedWithText.get(value);
  if (known !== undefined) return known;
  const encoded = encodeValue(value);
  encodedWithText.set(value, encoded);
  return encoded;
}

function encodeValue(value: unknown): EncodedValue {
  const withBytes = holdsBytes(value);
  const json = withBytes ? JSON.stringify(value, replaceBytes) : JSON.stringify(value);
  if (json === undefined) {
    throw new TypeError(`A record's value must be JSON or bytes, got ${typeof value}.`);
  }
  return { form: withBytes ? 'b' : 'j', json };
}

export function decodeRecord<T>(stored: string): StoredRecord<T> {
  const { jsonAt, textAt } = placesIn(stored);
  const json = stored.slice(jsonAt, textAt);
  const hasBytes = stored.startsWith('b') || stored.startsWith('B');
  const value = (hasBytes ? JSON.parse(json, reviveBytes) : JSON.parse(json)) as T;
  const expiresAt = expiryOf(stored);
  return expiresAt === undefined ? { value } : { value, expiresAt };
}

/** The text behind a record (PutRecord.text), without decoding the value. */
export function textOf(stored: string): string | undefined {
  const { textAt } = placesIn(stored);
  return textAt === undefined ? undefined : stored.slice(textAt);
}

/** The length in front of a text was `<name>:<length>` before store version 7. */
function placesIn(stored: string): { readonly jsonAt: number; readonly textAt: number | undefined } {
  const bar = stored.indexOf('|');
  if (!stored.startsWith('J') && !stored.startsWith('B')) return { jsonAt: bar + 1, textAt: undefined };
  const jsonAt = stored.indexOf('|', bar + 1) + 1;
  const length = stored.slice(bar + 1, jsonAt - 1);
  return { jsonAt, textAt: jsonAt + Number(length.slice(length.indexOf(':') + 1)) };
}

/** The time to live alone, without decoding the value. */
export function expiryOf(stored: string): number | undefined {
  const bar = stored.indexOf('|');
  return bar === 1 ? undefined : Number(stored.slice(1, bar));
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
