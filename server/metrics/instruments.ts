import { performance } from 'node:perf_hooks';
import type { Context, Middleware } from 'koa';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StoreOperation, StorePort } from '../../engine/durable/index.ts';
import { METRICS, type MetricName, type MetricRow } from './metricTable.ts';
import { RequestTimes } from './requestTimes.ts';

/** The route of requests for which there is none. */
const NO_ROUTE = 'none';

type Labels = Readonly<Record<string, string>>;

/** The metrics of one server, and those of them that are counted as things happen. */
export class Instruments {
  readonly registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #times = new RequestTimes();
  readonly #histograms = new Map<string, Histogram>();

  constructor() {
    const registers = [this.registry];
    for (const { name, type, labels, help, buckets } of Object.values<MetricRow>(METRICS)) {
      const made = { name, help, labelNames: [...labels], registers };
      if (type === 'counter') this.#counters.set(name, new Counter(made));
      else if (type === 'gauge') this.#gauges.set(name, new Gauge(made));
      else if (name === METRICS.requestSeconds.name) this.registry.registerMetric(this.#times.histogram);
      else this.#histograms.set(name, new Histogram({ ...made, buckets: [...(buckets ?? [])] }));
    }
  }

  /** Sets a counter that another part counts. */
  total(metric: MetricName, value: number, labels: Labels = {}): void {
    const counter = this.#counters.get(METRICS[metric].name)!;
    counter.remove(labels);
    counter.inc(labels, value);
  }

  gauge(metric: MetricName): Gauge {
    return this.#gauges.get(METRICS[metric].name)!;
  }

  /** Counts requests. It stands before all other middleware, so that it sees the status of each reply. */
  requests(): Middleware {
    const times = this.#times;
    return async (ctx, next) => {
      const begun = performance.now();
      times.present++;
      try {
        await next();
      } finally {
        times.present--;
        const seconds = (performance.now() - begun) / 1000;
        times.answered(routeOf(ctx), { status: ctx.res.statusCode, seconds });
      }
    };
  }

  /** The text of all metrics. The other parts have set theirs. */
  text(): Promise<string> {
    this.gauge('requestsNow').set(this.#times.present);
    for (const { count, ...labels } of this.#times.outcomes()) this.total('requests', count, labels);
    return this.registry.metrics();
  }

  /** The writes of the store, counted. */
  counted(store: Pick<StorePort, 'write'>): StorePort['write'] {
    const seconds = this.#histograms.get(METRICS.writeSeconds.name)!;
    const [failed, operations, chars] = (['writesFailed', 'operations', 'written'] as const).map(
      (metric) => this.#counters.get(METRICS[metric].name)!,
    );
    return async (batch) => {
      const begun = performance.now();
      try {
        await store.write(batch);
      } catch (error) {
        failed!.inc();
        throw error;
      }
      seconds.observe((performance.now() - begun) / 1000);
      operations!.inc(batch.length);
      chars!.inc(charsOf(batch));
    };
  }
}

function charsOf(batch: readonly StoreOperation[]): number {
  let chars = 0;
  for (const { key, text } of batch) chars += key.length + (text?.length ?? 0);
  return chars;
}

/** `GET /urs/call/:id/lvq`: the pattern, never the path, which has ids. */
function routeOf(ctx: Context): string {
  const route: unknown = ctx._matchedRoute;
  return route === undefined ? NO_ROUTE : `${ctx.method} ${String(route)}`;
}
