import { Worker } from 'node:worker_threads';

/** Numbers that may wait for the thread. The largest file of the library takes some 0.3 seconds each time. */
export const MAX_WAITING_PHONE_NUMBERS = 50;
const RESOURCES = { maxOldGenerationSizeMb: 192 };

/** Texts that are '' when they are unknown. */
interface PhonePlaces {
  readonly carrier: string;
  readonly location: string;
  readonly timeZone: string;
}

/** A message to phoneWorker.mjs. */
export interface PlaceQuestion {
  readonly id: number;
  readonly e164: string;
  readonly language: string;
}

/** A message from phoneWorker.mjs. */
export interface PlaceAnswer {
  readonly id: number;
  readonly places: PhonePlaces;
}

interface Waiting {
  resolve(places: PhonePlaces): void;
  reject(error: Error): void;
}

/**
 * Finds the places of phone numbers in a thread of its own, because the library reads a whole file of some
 * megabytes for each number. The thread starts with the first number, and does not keep the process alive.
 */
export class PhoneThread {
  readonly #busy: (message: string) => Error;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #lastId = 0;

  /** `busy`: the error for a number when too many wait. */
  constructor({ busy }: { readonly busy: (message: string) => Error }) {
    this.#busy = busy;
  }

  placesOf(e164: string, language: string): Promise<PhonePlaces> {
    if (this.#waiting.size >= MAX_WAITING_PHONE_NUMBERS) {
      const limit = `MAX_WAITING_PHONE_NUMBERS (${MAX_WAITING_PHONE_NUMBERS})`;
      return Promise.reject(this.#busy(`Expected at most ${limit} phone numbers at one time, got one more.`));
    }
    const thread = this.#started();
    this.#lastId += 1;
    const question: PlaceQuestion = { id: this.#lastId, e164, language };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      thread.ref();
      thread.postMessage(question);
    });
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #started(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Worker(new URL('./phoneWorker.mjs', import.meta.url), {
      execArgv: [],
      env: {},
      resourceLimits: RESOURCES,
    });
    thread.on('message', ({ id, places }: PlaceAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) thread.unref();
      waiting?.resolve(places);
    });
    const end = (error: Error): void => {
      if (this.#thread === thread) this.#ended(error);
    };
    thread.on('error', end);
    thread.on('exit', () => end(new Error('The thread for the places of phone numbers has ended.')));
    thread.unref();
    this.#thread = thread;
    return thread;
  }

  /** The next number starts another thread. */
  #ended(error: Error): void {
    this.#thread = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
