import type { FamilyTimers } from './familyTimers.ts';

/** The armed timers of one session, by key. */
export class SessionTimers {
  readonly #session: string;
  readonly #family: FamilyTimers;
  readonly #fire: (key: string) => void;
  #armed: Map<string, { readonly dueAt: number; readonly disarm: () => void }> | undefined;

  /** `session`: its id. */
  constructor(session: string, family: FamilyTimers, fire: (key: string) => void) {
    this.#session = session;
    this.#family = family;
    this.#fire = fire;
  }

  /** `dueAt`: ms since epoch. */
  arm(key: string, dueAt: number): void {
    const disarm = this.#family.arm({ session: this.#session, key }, dueAt, () => {
      this.#armed?.delete(key);
      this.#fire(key);
    });
    this.#armed ??= new Map();
    this.#armed.set(key, { dueAt, disarm });
  }

  disarm(key: string): void {
    this.#armed?.get(key)?.disarm();
    this.#armed?.delete(key);
  }

  disarmAll(): void {
    for (const { disarm } of this.#armed?.values() ?? []) disarm();
    this.#armed = undefined;
  }

  /** Due times by key. Undefined when no timer is armed. */
  dueTimes(): { readonly [key: string]: number } | undefined {
    if (!this.#armed?.size) return undefined;
    return Object.fromEntries([...this.#armed].map(([key, { dueAt }]) => [key, dueAt]));
  }
}
