/** Milliseconds since 1970-01-01 UTC, and one-shot alarms. Tests use a simulated clock. */
export interface Clock {
  now(): number;
  /** Calls `fire` once at or after `dueAt` (ms since epoch). Returns a function that cancels it. */
  at(dueAt: number, fire: () => void): () => void;
}
