import { KEY_RETENTION_MS } from '../durable/index.ts';

/** How long the host keeps data that only callers still need. Milliseconds. */
export interface Retention {
  /** Ended sessions, for queries. */
  readonly endedSessionMs: number;
  /** Ids of processed events. A repetition within this time changes nothing. */
  readonly eventIdMs: number;
  /** Answers to requests. A repetition within this time gets the same answer. */
  readonly replyMs: number;
}

const HOUR_MS = 3_600_000;

export const DEFAULT_RETENTION: Retention = {
  endedSessionMs: HOUR_MS,
  eventIdMs: 24 * HOUR_MS,
  replyMs: KEY_RETENTION_MS,
};
