import { readClass } from './characterClass.ts';
import { bothCases, readEscape } from './escapes.ts';
import { type Flags, literal, otherCase, Scanner } from './scanner.ts';

/** Characters of one pattern. */
export const MAX_PATTERN_LENGTH = 1000;
/** Highest number in a quantifier, and the product of the numbers of nested ones. */
export const MAX_REPEAT = 1000;
/** Groups in groups. */
const MAX_GROUP_DEPTH = 50;

const START = '(?<![^])';
const END = '(?![^])';
const LINE_END = '\\r\\n|[\\n\\r\\u{85}\\u{2028}\\u{2029}]';

/** Part of a translation: its text, and the groups that have certainly matched when it has. */
interface Part {
  readonly text: string;
  readonly set: ReadonlySet<number>;
  /** Product of the highest numbers in nested quantifiers. */
  readonly repeats: number;
}

/**
 * Translates a pattern of java.util.regex to the source of a JavaScript RegExp with the flag `v`, which
 * matches a whole text as Pattern.matches does. Throws PatternError PATTERN_INVALID for a pattern that is
 * wrong, or that JavaScript cannot express with the same meaning: UNICODE_CASE, UNICODE_CHARACTER_CLASS,
 * blocks (`\p{InGreek}`), `\N{name}`, `\X`, possessive quantifiers in a look-behind, and references to a
 * group that may not have matched.
 */
export function translateJavaPattern(source: string): string {
  const scanner = new Scanner(source);
  if (source.length > MAX_PATTERN_LENGTH) {
    throw scanner.fault(`it is longer than MAX_PATTERN_LENGTH (${MAX_PATTERN_LENGTH})`);
  }
  const { text } = new Translation(scanner).alternatives(new Set(), 0);
  if (!scanner.isAtEnd) throw scanner.fault("it has a ')' without a '('");
  const translated = `^(?:${text})$`;
  try {
    new RegExp(translated, 'v');
  } catch (error) {
    throw scanner.fault(`JavaScript does not accept it (${(error as Error).message})`);
  }
  return translated;
}

class Translation {
  readonly #scanner: Scanner;
  readonly #names = new Map<string, number>();
  #groups = 0;
  #atomics = 0;
  #isLookingBehind = false;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  /** Reads up to a `)` or the end. `known`: the groups that have certainly matched before. */
  alternatives(known: ReadonlySet<number>, depth: number): Part {
    if (depth > MAX_GROUP_DEPTH) throw this.#scanner.fault(`more than ${MAX_GROUP_DEPTH} groups are nested`);
    const branches = [this.#sequence(known, depth)];
    while (this.#scanner.take('|')) branches.push(this.#sequence(known, depth));
    const [first, ...others] = branches;
    return {
      text: branches.map(({ text }) => text).join('|'),
      set: new Set([...first!.set].filter((group) => others.every(({ set }) => set.has(group)))),
      repeats: Math.max(...branches.map(({ repeats }) => repeats)),
    };
  }

  #sequence(known: ReadonlySet<number>, depth: number): Part {
    let text = '';
    let repeats = 1;
    const set = new Set<number>();
    for (;;) {
      this.#scanner.skipComments();
      if (this.#scanner.isAtEnd || this.#scanner.peek() === '|' || this.#scanner.peek() === ')') break;
      const atom = this.#atom(new Set([...known, ...set]), depth);
      this.#scanner.skipComments();
      const part = this.#quantified(atom);
      text += part.text;
      repeats = Math.max(repeats, part.repeats);
      for (const group of part.set) set.add(group);
    }
    return { text, set, repeats };
  }

  #atom(known: ReadonlySet<number>, depth: number): Part {
    const scanner = this.#scanner;
    const character = scanner.next();
    switch (character) {
      case '\\':
        return this.#escape(known);
      case '[':
        return only(readClass(scanner));
      case '(':
        return this.#group(known, depth);
      case '.':
        return only(anyCharacter(scanner.flags));
      case '^':
        return only(lineStart(scanner.flags));
      case '$':
        return only(lineEnd(scanner.flags));
      case '*':
      case '+':
      case '?':
      case '{':
        throw scanner.fault(`there is nothing that '${character}' repeats`);
      default:
        return only(oneCharacter(character, scanner.flags));
    }
  }

  #escape(known: ReadonlySet<number>): Part {
    const scanner = this.#scanner;
    if (scanner.take('Q')) {
      const quoted = [...scanner.until('\\E', true)].map((one) => oneCharacter(one, scanner.flags));
      // A quantifier after the quotation repeats its last character.
      return only(quoted.length === 1 ? quoted[0]! : this.#quotation(quoted));
    }
    const letter = scanner.peek();
    const assertion: string | undefined = {
      A: START,
      G: START,
      z: END,
      Z: lineEnd({ ...scanner.flags, m: false }),
      b: '\\b',
      B: '\\B',
    }[letter];
    if (assertion !== undefined) {
      scanner.at += 1;
      return only(`(?:${assertion})`);
    }
    if (scanner.take('R')) return only(`(?:${LINE_END}|[\\v\\f])`);
    if (scanner.take('k')) {
      if (!scanner.take('<')) throw scanner.fault("expected '<' after \\k");
      const name = scanner.until('>');
      const group = this.#names.get(name);
      if (group === undefined) throw scanner.fault(`there is no group '${name.slice(0, 40)}' before it`);
      return this.#reference(group, known);
    }
    if (/^[1-9]$/.test(letter)) return this.#reference(this.#groupNumber(), known);
    const escaped = readEscape(scanner);
    return only('set' in escaped ? escaped.set : oneCharacter(escaped.character, scanner.flags));
  }

  /** Puts back the last character of a quotation, so that a quantifier repeats only that. */
  #quotation(quoted: readonly string[]): string {
    const { flags } = this.#scanner;
    const next = this.#scanner.peek();
    if (!flags.x && !['*', '+', '?', '{'].includes(next)) return `(?:${quoted.join('')})`;
    if (flags.x) throw this.#scanner.fault('a quotation of several characters with (?x) is not supported');
    throw this.#scanner.fault('a quantifier after \\Q...\\E is not supported; put the quotation in a group');
  }

