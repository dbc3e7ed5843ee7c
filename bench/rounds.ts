/** Counted rounds of a comparison; one more before them warms up. */
export const ROUNDS = 5;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** `part` of the values are not above it. NaN of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/**
 * Measures every row once a round, in turns, so that what else the machine does meets all of them. Gives each row's
 * median and, against the row `base`, the median of the rounds' own ratios: those hold when the machine's speed drifts.
 */
export async function inTurns<Row extends string>(
  rows: Readonly<Record<Row, () => Promise<number>>>,
  base: NoInfer<Row>,
): Promise<Readonly<Record<Row, { readonly value: number; readonly ratio: number }>>> {
  const names = Object.keys(rows) as Row[];
  const seen = new Map(names.map((name): [Row, number[]] => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const value = await rows[name]();
      if (round > 0) seen.get(name)!.push(value);
    }
  }
  const bases = seen.get(base)!;
  return Object.fromEntries(
    names.map((name) => {
      const values = seen.get(name)!;
      const ratios = values.map((value, round) => value / bases[round]!);
      return [name, { value: median(values), ratio: median(ratios) }];
    }),
  ) as Record<Row, { value: number; ratio: number }>;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en').padStart(12);
}
