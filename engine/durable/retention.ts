/** How long the host remembers what it needs no more itself. Milliseconds. */
export interface Retention {
  /** A session that has ended, for queries. */
  readonly endedSessionMs: number;
  /** Ids of processed events: a repetition within it changes nothing. */
  readonly eventIdMs: number;
  /** Answers to requests: a repetition within it gets the same answer. */
  readonly replyMs: number;
}

const HOUR_MS = 3_600_000;

export const DEFAULT_RETENTION: Retention = {
  endedSessionMs: HOUR_MS,
  eventIdMs: 24 * HOUR_MS,
  replyMs: 24 * HOUR_MS,
};
