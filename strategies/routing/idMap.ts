const PARTS = 256;

/**
 * A map of many ids. It consists of parts, so that no single insertion rehashes all of it: growing a map of a
 * million entries would stop the process for some 100 ms.
 */
export class IdMap<V> {
  readonly #parts = Array.from({ length: PARTS }, () => new Map<string, V>());

  get(id: string): V | undefined {
    return this.#partOf(id).get(id);
  }

  set(id: string, value: V): void {
    this.#partOf(id).set(id, value);
  }

  delete(id: string): void {
    this.#partOf(id).delete(id);
  }

  #partOf(id: string): Map<string, V> {
    let hash = 0;
    for (let at = Math.max(0, id.length - 4); at < id.length; at += 1) hash = hash * 31 + id.charCodeAt(at);
    return this.#parts[hash % PARTS]!;
  }
}
