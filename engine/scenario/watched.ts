import type { Json } from '../ports/index.ts';
import type { Expected, LeadsTo, ScenarioStep } from './contract.ts';

/**
 * Conditions that expectations want to have been true at some time of a scenario. They are evaluated after
 * each step that is not an expectation. One that cannot be evaluated counts as false.
 */
export class Watched {
  readonly #conditions: ReadonlySet<string>;
  /** Number of the last look at which each condition was true. */
  readonly #lastTrue = new Map<string, number>();
  #looks = 0;

  constructor(steps: readonly ScenarioStep[]) {
    this.#conditions = new Set(
      steps.flatMap((step) =>
        typeof step === 'object' && 'expect' in step ? conditionsOf(step.expect) : [],
      ),
    );
  }

  look(get: (condition: string) => Json | undefined): void {
    this.#looks += 1;
    for (const condition of this.#conditions) {
      if (isTrue(get, condition)) this.#lastTrue.set(condition, this.#looks);
    }
  }

  wasTrue(condition: string): boolean {
    return this.#lastTrue.has(condition);
  }

  /** True when `to` was true with `after`, or later. Also true when `after` was never true. */
  hasCome({ after, to }: LeadsTo): boolean {
    const since = this.#lastTrue.get(after);
    return since === undefined || (this.#lastTrue.get(to) ?? 0) >= since;
  }
}

function conditionsOf({ any = [], eventually = [], leadsTo = [] }: Expected): readonly string[] {
  return [...eventually, ...leadsTo.flatMap(({ after, to }) => [after, to]), ...any.flatMap(conditionsOf)];
}

function isTrue(get: (condition: string) => Json | undefined, condition: string): boolean {
  try {
    return Boolean(get(condition));
  } catch {
    // Data that are not there yet. A condition that is always wrong fails its expectation.
    return false;
  }
}
