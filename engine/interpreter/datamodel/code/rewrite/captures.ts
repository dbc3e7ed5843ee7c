import type { LocalScope } from './localScope.ts';

/** Name under which a scope object has the `this` of its function. No variable has it. */
export const RECEIVER = 'this';

/**
 * The local variables that functions capture, by the part of the tree that makes their scope. Code is
 * rewritten once to find them. If there are any, it is rewritten again: then a captured variable is a
 * property of a scope object, and a function is its position in the code with the scope objects that it uses,
 * so that snapshots can carry both. Code without captured variables needs no second time.
 */
export class Captures {
  /** True when the code is rewritten again. */
  readonly isKnown: boolean;
  readonly #names: Map<object, Set<string>>;
  #needsScopes = false;
  #holders = 0;

  constructor(found?: Captures) {
    this.isKnown = found !== undefined;
    this.#names = found === undefined ? new Map() : found.#names;
  }

  /** True when rewriting the code again makes more functions that snapshots can carry. */
  get needsScopes(): boolean {
    return this.#needsScopes;
  }

  /** Found a function that is not in the table of functions yet. */
  addFunction(): void {
    this.#needsScopes = true;
  }

  add({ key }: LocalScope, name: string): void {
    if (key === undefined) return;
    this.#needsScopes = true;
    const names = this.#names.get(key) ?? new Set();
    this.#names.set(key, names.add(name));
  }

  /** The captured names of a scope; undefined when there are none. */
  of(key: object | undefined): ReadonlySet<string> | undefined {
    return key === undefined ? undefined : this.#names.get(key);
  }

  nextHolder(prefix: string): string {
    this.#holders += 1;
    return prefix + this.#holders;
  }
}

/**
 * The code has a captured variable in a position where no scope object can be made: in default values of
 * parameters, or in a loop together with `super`. It stays as the first rewriting made it.
 */
export class CannotHold extends Error {
  constructor() {
    super('A captured variable is in a position without a scope object');
    this.name = 'CannotHold';
  }
}
