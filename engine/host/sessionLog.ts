import type { Effect } from '../interpreter/index.ts';
import type { Log } from '../ports/index.ts';

/** Writes what a <log> said. ORS levels: 1 reporting record, 2 error, 3 warning, 4 debug (ors-dialect 2.2). */
export function writeLog(log: Log, sessionId: string, effect: Extract<Effect, { kind: 'log' }>): void {
  const fields = { sessionId, ...(effect.label !== undefined && { label: effect.label }) };
  log[LEVELS[effect.level ?? ''] ?? 'info'](fields, effect.text);
}

const LEVELS: { readonly [level: string]: Exclude<keyof Log, 'debugs'> } = {
  1: 'info',
  2: 'error',
  3: 'warn',
  4: 'debug',
};
