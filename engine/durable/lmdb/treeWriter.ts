import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface TreeWriterDeps {
  /** The file that the thread runs: lmdbWriter.mjs or copyWriter.mjs. */
  readonly program: URL;
  /** The workerData of that file. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Gets the error that ended the thread. */
  readonly failed: (error: unknown) => void;
  /** Called before a checkpoint resolves. */
  readonly written: () => void;
}

/**
 * A thread that puts changes into a tree, a checkpoint at a time. It does not keep the process alive while it
 * waits.
 */
export class TreeWriter<Checkpoint> {
  readonly #deps: TreeWriterDeps;
  readonly #thread: Worker;
  /** The checkpoint under way. There is one at a time. */
  #waiting: { resolve(): void; reject(error: Error): void } | undefined;
  #ended: Error | undefined;

  constructor(deps: TreeWriterDeps) {
    this.#deps = deps;
    this.#thread = new Worker(deps.program, { execArgv: [], workerData: deps.data });
    this.#thread.on('message', (fault: string | null) => this.#onAnswer(fault));
    this.#thread.on('error', (error) => this.#onError(error));
    this.#thread.unref();
  }

  checkpoint(checkpoint: Checkpoint): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#thread.ref();
      this.#thread.postMessage(checkpoint);
    });
  }

  async close(): Promise<void> {
    this.#thread.ref();
    this.#thread.postMessage(null);
    if (this.#ended === undefined) await once(this.#thread, 'exit');
  }

  #onAnswer(fault: string | null): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#thread.unref();
    if (fault !== null) {
      waiting?.reject(new Error(fault));
      return;
    }
    this.#deps.written();
    waiting?.resolve();
  }

  #onError(error: Error): void {
    this.#ended = error;
    this.#deps.failed(error);
    this.#waiting?.reject(error);
  }
}
