import type { Clock } from '../../engine/ports/index.ts';
import { AnsweringThread } from './answeringThread.ts';

/** A limit by its name. */
interface Named {
  readonly name: string;
  readonly max: number;
}

/** Limits of a thread whose questions may be hostile. */
export interface ThreadLimits {
  /** Questions at a time, with what they are: 'documents to draw'. */
  readonly waiting: Named & { readonly of: string };
  /** ms for one question. */
  readonly time: Named;
  /** Memory of the thread, in MB. */
  readonly memoryMb: number;
}

/** An answer, or the limit that the question exceeded, in words. */
export type Bounded<Answer> = { readonly answer: Answer } | { readonly exceeded: string };

/**
 * Answers one question after the other in a thread. One that needs too much time or memory ends the thread.
 */
export class BoundedThread<Question, Answer> {
  readonly #thread: AnsweringThread<Question, Answer>;
  readonly #limits: ThreadLimits;
  readonly #busy: (message: string) => Error;
  readonly #clock: Clock;
  /** Resolves when the question that came last is answered. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  /** `module`: of the thread, plain JavaScript. `busy`: the error for a question when too many wait. */
  constructor({
    module,
    limits,
    busy,
    clock,
  }: {
    readonly module: URL;
    readonly limits: ThreadLimits;
    readonly busy: (message: string) => Error;
    readonly clock: Clock;
  }) {
    this.#limits = limits;
    this.#busy = busy;
    this.#clock = clock;
    this.#thread = new AnsweringThread({
      module,
      maxWaiting: 1,
      busy: () => busy(`Expected one of the ${limits.waiting.of} at one time, got two.`),
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    });
  }

  /** Rejects with the error of `busy` when too many wait, or the server stops. */
  async ask(question: Question): Promise<Bounded<Answer>> {
    const { name, max, of } = this.#limits.waiting;
    if (this.#waiting >= max) {
      throw this.#busy(`Expected at most ${name} (${max}) ${of} at one time, got one more.`);
    }
    this.#waiting += 1;
    const turn = this.#last
      .then(() => this.#answered(question))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#last = turn.catch(() => {});
    return turn;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#thread.close();
  }

  async #answered(question: Question): Promise<Bounded<Answer>> {
    if (this.#isClosed) throw this.#busy('The server stops.');
    const { time, memoryMb } = this.#limits;
    let isLate = false;
    const cancel = this.#clock.at(this.#clock.now() + time.max, () => {
      isLate = true;
      void this.#thread.close();
    });
    try {
      return { answer: await this.#thread.ask(question) };
    } catch (error) {
      const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (!isLate && !isTooLarge) throw error;
      return { exceeded: isLate ? `${time.max} ms (${time.name})` : `${memoryMb} MB of memory` };
    } finally {
      cancel();
    }
  }
}
