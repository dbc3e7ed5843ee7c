import type { WaitEstimate } from './estimates.ts';
import { NumberRing } from './numberRing.ts';
import { gammaQuantile, type WaitLaw } from './waitFormulas.ts';

/** Places 1, 2 to 3, 4 to 7 and so on; the last bucket has all that are farther. */
const BUCKETS = 8;
/** In farther buckets each keeps half as many of its calls as the one before. */
const LAST_WHOLE_BUCKET = 2;
/** Ratios of a bucket that are kept. */
export const RATIO_WINDOW = 400;
/** With fewer ratios the quantiles are those of the formula. */
export const MIN_RATIOS = 50;

/** The quantiles of a normal distribution at 10 % and 90 %. */
const NORMAL_10 = -1.2816;
const NORMAL_90 = 1.2816;

/** The bucket of a call with so many calls ahead. */
export function bucketOf(ahead: number): number {
  return Math.min(BUCKETS - 1, Math.max(0, Math.floor(Math.log2(ahead + 1))));
}

/**
 * The band around an expected wait: the quantiles of the ratios of real to expected waits of the last served
 * calls at about the same place. It holds whatever the handling times are like (conformal prediction).
 */
export class RatioBand {
  readonly #rings: readonly NumberRing[];
  readonly #seen = new Uint32Array(BUCKETS);

  constructor(state: readonly Float32Array[] = []) {
    this.#rings = Array.from({ length: BUCKETS }, (_, at) => new NumberRing(RATIO_WINDOW, state[at]));
  }

  /** Calls far behind share most of their wait with their neighbours, so only some of them are kept. */
  learn(bucket: number, ratio: number): void {
    const every = 2 ** Math.max(0, bucket - LAST_WHOLE_BUCKET);
    this.#seen[bucket]! += 1;
    if (this.#seen[bucket]! % every === 0) this.#rings[bucket]!.push(ratio);
  }

  around(bucket: number, law: WaitLaw): WaitEstimate {
    const ring = this.#rings[bucket]!;
    if (ring.length < MIN_RATIOS) return formulaBand(law);
    const at = (share: number): number => law.meanMs * ring.quantile(share)!;
    return { meanMs: law.meanMs, p10Ms: at(0.1), p50Ms: at(0.5), p90Ms: at(0.9), isRough: false };
  }

  get state(): readonly Float32Array[] {
    return this.#rings.map((ring) => ring.toArray());
  }
}

/** The band that exponential handling times would have. */
export function formulaBand(law: WaitLaw): WaitEstimate {
  return {
    meanMs: law.meanMs,
    p10Ms: gammaQuantile(law, NORMAL_10),
    p50Ms: gammaQuantile(law, 0),
    p90Ms: gammaQuantile(law, NORMAL_90),
    isRough: true,
  };
}
