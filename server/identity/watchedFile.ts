import { readFileSync, statSync } from 'node:fs';
import type { Clock, Log } from '../../engine/ports/index.ts';

/** A file is checked for a change when its content is used, but not more often. */
const CHECK_MS = 10_000;

/**
 * The content of a small file, which is read again after it changed. The constructor throws as `parse` does
 * for a file that cannot be used. Later such a file is logged, and the content before it stays in use.
 */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  readonly #clock: Clock;
  readonly #log: Log;
  #value: T;
  #state: string | undefined;
  #checkedAt: number;

  constructor(deps: {
    readonly path: string;
    readonly parse: (text: string) => T;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#path = deps.path;
    this.#parse = deps.parse;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#value = this.#read();
    this.#state = this.#stateOfFile();
    this.#checkedAt = deps.clock.now();
  }

  get value(): T {
    const now = this.#clock.now();
    // The clock of the computer may be set back.
    if (Math.abs(now - this.#checkedAt) >= CHECK_MS) {
      this.#checkedAt = now;
      this.#readIfChanged();
    }
    return this.#value;
  }

  #readIfChanged(): void {
    const file = this.#path;
    try {
      const state = this.#stateOfFile();
      if (state === this.#state) return;
      // Before the read: a file that cannot be used is logged once for each change.
      this.#state = state;
      this.#value = this.#read();
      this.#log.info({ file }, 'A changed key file is in use.');
    } catch (err) {
      this.#log.error({ err, file }, 'A changed key file could not be used; the old content is kept.');
    }
  }

  #read(): T {
    return this.#parse(readFileSync(this.#path, 'utf8'));
  }

  #stateOfFile(): string {
    const { mtimeMs, size, ino } = statSync(this.#path);
    return `${mtimeMs} ${size} ${ino}`;
  }
}
