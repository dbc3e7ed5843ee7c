import { timingSafeEqual } from 'node:crypto';
import { AnsweringThread } from '../adapters/index.ts';
import { WireError } from '../errors/index.ts';
import { KEY_BYTES, parsePasswordHash } from './passwordHash.ts';

/** Passwords that may wait for the thread: some two seconds of work. */
export const MAX_WAITING_LOGINS = 32;

/** The question for passwordWorker.mjs; the answer is the key. */
export interface Derivation {
  readonly password: string;
  readonly salt: Uint8Array;
  readonly bytes: number;
}

/** A password and the hash that it should have, as hashPassword() returns it. */
export interface PasswordCheck {
  readonly password: string;
  readonly passwordHash: string;
}

/** Compares passwords with hashes in a thread of its own, one after the other. */
export class PasswordThread {
  readonly #thread = new AnsweringThread<Derivation, Uint8Array>({
    module: new URL('./passwordWorker.mjs', import.meta.url),
    maxWaiting: MAX_WAITING_LOGINS,
    busy: () =>
      new WireError('TOO_MANY_REQUESTS', {
        message: `Expected at most MAX_WAITING_LOGINS (${MAX_WAITING_LOGINS}) logins at one time, got one more.`,
        headers: { 'Retry-After': '2' },
      }),
  });

  /**
   * True when the password belongs to the hash. It takes the same time for every wrong password. Rejects with
   * WireError TOO_MANY_REQUESTS when MAX_WAITING_LOGINS passwords wait.
   */
  async matches({ password, passwordHash }: PasswordCheck): Promise<boolean> {
    const hash = parsePasswordHash(passwordHash);
    if (hash === undefined) return false;
    const key = await this.#thread.ask({ password, salt: hash.salt, bytes: KEY_BYTES });
    return timingSafeEqual(key, hash.key);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
