import { type ResourceLimits, Worker } from 'node:worker_threads';

/** A message to the thread. It answers with an Answered of the same id. */
export interface Asked<Question> {
  readonly id: number;
  readonly question: Question;
}

/** A message from the thread. */
export interface Answered<Answer> {
  readonly id: number;
  readonly answer: Answer;
}

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface AnsweringThreadDeps {
  /** The module of the thread, plain JavaScript. */
  readonly module: URL;
  /** Questions that may wait for an answer. */
  readonly maxWaiting: number;
  /** The error for a question when so many wait. */
  readonly busy: () => Error;
  readonly resourceLimits?: ResourceLimits;
}

/**
 * A thread that answers questions, so that they do not block the event loop. It starts with the first
 * question, and does not keep the process alive while it has none. A thread that ends rejects the questions
 * that wait, and the next question starts another one.
 */
export class AnsweringThread<Question, Answer> {
  readonly #deps: AnsweringThreadDeps;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #thread: Worker | undefined;
  #lastId = 0;

  constructor(deps: AnsweringThreadDeps) {
    this.#deps = deps;
  }

  /** Rejects with the error of `busy`, or when the thread ends. */
  ask(question: Question): Promise<Answer> {
    if (this.#waiting.size >= this.#deps.maxWaiting) return Promise.reject(this.#deps.busy());
    const thread = this.#started();
    this.#lastId += 1;
    const asked: Asked<Question> = { id: this.#lastId, question };
    return new Promise((resolve, reject) => {
      this.#waiting.set(asked.id, { resolve, reject });
      thread.ref();
      thread.postMessage(asked);
    });
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const { module, resourceLimits } = this.#deps;
    const thread = new Worker(module, { execArgv: [], env: {}, ...(resourceLimits && { resourceLimits }) });
    thread.on('message', ({ id, answer }: Answered<Answer>) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) thread.unref();
      waiting?.resolve(answer);
    });
    // After an error comes an exit, when another thread may have started already.
    const end = (error: Error): void => {
      if (this.#thread === thread) this.#ended(error);
    };
    thread.on('error', end);
    thread.on('exit', () => end(new Error(`The thread ${module.pathname} has ended.`)));
    thread.unref();
    this.#thread = thread;
    return thread;
  }

  #ended(error: Error): void {
    this.#thread = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
