import { timingSafeEqual } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { WireError } from '../errors/index.ts';
import { KEY_BYTES, parsePasswordHash } from './passwordHash.ts';

/** Passwords that may wait for the thread: some two seconds of work. */
export const MAX_WAITING_LOGINS = 32;

/** A message to passwordWorker.mjs. */
export interface Derivation {
  readonly id: number;
  readonly password: string;
  readonly salt: Uint8Array;
  readonly bytes: number;
}

interface Derived {
  readonly id: number;
  readonly key: Uint8Array;
}

/** A password and the hash that it should have, as hashPassword() returns it. */
export interface PasswordCheck {
  readonly password: string;
  readonly passwordHash: string;
}

interface Waiting {
  resolve(key: Buffer): void;
  reject(error: Error): void;
}

/**
 * Compares passwords with hashes in a thread of its own, one after the other. The thread starts with the
 * first password, and does not keep the process alive.
 */
export class PasswordThread {
  #thread: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  /**
   * True when the password belongs to the hash. It takes the same time for every wrong password. Rejects with
   * WireError TOO_MANY_REQUESTS when MAX_WAITING_LOGINS passwords wait.
   */
  async matches({ password, passwordHash }: PasswordCheck): Promise<boolean> {
    const hash = parsePasswordHash(passwordHash);
    if (hash === undefined) return false;
    return timingSafeEqual(await this.#derive(password, hash.salt), hash.key);
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #derive(password: string, salt: Uint8Array): Promise<Buffer> {
    if (this.#waiting.size >= MAX_WAITING_LOGINS) {
      throw new WireError('TOO_MANY_REQUESTS', {
        message: `Expected at most MAX_WAITING_LOGINS (${MAX_WAITING_LOGINS}) logins at one time, got one more.`,
        headers: { 'Retry-After': '2' },
      });
    }
    const thread = this.#started();
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<Buffer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      thread.ref();
      const asked: Derivation = { id, password, salt, bytes: KEY_BYTES };
      thread.postMessage(asked);
    });
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Worker(new URL('./passwordWorker.mjs', import.meta.url), { execArgv: [], env: {} });
    thread.on('message', ({ id, key }: Derived) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) thread.unref();
      waiting?.resolve(Buffer.from(key));
    });
    thread.on('error', (error) => this.#ended(error));
    thread.on('exit', () => this.#ended(new Error('The thread that hashes passwords has ended.')));
    thread.unref();
    this.#thread = thread;
    return thread;
  }

  /** The next password starts another thread. */
  #ended(error: Error): void {
    this.#thread = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
