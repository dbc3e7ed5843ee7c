/** What the store holds of a record: its value and, where it has one, its time to live. */
export interface StoredRecord<T> {
  readonly value: T;
  readonly expiresAt?: number;
}

/**
 * A text that is stored behind the record whose property it is, as it is: neither escaped nor read with the rest. A
 * record may have one, as a property of its own.
 */
export class KeptText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** It is no part of the record's JSON. */
  toJSON(): undefined {}
}

/** Begins a string that stands for bytes, in a record of form 'b'; strings that begin with ESCAPE get one more. */
const ESCAPE = '\u0000';
const BYTES = `${ESCAPE}base64:`;

/**
 * `<form><expiresAt>|<json>`, where form 'j' is plain JSON and form 'b' is JSON in which marked
 * strings stand for Uint8Arrays. With a KeptText, `<form>` in upper case and `<expiresAt>|<name>:<length>|<json><text>`,
 * where length is that of the JSON. Encoding at commit also takes the copy that keeps later changes of the caller's
 * object out of the store.
 */
export function encodeRecord(value: unknown, expiresAt?: number): string {
  const withBytes = holdsBytes(value);
  const json = withBytes ? JSON.stringify(value, replaceBytes) : JSON.stringify(value);
  if (json === undefined) {
    throw new TypeError(`A record's value must be JSON or bytes, got ${typeof value}.`);
  }
  const kept = keptTextOf(value);
  if (kept === undefined) return `${withBytes ? 'b' : 'j'}${expiresAt ?? ''}|${json}`;
  return `${withBytes ? 'B' : 'J'}${expiresAt ?? ''}|${kept.name}:${json.length}|${json}${kept.text}`;
}

export function decodeRecord<T>(text: string): StoredRecord<T> {
  const bar = text.indexOf('|');
  const kept = text.startsWith('J') || text.startsWith('B') ? readHead(text, bar + 1) : undefined;
  const json = text.slice(kept?.jsonAt ?? bar + 1, kept?.textAt);
  const hasBytes = text.startsWith('b') || text.startsWith('B');
  const value = (hasBytes ? JSON.parse(json, reviveBytes) : JSON.parse(json)) as T;
  if (kept !== undefined)
    Object.assign(value as object, { [kept.name]: new KeptText(text.slice(kept.textAt)) });
  if (bar === 1) return { value };
  return { value, expiresAt: Number(text.slice(1, bar)) };
}

function keptTextOf(value: unknown): { readonly name: string; readonly text: string } | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const name in value) {
    const property = (value as Record<string, unknown>)[name];
    if (property instanceof KeptText) return { name, text: property.text };
  }
  return undefined;
}

/** `<name>:<length>|` */
function readHead(text: string, from: number) {
  const colon = text.indexOf(':', from);
  const bar = text.indexOf('|', colon);
  const jsonAt = bar + 1;
  return { name: text.slice(from, colon), jsonAt, textAt: jsonAt + Number(text.slice(colon + 1, bar)) };
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
