import { type Batch, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Json } from '../../engine/ports/index.ts';
import type { ServiceError, ServiceInstance } from '../instances/index.ts';
import { type ServiceOptions, TOKEN } from '../options/index.ts';

/** The answers about the customer's number, found before the commit; none for a callback without a number. */
export interface NumberFacts {
  readonly number?: string;
  /** The pattern of the option `_exceptions` that it matches. */
  readonly exception?: { readonly group: string; readonly pattern: string };
  readonly fault?: 'impossible' | 'premium' | 'no country';
}

/** Finds these answers. Rejects with PatternError. */
interface NumberExaminer {
  examine(number: string, options: ServiceOptions): Promise<NumberFacts>;
}

/** A callback that is about to be stored, and everything that the checks may ask about its request. */
export interface AdmissionFacts {
  /** change: the customer's number changes, and nothing else that the checks are about. */
  readonly request: 'create' | 'reschedule' | 'change';
  /** The callback as it would be stored. */
  readonly callback: ServiceInstance;
  /** The callback as it is stored now; only for a reschedule. */
  readonly earlier?: ServiceInstance;
  /** It starts at once, and not at its desired time. */
  readonly immediate: boolean;
  /** The options that count now: for a reschedule, those that are configured now. */
  readonly options: ServiceOptions;
  /** All fields of the request. */
  readonly fields: Readonly<Record<string, Json>>;
  /** A header of the request. */
  readonly header?: (name: string) => string | undefined;
  readonly numbers: NumberFacts;
  /** ms since epoch. */
  readonly now: number;
}

/**
 * A rule that a callback must pass. It reads stored data and does not await: its answer and the commit of the
 * callback are one step, and nothing is stored between them.
 */
export interface AdmissionCheck {
  readonly name: string;
  /** It is also for a change of the customer's number. */
  readonly isAboutNumber?: true;
  /** Why the callback is refused; undefined: it passes. */
  refusal(facts: AdmissionFacts): ServiceError | undefined;
  /** Records of this check for the commit of an admitted callback, such as a count. */
  admitted?(facts: AdmissionFacts): Batch;
}

/** Decides whether a callback may be created or rescheduled. */
export class Admission {
  readonly #checks: readonly AdmissionCheck[];
  readonly #numbers: NumberExaminer;
  readonly #clock: Clock;
  readonly #configured: (name: string) => ServiceOptions | undefined;

  constructor(deps: {
    /** In their order: the first refusal is the answer. */
    readonly checks: readonly AdmissionCheck[];
    readonly numbers: NumberExaminer;
    readonly clock: Clock;
    /** Options of a configured service. */
    readonly configured: (name: string) => ServiceOptions | undefined;
  }) {
    this.#checks = deps.checks;
    this.#numbers = deps.numbers;
    this.#clock = deps.clock;
    this.#configured = deps.configured;
  }

  /**
   * The answers that the checks need from elsewhere. Await them before the commit. Rejects with PatternError.
   */
  async prepare(
    request: AdmissionFacts['request'],
    callback: ServiceInstance,
    number: string | undefined,
  ): Promise<NumberFacts> {
    if (callback.kind !== 'callback' || number === undefined || number === '') return {};
    return this.#numbers.examine(number, this.#optionsOf(request, callback));
  }

  /**
   * The batch of the checks for an admitted callback. Call it in the same step as the commit of the callback,
   * and commit both together. Services that are no callbacks pass. Throws ServiceError for a refused one.
   */
  admit(given: Omit<AdmissionFacts, 'options' | 'now'>): Batch {
    const { callback } = given;
    if (callback.kind !== 'callback') return {};
    const facts: AdmissionFacts = {
      ...given,
      options: this.#optionsOf(given.request, callback),
      now: this.#clock.now(),
    };
    const checks = this.#checks.filter((check) => given.request !== 'change' || check.isAboutNumber);
    for (const check of checks) {
      const refusal = check.refusal(facts);
      if (refusal !== undefined) throw refusal;
    }
    return joinBatches(checks.map((check) => check.admitted?.(facts) ?? {}));
  }

  /**
   * For a callback that exists already, the configured options as they are now. A value with a token stays as
   * the creation replaced it.
   */
  #optionsOf(request: AdmissionFacts['request'], { name, options }: ServiceInstance): ServiceOptions {
    if (request === 'create') return options;
    const present = Object.entries(this.#configured(name) ?? {});
    return { ...options, ...Object.fromEntries(present.filter(([, value]) => value.search(TOKEN) === -1)) };
  }
}
