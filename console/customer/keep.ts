/** The part of a Storage of a browser that the client uses. */
export interface Storage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/** A value of JSON under one name of a storage. A storage that is full or forbidden keeps nothing. */
export class Keep<T> {
  readonly #storage: Storage | undefined;
  readonly #name: string;

  constructor(storage: Storage | undefined, name: string) {
    this.#storage = storage;
    this.#name = name;
  }

  /** Undefined: nothing is kept, or what is kept cannot be read. */
  read(): T | undefined {
    try {
      const kept = this.#storage?.getItem(this.#name);
      return kept === null || kept === undefined ? undefined : (JSON.parse(kept) as T);
    } catch {
      return undefined;
    }
  }

  /** False: the storage refused. */
  write(value: T): boolean {
    try {
      this.#storage?.setItem(this.#name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  remove(): void {
    try {
      this.#storage?.removeItem(this.#name);
    } catch {
      // A forbidden storage has nothing to remove.
    }
  }
}
