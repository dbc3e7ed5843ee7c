/**
 * The seed of the runs with random documents: the same in every run, so that a red suite is the change's doing.
 * ORSAY_FUZZ_SEED=random looks for new counterexamples, a number repeats one.
 */
export function fuzzSeed(): { readonly seed?: number } {
  const asked = process.env.ORSAY_FUZZ_SEED;
  if (asked === 'random') return {};
  return { seed: asked === undefined ? 20_261_120 : Number(asked) };
}
