import { PatternError } from './errors.ts';

/** The flags of java.util.regex.Pattern that a pattern may set: `(?i)`, `(?x:...)`. */
export interface Flags {
  /** CASE_INSENSITIVE, for ASCII. */
  readonly i: boolean;
  /** MULTILINE */
  readonly m: boolean;
  /** DOTALL */
  readonly s: boolean;
  /** UNIX_LINES */
  readonly d: boolean;
  /** COMMENTS */
  readonly x: boolean;
}

export const NO_FLAGS: Flags = { i: false, m: false, s: false, d: false, x: false };

/** The characters of a pattern, and the position in it. */
export class Scanner {
  readonly #source: string;
  readonly #characters: readonly string[];
  flags: Flags = NO_FLAGS;
  at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#characters = [...source];
  }

  get isAtEnd(): boolean {
    return this.at >= this.#characters.length;
  }

  /** The character at the position, or after it; '' at the end. */
  peek(offset = 0): string {
    return this.#characters[this.at + offset] ?? '';
  }

  /** Skips the text if it is next. */
  take(text: string): boolean {
    const characters = [...text];
    if (!characters.every((one, offset) => this.peek(offset) === one)) return false;
    this.at += characters.length;
    return true;
  }

  next(): string {
    const character = this.peek();
    if (character === '') throw this.fault('it ends too early');
    this.at += 1;
    return character;
  }

  /** The text up to the delimiter, which is skipped too; undefined: up to the end, if that is permitted. */
  until(delimiter: string, mayEnd = false): string {
    let text = '';
    while (!this.take(delimiter)) {
      if (mayEnd && this.isAtEnd) return text;
      text += this.next();
    }
    return text;
  }

  /** Characters that belong to the set, at most `max`. */
  while(set: RegExp, max = Number.POSITIVE_INFINITY): string {
    let text = '';
    while (text.length < max && set.test(this.peek())) text += this.next();
    return text;
  }

  /** With the flag x, skips white space and comments. */
  skipComments(): void {
    while (this.flags.x) {
      if (/^[ \t\n\v\f\r]$/.test(this.peek())) this.at += 1;
      else if (this.peek() === '#') this.while(/^[^\n\r\u0085\u2028\u2029]$/);
      else return;
    }
  }

  fault(reason: string): PatternError {
    const shown = this.#source.length > 80 ? `${this.#source.slice(0, 80)}...` : this.#source;
    return new PatternError(
      'PATTERN_INVALID',
      `expected a pattern of java.util.regex, got '${shown}': at position ${this.at}, ${reason}`,
    );
  }
}

/** One character, for any place of a JavaScript expression with the flag `v`. */
export function literal(character: string): string {
  return /^[A-Za-z0-9]$/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/** The character in the other case, by CASE_INSENSITIVE without UNICODE_CASE; undefined: it has none. */
export function otherCase(character: string): string | undefined {
  if (/^[a-z]$/.test(character)) return character.toUpperCase();
  return /^[A-Z]$/.test(character) ? character.toLowerCase() : undefined;
}
