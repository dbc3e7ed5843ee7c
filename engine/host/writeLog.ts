import { defined, dictionary, type Log, type SessionId } from '../ports/index.ts';
import type { LogEffect } from './stepCommit.ts';

/**
 * The log methods of the levels of a <log>: 1 reporting record, 2 error, 3 warning, 4 debug (ors-dialect
 * 2.2).
 */
const LEVELS = dictionary<Exclude<keyof Log, 'debugs'>>({
  1: 'info',
  2: 'error',
  3: 'warn',
  4: 'debug',
});

/** Writes what a `<log>` of a session says. */
export function writeLog(log: Log, sessionId: SessionId, { label, level = '', text }: LogEffect): void {
  log[LEVELS[level] ?? 'info']({ sessionId, ...defined({ label }) }, text);
}
