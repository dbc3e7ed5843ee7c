import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const KEY_BYTES = 32;
const FORMAT = /^scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})$/;

/**
 * Returns `scrypt$<salt>$<key>`, both in hexadecimal: the form in which the configuration holds a password.
 */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('hex')}$${scryptSync(password, salt, KEY_BYTES).toString('hex')}`;
}

export function isPasswordHash(text: string): boolean {
  return FORMAT.test(text);
}

/**
 * True when the password belongs to the hash. It takes the same time for every wrong password. It computes
 * outside the main thread, so that wrong passwords do not delay other requests.
 */
export async function matchesPassword(password: string, hash: string): Promise<boolean> {
  const parts = FORMAT.exec(hash);
  if (!parts) return false;
  const key = await derive(password, Buffer.from(parts[1] as string, 'hex'), KEY_BYTES);
  return timingSafeEqual(key, Buffer.from(parts[2] as string, 'hex'));
}
