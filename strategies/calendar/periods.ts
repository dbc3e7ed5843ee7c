/** A part of time; `end` is exclusive. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** The same time as periods in order, with a gap between any two of them. */
export function joinPeriods(periods: readonly Period[]): readonly Period[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of [...periods].sort((a, b) => a.start - b.start)) {
    if (end <= start) continue;
    const last = joined.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}
