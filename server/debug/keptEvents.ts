import type { EventSource } from '../middleware/index.ts';

/** Events that are kept for a debugger that lost its stream. */
export const MAX_KEPT_EVENTS = 200;

/** An event of a debugger, as its stream has it. */
export interface DebuggerEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

type Listener = (event: DebuggerEvent, position: number) => void;

/** The last events of one debugger, in memory: what is held ends with the process as well. */
export class KeptEvents {
  readonly #events: DebuggerEvent[] = [];
  readonly #listeners = new Set<Listener>();
  /** Events that were dropped. The position of an event is its number, from 1. */
  #dropped = 0;

  add(event: DebuggerEvent): void {
    this.#events.push(event);
    if (this.#events.length > MAX_KEPT_EVENTS) {
      this.#events.shift();
      this.#dropped += 1;
    }
    const position = this.present;
    for (const listener of this.#listeners) listener(event, position);
  }

  get present(): number {
    return this.#dropped + this.#events.length;
  }

  isComplete(position: number): boolean {
    return Number.isInteger(position) && position >= this.#dropped && position <= this.present;
  }

  /** These events for a stream, whose key does not matter. */
  get source(): EventSource<string, DebuggerEvent> {
    const between = ({
      after,
      to,
      limit,
    }: {
      readonly after: number;
      readonly to: number;
      readonly limit: number;
    }) =>
      this.#events
        .slice(Math.max(0, after - this.#dropped), to - this.#dropped)
        .slice(0, limit)
        .map((event, at) => ({ event, position: after + at + 1 }));
    return {
      onChange: (listener) => {
        const heard: Listener = (event, position) => listener('', event, position);
        this.#listeners.add(heard);
        return () => void this.#listeners.delete(heard);
      },
      events: {
        isComplete: (_, position) => this.isComplete(position),
        between: (_, range) => between(range),
        present: () => this.present,
      },
    };
  }
}
