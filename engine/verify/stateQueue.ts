/** States that wait to be explored, first in, first out. */
export class StateQueue {
  #in: { readonly state: number; readonly bytes: Buffer }[] = [];
  #out: { readonly state: number; readonly bytes: Buffer }[] = [];
  #bytes = 0;

  get size(): number {
    return this.#in.length + this.#out.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(state: number, bytes: Buffer): void {
    this.#in.push({ state, bytes });
    this.#bytes += bytes.length;
  }

  shift(): { readonly state: number; readonly bytes: Buffer } | undefined {
    if (this.#out.length === 0) {
      this.#out = this.#in.reverse();
      this.#in = [];
    }
    const next = this.#out.pop();
    if (next) this.#bytes -= next.bytes.length;
    return next;
  }
}
