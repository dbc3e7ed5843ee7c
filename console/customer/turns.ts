/** Performs works one after the other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as the work does. A work that failed does not keep the next ones from theirs. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => {});
    return done;
  }
}
