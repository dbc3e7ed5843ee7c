/** Exit codes of `orsay`. */
export const EXIT = {
  OK: 0,
  /** The session failed, or the server refused. */
  FAILED: 1,
  /** The document did not load, or the command line is invalid. */
  NOT_LOADED: 2,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];
