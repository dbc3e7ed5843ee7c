import { type Json, textOf } from '../../engine/ports/index.ts';
import { badInput, FaultCode } from './digitalFault.ts';

/** The parameters of a request, by their documented names. */
export type Given = { readonly [name: string]: Json | undefined };

/** Characters of a name, an e-mail address, a subject or a type. */
const MAX_FIELD_LENGTH = 1_024;
/** Characters of all keys and values of user data together, which desktops get with lists of interactions. */
export const MAX_USER_DATA_LENGTH = 65_536;

/** A parameter as text of any length. An empty one counts as absent. */
export function longText(given: Given, name: string): string | undefined {
  const raw = Object.hasOwn(given, name) ? given[name] : undefined;
  if (raw === undefined || raw === null || raw === '') return undefined;
  if (typeof raw !== 'object') return String(raw);
  throw badInput(`Expected '${name}' once and as text, got ${JSON.stringify(raw).slice(0, 80)}.`);
}

/** A parameter as text of at most MAX_FIELD_LENGTH characters. */
export function shortText(given: Given, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = longText(given, name);
    if (text === undefined) continue;
    if (text.length <= MAX_FIELD_LENGTH) return text;
    throw badInput(
      `Expected '${name}' to have at most ${MAX_FIELD_LENGTH} characters (MAX_FIELD_LENGTH), got ${text.length}.`,
    );
  }
  return undefined;
}

/** As longText, for a parameter that has to be there. */
export function requiredText(given: Given, name: string): string {
  const text = longText(given, name);
  if (text === undefined) throw badInput(`Expected the parameter '${name}', got none.`);
  return text;
}

/** A field `userData[key]` of a form; a client puts the key into quotes. */
const USER_DATA_FIELD = /^userData\[(["']?)(.+?)\1\]$/;

/**
 * User data as texts, from the object `userData` or the fields `userData[key]`. Names that begin with an
 * underscore are the server's, and left out, but for those of the platform's own web client.
 */
export function userDataIn(given: Given): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const [name, value] of Object.entries(given)) {
    const key = USER_DATA_FIELD.exec(name)?.[2];
    if (key !== undefined) found.push([key, textOf(value)]);
  }
  const pairs = [...found, ...objectIn(given, 'userData')].filter(([name]) => !/^_(?!genesys_)/.test(name));
  const length = pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (length > MAX_USER_DATA_LENGTH) {
    throw badInput(
      `Expected 'userData' of at most ${MAX_USER_DATA_LENGTH} characters (MAX_USER_DATA_LENGTH), got ${length}.`,
    );
  }
  return Object.fromEntries(pairs);
}

function objectIn(given: Given, name: string): readonly (readonly [string, string])[] {
  const value = jsonIn(given, name);
  return value === undefined ? [] : Object.entries(value).map(([key, one]) => [key, textOf(one)]);
}

/** An object, or its JSON text. */
export function jsonIn(given: Given, name: string): { readonly [name: string]: Json } | undefined {
  const raw = Object.hasOwn(given, name) ? given[name] : undefined;
  if (raw === undefined || raw === null || raw === '') return undefined;
  const value = typeof raw === 'string' ? parseJson(raw) : raw;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as { readonly [name: string]: Json };
  }
  throw badInput(`Expected '${name}' to be an object, got ${JSON.stringify(raw).slice(0, 80)}.`);
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The caller says what it expected.
    return undefined;
  }
}

/** True for a text that has the form of an e-mail address, in one line. */
export function isMailAddress(text: string): boolean {
  return /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(text);
}

/** An e-mail address, or undefined. */
export function addressIn(given: Given, ...names: readonly string[]): string | undefined {
  const address = shortText(given, ...names);
  if (address === undefined || isMailAddress(address)) return address;
  throw badInput(`Expected an e-mail address, got '${address.slice(0, 64)}'.`, FaultCode.EMAIL_INVALID);
}

/** As shortText, for a parameter that has to be there, and is one line: a header of an e-mail. */
export function requiredLine(given: Given, name: string, code?: FaultCode): string {
  const text = shortText(given, name);
  if (text === undefined) throw badInput(`Expected the parameter '${name}', got none.`, code);
  if (/\p{Cc}/u.test(text)) throw badInput(`Expected '${name}' to be one line of text.`);
  return text;
}

/** The property that finds a customer by their e-mail address, in every service that has one. */
export const EMAIL_PROPERTY = 'emailAddress';
/** Characters of a value that finds a customer. */
const MAX_LOOKUP_LENGTH = 256;

/** The user data that find a customer later, for the removal of their data. */
export function lookupIn(
  userData: Readonly<Record<string, string>>,
  keys: readonly string[],
): Readonly<Record<string, string>> {
  const found = keys.flatMap((name) => {
    const value = Object.hasOwn(userData, name) ? userData[name] : undefined;
    return value === undefined || value === '' || value.length > MAX_LOOKUP_LENGTH ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}
