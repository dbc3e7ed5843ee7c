import type { Clock, Log } from '../../engine/ports/index.ts';

/** Lines that are kept. */
export const MAX_WARNINGS = 100;
const MAX_CHARS = 300;

/** A line of the log of the level warn or error. */
export interface Warning {
  /** ms since epoch. */
  readonly at: number;
  readonly level: 'warn' | 'error';
  readonly message: string;
  /** The message of the error that caused it. */
  readonly reason?: string;
  readonly sessionId?: string;
}

/** A log that keeps its last warnings in memory, for those who do not see its output. */
export class RecentWarnings implements Log {
  readonly #log: Log;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #warnings: Warning[] = [];

  constructor(log: Log, clock: Pick<Clock, 'now'>) {
    this.#log = log;
    this.#clock = clock;
  }

  get debugs(): boolean {
    return this.#log.debugs !== false;
  }

  debug(fields: Record<string, unknown>, message: string): void {
    this.#log.debug(fields, message);
  }

  info(fields: Record<string, unknown>, message: string): void {
    this.#log.info(fields, message);
  }

  warn(fields: Record<string, unknown>, message: string): void {
    this.#keep('warn', fields, message);
    this.#log.warn(fields, message);
  }

  error(fields: Record<string, unknown>, message: string): void {
    this.#keep('error', fields, message);
    this.#log.error(fields, message);
  }

  /** The latest first. */
  list(): readonly Warning[] {
    return this.#warnings.toReversed();
  }

  #keep(level: Warning['level'], { err, sessionId }: Record<string, unknown>, message: string): void {
    this.#warnings.push({
      at: this.#clock.now(),
      level,
      message: message.slice(0, MAX_CHARS),
      ...(err instanceof Error && { reason: err.message.slice(0, MAX_CHARS) }),
      ...(typeof sessionId === 'string' && { sessionId }),
    });
    if (this.#warnings.length > MAX_WARNINGS) this.#warnings.shift();
  }
}
