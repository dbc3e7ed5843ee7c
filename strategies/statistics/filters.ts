import { type Json, textOf } from '../../engine/ports/index.ts';

/** User data of the interaction, call or callback that a fact is about. */
export type UserData = Readonly<Record<string, Json | undefined>>;
/** Whether user data pass a filter. */
export type Filter = (data: UserData) => boolean;

/** Nesting of brackets and `!` in one filter. */
const MAX_FILTER_DEPTH = 50;
const PAIR = /PairExists\s*\(\s*"((?:[^"\\]|\\.)*)"\s*,\s*"((?:[^"\\]|\\.)*)"\s*\)/y;
const BLANK = /\s*/y;

/**
 * Reads a filter: `PairExists("key","value")`, joined by `&` and `|`, with `!` and brackets; `&` binds
 * closer. A `*` in a value stands for any text. Throws Error with the position of a mistake.
 */
export function parseFilter(text: string): Filter {
  return new FilterParser(text).parse();
}

class FilterParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Filter {
    const filter = this.#or();
    if (this.#at < this.#text.length) this.#fail('&, | or the end');
    return filter;
  }

  #or(): Filter {
    const parts = [this.#and()];
    while (this.#take('|')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : (data) => parts.some((part) => part(data));
  }

  #and(): Filter {
    const parts = [this.#not()];
    while (this.#take('&')) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : (data) => parts.every((part) => part(data));
  }

  #not(): Filter {
    this.#depth += 1;
    if (this.#depth > MAX_FILTER_DEPTH) this.#fail(`at most ${MAX_FILTER_DEPTH} levels`);
    try {
      if (this.#take('!') || this.#take('~')) {
        const negated = this.#not();
        return (data) => !negated(data);
      }
      if (!this.#take('(')) return this.#pair();
      const inner = this.#or();
      if (!this.#take(')')) this.#fail("')'");
      return inner;
    } finally {
      this.#depth -= 1;
    }
  }

  #pair(): Filter {
    this.#skipBlanks();
    PAIR.lastIndex = this.#at;
    const found = PAIR.exec(this.#text);
    if (found === null) this.#fail('PairExists("key","value"), ! or (');
    this.#at = PAIR.lastIndex;
    this.#skipBlanks();
    const [key, value] = [found![1]!, found![2]!].map((part) => part.replace(/\\(.)/g, '$1')) as [
      string,
      string,
    ];
    const parts = value.split('*');
    return (data) => {
      if (!Object.hasOwn(data, key) || data[key] === undefined) return false;
      return matchesParts(textOf(data[key]), parts);
    };
  }

  #take(sign: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    // `&&` and `||` are the same as `&` and `|`.
    if ((sign === '&' || sign === '|') && this.#text[this.#at] === sign) this.#at += 1;
    this.#skipBlanks();
    return true;
  }

  #skipBlanks(): void {
    BLANK.lastIndex = this.#at;
    BLANK.exec(this.#text);
    this.#at = BLANK.lastIndex;
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20) || 'the end';
    throw new Error(`expected ${expected} at character ${this.#at + 1}, got '${found}'`);
  }
}

/** Whether the text is the parts with any text between them. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop()!;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
