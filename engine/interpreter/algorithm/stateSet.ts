/** A set of state numbers, as bits. Iterates in document order. */
export class StateSet {
  readonly #words: Uint32Array;

  constructor(size: number | Uint32Array) {
    this.#words = typeof size === 'number' ? new Uint32Array((size + 31) >>> 5) : size;
  }

  static of(size: number, states: Iterable<number>): StateSet {
    const set = new StateSet(size);
    for (const state of states) set.add(state);
    return set;
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

  copy(): StateSet {
    return new StateSet(this.#words.slice());
  }

  intersects(other: StateSet): boolean {
    for (let index = 0; index < this.#words.length; index++) {
      if ((this.#words[index]! & other.#words[index]!) !== 0) return true;
    }
    return false;
  }

  /** True when a member is in first .. last. */
  hasAnyIn(first: number, last: number): boolean {
    return !this.inRange(first, last).next().done;
  }

  /** The same text for equal sets of the same size. */
  key(): string {
    return this.#words.length === 1 ? String(this.#words[0]) : this.#words.join();
  }

  [Symbol.iterator](): Generator<number> {
    return this.inRange(0, this.#words.length * 32 - 1);
  }

  /** The members in first .. last, ascending: document order, ancestors before descendants. */
  *inRange(first: number, last: number): Generator<number> {
    for (let index = first >>> 5; index <= last >>> 5 && index < this.#words.length; index++) {
      let word = this.#words[index]!;
      if (index === first >>> 5) word &= -1 << (first & 31);
      while (word !== 0) {
        const state = (index << 5) + 31 - Math.clz32(word & -word);
        if (state > last) return;
        yield state;
        word &= word - 1;
      }
    }
  }

  toArray(): number[] {
    return [...this];
  }
}
