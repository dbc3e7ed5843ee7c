import { defined, type Json } from '../../engine/ports/index.ts';
import { addressIn, badInput, FaultCode, type Given, jsonIn, shortText } from '../digital/index.ts';

/** Characters of `eventAttributes` as JSON, which each reader of the transcript gets. */
export const MAX_ATTRIBUTES_LENGTH = 8_192;
const MAX_POSITION = 99_999_999;
/** The platform writes these as ids that it does not use any more. */
const DEPRECATED = 'deprecated';

/** Positions of a transcript that are no index. gms-api 7.5. */
export const Position = { NOTHING: 0, NEWEST: -1 } as const;

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
  if (nickname === undefined) requireNames(firstName, lastName);
  const email = addressIn(given, 'emailAddress', 'email');
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
