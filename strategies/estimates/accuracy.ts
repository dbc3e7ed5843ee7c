import type { WaitEstimate } from './estimates.ts';
import { NumberRing } from './numberRing.ts';

/** Served calls whose estimates are compared with their waits. */
export const ACCURACY_WINDOW = 400;

/** The estimates of the last served calls that waited, compared with their waits. Times in ms. */
export interface AccuracyView {
  /** Calls that are compared. */
  readonly calls: number;
  /** Means over these calls; 0 without any. */
  readonly waitMs: number;
  readonly saidMs: number;
  /** Mean of the differences without their signs. */
  readonly errorMs: number;
  /** Share of the waits from p10 to p90; 0 to 1. */
  readonly inBand: number;
}

/** Compares estimates with waits. Estimates that were given before the band was learned have no band. */
export class Accuracy {
  readonly #waits: NumberRing;
  readonly #said: NumberRing;
  readonly #errors: NumberRing;
  readonly #hits: NumberRing;

  constructor([waits, said, errors, hits]: readonly Float32Array[] = []) {
    this.#waits = new NumberRing(ACCURACY_WINDOW, waits);
    this.#said = new NumberRing(ACCURACY_WINDOW, said);
    this.#errors = new NumberRing(ACCURACY_WINDOW, errors);
    this.#hits = new NumberRing(ACCURACY_WINDOW, hits);
  }

  learn({ meanMs, p10Ms, p90Ms, isRough }: WaitEstimate, waitedMs: number): void {
    this.#waits.push(waitedMs);
    this.#said.push(meanMs);
    this.#errors.push(Math.abs(waitedMs - meanMs));
    if (!isRough) this.#hits.push(Number(waitedMs >= p10Ms && waitedMs <= p90Ms));
  }

  get view(): AccuracyView {
    return {
      calls: this.#waits.length,
      waitMs: this.#waits.mean ?? 0,
      saidMs: this.#said.mean ?? 0,
      errorMs: this.#errors.mean ?? 0,
      inBand: this.#hits.mean ?? 0,
    };
  }

  get state(): readonly Float32Array[] {
    return [this.#waits, this.#said, this.#errors, this.#hits].map((ring) => ring.toArray());
  }
}

/** The accuracies of several queues as of one. */
export function joinAccuracies(views: readonly AccuracyView[]): AccuracyView {
  if (views.length === 1) return views[0]!;
  const calls = views.reduce((sum, one) => sum + one.calls, 0);
  const mean = (field: 'waitMs' | 'saidMs' | 'errorMs' | 'inBand'): number =>
    calls === 0 ? 0 : views.reduce((sum, one) => sum + one[field] * one.calls, 0) / calls;
  return {
    calls,
    waitMs: mean('waitMs'),
    saidMs: mean('saidMs'),
    errorMs: mean('errorMs'),
    inBand: mean('inBand'),
  };
}
