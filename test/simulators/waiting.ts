/** A queue of things that arrive, for callers who wait for one of them. */
export class Arrivals<T> {
  readonly #arrived: T[] = [];
  readonly #waiting: { readonly accepts: (item: T) => boolean; readonly resolve: (item: T) => void }[] = [];

  add(item: T): void {
    const index = this.#waiting.findIndex((waiter) => waiter.accepts(item));
    if (index === -1) {
      this.#arrived.push(item);
      return;
    }
    this.#waiting.splice(index, 1)[0]!.resolve(item);
  }

  /** Takes the first thing that is accepted; waits if none has arrived. */
  next(accepts: (item: T) => boolean): Promise<T> {
    const index = this.#arrived.findIndex(accepts);
    if (index !== -1) return Promise.resolve(this.#arrived.splice(index, 1)[0]!);
    return new Promise((resolve) => this.#waiting.push({ accepts, resolve }));
  }
}
