import { parseWithoutProto } from '../../interpreter/index.ts';
import { MAX_FAULT_CHARS, MAX_KEY_CHARS } from './limits.ts';

/** A message that a correct child never sends: the child is hostile. */
export class ProtocolBreach extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolBreach';
  }
}

export type Fields = { readonly [name: string]: unknown };

/** Parses a message. Its objects have no key __proto__. */
export function parseMessage(text: string): unknown {
  try {
    return parseWithoutProto(text);
  } catch (error) {
    throw new ProtocolBreach(`Expected JSON, got: ${(error as Error).message.slice(0, MAX_FAULT_CHARS)}`);
  }
}

export function key(value: unknown, name: string): void {
  expect(isText(value, MAX_KEY_CHARS), `a short text in ${name}`, typeof value);
}

export function text(value: unknown, name: string): void {
  expect(isText(value), `a text in ${name}`, typeof value);
}

export function isText(value: unknown, maxChars = Number.POSITIVE_INFINITY): boolean {
  return typeof value === 'string' && value.length <= maxChars;
}

export function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

export function objectOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  return breach(`an object as ${name}`, value === null ? 'null' : typeof value);
}

export function arrayOf(value: unknown, name: string): readonly unknown[] {
  return Array.isArray(value) ? value : breach(`an array as ${name}`, typeof value);
}

export function expect(holds: boolean, wanted: string, got: unknown): void {
  if (!holds) breach(wanted, got);
}

/** The child controls the value, so it is quoted only where it is short. */
export function breach(wanted: string, got: unknown): never {
  const quoted = typeof got === 'object' ? typeof got : String(got);
  throw new ProtocolBreach(`Expected ${wanted}, got ${quoted.slice(0, 100)}.`);
}
