/** A set of state numbers as bits; iterates in document order. */
export class StateSet {
  readonly #words: Uint32Array;

  constructor(size: number | Uint32Array) {
    this.#words = typeof size === 'number' ? new Uint32Array((size + 31) >>> 5) : size;
  }

  has(state: number): boolean {
    return ((this.#words[state >>> 5]! >>> (state & 31)) & 1) === 1;
  }

  add(state: number): void {
    this.#words[state >>> 5]! |= 1 << (state & 31);
  }

  delete(state: number): void {
    this.#words[state >>> 5]! &= ~(1 << (state & 31));
  }

  clear(): void {
    this.#words.fill(0);
  }

  isEmpty(): boolean {
    return this.#words.every((word) => word === 0);
  }

  copy(): StateSet {
    return new StateSet(this.#words.slice());
  }

  intersects(other: StateSet): boolean {
    return this.#words.some((word, index) => (word & other.#words[index]!) !== 0);
  }

  /** The same for equal sets of the same size. */
  key(): string {
    return this.#words.length === 1 ? String(this.#words[0]) : this.#words.join();
  }

  /** Ascending numbers: document order, ancestors before descendants. */
  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.#words.length; index++) {
      let word = this.#words[index]!;
      while (word !== 0) {
        const low = 31 - Math.clz32(word & -word);
        yield (index << 5) + low;
        word &= word - 1;
      }
    }
  }

  toArray(): number[] {
    return [...this];
  }
}
