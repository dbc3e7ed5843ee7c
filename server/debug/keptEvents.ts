import type { EventSource } from '../middleware/index.ts';

/** Events that are kept for a debugger that lost its stream. */
export const MAX_KEPT_EVENTS = 200;

/** An event of a debugger, as its stream has it. */
export interface DebuggerEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** `position`: absent for the event after the last one, which is not kept. */
type Listener = (event: DebuggerEvent, position?: number) => void;

/** Bounds of kept events. */
interface KeptBounds {
  /** Default: MAX_KEPT_EVENTS. */
  readonly most?: number;
  /** Characters of all kept events, as JSON. Default: they have bounds of their own. */
  readonly maxChars?: number;
  /** The position before the first event. Default: 0. */
  readonly first?: number;
}

/** The last events of one debugger or session, in memory: what is held ends with the process as well. */
export class KeptEvents {
  readonly #events: DebuggerEvent[] = [];
  readonly #chars: number[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #most: number;
  readonly #maxChars: number;
  #allChars = 0;
  /** Position of the last event that was dropped. */
  #dropped: number;

  constructor({ most = MAX_KEPT_EVENTS, maxChars = Number.POSITIVE_INFINITY, first = 0 }: KeptBounds = {}) {
    this.#most = most;
    this.#maxChars = maxChars;
    this.#dropped = first;
  }

  add(event: DebuggerEvent): void {
    const chars = Number.isFinite(this.#maxChars) ? JSON.stringify(event).length : 0;
    this.#events.push(event);
    this.#chars.push(chars);
    this.#allChars += chars;
    while (this.#events.length > this.#most || (this.#allChars > this.#maxChars && this.#events.length > 1)) {
      this.#events.shift();
      this.#allChars -= this.#chars.shift() ?? 0;
      this.#dropped += 1;
    }
    const position = this.present;
    for (const listener of this.#listeners) listener(event, position);
  }

  /** Ends all streams of these events. */
  end(): void {
    for (const listener of this.#listeners) listener({ type: 'removed' });
  }

  /** The oldest first. */
  get list(): readonly DebuggerEvent[] {
    return this.#events;
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
