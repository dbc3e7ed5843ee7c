/** A set of small whole numbers. */
export class Bits {
  #words = new Uint32Array(4);

  has(bit: number): boolean {
    return ((this.#words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  add(bit: number): void {
    const word = bit >>> 5;
    if (word >= this.#words.length) {
      const grown = new Uint32Array(Math.max(word + 1, 2 * this.#words.length));
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[word]! |= 1 << (bit & 31);
  }

  delete(bit: number): void {
    const word = bit >>> 5;
    if (word < this.#words.length) this.#words[word]! &= ~(1 << (bit & 31));
  }

  /** The members, ascending. */
  *[Symbol.iterator](): Iterator<number> {
    for (let word = 0; word < this.#words.length; word += 1) {
      for (let left = this.#words[word]!; left !== 0; left &= left - 1) {
        yield (word << 5) + (31 - Math.clz32(left & -left));
      }
    }
  }

  intersects(other: Bits): boolean {
    return this.#words.some((word, at) => (word & (other.#words[at] ?? 0)) !== 0);
  }
}
