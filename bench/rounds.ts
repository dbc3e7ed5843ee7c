/** Rounds of a comparison. One more round before them warms up and is not counted. */
export const ROUNDS = 5;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that `part` of the values do not exceed. NaN for no values. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/**
 * Measures every row once in each round, so that other work on the machine slows all rows alike. Returns the
 * median of each row, and the median of its ratios to the row `base` in the same round: a drift of the
 * machine's speed does not change those.
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
