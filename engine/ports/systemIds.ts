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

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Random bytes, each given once. Valid until the next call. */
function random(length: number): Buffer {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += length;
  return pool.subarray(used - length, used);
}

/** Time and counter of the last UUID. The next one sorts after it. */
let msecs = 0;
let seq = 0;

function uuid(): string {
  const now = Date.now();
  const bytes = random(UUID_BYTES);
  if (now > msecs) {
    msecs = now;
    // Half of the counter's range is left for counting.
    seq = bytes.readUInt32BE(6) >>> 1;
  } else {
    seq++;
    if (seq === COUNTER_LIMIT) {
      seq = 0;
      msecs++;
    }
  }
  return v7({ random: bytes, msecs, seq });
}

/** Ids from the system's random numbers. UUIDs have version 7, which sorts by time. */
export const systemIds: Ids = {
  session: () =>
    ownId<SessionId>(Array.from(random(SESSION_LENGTH), (byte) => SESSION_ALPHABET[byte & 31]).join('')),
  uuid,
  hex: (length) =>
    random(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length),
  seed: () => random(4).readUInt32BE(),
};
