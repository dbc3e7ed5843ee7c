import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Ids } from '../../engine/ports.ts';

/** As the session ids of ORS look: base 32, digits first (genesys-facts 1). */
const SESSION_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUV';
const SESSION_LENGTH = 32;

/** Ids from the system's random numbers; UUIDs are of version 7, which sort by time. */
export const systemIds: Ids = {
  session: () => Array.from(randomBytes(SESSION_LENGTH), (byte) => SESSION_ALPHABET[byte & 31]).join(''),
  uuid: () => v7(),
  hex: (length) =>
    randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length),
  seed: () => randomBytes(4).readUInt32BE(),
};
