import type { Clock } from '../../ports/index.ts';

/** The armed timers of one session, by key. */
export class SessionTimers {
  readonly #clock: Clock;
  readonly #fire: (key: string) => void;
  #armed: Map<string, { readonly dueAt: number; readonly cancel: () => void }> | undefined;

  constructor(clock: Clock, fire: (key: string) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** `dueAt`: ms since epoch. */
  arm(key: string, dueAt: number): void {
    const cancel = this.#clock.at(dueAt, () => {
      this.#armed?.delete(key);
      this.#fire(key);
    });
    this.#armed ??= new Map();
    this.#armed.set(key, { dueAt, cancel });
  }

  disarm(key: string): void {
    this.#armed?.get(key)?.cancel();
    this.#armed?.delete(key);
  }

  disarmAll(): void {
    for (const { cancel } of this.#armed?.values() ?? []) cancel();
    this.#armed = undefined;
  }

  /** Due times by key. Undefined when no timer is armed. */
  dueTimes(): { readonly [key: string]: number } | undefined {
    if (!this.#armed?.size) return undefined;
    return Object.fromEntries([...this.#armed].map(([key, { dueAt }]) => [key, dueAt]));
  }
}
