import { defined } from '../ports/index.ts';
import type { TakenStep } from './takenStep.ts';

/** Characters of the listed steps, as JSON. The steps after the one that exceeds it are only counted. */
const MAX_FORK_CHARS = 2_000_000;

export interface ListedSteps {
  /** The first ones, up to MAX_FORK_CHARS. */
  readonly steps: readonly TakenStep[];
  /** Steps that are not listed. Absent: none. */
  readonly moreSteps?: number;
}

/** The steps of a fork. */
export class ForkSteps {
  readonly #steps: TakenStep[] = [];
  #chars = 0;
  #count = 0;

  add(step: TakenStep): void {
    this.#count += 1;
    if (this.#chars > MAX_FORK_CHARS) return;
    this.#steps.push(step);
    this.#chars += JSON.stringify(step).length;
  }

  /** All steps, also those that are not listed. */
  get count(): number {
    return this.#count;
  }

  get listed(): ListedSteps {
    const more = this.#count - this.#steps.length;
    return { steps: this.#steps, ...defined({ moreSteps: more > 0 ? more : undefined }) };
  }
}
