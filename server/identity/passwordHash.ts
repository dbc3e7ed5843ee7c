import { randomBytes, scrypt, scryptSync } from 'node:crypto';
import { promisify } from 'node:util';

export const KEY_BYTES = 32;
const FORMAT = /^scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})$/;
const CONTROL = /\p{Cc}/u;

export interface PasswordHash {
  readonly salt: Buffer;
  readonly key: Buffer;
}

/**
 * Returns `scrypt$<salt>$<key>`, both in hexadecimal: the form in which the configuration holds a password.
 * Throws an Error for a password with control characters, because no login passes with one.
 */
export function hashPassword(password: string): string {
  if (!isPlain(password)) throw new Error('Expected a password without control characters.');
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('hex')}$${scryptSync(password, salt, KEY_BYTES).toString('hex')}`;
}

/** As hashPassword, without holding up the event loop. Rejects with an Error. */
export async function newPasswordHash(password: string): Promise<string> {
  if (!isPlain(password)) throw new Error('Expected a password without control characters.');
  const salt = randomBytes(16);
  const key = (await promisify(scrypt)(password, salt, KEY_BYTES)) as Buffer;
  return `scrypt$${salt.toString('hex')}$${key.toString('hex')}`;
}

export function isPasswordHash(text: string): boolean {
  return FORMAT.test(text);
}

/** Undefined: the text is no hash of hashPassword. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const parts = FORMAT.exec(text);
  if (!parts) return undefined;
  return { salt: Buffer.from(parts[1] as string, 'hex'), key: Buffer.from(parts[2] as string, 'hex') };
}

/**
 * False for text with control characters. scrypt is HMAC inside, and HMAC fills a short key with zeros. So
 * `secret` and `secret\0` have the same hash, and a name or password with a NUL must not reach it.
 */
export function isPlain(text: string): boolean {
  return !CONTROL.test(text);
}
