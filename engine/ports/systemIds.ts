import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';
import { ownId, type SessionId } from './brandedIds.ts';
import type { Ids } from './ids.ts';

/** Random bytes taken from the system at once, because each call is as expensive as thousands of bytes. */
const POOL_BYTES = 8_192;
const UUID_BYTES = 16;
/** A 32-bit counter orders the UUIDs of one millisecond. RFC 9562, section 6.2. */
const COUNTER_LIMIT = 2 ** 32;

/** The alphabet of ORS session ids: base 32, digits first (ors-dialect 1). */
const SESSION_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUV';
const SESSION_LENGTH = 32;

/**
 * Ids from the system's random numbers. UUIDs have version 7, which sorts by time, and the UUIDs of one
 * object sort in the order in which it gave them.
 */
class SystemIds implements Ids {
  readonly prefix = '';
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #used = POOL_BYTES;
  /** Time and counter of the last UUID. The next one sorts after it. */
  #msecs = 0;
  #seq = 0;

  session(): SessionId {
    const letters = Array.from(this.#random(SESSION_LENGTH), (byte) => SESSION_ALPHABET[byte & 31]);
    return ownId<SessionId>(letters.join(''));
  }

  uuid(): string {
    const now = Date.now();
    const random = this.#random(UUID_BYTES);
    if (now > this.#msecs) {
      this.#msecs = now;
      // Half of the counter's range is left for counting.
      this.#seq = random.readUInt32BE(6) >>> 1;
    } else {
      this.#seq++;
      if (this.#seq === COUNTER_LIMIT) {
        this.#seq = 0;
        this.#msecs++;
      }
    }
    return v7({ random, msecs: this.#msecs, seq: this.#seq });
  }

  hex(length: number): string {
    return this.#random(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length);
  }

  seed(): number {
    return this.#random(4).readUInt32BE();
  }

  /** Random bytes, each given once. Valid until the next call. */
  #random(length: number): Buffer {
    if (this.#used + length > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    this.#used += length;
    return this.#pool.subarray(this.#used - length, this.#used);
  }
}

/** The ids of this process. One object, so that all its UUIDs sort in their order. */
export const systemIds: Ids = new SystemIds();
