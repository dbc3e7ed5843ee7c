/** Exit codes of all commands of `orsay`. */
export const EXIT = {
  OK: 0,
  /** It was done, and something is wrong: a document, a scenario, a session, a store, a configuration. */
  FAILED: 1,
  /** The command line is wrong, or names something that cannot be read. */
  WRONG_USE: 2,
  /** No server answered. */
  UNREACHED: 3,
  /** The server refused the request. */
  REFUSED: 4,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** The meaning of each code, for the reference. */
export const EXIT_MEANINGS: Readonly<Record<Exit, string>> = {
  0: 'done',
  1: 'done, and something is wrong: a document, a scenario, a session, a store or a configuration',
  2: 'wrong use: the command line is not valid, or names something that cannot be read',
  3: 'the server was not reached, or did not answer as one',
  4: 'the server refused the request',
};
