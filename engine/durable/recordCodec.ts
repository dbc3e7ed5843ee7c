import { defined } from '../ports/index.ts';

/** A record as the store holds it. */
export interface StoredRecord<T> {
  readonly value: T;
  readonly expiresAt?: number;
}

/**
 * Begins a string that represents bytes, in a record of form 'b'. A string that begins with ESCAPE gets one
 * more.
 */
const ESCAPE = '\u0000';
const BYTES = `${ESCAPE}base64:`;

/**
 * `<form><expiresAt>|<json>`. Form 'j' is plain JSON; form 'b' is JSON in which marked strings represent
 * Uint8Arrays. With a text, the form is in upper case: `<form><expiresAt>|<length>|<json><text>`, with the
 * length of the JSON. Encoding at the commit also takes the copy of the value, so the caller may change its
 * object afterwards.
 */
export function encodeRecord(value: unknown, expiresAt?: number, text?: string): string {
  const { form, json } = encodeValue(value);
  const expiry = expiresAt ?? '';
  if (text === undefined) return `${form}${expiry}|${json}`;
  return `${form.toUpperCase()}${expiry}|${json.length}|${json}${text}`;
}

function encodeValue(value: unknown): { readonly form: 'j' | 'b'; readonly json: string } {
  const withBytes = holdsBytes(value);
  const json = withBytes ? JSON.stringify(value, replaceBytes) : JSON.stringify(value);
  if (json === undefined) {
    throw new TypeError(`A record's value must be JSON or bytes, got ${typeof value}.`);
  }
  return { form: withBytes ? 'b' : 'j', json };
}

export function decodeRecord<T>(stored: string): StoredRecord<T> {
  const { jsonAt, textAt } = boundsIn(stored);
  const json = stored.slice(jsonAt, textAt);
  const hasBytes = stored.startsWith('b') || stored.startsWith('B');
  const value = (hasBytes ? JSON.parse(json, reviveBytes) : JSON.parse(json)) as T;
  return { value, ...defined({ expiresAt: expiryOf(stored) }) };
}

/** The text after the value (PutRecord.text), without decoding the value. */
export function textOf(stored: string): string | undefined {
  const { textAt } = boundsIn(stored);
  return textAt === undefined ? undefined : stored.slice(textAt);
}

/** Before store version 7, the length was written as `<name>:<length>`. */
function boundsIn(stored: string): { readonly jsonAt: number; readonly textAt: number | undefined } {
  const bar = stored.indexOf('|');
  if (!stored.startsWith('J') && !stored.startsWith('B')) return { jsonAt: bar + 1, textAt: undefined };
  const jsonAt = stored.indexOf('|', bar + 1) + 1;
  const length = stored.slice(bar + 1, jsonAt - 1);
  return { jsonAt, textAt: jsonAt + Number(length.slice(length.indexOf(':') + 1)) };
}

/** The expiry, without decoding the value. */
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

/** `this` is the holder of `key`. Buffer has a toJSON of its own, so `value` no longer contains the bytes. */
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
