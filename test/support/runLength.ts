/**
 * Files `X.sampled.test.ts` belong to both runs: `npm test` tests a sample of their cases, and
 * `npm run test:long`, which sets ORSAY_LONG, all of them.
 */
const IS_LONG = process.env.ORSAY_LONG === '1';

/** Each `every`-th case, or all. */
export function sampleOf<Case>(cases: readonly Case[], every: number): readonly Case[] {
  return IS_LONG ? cases : cases.filter((_, index) => index % every === 0);
}

/** Number of random cases. */
export function runsOf({ sample, all }: { readonly sample: number; readonly all: number }): number {
  return IS_LONG ? all : sample;
}
