/** States that wait to be explored, first in, first out. */
export class StateQueue {
  #in: { readonly state: number; readonly bytes: Uint8Array }[] = [];
  #out: { readonly state: number; readonly bytes: Uint8Array }[] = [];
  #bytes = 0;

  get size(): number {
    return this.#in.length + this.#out.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(state: number, bytes: Uint8Array): void {
    this.#in.push({ state, bytes });
    this.#bytes += bytes.length;
  }

  /** The number of the next state. */
  get next(): number | undefined {
    this.#turn();
    return this.#out.at(-1)?.state;
  }

  shift(): { readonly state: number; readonly bytes: Uint8Array } | undefined {
    this.#turn();
    const next = this.#out.pop();
    if (next) this.#bytes -= next.bytes.length;
    return next;
  }

  #turn(): void {
    if (this.#out.length > 0) return;
    this.#out = this.#in.reverse();
    this.#in = [];
  }
}
