import { QueueModel, type Scenario, type Served } from './queueModel.ts';

/** Estimates of one scenario, compared with the waits. Shares are of the mean wait, unless marked. */
export interface Scores {
  readonly calls: number;
  readonly meanWaitMs: number;
  /** Mean absolute errors: of the expected wait, of its median, of the oracle. */
  readonly error: number;
  readonly errorOfMedian: number;
  readonly oracle: number | undefined;
  /** The error divided by that of the oracle. */
  readonly ratio: number | undefined;
  readonly bias: number;
  /** Share of the waits that were in the 80 % band, overall and by the bucket of the place. */
  readonly inBand: number;
  readonly inBandByPlace: readonly number[];
  readonly width: number;
  /** By name. */
  readonly others: Readonly<Record<string, number>>;
  /** Standard error of `error`, from batch means. */
  readonly spread: number;
}

const BATCHES = 20;
/** Calls of a place that make a coverage worth a look. */
const MIN_AT_PLACE = 1_000;

/** Plays the scenario. `queue`: only calls of this queue count. */
export function score(scenario: Scenario, queue?: number): Scores {
  const sums = new ScoreSums(scenario);
  new QueueModel(scenario).run((served) => {
    if (queue === undefined || served.queue === queue) sums.add(served);
  });
  return sums.scores;
}

class ScoreSums {
  readonly #batches = Array.from({ length: BATCHES }, () => ({ calls: 0, error: 0, wait: 0 }));
  readonly #perBatch: number;
  readonly #warmUp: number;
  readonly #places = new Map<number, { calls: number; hits: number }>();
  readonly #others = new Map<string, number>();
  #calls = 0;
  #wait = 0;
  #error = 0;
  #median = 0;
  #oracle = 0;
  #hasOracle = true;
  #difference = 0;
  #hits = 0;
  #width = 0;

  constructor({ warmUp, measured }: Scenario) {
    this.#warmUp = warmUp;
    this.#perBatch = Math.ceil(measured / BATCHES);
  }

  add({ waitMs, said, oracleMs, others, ahead, number }: Served): void {
    if (said === undefined) return;
    const error = Math.abs(waitMs - said.meanMs);
    this.#calls += 1;
    this.#wait += waitMs;
    this.#error += error;
    this.#median += Math.abs(waitMs - said.p50Ms);
    this.#difference += said.meanMs - waitMs;
    this.#width += said.p90Ms - said.p10Ms;
    if (oracleMs === undefined) this.#hasOracle = false;
    else this.#oracle += Math.abs(waitMs - oracleMs);
    const hit = Number(waitMs >= said.p10Ms && waitMs <= said.p90Ms);
    this.#hits += hit;
    const bucket = Math.floor(Math.log2(ahead + 1));
    const place = this.#places.get(bucket) ?? { calls: 0, hits: 0 };
    this.#places.set(bucket, { calls: place.calls + 1, hits: place.hits + hit });
    for (const [name, ms] of Object.entries(others)) {
      this.#others.set(name, (this.#others.get(name) ?? 0) + Math.abs(waitMs - (ms ?? 0)));
    }
    const batch = this.#batches[Math.floor((number - this.#warmUp - 1) / this.#perBatch)]!;
    batch.calls += 1;
    batch.error += error;
    batch.wait += waitMs;
  }

  get scores(): Scores {
    const wait = this.#wait;
    const oracle = this.#hasOracle ? this.#oracle / wait : undefined;
    const error = this.#error / wait;
    const places = [...this.#places]
      .sort(([a], [b]) => a - b)
      .filter(([, { calls }]) => calls >= MIN_AT_PLACE);
    return {
      calls: this.#calls,
      meanWaitMs: wait / this.#calls,
      error,
      errorOfMedian: this.#median / wait,
      oracle,
      ratio: oracle === undefined ? undefined : error / oracle,
      bias: this.#difference / wait,
      inBand: this.#hits / this.#calls,
      inBandByPlace: places.map(([, { calls, hits }]) => hits / calls),
      width: this.#width / wait,
      others: Object.fromEntries([...this.#others].map(([name, sum]) => [name, sum / wait])),
      spread: this.#spread(),
    };
  }

  #spread(): number {
    const filled = this.#batches.filter(({ wait }) => wait > 0).map(({ error, wait }) => error / wait);
    const mean = filled.reduce((sum, one) => sum + one, 0) / filled.length;
    const variance = filled.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, filled.length - 1);
    return Math.sqrt(variance / filled.length);
  }
}
