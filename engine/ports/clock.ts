/** Milliseconds since 1970-01-01 UTC, and one-shot alarms. A test hands in a simulated one. */
export interface Clock {
  now(): number;
  /** Calls `fire` once at or after `dueAt` (ms since epoch). Returns a function that cancels it. */
  at(dueAt: number, fire: () => void): () => void;
}
