import { bucketsOf, type Metrics, quantile, sumOf } from './exposition.ts';

/** One reading of the metrics of the server. */
interface Reading {
  /** ms since epoch. */
  readonly at: number;
  readonly metrics: Metrics;
}

/** The figures of one moment. Undefined: nothing happened, or there was no reading before. */
export interface Figures {
  readonly requests: number | undefined;
  readonly requestMs: number | undefined;
  readonly failures: number | undefined;
  readonly steps: number | undefined;
  readonly started: number | undefined;
  readonly live: number;
  readonly commits: number | undefined;
  readonly writeMs: number | undefined;
  readonly treeBytes: number;
  readonly journalBytes: number;
  readonly timers: number;
  readonly running: number;
  readonly givenUp: number;
  readonly memoryBytes: number;
  readonly heapBytes: number;
  readonly lagMs: number;
  readonly children: number;
  readonly childDeaths: number;
}

/** Requests that are held open say nothing about how fast the server answers. */
const HELD = /\/events(?:"|\/)|\/genesys\/cometd/;

export function figuresOf(now: Reading, before: Reading | undefined): Figures {
  const { metrics } = now;
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000;
  const rate = (name: string, has?: (labels: string) => boolean): number | undefined => {
    if (before === undefined || seconds <= 0) return undefined;
    const grown = sumOf(metrics, name, has) - sumOf(before.metrics, name, has);
    // A server that was restarted counts from 0 again.
    return grown < 0 ? undefined : grown / seconds;
  };
  const milliseconds = (name: string, has?: (labels: string) => boolean): number | undefined => {
    if (before === undefined) return undefined;
    const found = quantile(0.95, bucketsOf(before.metrics, name, has), bucketsOf(metrics, name, has));
    return found === undefined ? undefined : found * 1000;
  };
  const isAnswered = (labels: string): boolean => !HELD.test(labels);
  return {
    requests: rate('orsay_http_requests_total'),
    requestMs: milliseconds('orsay_http_request_duration_seconds', isAnswered),
    failures: rate('orsay_http_requests_total', (labels) => labels.includes('outcome="5xx"')),
    steps: rate('orsay_session_steps_total'),
    started: rate('orsay_sessions_started_total'),
    live: sumOf(metrics, 'orsay_sessions_in_memory'),
    commits: rate('orsay_store_commits_total'),
    writeMs: milliseconds('orsay_store_write_duration_seconds'),
    treeBytes: sumOf(metrics, 'orsay_store_bytes', (labels) => labels.includes('file="tree"')),
    journalBytes: sumOf(metrics, 'orsay_store_bytes', (labels) => labels.includes('file="journal"')),
    timers: sumOf(metrics, 'orsay_tasks_due_soon'),
    running: sumOf(metrics, 'orsay_tasks_running'),
    givenUp: sumOf(metrics, 'orsay_tasks_given_up_total'),
    memoryBytes: sumOf(metrics, 'process_resident_memory_bytes'),
    heapBytes: sumOf(metrics, 'nodejs_heap_size_used_bytes'),
    lagMs: sumOf(metrics, 'nodejs_eventloop_lag_p99_seconds') * 1000,
    children: sumOf(metrics, 'orsay_engine_children'),
    childDeaths: sumOf(metrics, 'orsay_engine_child_deaths_total'),
  };
}

export const READ_EVERY_MS = 5_000;
/** Five minutes. */
const MAX_FIGURES = 60;

/** The figures of the last minutes in which the page was open, the latest last. They outlive the page. */
export class FigureHistory {
  #before: Reading | undefined;
  #figures: readonly Figures[] = [];

  /** Adds a reading, and returns the figures of the last minutes. */
  add(reading: Reading): readonly Figures[] {
    const isLate = this.#before === undefined || reading.at - this.#before.at > 4 * READ_EVERY_MS;
    // After a pause the line begins again: its steps of time are equal.
    this.#figures = [...(isLate ? [] : this.#figures), figuresOf(reading, this.#before)].slice(-MAX_FIGURES);
    this.#before = reading;
    return this.#figures;
  }
}
