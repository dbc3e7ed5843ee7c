import type { SessionId } from './brandedIds.ts';

/** New identifiers. Every method but seed() returns a value that it never returned before. */
export interface Ids {
  /** 32 upper-case alphanumeric characters: an ORS session id. */
  session(): SessionId;
  /** A UUID (version 7 where order helps). */
  uuid(): string;
  /** Lower-case hexadecimal of the given length (connection ids, secure keys). */
  hex(length: number): string;
  /** An unsigned 32-bit seed for a session's Math.random. */
  seed(): number;
}
