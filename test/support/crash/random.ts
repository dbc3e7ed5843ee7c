/** Numbers that a seed repeats (mulberry32). */
export interface Random {
  /** From 0 to below 1. */
  uniform(): number;
  /** From 0 up to `limit`, whole, `limit` not included. */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
  exponential(mean: number): number;
  /** `cv`: standard deviation divided by the mean. */
  lognormal(mean: number, cv: number): number;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    uniform: next,
    below: (limit) => Math.floor(next() * limit),
    pick: (items) => items[Math.floor(next() * items.length)]!,
    chance: (probability) => next() < probability,
    exponential: (mean) => -mean * Math.log(1 - next()),
    lognormal(mean, cv) {
      const variance = Math.log(1 + cv * cv);
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return mean * Math.exp(-variance / 2 + Math.sqrt(variance) * normal);
    },
  };
}
