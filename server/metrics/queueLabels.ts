import { OTHER_QUEUES, UNNAMED_QUEUE } from './metricTable.ts';

/**
 * The values of the label `queue`. The first queues keep their names until the server stops; all others
 * together are one, because clients may invent queues.
 */
export class QueueLabels {
  readonly #most: number;
  readonly #names = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** `name` undefined: the queue of calls that named none. */
  of(name: string | undefined): string {
    if (name === undefined) return UNNAMED_QUEUE;
    if (!this.#names.has(name)) {
      if (this.#names.size >= this.#most) return OTHER_QUEUES;
      this.#names.add(name);
    }
    return name;
  }
}
