import type { Log } from '../../engine/ports/log.ts';

/** Writes nothing; for tests that do not check the log. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
