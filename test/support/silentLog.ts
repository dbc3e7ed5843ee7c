import type { Log } from '../../engine/ports/log.ts';

/** Says nothing: for tests that do not look at the log. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
