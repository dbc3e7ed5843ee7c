import type { Metric, MetricObjectWithValues, MetricValue } from 'prom-client';
import { METRICS } from './metricTable.ts';

const { name, help, buckets: BOUNDS } = METRICS.requestSeconds;
/** The first digits of HTTP statuses are below it. */
const CLASSES = 6;

interface RouteTimes {
  /** Requests that took at most each bound, and more than the one before; the last: longer than all. */
  readonly buckets: Float64Array;
  /** Requests by the first digit of their status. */
  readonly classes: Float64Array;
  seconds: number;
}

/**
 * The requests of each route. prom-client would look up the labels of each request several times, which costs
 * some 5 µs; here it is one look-up, and prom-client gets the values at a scrape.
 */
export class RequestTimes {
  readonly #routes = new Map<string, RouteTimes>();
  /** Requests that are not answered yet. */
  present = 0;

  answered(route: string, { status, seconds }: { readonly status: number; readonly seconds: number }): void {
    let times = this.#routes.get(route);
    if (times === undefined) {
      times = {
        buckets: new Float64Array(BOUNDS!.length + 1),
        classes: new Float64Array(CLASSES),
        seconds: 0,
      };
      this.#routes.set(route, times);
    }
    let bucket = 0;
    while (bucket < BOUNDS!.length && seconds > BOUNDS![bucket]!) bucket++;
    times.buckets[bucket]!++;
    times.classes[Math.floor(status / 100)]!++;
    times.seconds += seconds;
  }

  /** The number of requests by route and outcome. */
  *outcomes(): Iterable<{ readonly route: string; readonly outcome: string; readonly count: number }> {
    for (const [route, { classes }] of this.#routes) {
      for (const [digit, count] of classes.entries()) {
        if (count > 0) yield { route, outcome: `${digit}xx`, count };
      }
    }
  }

  /** The histogram, as a registry of prom-client takes it. */
  get histogram(): Metric {
    const get = async (): Promise<MetricObjectWithValues<MetricValue<string>>> =>
      ({ name, help, type: 'histogram', aggregator: 'sum', values: this.#values() }) as never;
    return { name, get, reset: () => this.#routes.clear() } as never;
  }

  #values(): readonly (MetricValue<string> & { readonly metricName: string })[] {
    return [...this.#routes].flatMap(([route, { buckets, seconds }]) => {
      let below = 0;
      const upTo = [...BOUNDS!, '+Inf'].map((le, at) => {
        below += buckets[at]!;
        return { labels: { le, route }, value: below, metricName: `${name}_bucket` };
      });
      return [
        ...upTo,
        { labels: { route }, value: seconds, metricName: `${name}_sum` },
        { labels: { route }, value: below, metricName: `${name}_count` },
      ];
    });
  }
}
