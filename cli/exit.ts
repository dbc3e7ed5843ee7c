/** Exit codes of `orsay`. */
export const EXIT = {
  OK: 0,
  /** The session failed, or a server did not do what it was asked for. */
  FAILED: 1,
  /** The document did not load, or the command line cannot be read. */
  NOT_LOADED: 2,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];
