/**
 * The last numbers of a series, at most `capacity`. They are kept as 32-bit floats. Their mean and their
 * order are kept up to date, so that each reading is cheap.
 */
export class NumberRing {
  readonly #values: Float32Array;
  readonly #sorted: Float32Array;
  #length = 0;
  #next = 0;
  #sum = 0;

  constructor(capacity: number, values: ArrayLike<number> = []) {
    this.#values = new Float32Array(capacity);
    this.#sorted = new Float32Array(capacity);
    for (let at = Math.max(0, values.length - capacity); at < values.length; at += 1) this.push(values[at]!);
  }

  get length(): number {
    return this.#length;
  }

  push(given: number): void {
    const value = Math.fround(given);
    const capacity = this.#values.length;
    if (this.#length === capacity) this.#drop(this.#values[this.#next]!);
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % capacity;
    const at = this.#rankOf(value);
    this.#sorted.copyWithin(at + 1, at, this.#length);
    this.#sorted[at] = value;
    this.#length += 1;
    this.#sum += value;
    // Sums of floats drift; a new one is computed once a round.
    if (this.#next === 0) this.#sum = this.#values.reduce((sum, one) => sum + one, 0);
  }

  /** Undefined while there are no numbers. */
  get mean(): number | undefined {
    return this.#length === 0 ? undefined : this.#sum / this.#length;
  }

  /** The quantile `share`, from 0 to 1, between the two nearest numbers. Undefined while there are none. */
  quantile(share: number): number | undefined {
    if (this.#length === 0) return undefined;
    const at = Math.min(Math.max(share * (this.#length + 1) - 1, 0), this.#length - 1);
    const low = Math.floor(at);
    const high = Math.min(low + 1, this.#length - 1);
    return this.#sorted[low]! + (at - low) * (this.#sorted[high]! - this.#sorted[low]!);
  }

  /** Oldest first. */
  toArray(): Float32Array {
    const isFull = this.#length === this.#values.length;
    if (!isFull) return this.#values.slice(0, this.#length);
    return Float32Array.from([...this.#values.subarray(this.#next), ...this.#values.subarray(0, this.#next)]);
  }

  #drop(value: number): void {
    const at = this.#rankOf(value);
    this.#sorted.copyWithin(at, at + 1, this.#length);
    this.#length -= 1;
    this.#sum -= value;
  }

  /** Count of the sorted numbers that are less. */
  #rankOf(value: number): number {
    let from = 0;
    let to = this.#length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#sorted[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
