import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import { badInput, FaultCode } from './chatV2Fault.ts';

/** The parameters of a request, by their documented names. */
export type Given = { readonly [name: string]: Json | undefined };

/** Characters of a name, an e-mail address, a subject or a type. */
const MAX_FIELD_LENGTH = 1_024;
/** Characters of all keys and values of user data together, which desktops get with lists of interactions. */
export const MAX_USER_DATA_LENGTH = 65_536;
/** Characters of `eventAttributes` as JSON, which each reader of the transcript gets. */
export const MAX_ATTRIBUTES_LENGTH = 8_192;
const MAX_POSITION = 99_999_999;
/** The platform writes these as ids that it does not use any more. */
const DEPRECATED = 'deprecated';

/** Positions of a transcript that are no index. gms-api 7.5. */
export const Position = { NOTHING: 0, NEWEST: -1 } as const;

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

/** An id of an older client, which is checked only when it says something. */
export function idIn(given: Given, name: string): string | undefined {
  const id = shortText(given, name);
  return id === DEPRECATED ? undefined : id;
}

/** The position in the transcript: -1, 0, or an index. Undefined: the request names none. */
export function positionIn(given: Given): number | undefined {
  const text = shortText(given, 'transcriptPosition');
  if (text === undefined) return undefined;
  const position = /^(?:-1|\d{1,9})$/.test(text) ? Number(text) : Number.NaN;
  if (position <= MAX_POSITION) return position;
  throw badInput(
    `Expected 'transcriptPosition' to be -1 or a whole number from 0, got '${text.slice(0, 64)}'.`,
  );
}

interface Customer {
  readonly nickname: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
}

/** The customer of a new chat: a nickname, or both names. */
export function customerIn(given: Given): Customer {
  const nickname = shortText(given, 'nickname');
  const firstName = shortText(given, 'firstName');
  const lastName = shortText(given, 'lastName');
  const email = shortText(given, 'emailAddress', 'email');
  if (nickname === undefined) requireNames(firstName, lastName);
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw badInput(`Expected an e-mail address, got '${email.slice(0, 64)}'.`, FaultCode.EMAIL_INVALID);
  }
  return {
    nickname: nickname ?? `${firstName} ${lastName}`,
    ...defined({ firstName, lastName, email }),
  };
}

function requireNames(firstName: string | undefined, lastName: string | undefined): void {
  if (firstName === undefined && lastName === undefined) {
    throw badInput("Expected a 'nickname', or 'firstName' and 'lastName'.", FaultCode.NAME_MISSING);
  }
  if (firstName === undefined) {
    throw badInput("Expected a 'firstName' with 'lastName', got none.", FaultCode.FIRST_NAME_MISSING);
  }
  if (lastName === undefined) {
    throw badInput("Expected a 'lastName' with 'firstName', got none.", FaultCode.LAST_NAME_MISSING);
  }
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

/** `eventAttributes`: an object, or its JSON text. */
export function attributesIn(given: Given): { readonly [name: string]: Json } | undefined {
  const value = jsonIn(given, 'eventAttributes');
  if (value === undefined) return undefined;
  const { length } = JSON.stringify(value);
  if (length <= MAX_ATTRIBUTES_LENGTH) return value;
  throw badInput(
    `Expected 'eventAttributes' of at most ${MAX_ATTRIBUTES_LENGTH} characters (MAX_ATTRIBUTES_LENGTH), got ${length}.`,
  );
}

function jsonIn(given: Given, name: string): { readonly [name: string]: Json } | undefined {
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
