import { AnsweringThread } from './answeringThread.ts';

/** Numbers that may wait for the thread. The largest file of the library takes some 0.3 seconds each time. */
export const MAX_WAITING_PHONE_NUMBERS = 50;
const RESOURCES = { maxOldGenerationSizeMb: 192 };

/** Texts that are '' when they are unknown. */
export interface PhonePlaces {
  readonly carrier: string;
  readonly location: string;
  readonly timeZone: string;
}

/** The question for phoneWorker.mjs. */
export interface PlaceQuestion {
  readonly e164: string;
  readonly language: string;
}

/**
 * Finds the places of phone numbers in a thread of its own, because the library reads a whole file of some
 * megabytes for each number.
 */
export class PhoneThread {
  readonly #thread: AnsweringThread<PlaceQuestion, PhonePlaces>;

  /** `busy`: the error for a number when too many wait. */
  constructor({ busy }: { readonly busy: (message: string) => Error }) {
    const limit = `MAX_WAITING_PHONE_NUMBERS (${MAX_WAITING_PHONE_NUMBERS})`;
    this.#thread = new AnsweringThread({
      module: new URL('./phoneWorker.mjs', import.meta.url),
      maxWaiting: MAX_WAITING_PHONE_NUMBERS,
      busy: () => busy(`Expected at most ${limit} phone numbers at one time, got one more.`),
      resourceLimits: RESOURCES,
    });
  }

  placesOf(e164: string, language: string): Promise<PhonePlaces> {
    return this.#thread.ask({ e164, language });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
