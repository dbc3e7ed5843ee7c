import type { Clock } from '../../engine/ports/index.ts';

/** How often the configuration is checked for a change. */
export const CONFIG_CHECK_MS = 10_000;

/** Notices that a person has changed the configuration. */
export class ConfigWatch {
  readonly #state: () => Promise<string>;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** Undefined: it was not checked yet. It may have changed since the server read it. */
  #seen: string | undefined;
  #cancel: (() => void) | undefined;

  constructor(deps: {
    /** Differs after each change. When it rejects, the next check asks again. */
    readonly state: () => Promise<string>;
    readonly clock: Clock;
    /** Called after each change, and once at the first check. */
    readonly changed: () => void;
  }) {
    this.#state = deps.state;
    this.#clock = deps.clock;
    this.#changed = deps.changed;
  }

  start(): void {
    this.#cancel ??= this.#clock.at(this.#clock.now() + CONFIG_CHECK_MS, () => {
      this.#cancel = undefined;
      void this.#check();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #check(): Promise<void> {
    const state = await this.#state().catch(() => this.#seen);
    if (state === this.#seen) return;
    this.#seen = state;
    this.#changed();
  }
}
