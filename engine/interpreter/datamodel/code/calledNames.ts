/**
 * Finds the functions that code of a document only ever calls by their name. None of it has such a function as a
 * value, so none can have given it properties or changed its prototype, and snapshots need not look: V8 makes a
 * function's prototype when it is first looked at, which in documents with many functions is most of a session. When in
 * doubt a name is exposed: that costs memory only. Not seen is who makes up the name of the property `caller` of a
 * function at run time: what he adds to functions that he comes by so is not in snapshots.
 */
export class CalledNames {
  /** The declared function's number in the document's table; undefined when it has none, or there are several. */
  readonly #declared = new Map<string, number | undefined>();
  readonly #exposed = new Set<string>();
  #areAllExposed = false;

  /** A script declares a function of this name. */
  declare(name: string, number: number | undefined): void {
    this.#declared.set(name, this.#declared.has(name) ? undefined : number);
  }

  /** Code names it other than to call it. */
  expose(name: string): void {
    this.#exposed.add(name);
  }

  /** Code may come by functions that it does not name. */
  exposeAll(): void {
    this.#areAllExposed = true;
  }

  /** Functions from this number on are not in the table after all. */
  takeBack(from: number): void {
    for (const [name, number] of this.#declared) {
      if (number !== undefined && number >= from) this.#declared.set(name, undefined);
    }
  }

  /** Numbers of the functions that are only called. */
  get numbers(): ReadonlyMap<string, number> {
    const numbers = new Map<string, number>();
    if (this.#areAllExposed) return numbers;
    for (const [name, number] of this.#declared) {
      if (number !== undefined && !this.#exposed.has(name)) numbers.set(name, number);
    }
    return numbers;
  }
}
