/** A value of the text of Prometheus, with its labels as they are written: `route="GET /x",outcome="2xx"`. */
export interface MetricValue {
  readonly labels: string;
  readonly value: number;
}

export type Metrics = ReadonlyMap<string, readonly MetricValue[]>;

/** Reads the text of `GET /metrics`. */
export function readMetrics(text: string): Metrics {
  const found = new Map<string, MetricValue[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const end = line.lastIndexOf(' ');
    const head = line.slice(0, end);
    const brace = head.indexOf('{');
    const name = brace < 0 ? head : head.slice(0, brace);
    const labels = brace < 0 ? '' : head.slice(brace + 1, -1);
    const values = found.get(name) ?? [];
    values.push({ labels, value: Number(line.slice(end + 1)) });
    found.set(name, values);
  }
  return found;
}

/** The values of a metric added up; `has` chooses some of them by their labels. */
export function sumOf(metrics: Metrics, name: string, has: (labels: string) => boolean = () => true): number {
  return (metrics.get(name) ?? []).reduce((sum, { labels, value }) => (has(labels) ? sum + value : sum), 0);
}

/** The counts of a histogram up to each bound, in the order of the bounds. */
export function bucketsOf(
  metrics: Metrics,
  name: string,
  has: (labels: string) => boolean = () => true,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
    const bound = /(?:^|,)le="([^"]+)"/.exec(labels)?.[1];
    if (bound === undefined || !has(labels)) continue;
    const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
    counts.set(le, (counts.get(le) ?? 0) + value);
  }
  return counts;
}

/** The bound below which a share of what happened between two readings is. Undefined: nothing happened. */
export function quantile(
  share: number,
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): number | undefined {
  const bounds = [...after.keys()].sort((a, b) => a - b);
  const counts = bounds.map((bound) => (after.get(bound) ?? 0) - (before.get(bound) ?? 0));
  const wanted = share * (counts.at(-1) ?? 0);
  if (wanted <= 0) return undefined;
  const at = counts.findIndex((count) => count >= wanted);
  const [below, above] = [bounds[at - 1] ?? 0, bounds[at]!];
  if (!Number.isFinite(above)) return below;
  const [least, most] = [counts[at - 1] ?? 0, counts[at]!];
  return below + ((above - below) * (wanted - least)) / (most - least || 1);
}
