import type { Durable } from '../../engine/durable/index.ts';
import { SESSION } from '../../engine/host/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { INSTANCES } from '../../strategies/instances/index.ts';
import type { EventSource } from '../middleware/index.ts';

/** ms from a change to the event that tells of it and of all others meanwhile. */
const TOLD_AFTER_MS = 1_000;

/** Some sessions, or services of theirs, have changed. */
export interface SessionsChanged {
  readonly type: 'changed';
}

type Listener = (key: '', event: SessionsChanged) => void;

/** Tells those who look at a list of sessions when it is worth another read, at most once a second. */
export class SessionChanges implements EventSource<'', SessionsChanged> {
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();
  #isTelling = false;
  /** None is kept: a reader that lost its stream reads the list again. */
  readonly events = { isComplete: () => true, between: () => [], present: () => 0 };

  constructor({ durable, clock }: { readonly durable: Pick<Durable, 'onChange'>; readonly clock: Clock }) {
    this.#clock = clock;
    durable.onChange([SESSION, INSTANCES], () => this.#changed());
  }

  get readers(): number {
    return this.#listeners.size;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    if (this.#isTelling || this.#listeners.size === 0) return;
    this.#isTelling = true;
    this.#clock.at(this.#clock.now() + TOLD_AFTER_MS, () => {
      this.#isTelling = false;
      for (const listener of this.#listeners) listener('', { type: 'changed' });
    });
  }
}
