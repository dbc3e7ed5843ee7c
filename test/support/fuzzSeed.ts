/**
 * The seed of the runs with random documents. It is the same in every run, so that a failure comes from the
 * change. ORSAY_FUZZ_SEED=random searches for new counterexamples; a number repeats one.
 */
export function fuzzSeed(): { readonly seed?: number } {
  const asked = process.env.ORSAY_FUZZ_SEED;
  if (asked === 'random') return {};
  return { seed: asked === undefined ? 20_261_120 : Number(asked) };
}
