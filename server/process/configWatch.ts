import { statSync } from 'node:fs';
import type { Clock } from '../../engine/ports/index.ts';

/** How often config.json is checked for a change. */
export const CONFIG_CHECK_MS = 10_000;

/** Notices that a person has changed the file of the configuration. */
export class ConfigWatch {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** Undefined: the file was not checked yet. It may have changed since the server read it. */
  #state: string | undefined;
  #cancel: (() => void) | undefined;

  constructor(deps: {
    readonly path: string;
    readonly clock: Clock;
    /** Called after each change, and once at the first check. */
    readonly changed: () => void;
  }) {
    this.#path = deps.path;
    this.#clock = deps.clock;
    this.#changed = deps.changed;
  }

  start(): void {
    this.#cancel ??= this.#clock.at(this.#clock.now() + CONFIG_CHECK_MS, () => {
      this.#cancel = undefined;
      this.#check();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #check(): void {
    const state = this.#stateOfFile();
    if (state === this.#state) return;
    this.#state = state;
    this.#changed();
  }

  /** An absent file has a state too: an editor may be about to replace it. */
  #stateOfFile(): string {
    const stats = statSync(this.#path, { throwIfNoEntry: false });
    return stats === undefined ? 'absent' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
  }
}
