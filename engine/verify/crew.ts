import { Worker } from 'node:worker_threads';
import type { Document } from '../interpreter/index.ts';
import type { Reached, ReachedParts } from './reached.ts';
import type { Expanded, StateExpander } from './stateExpander.ts';
import type { Surroundings } from './surroundings.ts';
import type { Visited } from './visited.ts';

/** Those who take the moves of states. */
export interface Crew {
  /** Batches at the same time. */
  readonly width: number;
  expand(batch: readonly Uint8Array[]): Promise<readonly Expanded[]>;
  close(): Promise<void>;
}

/** The thread of the search itself. */
export class OwnThread implements Crew {
  readonly width = 1;
  readonly #expander: StateExpander;
  readonly #visited: Visited;

  constructor(expander: StateExpander, visited: Visited) {
    this.#expander = expander;
    this.#visited = visited;
  }

  async expand(batch: readonly Uint8Array[]): Promise<readonly Expanded[]> {
    return batch.map((bytes) => this.#expander.expand(bytes, (key) => this.#visited.find(key) !== undefined));
  }

  async close(): Promise<void> {}
}

/** The task of a thread. */
export interface ThreadTask {
  /** URL of the program of the thread. */
  readonly main: string;
  readonly document: Pick<Document, 'url' | 'dialect' | 'sources'>;
  readonly surroundings: Surroundings;
}

export interface ThreadAnswer {
  readonly expanded: readonly Expanded[];
  readonly reached: ReachedParts;
}

interface Waiting {
  readonly done: (expanded: readonly Expanded[]) => void;
  readonly fail: (error: Error) => void;
}

/** In the sources, or in a build. */
const MAIN = new URL(
  import.meta.url.endsWith('.ts') ? './threadMain.ts' : './threadMain.js',
  import.meta.url,
);

/** Batches that a thread has at the same time, so that it need not wait for the next. */
const BATCHES_OF_THREAD = 2;

/** Threads of their own. Each answers its batches in their order. */
export class Threads implements Crew {
  readonly width: number;
  readonly #threads: { readonly worker: Worker; readonly waiting: Waiting[] }[];

  constructor(count: number, task: Omit<ThreadTask, 'main'>, reached: Reached) {
    const workerData: ThreadTask = { ...task, main: MAIN.href };
    this.width = count * BATCHES_OF_THREAD;
    this.#threads = Array.from({ length: count }, () => {
      const worker = new Worker(new URL('./thread.mjs', import.meta.url), { execArgv: [], workerData });
      const waiting: Waiting[] = [];
      const failAll = (error: Error): void => {
        for (const { fail } of waiting.splice(0)) fail(error);
      };
      worker.on('message', ({ expanded, reached: parts }: ThreadAnswer) => {
        reached.merge(parts);
        waiting.shift()?.done(expanded);
      });
      worker.on('error', failAll);
      worker.on('exit', (code) => failAll(new Error(`A thread of the exploration ended with code ${code}.`)));
      return { worker, waiting };
    });
  }

  expand(batch: readonly Uint8Array[]): Promise<readonly Expanded[]> {
    const free = this.#threads.reduce((a, b) => (b.waiting.length < a.waiting.length ? b : a));
    return new Promise((done, fail) => {
      free.waiting.push({ done, fail });
      free.worker.postMessage(batch);
    });
  }

  async close(): Promise<void> {
    for (const { waiting } of this.#threads) waiting.length = 0;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}