  /** Further digits belong to the number while there are as many groups. */
  #groupNumber(): number {
    let number = Number(this.#scanner.next());
    while (/^\d$/.test(this.#scanner.peek()) && number * 10 + Number(this.#scanner.peek()) <= this.#groups) {
      number = number * 10 + Number(this.#scanner.next());
    }
    return number;
  }

  #reference(group: number, known: ReadonlySet<number>): Part {
    const scanner = this.#scanner;
    if (!known.has(group)) {
      throw scanner.fault(`it refers to group ${group}, which may not have matched before; not supported`);
    }
    if (this.#isLookingBehind) throw scanner.fault('a reference in a look-behind is not supported');
    if (scanner.flags.i) throw scanner.fault('a reference together with (?i) is not supported');
    return only(`\\k<g${group}>`);
  }

  #group(known: ReadonlySet<number>, depth: number): Part {
    const scanner = this.#scanner;
    const outside = scanner.flags;
    const wasLookingBehind = this.#isLookingBehind;
    const close = (part: Part, text: string, set: Iterable<number> = part.set): Part => {
      if (!scanner.take(')')) throw scanner.fault("a ')' is missing");
      scanner.flags = outside;
      this.#isLookingBehind = wasLookingBehind;
      return { text, set: new Set(set), repeats: part.repeats };
    };
    const inside = (): Part => this.alternatives(known, depth + 1);
    if (!scanner.take('?')) return this.#capture(inside, close);
    if (scanner.take('=')) {
      const part = inside();
      return close(part, `(?:(?=${part.text}))`);
    }
    if (scanner.take('!')) {
      const part = inside();
      return close(part, `(?:(?!${part.text}))`, []);
    }
    if (scanner.take('>')) {
      const part = inside();
      return close(part, this.#atomic(part.text));
    }
    if (scanner.take('<=') || scanner.take('<!')) {
      const isNegative = scanner.peek(-1) === '!';
      this.#isLookingBehind = true;
      const part = inside();
      return close(part, `(?:(?<${isNegative ? '!' : '='}${part.text}))`, []);
    }
    if (scanner.take('<')) return this.#capture(inside, close, scanner.until('>'));
    if (!this.#takeFlags()) return only('');
    const part = inside();
    return close(part, `(?:${part.text})`);
  }

  #capture(
    inside: () => Part,
    close: (part: Part, text: string, set: Iterable<number>) => Part,
    name?: string,
  ): Part {
    const scanner = this.#scanner;
    this.#groups += 1;
    const group = this.#groups;
    if (name !== undefined) {
      if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) throw scanner.fault('the name of a group is not valid');
      if (this.#names.has(name)) throw scanner.fault(`there are two groups '${name}'`);
    }
    const part = inside();
    if (name !== undefined) this.#names.set(name, group);
    return close(part, `(?<g${group}>${part.text})`, [...part.set, group]);
  }

  /**
   * Reads `i-m:` or `i-m)`, with the effect on the flags. True: a group follows; false: the flags are for the
   * rest of the group around it.
   */
  #takeFlags(): boolean {
    const scanner = this.#scanner;
    const text = scanner.while(/^[a-zA-Z-]$/);
    const [, on, off = ''] = /^([a-zA-Z]*)(?:-([a-zA-Z]*))?$/.exec(text) ?? [];
    const wrong = [...(on ?? text), ...off].find((flag) => !'imsdx'.includes(flag));
    if (on === undefined || wrong !== undefined) {
      throw scanner.fault(`the flag '${wrong ?? '-'}' is not supported; only i, m, s, d and x are`);
    }
    const flags = { ...scanner.flags };
    for (const flag of on) flags[flag as keyof Flags] = true;
    for (const flag of off) flags[flag as keyof Flags] = false;
    const isGroup = scanner.take(':');
    if (!isGroup && !scanner.take(')')) throw scanner.fault("expected ':' or ')' after the flags");
    scanner.flags = flags;
    return isGroup;
  }

  /** A group that JavaScript cannot enter again: a look-ahead, and a reference to its text. */
  #atomic(text: string): string {
    if (this.#isLookingBehind) {
      throw this.#scanner.fault(
        'a possessive quantifier or an atomic group in a look-behind is not supported',
      );
    }
    this.#atomics += 1;
    return `(?:(?=(?<a${this.#atomics}>${text}))\\k<a${this.#atomics}>)`;
  }

  #quantified(atom: Part): Part {
    const scanner = this.#scanner;
    const bounds = this.#bounds();
    if (bounds === undefined) return atom;
    const { min, max, text } = bounds;
    if (max !== undefined && max < min) throw scanner.fault('a quantifier has its bounds in the wrong order');
    const repeats = atom.repeats * Math.max(1, max ?? min);
    if (repeats > MAX_REPEAT) {
      throw scanner.fault(`a quantifier, or nested ones, repeat more than MAX_REPEAT (${MAX_REPEAT}) times`);
    }
    const set = min === 0 ? new Set<number>() : atom.set;
    const repeated = (atom.text === '' ? '(?:)' : atom.text) + text;
    if (scanner.take('+')) return { text: this.#atomic(repeated), set, repeats };
    const lazy = scanner.take('?') ? '?' : '';
    scanner.skipComments();
    if (['*', '+', '?', '{'].includes(scanner.peek())) {
      throw scanner.fault('two quantifiers follow each other; put the first in a group');
    }
    return { text: repeated + lazy, set, repeats };
  }

  #bounds(): { readonly min: number; readonly max?: number; readonly text: string } | undefined {
    const scanner = this.#scanner;
    if (scanner.take('*')) return { min: 0, text: '*' };
    if (scanner.take('+')) return { min: 1, text: '+' };
    if (scanner.take('?')) return { min: 0, max: 1, text: '?' };
    if (!scanner.take('{')) return undefined;
    const text = scanner.until('}');
    const [, low, comma, high] = /^(\d{1,9})(,?)(\d{0,9})$/.exec(text) ?? [];
    if (low === undefined) throw scanner.fault(`expected numbers in braces, got '{${text.slice(0, 40)}}'`);
    const min = Number(low);
    if (comma === '') return { min, max: min, text: `{${min}}` };
    return high === '' ? { min, text: `{${min},}` } : { min, max: Number(high), text: `{${min},${high}}` };
  }
}

