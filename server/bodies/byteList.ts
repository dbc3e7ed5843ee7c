/** Memory is taken in steps of this size. */
const STEP = 256 * 1024;

/**
 * Bytes that arrive in chunks, at most `max`. Several chunks are copied into memory of their own, which
 * goes back to the operating system at once when it is freed: garbage collection may come much later.
 */
export class ByteList {
  readonly #max: number;
  #first: Buffer | undefined;
  #memory: ArrayBuffer | undefined;
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#size;
  }

  add(chunk: Buffer): void {
    // Nearly all bodies are one chunk, which is not copied.
    if (this.#size === 0) {
      this.#first = chunk;
      this.#size = chunk.length;
      return;
    }
    const before = this.#size;
    this.#size += chunk.length;
    const memory = this.#grown(this.#size);
    new Uint8Array(memory, before).set(chunk);
  }

  /** Takes all bytes so far out of the list, which is empty afterwards. */
  take(): Buffer {
    const bytes =
      this.#memory === undefined
        ? (this.#first ?? Buffer.alloc(0))
        : Buffer.from(new Uint8Array(this.#memory, 0, this.#size));
    this.free();
    return bytes;
  }

  /** Forgets all bytes. */
  free(): void {
    this.#memory?.resize(0);
    this.#memory = undefined;
    this.#first = undefined;
    this.#size = 0;
  }

  #grown(size: number): ArrayBuffer {
    if (this.#memory === undefined) {
      this.#memory = new ArrayBuffer(0, { maxByteLength: Math.ceil(this.#max / STEP) * STEP });
      this.#memory.resize(Math.ceil(size / STEP) * STEP);
      new Uint8Array(this.#memory).set(this.#first!);
      this.#first = undefined;
    } else if (size > this.#memory.byteLength) {
      this.#memory.resize(Math.ceil(size / STEP) * STEP);
    }
    return this.#memory;
  }
}
