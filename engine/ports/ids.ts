import type { SessionId } from './brandedIds.ts';

/** New identifiers. Every method but seed() returns a value that it never returned before. */
export interface Ids {
  /**
   * Names the cell of this server in each id by which a request finds its cell: `berlin_`, or empty for the
   * default cell. session() puts it in front; the others do not, because they also make keys and secrets.
   */
  readonly prefix: string;
  /** The prefix, and 32 upper-case alphanumeric characters: an ORS session id. */
  session(): SessionId;
  /** A UUID (version 7 where order helps). */
  uuid(): string;
  /** Lower-case hexadecimal of the given length (connection ids, secure keys). */
  hex(length: number): string;
  /** An unsigned 32-bit seed for a session's Math.random. */
  seed(): number;
}
