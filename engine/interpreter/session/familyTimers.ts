import type { Clock } from '../../ports/index.ts';
import type { TimerName } from './contract.ts';

interface Timer {
  readonly name: TimerName;
  /** ms since epoch. */
  readonly dueAt: number;
  /** Timers with a lower place were armed before. */
  readonly place: number;
  readonly fire: () => void;
  /** Removes the alarm of the clock that this timer has. */
  cancel: () => void;
}

/**
 * The armed timers of a family. Timers with the same due time fire in the order in which they were armed,
 * also those of different sessions, and also after the sessions were restored in another order. All of them
 * fire before the events that they cause come to another session, as on a host.
 */
export class FamilyTimers {
  readonly #clock: Clock;
  readonly #together: (fire: () => void) => void;
  /** By due time, in ms since epoch. */
  #armed: Map<number, Set<Timer>> | undefined;
  /** The timers of a snapshot whose sessions have not armed them again. */
  #restored: Map<string, Pick<Timer, 'name' | 'place'>> | undefined;
  /** Due times of restored timers, which were not armed in their order. */
  #unsorted: Set<number> | undefined;
  #nextPlace = 0;

  /** `together`: calls a function in which timers fire, and lets their sessions run after it. */
  constructor(clock: Clock, together: (fire: () => void) => void) {
    this.#clock = clock;
    this.#together = together;
  }

  /** The order of the timers of a snapshot. Their sessions arm them when they are opened. */
  restore(order: readonly TimerName[]): void {
    this.#restored = new Map(order.map((name) => [textOf(name), { name, place: this.#nextPlace++ }]));
  }

  /** `dueAt`: ms since epoch. Returns a function that disarms the timer. */
  arm(name: TimerName, dueAt: number, fire: () => void): () => void {
    const text = textOf(name);
    const restored = this.#restored?.get(text);
    if (restored !== undefined) {
      this.#restored?.delete(text);
      this.#unsorted ??= new Set();
      this.#unsorted.add(dueAt);
    }
    const place = restored?.place ?? this.#nextPlace++;
    const timer: Timer = { name, dueAt, place, fire, cancel: () => undefined };
    this.#armed ??= new Map();
    const together = this.#armed.get(dueAt) ?? new Set();
    this.#armed.set(dueAt, together.add(timer));
    timer.cancel = this.#clock.at(dueAt, () => this.#fireAll(dueAt));
    return () => {
      if (this.#remove(timer)) timer.cancel();
    };
  }

  /** In the order in which they were armed. Undefined when at most one session has timers. */
  order(): readonly TimerName[] | undefined {
    const armed = [...(this.#armed?.values() ?? [])].flatMap((together) => [...together]);
    const all = [...armed, ...(this.#restored?.values() ?? [])].sort((a, b) => a.place - b.place);
    const names = all.map(({ name }) => name);
    return names.every(({ session }) => session === names[0]?.session) ? undefined : names;
  }

  /** An alarm came: the timers with its due time fire together. */
  #fireAll(dueAt: number): void {
    const together = [...(this.#armed?.get(dueAt) ?? [])];
    this.#armed?.delete(dueAt);
    if (this.#unsorted?.delete(dueAt)) together.sort((a, b) => a.place - b.place);
    for (const timer of together) timer.cancel();
    this.#together(() => {
      for (const timer of together) timer.fire();
    });
  }

  /** False when it has fired or was removed before. */
  #remove(timer: Timer): boolean {
    const together = this.#armed?.get(timer.dueAt);
    const isRemoved = together?.delete(timer) === true;
    if (together?.size === 0) this.#armed?.delete(timer.dueAt);
    return isRemoved;
  }
}

function textOf({ session, key }: TimerName): string {
  return JSON.stringify([session, key]);
}