function only(text: string): Part {
  return { text, set: new Set(), repeats: 1 };
}

function oneCharacter(character: string, flags: Flags): string {
  const hasOther = flags.i && otherCase(character) !== undefined;
  return hasOther ? `[${bothCases(character, true)}]` : literal(character);
}

function anyCharacter({ s, d }: Flags): string {
  if (s) return '[^]';
  return d ? '[^\\n]' : '[^\\n\\r\\u{85}\\u{2028}\\u{2029}]';
}

/** In a text of several lines, the line after the last terminator has no start. */
function lineStart({ m, d }: Flags): string {
  if (!m) return `(?:${START})`;
  const after = d ? '(?<=\\n)' : '(?<=\\r\\n|[\\n\\u{85}\\u{2028}\\u{2029}])|(?<=\\r)(?!\\n)';
  return `(?:${START}|(?:${after})(?=[^]))`;
}

function lineEnd({ m, d }: Flags): string {
  if (m) return d ? `(?:(?=\\n)|${END})` : `(?:(?<!\\r)(?=\\n)|(?=[\\r\\u{85}\\u{2028}\\u{2029}])|${END})`;
  return d ? `(?:(?=\\n?${END}))` : `(?:(?=(?:${LINE_END})?${END})(?<!\\r(?=\\n)))`;
}
