import { Worker } from 'node:worker_threads';
import type { Log } from '../../engine/ports/index.ts';

/** Milliseconds for the matches of one request. */
export const MATCH_LIMIT_MS = 100;
/** Milliseconds for the start of a thread. */
const START_LIMIT_MS = 30_000;
/** Requests that may wait for the thread. */
const MAX_WAITING_MATCHES = 50;
const RESOURCES = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

/** A message to matchWorker.mjs. */
export interface Match {
  readonly patterns: readonly string[];
  readonly texts: readonly string[];
  /** Shared: the index of the pattern that is being matched. */
  readonly progress: Int32Array;
}

export type MatchResult =
  | { readonly found: readonly number[] }
  | { readonly tooCostly: number; readonly limitMs: number };

interface Waiting {
  readonly match: Match;
  resolve(result: MatchResult): void;
  reject(error: Error): void;
}

/**
 * Matches texts with patterns in a thread of its own, one request after the other. A request that takes
 * longer than MATCH_LIMIT_MS ends the thread, and the next one starts another, so that no pattern and no text
 * can block the event loop. The thread starts with the first request, and does not keep the process alive.
 */
export class MatchThread {
  readonly #log: Log;
  readonly #busy: () => Error;
  readonly #queue: Waiting[] = [];
  #thread: Worker | undefined;
  #isReady = false;
  #running: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `busy`: the error for a request when too many wait. */
  constructor({ log, busy }: { readonly log: Log; readonly busy: (message: string) => Error }) {
    this.#log = log;
    this.#busy = () =>
      busy(
        `Expected at most MAX_WAITING_MATCHES (${MAX_WAITING_MATCHES}) requests for pattern matches, got one more.`,
      );
  }

  /**
   * For each text the index of the first pattern, the source of a RegExp with the flag `v`, that matches it;
   * -1: none does.
   */
  firstMatches(patterns: readonly string[], texts: readonly string[]): Promise<MatchResult> {
    if (this.#queue.length >= MAX_WAITING_MATCHES) return Promise.reject(this.#busy());
    const progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    return new Promise((resolve, reject) => {
      this.#queue.push({ match: { patterns, texts, progress }, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #next(): void {
    if (this.#running !== undefined || this.#queue.length === 0) return;
    const thread = this.#started();
    if (!this.#isReady) return;
    const running = this.#queue.shift()!;
    this.#running = running;
    thread.postMessage(running.match);
    this.#limit(MATCH_LIMIT_MS, () => {
      const tooCostly = Atomics.load(running.match.progress, 0);
      this.#log.warn({ pattern: running.match.patterns[tooCostly] }, 'A pattern took too long to match.');
      running.resolve({ tooCostly, limitMs: MATCH_LIMIT_MS });
    });
  }

  /** After this time, what it says is done and the thread is ended. */
  #limit(ms: number, late: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const thread = this.#thread;
      late();
      this.#running = undefined;
      this.#forget();
      void thread?.terminate();
      this.#next();
    }, ms);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    // It may still report an error, which would end the process without a listener.
    this.#thread?.removeAllListeners().on('error', () => {});
    this.#thread = undefined;
    this.#isReady = false;
  }

  #started(): Worker {
    if (this.#thread !== undefined) {
      this.#thread.ref();
      return this.#thread;
    }
    const thread = new Worker(new URL('./matchWorker.mjs', import.meta.url), {
      execArgv: [],
      env: {},
      resourceLimits: RESOURCES,
    });
    this.#thread = thread;
    thread.on('message', (message: 'ready' | readonly number[]) => {
      clearTimeout(this.#timer);
      if (message === 'ready') this.#isReady = true;
      else this.#running?.resolve({ found: message });
      this.#running = undefined;
      if (this.#queue.length === 0) thread.unref();
      this.#next();
    });
    thread.on('error', (error) => this.#ended(error));
    thread.on('exit', () => this.#ended(new Error('The thread that matches patterns has ended.')));
    this.#limit(START_LIMIT_MS, () =>
      this.#rejectAll(new Error('The thread for pattern matches did not start.')),
    );
    return thread;
  }

  /** The request that was running fails; the next one starts another thread. */
  #ended(error: Error): void {
    this.#forget();
    if (this.#running === undefined) this.#rejectAll(error);
    this.#running?.reject(error);
    this.#running = undefined;
    this.#next();
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }
}
