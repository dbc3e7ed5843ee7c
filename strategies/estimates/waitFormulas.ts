/** A wait as a distribution of the Gamma family. */
export interface WaitLaw {
  readonly meanMs: number;
  /** Mean² / variance: the number of equal steps with the same spread. */
  readonly shape: number;
}

/** A line that moves on by itself: one call leaves it for an agent every `slotMs`, on average. */
export interface QueueRates {
  readonly slotMs: number;
  /** Rate at which each customer gives up, per ms. 0: nobody does. */
  readonly patience: number;
}

/** Calls that come later and are served earlier. */
export interface Overtaking {
  /** Arrivals per ms. */
  readonly rate: number;
  /** Only those who come within this time overtake; Infinity: all. */
  readonly withinMs: number;
}

/** Steps that are added up one by one; the rest is an integral. */
const EXACT_STEPS = 64;
const MAX_ROUNDS = 100;
/** A longer wait is not estimated: the call may never be served. */
export const MAX_ESTIMATE_MS = 7 * 86_400_000;

/**
 * The wait behind `ahead` calls: the sum of 1 / (rate + i * patience), for i from 0 to `ahead`. Whitt 1999,
 * formula of the Erlang-A queue.
 */
export function waitBehind(ahead: number, { slotMs, patience }: QueueRates): WaitLaw {
  const rate = 1 / slotMs;
  const whole = Math.min(Math.floor(ahead), EXACT_STEPS);
  let meanMs = 0;
  let variance = 0;
  for (let i = 0; i <= whole; i += 1) {
    const step = 1 / (rate + i * patience);
    meanMs += step;
    variance += step * step;
  }
  const rest = ahead - whole;
  if (rest > 0) {
    const from = rate + (whole + 0.5) * patience;
    const to = rate + (ahead + 0.5) * patience;
    meanMs += patience === 0 ? rest * slotMs : Math.log(to / from) / patience;
    variance += patience === 0 ? rest * slotMs * slotMs : (1 / from - 1 / to) / patience;
  }
  return { meanMs, shape: (meanMs * meanMs) / variance };
}

/**
 * The wait of a call that others overtake: the calls ahead grow by those who come during the wait. Undefined:
 * more come than are served, so that no wait can be told.
 */
export function waitWithOvertaking(
  ahead: number,
  rates: QueueRates,
  overtaking: readonly Overtaking[],
): WaitLaw | undefined {
  let law = waitBehind(ahead, rates);
  if (overtaking.length === 0) return law.meanMs > MAX_ESTIMATE_MS ? undefined : law;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { meanMs } = law;
    const more = overtaking.reduce((sum, { rate, withinMs }) => sum + rate * Math.min(meanMs, withinMs), 0);
    law = waitBehind(ahead + more, rates);
    if (law.meanMs > MAX_ESTIMATE_MS) return undefined;
    if (law.meanMs - meanMs < 0.001 * meanMs) return law;
  }
  return undefined;
}

/** A quantile of the Gamma distribution, by the approximation of Wilson and Hilferty. */
export function gammaQuantile({ meanMs, shape }: WaitLaw, normalQuantile: number): number {
  const c = 1 / (9 * shape);
  return meanMs * Math.max(0, 1 - c + normalQuantile * Math.sqrt(c)) ** 3;
}
