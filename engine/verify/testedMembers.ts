import type { Document } from '../interpreter/index.ts';

const PATH = String.raw`([A-Za-z_][\w.]*)`;
const LITERAL = String.raw`(?:['"\d]|(?:null|undefined|true|false)\b)`;
/** A name or path that is compared with a literal, or is a condition by itself. */
const TESTED = new RegExp(
  [
    String.raw`${PATH}\s*[!=]==?\s*${LITERAL}`,
    String.raw`['"]\s*[!=]==?\s*${PATH}`,
    String.raw`${PATH}\s*(?:&&|\|\||\?(?![.?]))`,
    String.raw`!\s*${PATH}`,
    String.raw`(?:&&|\|\|)\s*${PATH}\s*(?=$|[&|)?;])`,
  ].join('|'),
  'g',
);

/** Tells members of the data that the document compares with a literal, or uses as a condition. */
export class TestedMembers {
  /** Tested names and paths, as their last two parts and as their last one. */
  readonly #tested = new Set<string>();
  /** The last two parts of the locations whose last part is the name. */
  readonly #locations = new Map<string, string[]>();

  /** `conditions`: others than those of the document. */
  constructor({ expressions }: Document, conditions: readonly string[]) {
    for (const { source, kind } of expressions) {
      this.#addTested(source);
      if (kind === 'condition') this.#addPath(source);
      if (kind === 'location') this.#addLocation(source);
    }
    for (const source of conditions) {
      this.#addTested(source);
      this.#addPath(source);
    }
  }

  /** True when the value of a member of this name may be tested. */
  has(name: string): boolean {
    const locations = this.#locations.get(name);
    return locations ? locations.some((path) => this.#tested.has(path)) : this.#tested.has(name);
  }

  #addTested(source: string): void {
    for (const [, ...paths] of source.matchAll(TESTED)) for (const path of paths) this.#addPath(path);
  }

  #addPath(path = ''): void {
    const parts = partsOf(path);
    this.#tested.add(parts.slice(-1).join('.'));
    this.#tested.add(parts.slice(-2).join('.'));
  }

  #addLocation(path: string): void {
    const parts = partsOf(path);
    const name = parts.at(-1);
    if (name === undefined) return;
    // Members of _data have other names before them where they are parameters of functions.
    const suffix = parts.length > 2 ? parts.slice(-2).join('.') : name;
    this.#locations.set(name, [...(this.#locations.get(name) ?? []), suffix]);
  }
}

function partsOf(path: string): readonly string[] {
  return path
    .trim()
    .split('.')
    .map((part) => part.trim());
}
